"""Checks 7 and 8: every frame of every item comes out whole, and in time on this machine, all its cameras together."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from math import ceil, isqrt
from pathlib import Path

from courtroom.preflight.checks import Check, Outcome, Result
from courtroom.preflight.load_watch import LoadWatch, WatchesLoad
from courtroom.preflight.material import Material, Stretch
from courtroom.preflight.media_child import Done, Flaw, Part, Prepare
from courtroom.preflight.media_team import Came, MediaTeam
from courtroom.preflight.pace import Load, Pace, alone_ns, is_open
from courtroom.run_sheet import Item
from evidence.jobs import IsCancelled
from evidence.times import NS_PER_S
from player.derived.proxy import proxy_pixel_aspect, proxy_size
from player.protocol import Source, SourceForm

LITTLE_MARGIN_PERCENT = 125
"""Below this part of real time a NOTE tells to leave the machine alone: the window, sound and system need a share."""

_AHEAD_NS = 250_000_000
"""The court's player decodes at least eight pictures ahead, a quarter of a second at 30 a second."""

_SHORT_NS = 5 * NS_PER_S
_TRIES = 3
_HOPELESS_PERCENT = 33
_MOST_AGAIN_NS = 900 * NS_PER_S
"""An item that was measured for so long is not measured once more."""

_SAMPLE_EVERY_NS = 5 * NS_PER_S
_FETCH = "Verify the pack; where its files are as they were packed, fetch the recording again from its source."
_SLOW = (
    "Copy the pack to this machine's own disk, close other programs, connect the power; or make a proxy for this item."
)
_BUSY = "Close other programs, let updates and virus scans end, and check again; or make a proxy for this item."

_NOT_MEASURED = Result(
    Check.SPEED, Outcome.NOTE, "Not measured: no item that plays could be decoded, or none plays.", "See check 7."
)


@dataclass(frozen=True)
class Media:
    """How the step works.

    Attributes:
        team: decodes.
        court_size: of the court's display, device pixels.
        is_quick: look at samples only.
        proxies: files of proxies by the ids of their recordings.
        watch: tells what other programs do meanwhile.
    """

    team: MediaTeam
    court_size: tuple[int, int]
    is_quick: bool = False
    proxies: Mapping[str, Path] = field(default_factory=dict)
    watch: WatchesLoad = field(default_factory=LoadWatch)


def media_results(
    material: Material, media: Media, on_frames: Callable[[int], None], cancelled: IsCancelled
) -> tuple[list[Result], tuple[Pace, ...]]:
    """Decode every item; return what is not as it should be, and the pace of each. Raises Cancelled."""
    results: list[Result] = []
    paces: list[Pace] = []
    before = 0
    for item in material.items:
        stretches = [one for one in material.stretches(item) if one.count]
        for one in stretches:
            if one.placed.recording.is_approximate:
                text = "Only libVLC plays this recording, so its frames cannot be checked one by one."
                remedy = "Rehearse this item from start to end."
                about = {"camera": material.source.camera_name(one.camera_id), "file": material.file_of(one.placed)}
                results.append(material.result(Check.DECODING, Outcome.NOTE, item, text, remedy, **about))
        stretches = [one for one in stretches if not one.placed.recording.is_approximate]
        if not stretches:
            continue
        told = partial(_tell, on_frames, before)
        found, pace = _ItemCheck(material, item, stretches, media).go(told, cancelled)
        before += sum(_count(one, media) for one in stretches)
        results += found
        if pace is not None:
            paces.append(pace)
    if not any(one.outcome is Outcome.FAIL and one.check is Check.DECODING for one in results):
        results.append(_all_well(before, media))
    if media.is_quick:
        text = "Not measured: this was a sample."
        results.append(Result(Check.SPEED, Outcome.NOTE, text, "Run the whole preflight before the day in court."))
    elif not any(one.check is Check.SPEED for one in results):
        results.append(Result(Check.SPEED, Outcome.PASS, "No item plays.") if not before else _NOT_MEASURED)
    return results, tuple(paces)


def _tell(on_frames: Callable[[int], None], before: int, done: int) -> None:
    on_frames(before + done)


def frames_to_decode(material: Material, media: Media) -> int:
    """Return how many frames of all items are decoded."""
    return sum(_count(one, media) for item in material.items for one in material.stretches(item) if one.count)


def box_of(item: Item, court_size: tuple[int, int]) -> tuple[int, int]:
    """Return the room for one tile of an item, device pixels: a grid that holds all its cameras."""
    count = 1 if item.view is None else len(item.view.camera_ids)
    side = isqrt(count - 1) + 1
    return max(1, court_size[0] // side), max(1, court_size[1] // ceil(count / side))


def _all_well(frames: int, media: Media) -> Result:
    if media.is_quick:
        text = f"{frames:,} sampled frames (start, end, and every 5 s) came out whole. This is a sample."
        return Result(Check.DECODING, Outcome.NOTE, text, "Run the whole preflight before the day in court.")
    return Result(Check.DECODING, Outcome.PASS, f"All {frames:,} frames of all items came out whole.")


@dataclass(frozen=True)
class _Try:
    """An item decoded once."""

    came: tuple[Came, ...]
    playing_ns: int
    load: Load

    @property
    def done(self) -> tuple[Done, ...]:
        return tuple(one for one in self.came if isinstance(one, Done))

    @property
    def is_whole(self) -> bool:
        return len(self.done) == len(self.came)

    @property
    def has_flaws(self) -> bool:
        return any(one.flaws for one in self.done)

    @property
    def took_ns(self) -> int:
        return max((one.took_ns for one in self.done), default=0)

    @property
    def percent(self) -> int:
        return self.playing_ns * 100 // max(1, self.took_ns)

    @property
    def holds(self) -> bool:
        return self.is_whole and self.percent >= 100 and not self._late

    @property
    def has_margin(self) -> bool:
        return self.holds and self.percent >= LITTLE_MARGIN_PERCENT

    @property
    def is_open(self) -> bool:
        return is_open(self.done, self.load, self.playing_ns)

    @property
    def rank(self) -> tuple[bool, int]:
        return self.holds, -self.took_ns

    @property
    def _late(self) -> int:
        return sum(flaw.late_count for one in self.done for flaw in one.flaws)


class _ItemCheck:
    """One item: its cameras are decoded together, again where it is short and was slow, and with proxies if need be."""

    def __init__(self, material: Material, item: Item, stretches: list[Stretch], media: Media) -> None:
        self._material = material
        self._item = item
        self._media = media
        self._cameras = tuple(dict.fromkeys(one.camera_id for one in stretches))
        self._own = [[one for one in stretches if one.camera_id == camera] for camera in self._cameras]
        self._stretches = stretches

    def go(self, on_frames: Callable[[int], None], cancelled: IsCancelled) -> tuple[list[Result], Pace | None]:
        """Return what is said of it, and its pace where it plays. Raises Cancelled."""
        first = self._try({}, on_frames, cancelled)
        flaws = [one for own, answer in zip(self._own, first.came, strict=True) for one in self._flaws(own, answer)]
        if self._media.is_quick or not self._item.playing_ns or not first.is_whole:
            return flaws, None
        best, is_miss_certain, tries = first, False, 1
        spent_ns, latest = first.took_ns, first
        while True:
            is_miss_certain |= not latest.holds and not latest.is_open
            if not self._is_worth_another(latest, tries, spent_ns):
                break
            if latest.load.is_busy:
                self._media.watch.settle(cancelled)
            latest = self._try({}, on_frames, cancelled)
            tries, spent_ns = tries + 1, spent_ns + latest.took_ns
            if not latest.is_whole:
                broken = [
                    f for own, answer in zip(self._own, latest.came, strict=True) for f in self._flaws(own, answer)
                ]
                return list(dict.fromkeys([*flaws, *broken])), None
            if latest.rank > best.rank:
                best = latest
        pace = self._pace(best, tries)
        if best.holds:
            return [*flaws, self._in_time(pace)], pace
        eased = self._with_proxies(on_frames, cancelled)
        if eased is not None and eased.percent >= 100:
            text = (
                f"The originals reach {pace.words}; their proxies, which are there, {eased.words}. Where originals "
                "come late the court sees proxies: smaller pictures of the same frames, labelled so."
            )
            return [*flaws, self._material.result(Check.SPEED, Outcome.NOTE, self._item, text)], eased
        if not is_miss_certain:
            pace = replace(pace, is_open=True)
            text = pace.busy_words
            return [
                *flaws,
                self._material.result(Check.SPEED, Outcome.NOTE, self._item, text, _BUSY, can_be_eased=True),
            ], pace
        return [*flaws, *self._too_slow(best.came, pace)], pace

    def _try(self, proxies: Mapping[str, Path], on_frames: Callable[[int], None], cancelled: IsCancelled) -> _Try:
        watch = self._media.watch
        watch.begin()
        came = self._media.team.decode(self._orders(proxies), on_frames, cancelled)
        used_ns = sum(one.used_ns for one in came if isinstance(one, Done))
        return _Try(came, self._item.playing_ns, watch.end(used_ns))

    def _is_worth_another(self, latest: _Try, tries: int, spent_ns: int) -> bool:
        """A short item may have met a hiccup, a busy machine says little; a quiet one that missed by far, enough."""
        if tries >= _TRIES or not latest.is_whole or latest.has_margin or spent_ns > _MOST_AGAIN_NS:
            return False
        if latest.load.is_busy:
            return True
        if self._item.playing_ns > _SHORT_NS:
            return not latest.holds and tries == 1 and latest.percent >= _HOPELESS_PERCENT
        return latest.percent >= _HOPELESS_PERCENT

    def _orders(self, proxies: Mapping[str, Path]) -> list[Prepare]:
        box = box_of(self._item, self._media.court_size)
        return [Prepare(tuple(_part(self._item, one, self._media, proxies) for one in own), box) for own in self._own]

    def _with_proxies(self, on_frames: Callable[[int], None], cancelled: IsCancelled) -> Pace | None:
        proxies = self._media.proxies
        if not all(one.placed.recording.id in proxies for one in self._stretches):
            return None
        eased = self._try(proxies, on_frames, cancelled)
        is_good = eased.is_whole and not eased.has_flaws
        return replace(self._pace(eased), is_proxy=True) if is_good else None

    def _pace(self, best: _Try, tries: int = 1) -> Pace:
        return Pace(
            place=self._material.place(self._item),
            title=self._material.title(self._item),
            frames=sum(one.frames for one in best.done),
            cameras=len(best.done),
            playing_ns=self._item.playing_ns,
            took_ns=best.took_ns,
            others_percent=best.load.others_percent,
            alone_ns=alone_ns(best.done, best.load),
            tries=tries,
        )

    def _in_time(self, pace: Pace) -> Result:
        text = f"{pace.cameras} cameras at once: {pace.words}." if pace.cameras > 1 else f"{pace.words}."
        if pace.percent >= LITTLE_MARGIN_PERCENT:
            return self._material.result(Check.SPEED, Outcome.PASS, self._item, text)
        text += " That is little to spare."
        return self._material.result(Check.SPEED, Outcome.NOTE, self._item, text, _SLOW, can_be_eased=True)

    def _too_slow(self, came: tuple[Came, ...], pace: Pace) -> list[Result]:
        results: list[Result] = []
        for own, answer in zip(self._own, came, strict=True):
            flaw = next((one for one in answer.flaws if one.late_count), None) if isinstance(answer, Done) else None
            if flaw is not None:
                text = (
                    f"{pace.words}: {flaw.late_count:,} of its frames come late, the first is frame {flaw.late[0]:,}."
                )
                results.append(self._slow(own[flaw.part], text, flaw.late[0]))
        if not results:
            slowest = max(range(len(came)), key=lambda one: _took(came[one]))
            text = f"{pace.words}: this machine does not hold it."
            results.append(self._slow(self._own[slowest][0], text, self._own[slowest][0].first))
        return results

    def _slow(self, stretch: Stretch, text: str, frame: int) -> Result:
        return self._about(stretch, Check.SPEED, text, _SLOW, at=self._at(stretch, frame), can_be_eased=True)

    def _flaws(self, own: list[Stretch], answer: Came) -> list[Result]:
        if isinstance(answer, str):
            return [self._about(own[0], Check.DECODING, f"It cannot be decoded: {answer}", _FETCH)]
        return [one for flaw in answer.flaws for one in self._flaw(own[flaw.part], flaw)]

    def _flaw(self, stretch: Stretch, flaw: Flaw) -> list[Result]:
        if flaw.reason:
            return [self._about(stretch, Check.DECODING, flaw.reason, _FETCH)]
        results: list[Result] = []
        for count, frames, what in (
            (flaw.missing_count, flaw.missing, "cannot be decoded"),
            (flaw.damaged_count, flaw.damaged, "come out damaged"),
        ):
            if count:
                numbers = ", ".join(f"{one:,}" for one in frames[:5]) + (" …" if count > 5 else "")
                text = f"{count:,} of {stretch.count:,} frames {what}: {numbers}."
                results.append(self._about(stretch, Check.DECODING, text, _FETCH, at=self._at(stretch, frames[0])))
        return results

    def _about(self, stretch: Stretch, check: Check, text: str, remedy: str, **more: str | bool) -> Result:
        material = self._material
        camera, file = material.source.camera_name(stretch.camera_id), material.file_of(stretch.placed)
        return material.result(check, Outcome.FAIL, self._item, text, remedy, camera=camera, file=file, **more)

    def _at(self, stretch: Stretch, frame: int) -> str:
        return self._material.times.clock(int(stretch.placed.frame_starts(stretch.index)[frame]))


def _took(answer: Came) -> int:
    return answer.took_ns if isinstance(answer, Done) else 0


def _count(stretch: Stretch, media: Media) -> int:
    return len(_samples(stretch)) if media.is_quick else stretch.count


def _samples(stretch: Stretch) -> tuple[int, ...]:
    """Return the first frame, the last, and one every few seconds in between."""
    starts = stretch.placed.frame_starts(stretch.index)[stretch.first : stretch.last + 1]
    found, due = [stretch.first], int(starts[0]) + _SAMPLE_EVERY_NS
    for number, start in enumerate(starts.tolist(), start=stretch.first):
        if start >= due:
            found.append(number)
            due = start + _SAMPLE_EVERY_NS
    return tuple(dict.fromkeys([*found, stretch.last]))


def _part(item: Item, stretch: Stretch, media: Media, proxies: Mapping[str, Path]) -> Part:
    recording = stretch.placed.recording
    stream = recording.video
    assert stream is not None, "a frame table belongs to a stream with pictures"
    proxy = proxies.get(recording.id)
    if proxy is None:
        source = Source(
            0,
            recording.path_bytes,
            recording.display_name,
            stream.index,
            stream.rotation,
            stream.pixel_aspect,
            stream.color_space,
            stream.color_range,
        )
    else:
        aspect = proxy_pixel_aspect(stream, proxy_size(stream.width, stream.height))
        path = os.fsencode(proxy)
        source = Source(0, path, recording.display_name, 0, stream.rotation, aspect, form=SourceForm.PROXY)
    only = _samples(stretch) if media.is_quick else None
    return Part(source, stretch.index, stretch.first, stretch.last, () if media.is_quick else _due(item, stretch), only)


def _due(item: Item, stretch: Stretch) -> tuple[int, ...]:
    """Return when each frame must be there, ns after the item begins, with what the player decodes ahead."""
    if item.span is None:
        return ()
    starts = stretch.placed.frame_starts(stretch.index)[stretch.first : stretch.last + 1]
    speed = item.speed
    return tuple(
        _AHEAD_NS + max(0, (start - item.span.start) * speed.denominator // speed.numerator)
        for start in starts.tolist()
    )
