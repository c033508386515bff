"""What each declared command does: the one table from command id to function."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from app.command_list import FOCUS_KEYS
from app.ui.actions import Binding
from app.ui.case_desk import CaseDesk
from app.ui.jumps import Jumps
from app.ui.picture_desk import PictureDesk
from app.ui.playback import Playback
from app.ui.review_page import ReviewPage
from app.ui.side_tabs import Tab
from player.ui.layout import LayoutKind


class WindowVerbs(Protocol):
    """What the window itself can be asked for."""

    def close_case(self) -> None:
        """Close the case."""

    def quit(self) -> None:
        """Leave the program."""

    def verify(self) -> None:
        """Verify the originals."""

    def show_settings(self) -> None:
        """Show the settings."""

    def show_shortcuts(self) -> None:
        """Show the shortcuts page."""

    def show_about(self) -> None:
        """Show what this program is."""

    def make_previews(self) -> None:
        """Make the previews that are missing."""

    def delete_previews(self) -> None:
        """Delete all previews."""

    def toggle_sound(self) -> None:
        """Hear the focused camera alone, or nothing."""

    def toggle_mix(self) -> None:
        """Hear all cameras that are not muted, or nothing."""


def make_bindings(
    window: WindowVerbs,
    desk: Callable[[], CaseDesk],
    page: Callable[[], ReviewPage],
    playback: Playback,
    jumps: Jumps,
    *,
    pictures: Callable[[], PictureDesk],
) -> dict[str, Binding]:
    """Return the function of every command. `desk`, `page` and `pictures` are asked for when a command runs."""
    bindings: dict[str, Binding] = {
        "picture.own_size": lambda: pictures().toggle_own_size(),
        "picture.zoom_in": lambda: pictures().zoom(1.25),
        "picture.zoom_out": lambda: pictures().zoom(0.8),
        "picture.magnifier": lambda: pictures().toggle_magnifier(),
        "picture.aids": lambda: pictures().toggle_panel(),
        "picture.as_recorded": lambda: pictures().show_as_recorded(),
        "case.new": lambda: desk().new_case(),
        "case.open": lambda: desk().open_case(),
        "case.add_files": lambda: desk().add_files(),
        "case.add_folder": lambda: desk().add_folder(),
        "case.verify": window.verify,
        "case.close": window.close_case,
        "previews.make": window.make_previews,
        "previews.delete": window.delete_previews,
        "app.settings": window.show_settings,
        "app.quit": window.quit,
        "sound.solo": window.toggle_sound,
        "sound.mix": window.toggle_mix,
        "camera.play_with_vlc": playback.toggle_focused_vlc,
        "move.go_to": lambda: page().go_to_field.ask(desk().typed_context(), playback.seek),
        "help.shortcuts": window.show_shortcuts,
        "help.about": window.show_about,
    }
    return bindings | _playing(playback) | _jumps(jumps) | _cameras(desk, page) | _views(page, playback)


def _playing(playback: Playback) -> dict[str, Binding]:
    return {
        "play.toggle": playback.toggle,
        "play.backwards": playback.backwards,
        "play.stop": playback.stop,
        "play.forwards": playback.forwards,
        "play.slower": playback.slower,
        "play.faster": playback.faster,
        "play.normal_speed": playback.normal_speed,
        "play.loop": playback.toggle_loop,
        "move.frame_back": partial(playback.step, -1),
        "move.frame_on": partial(playback.step, 1),
        "move.ten_frames_back": partial(playback.step, -10),
        "move.ten_frames_on": partial(playback.step, 10),
        "move.second_back": partial(playback.move, -1),
        "move.second_on": partial(playback.move, 1),
        "move.ten_seconds_back": partial(playback.move, -10),
        "move.ten_seconds_on": partial(playback.move, 10),
        "move.start": playback.go_start,
        "move.end": playback.go_end,
        "range.set_in": playback.set_in,
        "range.set_out": playback.set_out,
        "range.go_in": playback.go_in,
        "range.go_out": playback.go_out,
        "range.clear": partial(playback.set_range, None, None),
    }


def _jumps(jumps: Jumps) -> dict[str, Binding]:
    return {
        f"move.{'next' if is_forward else 'previous'}_{kind}": partial(jump, is_forward=is_forward)
        for kind, jump in (
            ("event", jumps.go_event),
            ("recording", jumps.go_recording),
            ("gap", jumps.go_gap),
            ("mark", jumps.go_mark),
        )
        for is_forward in (False, True)
    } | {"camera.choose_recording": jumps.choose_recording}


def _cameras(desk: Callable[[], CaseDesk], page: Callable[[], ReviewPage]) -> dict[str, Binding]:
    def focus(number: int) -> Binding:
        return lambda: page().focus_number(number)

    return {
        **{f"camera.focus_{number}": focus(number) for number in range(1, FOCUS_KEYS + 1)},
        "camera.all": lambda: page().show_all_cameras(),
        "camera.next": lambda: page().next_camera(1),
        "camera.previous": lambda: page().next_camera(-1),
        "camera.set_clock": lambda: desk().set_clock(page().focus_camera),
        "layout.one": lambda: page().set_layout(LayoutKind.ONE),
        "layout.four": lambda: page().set_layout(LayoutKind.TWO_BY_TWO),
        "layout.nine": lambda: page().set_layout(LayoutKind.THREE_BY_THREE),
        "layout.focus": lambda: page().set_layout(LayoutKind.FOCUS_STRIP),
    }


def _views(page: Callable[[], ReviewPage], playback: Playback) -> dict[str, Binding]:
    return {
        "view.find": lambda: page().start_find(),
        "view.zoom_in": lambda: page().timeline.zoom(2, 1),
        "view.zoom_out": lambda: page().timeline.zoom(1, 2),
        "view.zoom_all": lambda: page().show_whole_time(),
        "view.pan_back": lambda: page().timeline.pan_part(-1),
        "view.pan_on": lambda: page().timeline.pan_part(1),
        "view.lanes_up": lambda: page().timeline.scroll_lanes(-1),
        "view.lanes_down": lambda: page().timeline.scroll_lanes(1),
        "view.playhead": lambda: page().timeline.show_instant(playback.engine.position),
        "view.say_here": lambda: page().timeline.say_at(playback.engine.position),
        "view.panel_marks": lambda: page().show_tab(Tab.MARKS),
        "view.panel_recording": lambda: page().show_tab(Tab.RECORDING),
        "view.panel_cameras": lambda: page().show_tab(Tab.CAMERAS),
        "view.panel_coverage": lambda: page().show_tab(Tab.COVERAGE),
        "view.panel_sound": lambda: page().show_tab(Tab.SOUND),
        "view.side_panel": lambda: page().tabs.setVisible(not page().tabs.isVisible()),
        "view.next_area": lambda: page().next_area(),
    }
