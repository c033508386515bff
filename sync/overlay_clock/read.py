"""Reads the burnt-in clock of one recording. Runs in the child process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

import cv2

from evidence.times import NS_PER_S, DurationNs
from sync.overlay_clock.agreement import Piece, Seen, find_pieces, slack_of
from sync.overlay_clock.clock_face import DAY_NS, parse_face
from sync.overlay_clock.dating import find_days
from sync.overlay_clock.pictures import Shot
from sync.overlay_clock.place import ClockPlace, Glance, find_candidates, find_places, is_same_place
from sync.overlay_clock.recogniser import Box, Line, Picture
from sync.overlay_clock.ticks import Rate, Tick, find_change, fit_rate
from sync.overlay_clock.whole_line import find_whole_line

_GLANCES = 6
_READINGS = 18
_MOST_PLACES = 4
_TICKS = 7
_AROUND_NS = 250_000_000
_LONGEST_WINDOW_NS = 12 * NS_PER_S


class OverlayVerdict(StrEnum):
    """What came of looking for a clock."""

    READ = "read"
    NO_CLOCK = "no clock"
    UNSURE = "unsure"
    """Something like a clock is there, and what was read does not agree: nothing is said rather than a wrong second."""


@dataclass(frozen=True)
class ClockPiece:
    """A stretch in which the clock ran without being set.

    Attributes:
        first_ns: media time of its first reading.
        last_ns: and of its last.
        rate: how the clock stands to the file's own time; device time counts from midnight of the day of `dates`.
        dates: which day that can be, by what the overlay says; none where it shows no date, several where day and month
            may be swapped.
        readings: how many readings agree.
        others: how many do not.
    """

    first_ns: int
    last_ns: int
    rate: Rate
    dates: tuple[date, ...]
    readings: int
    others: int


@dataclass(frozen=True)
class OverlayReading:
    """What a recording's burnt-in clock says.

    Attributes:
        why: what the verdict rests on, a sentence.
        pieces: by time; none unless it was read.
        step_ns: how long the overlay shows the same.
        zone_minutes: minutes east of UTC as the overlay says, or None.
        samples: some frames' stamps with what was read there.
        crop_png: the overlay as it was looked at, for people; empty unless it was read.
    """

    verdict: OverlayVerdict
    why: str
    pieces: tuple[ClockPiece, ...] = ()
    step_ns: DurationNs = 0
    zone_minutes: int | None = None
    samples: tuple[tuple[int, str], ...] = ()
    crop_png: bytes = b""


class Looks(Protocol):
    """Hands out pictures of a recording."""

    def at(self, media_ns: int) -> Shot | None:
        """Return the first frame from a moment on."""

    def between(self, start_ns: int, end_ns: int) -> Iterator[Shot]:
        """Yield the frames of a stretch."""


class Reads(Protocol):
    """Reads text in pictures."""

    def find_lines(self, picture: Picture) -> tuple[Line, ...]:
        """Return all lines."""

    def read(self, picture: Picture, box: Box) -> tuple[str, float]:
        """Read one line."""


def read_overlay(looks: Looks, reads: Reads, first_ns: int, last_ns: int) -> OverlayReading:
    """Find the clock, read it all over the recording, and find ticks.

    Args:
        looks: the recording.
        reads: the recogniser.
        first_ns: stamp of its first frame.
        last_ns: and of about its last.
    """
    shots = [shot for shot in map(looks.at, _spread(first_ns, last_ns, _GLANCES)) if shot is not None]
    glances = _glance(shots, reads)
    places = [one for one in find_places(glances, first_ns) if not one.is_counter]
    if not places:
        return OverlayReading(OverlayVerdict.NO_CLOCK, "No text in the picture runs as a clock does.")
    rivals = [one for one in places[1:] if one.is_dated == places[0].is_dated and not _is_same_time(one, places[0])]
    if rivals:
        return OverlayReading(
            OverlayVerdict.UNSURE, "Two clocks are in the picture that differ; which is the recorder's own is not said."
        )
    box = places[0].box
    if not places[0].dated:
        box = find_whole_line(box, [one.picture for one in shots], reads)
    return _Reading(looks, reads, places[0], box).finish(first_ns, last_ns)


def _glance(shots: Sequence[Shot], reads: Reads) -> list[Glance]:
    """Read frames; where one shows a time, read that place in those where no line was made out there."""
    glances = [Glance(shot.media_ns, reads.find_lines(shot.picture)) for shot in shots]
    for box in find_candidates(glances)[:_MOST_PLACES]:
        for number, (shot, glance) in enumerate(zip(shots, glances, strict=True)):
            there = [one for one in glance.lines if is_same_place(one.box, box)]
            if any(_shows_time(one.untrusted_text) for one in there):
                continue
            line = Line(box, *reads.read(shot.picture, box))
            if _shows_time(line.untrusted_text):
                kept = tuple(one for one in glance.lines if one not in there)
                glances[number] = Glance(glance.media_ns, (*kept, line))
    return glances


def _shows_time(untrusted_text: str) -> bool:
    face = parse_face(untrusted_text, mend=True)
    return face is not None and face.time_ns is not None


class _Reading:
    """One clock whose place is known, and of whose line the box holds all."""

    def __init__(self, looks: Looks, reads: Reads, place: ClockPlace, box: Box) -> None:
        self._looks = looks
        self._reads = reads
        self._place = place
        self._is_widened = box != place.box
        self._box = Box(box.left - box.height // 3, box.top, box.right + box.height // 3, box.bottom)
        self._samples: list[tuple[int, str]] = []
        self._crop: Picture | None = None

    def finish(self, first_ns: int, last_ns: int) -> OverlayReading:
        seen = [] if self._is_widened else [*self._place.seen]
        for moment in _spread(first_ns, last_ns, _READINGS):
            shot = self._looks.at(moment)
            if shot is not None and shot.media_ns not in {one.media_ns for one in seen}:
                text = self._look(shot)
                self._samples.append((shot.media_ns, text))
                face = parse_face(text, mend=True)
                if face is not None and face.time_ns is not None:
                    seen.append(Seen(shot.media_ns, face))
        pieces = find_pieces(seen)
        if not pieces:
            return self._unsure("what was read of it in different frames does not agree")
        steps = Counter(one.face.step_ns for piece in pieces for one in piece.seen)
        step_ns = steps.most_common(1)[0][0]
        made: list[ClockPiece] = []
        for piece in pieces:
            rate = self._rate(piece, step_ns)
            if rate is None:
                return self._unsure("the frames at which it ticks over do not agree with what it reads")
            days = find_days(piece.seen, self._place.dated, rate)
            if days is None:
                return self._unsure("of the date beside it, not all was read, or not the same in different frames")
            first, last = piece.seen[0].media_ns, piece.seen[-1].media_ns
            made.append(ClockPiece(first, last, rate, days, len(piece.seen), piece.others))
        zones = Counter(one.face.zone_minutes for piece in pieces for one in piece.seen)
        zone, count = zones.most_common(1)[0]
        if zone is None and len(zones) > 1:  # the zone's letter is the smallest, and is missed rather than invented
            zone, count = next(one for one in zones.most_common() if one[0] is not None)
        is_zoned = zone is not None and count * 3 >= sum(zones.values())
        readings = sum(one.readings for one in made)
        return OverlayReading(
            OverlayVerdict.READ,
            f"{readings} of {len(seen)} readings agree, and {sum(len(one.rate.ticks) for one in made)} ticks.",
            tuple(made),
            step_ns,
            zone if is_zoned else None,
            tuple(self._samples),
            self._png(),
        )

    def _look(self, shot: Shot) -> str:
        text, _ = self._reads.read(shot.picture, self._box)
        if self._crop is None:
            box = self._box
            self._crop = shot.picture[max(0, box.top) : box.bottom, max(0, box.left) : box.right].copy()
        return text

    def _png(self) -> bytes:
        if self._crop is None:
            return b""
        is_made, coded = cv2.imencode(".png", self._crop)
        return coded.tobytes() if is_made else b""

    def _unsure(self, why: str) -> OverlayReading:
        said = f"A clock is in the picture, and {why}."
        return OverlayReading(OverlayVerdict.UNSURE, said, samples=tuple(self._samples))

    def _rate(self, piece: Piece, step_ns: DurationNs) -> Rate | None:
        rate = fit_rate(tuple(self._ticks(piece, step_ns)))
        return rate if rate is not None and self._is_consistent(piece, rate) else None

    def _is_consistent(self, piece: Piece, rate: Rate) -> bool:
        slack = slack_of(piece.seen[-1].media_ns - piece.seen[0].media_ns)
        return piece.low_ns - slack <= rate.offset_ns <= piece.high_ns + slack

    def _ticks(self, piece: Piece, step_ns: DurationNs) -> Iterator[Tick]:
        first, last = piece.seen[0].media_ns, piece.seen[-1].media_ns
        slack = slack_of(last - first) - slack_of(0) + _AROUND_NS
        known: set[int] = set()
        for moment in _spread(first, last, _TICKS):
            device = (moment + piece.high_ns) // step_ns * step_ns + step_ns
            start, end = device - piece.high_ns - slack, device - piece.low_ns + slack
            if device in known or end - start > _LONGEST_WINDOW_NS or end < first or start > last:
                continue
            known.add(device)
            tick = self._tick(start, end, device, step_ns)
            if tick is not None:
                yield tick

    def _tick(self, start_ns: int, end_ns: int, device_ns: int, step_ns: DurationNs) -> Tick | None:
        box = self._box
        shots = []
        for shot in self._looks.between(start_ns, end_ns):
            part = shot.picture[max(0, box.top) : box.bottom, max(0, box.left) : box.right].copy()
            shots.append(Shot(shot.media_ns, part))
        known: dict[int, int | None] = {}

        def read(number: int) -> int | None:
            if number not in known:
                part = shots[number].picture
                text, _ = self._reads.read(part, Box(0, 0, part.shape[1], part.shape[0]))
                face = parse_face(text, mend=True)
                known[number] = None if face is None else face.time_ns
            return known[number]

        return find_change([one.media_ns for one in shots], read, device_ns, step_ns)


def _spread(first_ns: int, last_ns: int, count: int) -> Iterator[int]:
    """Yield moments over a stretch, at uneven distances, so that they fall into different parts of a second."""
    span = last_ns - first_ns
    for number in range(count):
        part = (number * 1000 + 137 * (number * 7 % count) // count * 4 + 60) * span // (count * 1000)
        yield first_ns + min(part, span * 97 // 100)


def _is_same_time(one: ClockPlace, other: ClockPlace) -> bool:
    first, second = one.pieces[0], other.pieces[0]
    apart = (first.low_ns - second.low_ns + DAY_NS // 2) % DAY_NS - DAY_NS // 2
    return abs(apart) <= max(_step(one.seen), _step(other.seen)) + NS_PER_S


def _step(seen: Sequence[Seen]) -> DurationNs:
    return max(one.face.step_ns for one in seen)
