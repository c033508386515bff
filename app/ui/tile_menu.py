"""The context menu of a picture: what can be done with its camera and with the recording on show."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from app.ui.actions import ActionSet
from evidence.records import Recording

WITH_VLC = "Play with VLC (approximate times)"
WITH_FFMPEG = "Play with FFmpeg again (frame by frame)"
VLC_ONLY = "Played by VLC: FFmpeg does not read this recording"
_COMMANDS = ("sound.solo", "layout.one", "camera.set_clock")


def player_words(recording: Recording, *, is_by_vlc: bool) -> str:
    """Return what the entry that changes the player says."""
    if recording.is_approximate:
        return VLC_ONLY
    return WITH_FFMPEG if is_by_vlc else WITH_VLC


def show_tile_menu(
    parent: QWidget,
    actions: ActionSet,
    place: QPoint,
    recording: Recording | None,
    *,
    is_by_vlc: bool,
    toggle_player: Callable[[str], None],
) -> QMenu:
    """Open the menu of a picture.

    Args:
        parent: the pictures.
        actions: the program's commands.
        place: where, on the screen.
        recording: the one on show, or None in a gap.
        is_by_vlc: whether somebody chose VLC for it.
        toggle_player: changes that; told the recording's id.
    """
    menu = QMenu(parent)
    menu.setToolTipsVisible(True)
    for command in _COMMANDS:
        menu.addAction(actions[command])
    if recording is not None and recording.video_stream is not None:
        menu.addSeparator()
        player = menu.addAction(player_words(recording, is_by_vlc=is_by_vlc))
        player.setObjectName("player")
        player.setEnabled(not recording.is_approximate)
        recording_id = recording.id
        player.triggered.connect(lambda _checked=False: toggle_player(recording_id))
    menu.aboutToHide.connect(menu.deleteLater)
    menu.popup(place)
    return menu
