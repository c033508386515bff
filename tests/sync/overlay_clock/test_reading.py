"""Reading a clock over a whole recording, with a recogniser that knows what stands there and errs as it is told."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.times import NS_PER_S
from sync.overlay_clock.agreement import Seen, find_pieces
from sync.overlay_clock.clock_face import DAY_NS, ClockFace
from sync.overlay_clock.pictures import Shot
from sync.overlay_clock.read import OverlayReading, OverlayVerdict, read_overlay
from sync.overlay_clock.recogniser import Box, Line, Picture
from sync.overlay_clock.ticks import find_change

START = datetime(2026, 3, 14, 21, 30, 7, 380_000, tzinfo=UTC)
START_NS = round(START.timestamp() * 1000) * 1_000_000
Show = Callable[[int], list[tuple[Box, str]]]
CLOCK = Box(10, 10, 210, 30)


class Reel:
    """A recording whose pictures carry their own stamp, and a recogniser that reads what stands there at that time."""

    def __init__(self, show: Show, *, seconds: float = 30, frame_ns: int = 40_000_000, wrong: float = 0.0) -> None:
        self.show = show
        self.last_ns = round(seconds * NS_PER_S)
        self.frame_ns = frame_ns
        self.chance = random.Random(7)
        self.wrong = wrong

    def at(self, media_ns: int) -> Shot | None:
        return next(self.between(media_ns, self.last_ns), None)

    def between(self, start_ns: int, end_ns: int) -> Iterator[Shot]:
        for number in range(-(-start_ns // self.frame_ns), min(end_ns, self.last_ns) // self.frame_ns + 1):
            yield Shot(number * self.frame_ns, np.full((40, 400, 3), number, dtype=np.int32))

    def find_lines(self, picture: Picture) -> tuple[Line, ...]:
        return tuple(Line(box, self._err(text), 1.0) for box, text in self.show(self._media(picture)))

    def read(self, picture: Picture, box: Box) -> tuple[str, float]:
        return self._err(self.show(self._media(picture))[0][1]), 1.0

    def _media(self, picture: Picture) -> int:
        return int(picture[0, 0, 0]) * self.frame_ns

    def _err(self, text: str) -> str:
        if self.chance.random() >= self.wrong:
            return text
        place = self.chance.randrange(len(text))
        return text[:place] + self.chance.choice("0123456789O-") + text[place + 1 :]


def face(ns: int) -> datetime:
    return datetime.fromtimestamp(0, tz=UTC) + timedelta(microseconds=ns // 1000)


def clock(*, gains_ppm: float = 0, form: str = "%Y-%m-%d %H:%M:%S", start_ns: int = START_NS) -> Show:
    return lambda media: [(CLOCK, f"{face(start_ns + media + round(media * gains_ppm / 1e6)):{form}}")]


def read(reel: Reel) -> OverlayReading:
    return read_overlay(reel, reel, 0, reel.last_ns)


def off_ms(reading: OverlayReading, *, gains_ppm: float = 0, start_ns: int = START_NS) -> float:
    """Return how far the first piece is off the truth, most, ms."""
    piece = reading.pieces[0]
    midnight = int(datetime.combine(piece.dates[0], datetime.min.time(), UTC).timestamp()) * NS_PER_S
    moments = (piece.first_ns, (piece.first_ns + piece.last_ns) // 2, piece.last_ns)
    return max(
        abs(midnight + piece.rate.device_at(one) - start_ns - one - one * gains_ppm / 1e6) / 1e6 for one in moments
    )


def test_a_clean_clock_is_read_to_less_than_a_frame() -> None:
    reading = read(Reel(clock()))
    assert reading.verdict is OverlayVerdict.READ
    assert reading.pieces[0].dates == (date(2026, 3, 14),)
    assert off_ms(reading) <= 20.1


def test_drift_over_an_hour_is_followed() -> None:
    reading = read(Reel(clock(gains_ppm=145), seconds=3600))
    rate = reading.pieces[0].rate
    assert rate.drift_sigma_ppb is not None
    assert rate.drift_ppb == pytest.approx(145_000, abs=3 * rate.drift_sigma_ppb)
    assert rate.drift_sigma_ppb < 10_000
    assert off_ms(reading, gains_ppm=145) < 40


def test_midnight_is_crossed_and_settles_which_is_the_month() -> None:
    start = START_NS + (2 * 3600 + 29 * 60 + 40) * NS_PER_S
    reading = read(Reel(clock(form="%d/%m/%Y %H:%M:%S", start_ns=start - 9 * DAY_NS), seconds=40))
    assert reading.pieces[0].dates == (date(2026, 3, 5),)  # 5 March to 6 March; the 3rd of May would not go on so
    assert off_ms(reading, start_ns=start - 9 * DAY_NS) <= 20.1


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 0.2), st.integers(0, 999))
def test_misread_characters_never_make_a_wrong_second(seed: int, wrong: float, later_ms: int) -> None:
    start = START_NS + later_ms * 1_000_000
    reel = Reel(clock(start_ns=start), wrong=wrong)
    reel.chance = random.Random(seed)
    reading = read(reel)
    assert reading.verdict is not OverlayVerdict.NO_CLOCK or wrong > 0.1
    if reading.verdict is OverlayVerdict.READ:
        assert reading.pieces[0].dates in {(date(2026, 3, 14),), ()}
        if reading.pieces[0].dates:
            assert off_ms(reading, start_ns=start) < 250


def test_a_clock_that_is_set_meanwhile_comes_in_pieces() -> None:
    def show(media: int) -> list[tuple[Box, str]]:
        jumped = 7 * NS_PER_S if media >= 60 * NS_PER_S else 0
        return [(CLOCK, f"{face(START_NS + media + jumped):%Y-%m-%d %H:%M:%S}")]

    reading = read(Reel(show, seconds=120))
    first, second = reading.pieces
    assert second.rate.device_at(0) - first.rate.device_at(0) == pytest.approx(7e9, abs=41e6)
    assert first.last_ns < 60 * NS_PER_S <= second.first_ns


def test_minutes_alone_are_read_by_the_frame_at_which_they_change() -> None:
    reading = read(Reel(clock(form="%d-%m-%Y %H:%M"), seconds=900))
    assert reading.verdict is OverlayVerdict.READ
    assert reading.step_ns == 60 * NS_PER_S
    assert off_ms(reading) <= 21


@pytest.mark.parametrize(
    "show",
    [
        lambda media: [(CLOCK, f"{face(media):%H:%M:%S}")],  # how long it runs
        lambda _media: [(CLOCK, "2026-03-14 21:30:07")],  # stands still
        lambda media: [(CLOCK, f"{face(START_NS + 2 * media):%Y-%m-%d %H:%M:%S}")],  # runs at another speed
        lambda _media: [(CLOCK, "OPEN 09:00 - 17:30")],
        lambda _media: [],
    ],
)
def test_what_is_no_running_clock_is_never_read_as_one(show: Show) -> None:
    assert read(Reel(show, seconds=60)).verdict is not OverlayVerdict.READ


def test_two_clocks_that_differ_are_left_open() -> None:
    def show(media: int) -> list[tuple[Box, str]]:
        below = Box(10, 300, 210, 320)
        return [*clock()(media), (below, f"{face(START_NS + media - 3600 * NS_PER_S):%Y-%m-%d %H:%M:%S}")]

    reading = read(Reel(show))
    assert (reading.verdict, reading.pieces) == (OverlayVerdict.UNSURE, ())


def test_a_date_in_another_line_is_used() -> None:
    def show(media: int) -> list[tuple[Box, str]]:
        return [
            (CLOCK, f"{face(START_NS + media):%H:%M:%S}"),
            (Box(10, 40, 210, 60), f"{face(START_NS + media):%d %b %Y}"),
        ]

    assert read(Reel(show)).pieces[0].dates == (date(2026, 3, 14),)


@given(st.integers(1, 99), st.sets(st.integers(0, 99), max_size=60), st.integers(0, 86_399))
def test_a_tick_lies_between_its_bounds_whatever_could_not_be_read(first: int, unread: set[int], second: int) -> None:
    device = second * NS_PER_S
    old, new = (device - NS_PER_S) % DAY_NS, device

    def look(number: int) -> int | None:
        return None if number in unread else new if number >= first else old

    tick = find_change(range(100), look, device, NS_PER_S)
    if tick is not None:
        assert tick.before_ns < first <= tick.after_ns
        assert set(range(tick.before_ns + 1, tick.after_ns)) <= unread
    else:
        assert set(range(first)) <= unread or set(range(first, 100)) <= unread


class Strip(Reel):
    """A line of which the detector finds a part, and the reader reads what its box holds: a letter is 10 wide."""

    def __init__(self, show: Show, found: slice, *, shown: slice = slice(None)) -> None:
        super().__init__(show)
        self.found, self.shown = found, shown

    def between(self, start_ns: int, end_ns: int) -> Iterator[Shot]:
        for shot in super().between(start_ns, end_ns):
            shot.picture[:, :, 1] = np.arange(shot.picture.shape[1])  # a part that is cut out knows where it was
            yield shot

    def find_lines(self, picture: Picture) -> tuple[Line, ...]:
        ((box, text),) = self.show(self._media(picture))
        start, end, _ = self.found.indices(len(text))
        part = Box(box.left + 10 * start, box.top, box.left + 10 * end, box.bottom)
        return (Line(part, text[self.found], 1.0),)

    def read(self, picture: Picture, box: Box) -> tuple[str, float]:
        ((line, text),) = self.show(self._media(picture))
        moved = int(picture[0, 0, 1]) - line.left
        first, end = max(0, round((box.left + moved) / 10)), round((min(box.right, picture.shape[1]) + moved) / 10)
        start, stop, _ = self.shown.indices(len(text))
        return text[max(start, first) : min(end, stop)], 1.0


AXON, BEHIND = "%Y-%m-%d T%H:%M:%SZ", "%H:%M:%S  %d-%m-%Y"


@pytest.mark.parametrize(
    ("form", "found", "day"),
    [
        (AXON, slice(6, None), date(2026, 3, 14)),  # 3-14 T21:30:07Z
        (AXON, slice(11, None), date(2026, 3, 14)),  # T21:30:07Z
        ("%d-%m-%Y %H:%M:%S", slice(1, None), date(2026, 3, 14)),  # 4-03-2026 21:30:07
        (BEHIND, slice(None, -2), date(2026, 3, 14)),
        (BEHIND, slice(None, 8), date(2026, 3, 14)),
    ],
)
def test_a_line_that_was_found_in_part_is_read_whole(form: str, found: slice, day: date) -> None:
    reading = read(Strip(clock(form=form), found))
    assert reading.verdict is OverlayVerdict.READ
    assert reading.pieces[0].dates == (day,)
    assert off_ms(reading) <= 20.1


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        (AXON, slice(5, None)),
        (AXON, slice(8, None)),
        (AXON, slice(11, None)),
        (BEHIND, slice(None, -5)),
        ("%d %b %H:%M:%S", slice(None)),
    ],
)
def test_a_date_without_its_year_is_no_date_and_nothing_is_said(form: str, shown: slice) -> None:
    reading = read(Strip(clock(form=form), shown, shown=shown))
    assert (reading.verdict, reading.pieces) == (OverlayVerdict.UNSURE, ())
    assert "of the date" in reading.why


def test_dates_that_disagree_are_left_open() -> None:
    def show(media: int) -> list[tuple[Box, str]]:
        year = 2026 if media // NS_PER_S % 2 else 2028
        return [(CLOCK, f"{year}-03-14 {face(START_NS + media):%H:%M:%S}")]

    reading = read(Reel(show))
    assert (reading.verdict, reading.pieces) == (OverlayVerdict.UNSURE, ())
    assert "of the date" in reading.why


@pytest.mark.parametrize("form", ["%H:%M:%S", "CAM-03 %H:%M:%S", "MARKET ST 2 %H:%M:%S", "%H:%M:%S UTC-05:00"])
def test_a_clock_that_shows_no_date_is_read_as_one(form: str) -> None:
    reading = read(Reel(clock(form=form)))
    assert reading.verdict is OverlayVerdict.READ
    assert reading.pieces[0].dates == ()


def test_mended_readings_are_not_believed_alone() -> None:
    seen = [
        Seen(number * NS_PER_S, ClockFace(number * NS_PER_S, NS_PER_S, (), None, is_mended=True)) for number in range(9)
    ]
    assert find_pieces(seen) == ()
