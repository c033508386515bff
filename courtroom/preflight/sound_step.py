"""Check 21: the sound of every item decodes from start to end, of each camera that is heard or seen in it.

Sound that an item lets hear and that does not come out whole is a fault; that of a camera which is only seen is a note,
since the presenter could still want it. In the quick variant only the first and the last seconds are decoded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, Self

from courtroom.preflight import sound_child
from courtroom.preflight.checks import Check, Outcome, Result
from courtroom.preflight.material import Material, meets
from courtroom.preflight.sound_child import Alive, FromSound, Heard, SoundPart, ToSound
from courtroom.run_sheet import Item, Moving
from evidence.child_worker import ChildOwner, ChildWorker
from evidence.jobs import IsCancelled
from evidence.time_text import duration_text
from evidence.times import NS_PER_S, IncidentRange, IncidentTime, ticks_to_ns
from sync.timeline import PlacedRecording

_SILENCE_S = 60.0
_SAMPLE_NS = 2 * NS_PER_S
_BRIEF_NS = NS_PER_S // 4
"""Less sound than this may be missing at an end or in all: codecs begin and end with packets of their own."""

_FETCH = "Verify the pack; where its files are as they were packed, fetch the recording again from its source."


class Hears(Protocol):
    """What decodes sound; `SoundTrial` does."""

    def hear(self, part: SoundPart, cancelled: IsCancelled) -> Heard:
        """Return what came of a part. Raises Cancelled."""
        ...


class SoundTrial(ChildOwner[ToSound, FromSound]):
    """Owns the child process that decodes; use it as a context manager, from one thread at a time."""

    def __init__(self) -> None:
        super().__init__(
            ChildWorker(
                sound_child.run,
                name="preflight sound",
                what="the program that decodes it",
                doing="Decoding",
                silence_s=_SILENCE_S,
            )
        )

    def __enter__(self) -> Self:
        return self

    def hear(self, part: SoundPart, cancelled: IsCancelled) -> Heard:
        """Return what came of a part; a crash is a reason. Raises Cancelled."""

        def take(message: FromSound) -> Heard | None:
            return None if isinstance(message, Alive) else message

        answer = self._worker.ask(part, take, cancelled=cancelled)
        return answer if isinstance(answer, Heard) else Heard(reason=answer.reason)


MakeTrial = Callable[[], AbstractContextManager[Hears]]


@dataclass(frozen=True)
class _Stretch:
    """The sound of one recording in an item."""

    item: Item
    camera_id: str
    placed: PlacedRecording
    span: IncidentRange
    part: SoundPart
    is_heard: bool


def sound_results(
    material: Material, make_trial: MakeTrial, cancelled: IsCancelled, *, is_quick: bool = False
) -> list[Result]:
    """Decode the sound of every item; return what is not as it should be, or that all of it is. Raises Cancelled."""
    results: list[Result] = [one for item in material.items for one in _without_sound(material, item)]
    stretches = [one for item in material.items for one in _stretches(material, item)]
    known: dict[SoundPart, Heard] = {}
    if stretches:
        with make_trial() as trial:
            for one in stretches:
                results += _check(material, one, trial, known, cancelled, is_quick=is_quick)
    if not any(one.outcome is Outcome.FAIL for one in results):
        results.append(_all_well(known, is_quick=is_quick))
    return results


def _stretches(material: Material, item: Item) -> Iterator[_Stretch]:
    content = item.content
    if not isinstance(content, Moving):
        return
    for camera_id in dict.fromkeys((*content.heard, *content.view.camera_ids)):
        for placed in _placed(material, camera_id, content.span):
            recording = placed.recording
            if recording.audio_stream is None or recording.is_approximate:
                continue
            start = IncidentTime(max(content.span.start, placed.span.start))
            end = IncidentTime(min(content.span.end, placed.span.end))
            part = SoundPart(
                recording.path_bytes,
                recording.display_name,
                recording.audio_stream,
                placed.media_ns_at(start),
                placed.media_ns_at(end),
            )
            yield _Stretch(item, camera_id, placed, IncidentRange(start, end), part, camera_id in content.heard)


def _placed(material: Material, camera_id: str, span: IncidentRange) -> list[PlacedRecording]:
    row = material.source.timeline.find_camera(camera_id)
    return [] if row is None else [one for one in row.placed if meets(one.span, span)]


def _without_sound(material: Material, item: Item) -> Iterator[Result]:
    """Say which camera an item lets hear although it recorded no sound."""
    if not isinstance(item.content, Moving):
        return
    for camera_id in item.content.heard:
        placed = _placed(material, camera_id, item.content.span)
        if not any(one.recording.audio_stream is not None for one in placed):
            text = "The run sheet lets this camera be heard, yet it recorded no sound in the item."
            name = material.source.camera_name(camera_id)
            remedy = "Let another camera be heard, or none, and make the pack anew."
            yield material.result(Check.RECORDED_SOUND, Outcome.NOTE, item, text, remedy, camera=name)


def _check(
    material: Material,
    one: _Stretch,
    trial: Hears,
    known: dict[SoundPart, Heard],
    cancelled: IsCancelled,
    *,
    is_quick: bool,
) -> Iterator[Result]:
    for part in _samples(one.part) if is_quick else (one.part,):
        if part not in known:
            known[part] = trial.hear(part, cancelled)
        yield from _say(material, one, part, known[part])


def _samples(part: SoundPart) -> tuple[SoundPart, ...]:
    if part.end_ns - part.start_ns <= 2 * _SAMPLE_NS:
        return (part,)
    name, stream = part.display_name, part.stream_index
    return (
        SoundPart(part.path_bytes, name, stream, part.start_ns, part.start_ns + _SAMPLE_NS),
        SoundPart(part.path_bytes, name, stream, part.end_ns - _SAMPLE_NS, part.end_ns),
    )


def _say(material: Material, one: _Stretch, part: SoundPart, found: Heard) -> Iterator[Result]:
    reason, at_ns = _trouble(one.placed, part, found)
    about = {"camera": material.source.camera_name(one.camera_id), "file": material.file_of(one.placed)}
    if reason:
        outcome = Outcome.FAIL if one.is_heard else Outcome.NOTE
        text = reason if one.is_heard else f"{reason} The item does not let it be heard."
        at = material.times.clock(one.placed.incident_at_media_ns(at_ns))
        yield material.result(Check.RECORDED_SOUND, outcome, one.item, text, _FETCH, at=at, **about)
    elif found.is_silent and one.is_heard:
        text = "Its sound is digital silence from start to end of the item: nothing will be heard of it."
        yield material.result(Check.RECORDED_SOUND, Outcome.NOTE, one.item, text, "Listen to it in the case.", **about)


def _trouble(placed: PlacedRecording, part: SoundPart, found: Heard) -> tuple[str, int]:
    """Return what is wrong with a part, or "", and the time of the file at which it begins."""
    if found.reason:
        return f"Its sound cannot be decoded: {found.reason}", part.start_ns
    if found.failed:
        text = f"{found.failed:,} of {max(found.packets, found.failed):,} packets of its sound cannot be decoded."
        return f"{text} The court would hear gaps.", found.first_failed_ns
    end_ns = min(part.end_ns, _stream_end_ns(placed))
    if end_ns - found.end_ns > _BRIEF_NS and end_ns > part.start_ns:
        gone = duration_text(end_ns - max(found.end_ns, part.start_ns))
        return f"The last {gone} of its sound in the item are not in the file any more.", found.end_ns
    if found.lost_ns > _BRIEF_NS:
        return f"{duration_text(found.lost_ns)} of its sound do not come out.", part.start_ns
    return "", 0


def _stream_end_ns(placed: PlacedRecording) -> int:
    """Return where the sound ends in the file's own time, as it was found when the recording was added."""
    number = placed.recording.audio_stream
    stream = next((one for one in placed.recording.streams if one.index == number), None)
    if stream is None or stream.end_pts is None:
        return 0
    return int(ticks_to_ns(stream.end_pts, stream.time_base))


def _all_well(known: dict[SoundPart, Heard], *, is_quick: bool) -> Result:
    if not known:
        return Result(Check.RECORDED_SOUND, Outcome.PASS, "No recording that an item plays has sound.")
    length = duration_text(sum(part.end_ns - part.start_ns for part in known))
    if is_quick:
        text = f"{length} of sound (start and end of each item) were decoded. This is a sample."
        return Result(Check.RECORDED_SOUND, Outcome.NOTE, text, "Run the whole preflight before the day in court.")
    text = f"The sound that the items let hear came out whole; {length} were decoded."
    return Result(Check.RECORDED_SOUND, Outcome.PASS, text)
