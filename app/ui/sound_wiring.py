"""Connects what is heard with the views that show it: the panel, the bar, the lanes, the settings."""

from __future__ import annotations

import math

from PySide6.QtCore import QTimer

from app.case_snapshot import CaseSnapshot
from app.ui.review_page import ReviewPage
from app.ui.sound import CameraSound
from app.ui.sound_tab import Heard, SoundCamera, SoundView

_LOOK_MS = 50


def connect_sound(page: ReviewPage, sound: CameraSound) -> None:
    """Connect the review with its sound; called once."""
    tab = page.sound_tab

    def show() -> None:
        page.set_heard(heard_words(page.snapshot, sound))
        if tab.isVisible():
            tab.show_sound(_view(page.snapshot, sound))

    def show_levels() -> None:
        if not tab.isVisible():
            timer.stop()
            return
        tab.show_levels(sound.take_peaks(), turned_down_db(sound.turned_down))

    timer = QTimer(tab)
    timer.setInterval(_LOOK_MS)
    timer.timeout.connect(show_levels)
    tab.shown.connect(show)
    tab.shown.connect(timer.start)
    tab.mix_wanted.connect(sound.set_mix)
    tab.device_wanted.connect(sound.choose_device)
    sound.changed.connect(show)
    sound.devices_changed.connect(show)
    page.case_shown.connect(show)


def heard_words(snapshot: CaseSnapshot | None, sound: CameraSound) -> Heard:
    """Say who is heard, and why it is silent where it is."""
    if snapshot is None:
        return Heard()
    names = [camera.name for camera in snapshot.cameras if camera.id in sound.heard]
    words = names[0] if len(names) == 1 else f"mix of {len(names)}" if names else ""
    troubles = [sound.troubles[camera] for camera in sound.heard if camera in sound.troubles]
    silence = sound.words
    if not silence and troubles and len(troubles) == len(names):
        silence = "\n".join(troubles)
    return Heard(sound.heard, words, "\n".join([*names, *troubles]), silence)


def device_choices(sound: CameraSound) -> list[tuple[str, str]]:
    """Return key and name of all that sound can be played on; the chosen one also while it is not connected."""
    devices = sound.devices()
    default = next((device.name for device in devices if device.is_default), "")
    choices = [("", f"The system's choice ({default})" if default else "The system's choice")]
    choices += [(device.key, device.name) for device in devices]
    if sound.chosen_device not in dict(choices):
        choices.append((sound.chosen_device, "The chosen device (not connected)"))
    return choices


def turned_down_db(factor: float) -> int:
    """Return by how many whole decibels a factor turns down; 0 below half a decibel."""
    return round(-20 * math.log10(factor)) if factor > 0 else 0


def first_heard(snapshot: CaseSnapshot, focus: str | None) -> str | None:
    """Return the camera that is heard when a case is opened: the focused one, or else the first with sound."""
    with_sound = [
        one.camera.id
        for one in snapshot.timeline.cameras
        if any(place.recording.audio_stream is not None for place in one.placed)
    ]
    return focus if focus in with_sound else next(iter(with_sound), None)


def _view(snapshot: CaseSnapshot | None, sound: CameraSound) -> SoundView:
    cameras: tuple[SoundCamera, ...] = ()
    if snapshot is not None:
        cameras = tuple(
            SoundCamera(one.camera.id, one.camera.name, one.camera.colour)
            for one in snapshot.timeline.cameras
            if any(place.recording.audio_stream is not None for place in one.placed)
        )
    return SoundView(
        cameras,
        sound.mix,
        frozenset(sound.heard),
        sound.troubles,
        tuple(device_choices(sound)),
        sound.chosen_device,
        sound.words,
    )
