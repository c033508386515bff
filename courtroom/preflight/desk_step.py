"""Checks 9 to 11, 17 and 18: the displays, the sound device, sleep and notifications, as the desktop tells of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from courtroom.preflight.checks import Check, Outcome, Result
from courtroom.preflight.material import Material
from courtroom.preflight.media_step import box_of
from courtroom.show.displays import Display, DisplayPlan

LEAST_LINES = 360
"""Below these, a tile shows less than what a proxy does; faces and writing are lost."""

LOW_VOLUME_PERCENT = 25
"""Below this a court room is likely to hear little; speakers may still be loud enough by themselves."""


@dataclass(frozen=True, slots=True)
class Screen:
    """A display with its mode.

    Attributes:
        display: as court mode knows it.
        width: in device pixels.
        height: in device pixels.
        millihertz: how often it is refreshed, thousandths of hertz; 0 where it does not tell.
    """

    display: Display
    width: int
    height: int
    millihertz: int = 0

    @property
    def words(self) -> str:
        """For people: `HDMI-1, 1920 × 1080 at 60 Hz`."""
        rate = f" at {round(self.millihertz / 1000)} Hz" if self.millihertz else ""
        return f"{self.display.name}, {self.width} × {self.height}{rate}"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the desktop tells.

    Attributes:
        screens: the displays, or None where there is no desktop.
        sounds: names of sound devices, the default first, or None where that was not asked.
        is_muted: whether the default device is muted, or None where the system does not tell.
        volume_percent: how loud the default device is set, or None likewise.
        sleep_trouble: why the displays cannot be kept awake, "" where they can be, None where it was not tried.
    """

    screens: tuple[Screen, ...] | None = None
    sounds: tuple[str, ...] | None = None
    is_muted: bool | None = None
    volume_percent: int | None = None
    sleep_trouble: str | None = None


def court_screen(around: Surroundings, wanted: str) -> Screen | None:
    """Return the court's display, as court mode would choose it, or None."""
    screens = around.screens or ()
    placed = DisplayPlan(wanted).place([one.display for one in screens]).court
    return next((one for one in screens if one.display == placed), None)


def desk_results(around: Surroundings, wanted: str, material: Material | None) -> list[Result]:
    """Return what is said of the desktop.

    Args:
        around: what it tells.
        wanted: name of the court's display, or "" for the one that is not the first.
        material: what is to be shown, or None where the pack cannot be opened.
    """
    results = _displays(around, wanted)
    screen = court_screen(around, wanted)
    if screen is not None and material is not None:
        results += _sizes(screen, material)
    results += _sounds(around, needs_sound=material is not None and material.hears())
    results.append(_sleep(around))
    text = "Whether other programs show notices over the court's picture cannot be known."
    remedy = "Switch on “do not disturb”, and end mail and chat programs."
    return [*results, Result(Check.NOTIFICATIONS, Outcome.NOTE, text, remedy)]


def _displays(around: Surroundings, wanted: str) -> list[Result]:
    screens = around.screens
    check = Check.DISPLAYS
    if not screens:
        text = "There is no display that a window can be opened on."
        return [Result(check, Outcome.FAIL, text, "Log in to a desktop, and connect the court's display.")]
    court = court_screen(around, wanted)
    assert court is not None, "the first of several displays is chosen where none is named"
    found = "; ".join(one.words for one in screens)
    if wanted and wanted not in {court.display.name, court.display.identity}:
        text = f"The display {wanted} is not there; found: {found}."
        return [Result(check, Outcome.FAIL, text, "Connect it, or name one that is there.")]
    if _is_mirrored(screens):
        text = f"Two displays show the same picture (mirrored): {found}. The court would see the presenter's strip."
        return [Result(check, Outcome.NOTE, text, "Set the displays to “extend” for a console of your own.")]
    if len(screens) == 1:
        text = (
            f"There is one display: {found}. Court and presenter share it: the console is a thin strip at its foot, "
            "which the court sees too where the display is mirrored; it can be hidden."
        )
        return [Result(check, Outcome.NOTE, text, "Connect the court's display, and set it to “extend”.")]
    return [Result(check, Outcome.PASS, f"The court sees {court.words}. Found: {found}.")]


def _is_mirrored(screens: Sequence[Screen]) -> bool:
    places = [(one.display.x, one.display.y) for one in screens]
    return len(places) > len(set(places))


def _sizes(screen: Screen, material: Material) -> list[Result]:
    size = (screen.width, screen.height)
    results: list[Result] = []
    smaller = 0
    for item in material.items:
        box = box_of(item, size)
        for one in {stretch.placed.recording.id: stretch for stretch in material.stretches(item)}.values():
            stream = one.placed.recording.video
            if stream is None:
                continue
            recorded = (stream.height, stream.width) if stream.rotation in (90, 270) else (stream.width, stream.height)
            lines = min(recorded[1], LEAST_LINES)
            if box[1] < lines or box[0] < lines:
                here = f"{box[0]} × {box[1]} on {screen.words}"
                text = f"Its picture has {recorded[0]} × {recorded[1]}, and no more than {here}."
                results.append(
                    material.result(
                        Check.SIZE,
                        Outcome.FAIL,
                        item,
                        text,
                        "Set a larger mode on the court's display, or show fewer cameras at once.",
                        camera=material.source.camera_name(one.camera_id),
                        file=material.file_of(one.placed),
                    )
                )
            elif box[0] < recorded[0] and box[1] < recorded[1]:
                smaller += 1
    if not results:
        also = (
            f" {smaller:,} pictures are larger than it shows, and are made smaller; zoom shows them whole."
            if smaller
            else ""
        )
        results.append(Result(Check.SIZE, Outcome.PASS, f"{screen.words} is large enough for every item.{also}"))
    return results


def _sounds(around: Surroundings, *, needs_sound: bool) -> list[Result]:
    if not needs_sound:
        return [Result(Check.SOUND, Outcome.PASS, "No item has sound that is to be heard.")]
    if not around.sounds:
        text = "No sound device was found, and items are to be heard."
        return [Result(Check.SOUND, Outcome.FAIL, text, "Connect loudspeakers or the court's sound, and check again.")]
    name = around.sounds[0]
    if around.is_muted:
        return [Result(Check.SOUND, Outcome.FAIL, f"{name} is muted.", "Switch its sound on in the system.")]
    volume = around.volume_percent
    if volume == 0:
        return [Result(Check.SOUND, Outcome.FAIL, f"The volume of {name} is 0 %.", "Turn it up in the system.")]
    unknown = "" if around.is_muted is False else " Whether the system has muted it cannot be known."
    loud = " How loud it is set cannot be known." if volume is None else f" Its volume is {volume} %."
    soft = volume is not None and volume < LOW_VOLUME_PERCENT
    return [
        Result(
            Check.SOUND,
            Outcome.NOTE if soft else Outcome.PASS,
            f"Sound goes to {name}.{loud}{' That is soft.' if soft else ''}{unknown}",
            "Turn it up in the system, and play the words in the room." if soft else "",
        ),
        Result(
            Check.HEARD,
            Outcome.NOTE,
            "Nobody has said yet that the test was heard in the room.",
            "Play the words or the tone on each side (window: “Speak”; or: sightline sound-test PACK), and say whether "
            "they were heard.",
        ),
    ]


def _sleep(around: Surroundings) -> Result:
    if around.sleep_trouble is None:
        text = (
            "Not tried, as there is no desktop." if around.screens is None else "Court mode keeps the displays awake."
        )
        return Result(Check.SLEEP, Outcome.NOTE, text)
    if around.sleep_trouble:
        remedy = "Switch the screen saver and sleep off in the system's settings."
        return Result(Check.SLEEP, Outcome.NOTE, around.sleep_trouble, remedy)
    return Result(Check.SLEEP, Outcome.PASS, "The displays are kept awake while court mode is on; it was tried.")
