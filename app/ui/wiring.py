"""The one table of signal to slot between the review's views, the case and the player."""

from __future__ import annotations

from PySide6.QtCore import QPoint

from app.derived_jobs import PreviewKeeper
from app.session import CaseSession
from app.silence_finder import SilenceFinder
from app.ui.actions import ActionSet
from app.ui.case_desk import CaseDesk
from app.ui.playback import Playback
from app.ui.review_page import ReviewPage
from app.ui.side_tabs import Tab
from app.ui.tile_menu import show_tile_menu
from evidence.times import IncidentTime
from player.ui.layout import LayoutKind


def connect_review(
    page: ReviewPage, desk: CaseDesk, playback: Playback, session: CaseSession, actions: ActionSet
) -> None:
    """Connect the review; called once."""
    surface, timeline = page.surface, page.timeline
    surface.camera_clicked.connect(lambda camera_id: _choose_tile(page, playback, camera_id))
    surface.camera_double_clicked.connect(lambda camera_id: _show_alone(page, camera_id))
    surface.camera_menu_requested.connect(
        lambda camera_id, point: _show_menu(page, playback, actions, camera_id, point)
    )

    timeline.seek_requested.connect(lambda instant: _seek(page, playback, instant))
    timeline.scrub_ended.connect(playback.end_scrub)
    timeline.camera_chosen.connect(page.set_focus_camera)
    timeline.recording_chosen.connect(lambda recording_id: _choose(page, recording_id))

    page.recording_tab.exhibit_typed.connect(desk.set_exhibit)
    page.recording_tab.camera_wanted.connect(desk.move_recording)
    page.recording_tab.place_wanted.connect(desk.place)
    page.recording_tab.watch_wanted.connect(desk.watch_alone)
    page.recording_tab.clock_wanted.connect(desk.set_clock)
    page.recording_tab.is_by_vlc = playback.is_played_by_vlc
    page.recording_tab.player_wanted.connect(playback.toggle_vlc)
    playback.player_changed.connect(page.recording_tab.renew_player)

    page.cameras_tab.camera_chosen.connect(page.set_focus_camera)
    page.cameras_tab.recording_chosen.connect(page.choose_recording)
    page.cameras_tab.name_typed.connect(desk.rename_camera)
    page.cameras_tab.owner_typed.connect(desk.set_owner)
    page.cameras_tab.kind_chosen.connect(desk.set_kind)
    page.cameras_tab.clock_wanted.connect(desk.set_clock)
    page.cameras_tab.merge_wanted.connect(desk.merge_cameras)
    page.cameras_tab.watch_wanted.connect(desk.watch_alone)
    page.cameras_tab.jump_wanted.connect(playback.seek)

    session.files_added.connect(page.report.show_result)
    session.closed.connect(page.forget_case)
    session.closed.connect(playback.forget_players)


def connect_coverage(page: ReviewPage, playback: Playback, silences: SilenceFinder, previews: PreviewKeeper) -> None:
    """Connect the coverage tab; called once."""
    tab = page.coverage_tab
    tab.camera_chosen.connect(page.set_focus_camera)
    tab.jump_wanted.connect(playback.seek)
    tab.sound_wanted.connect(silences.look)
    silences.found.connect(lambda: tab.show_silences(silences.silences))
    previews.sound_made.connect(tab.ask_again)


def _choose_tile(page: ReviewPage, playback: Playback, camera_id: str) -> None:
    page.set_focus_camera(camera_id)
    position = playback.engine.position
    spot = playback.focus_spot(position)
    if spot is not None:
        page.choose_recording(spot.place.recording.id)
    elif page.snapshot is not None:
        page.choose_recording(page.snapshot.recording_near(camera_id, position))


def _show_menu(page: ReviewPage, playback: Playback, actions: ActionSet, camera_id: str, point: QPoint) -> None:
    _choose_tile(page, playback, camera_id)
    spot = playback.focus_spot(playback.engine.position)
    recording = None if spot is None else spot.place.recording
    is_by_vlc = recording is not None and playback.is_played_by_vlc(recording.id)
    show_tile_menu(page.surface, actions, point, recording, is_by_vlc=is_by_vlc, toggle_player=playback.toggle_vlc)


def _show_alone(page: ReviewPage, camera_id: str) -> None:
    page.set_focus_camera(camera_id)
    page.set_layout(LayoutKind.ONE)


def _seek(page: ReviewPage, playback: Playback, instant: IncidentTime) -> None:
    if page.timeline.is_scrubbing:
        playback.scrub(instant)
    else:
        playback.seek(instant)


def _choose(page: ReviewPage, recording_id: str) -> None:
    page.choose_recording(recording_id)
    page.tabs.show_tab(Tab.RECORDING)
