"""Which stretch of time is on screen, and the way between instants and pixels. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from evidence.times import NS_PER_S, DurationNs, IncidentRange, IncidentTime

SHORTEST_NS = 20_000_000
"""The least time that fills the width: less would show nothing but one frame."""

LONGEST_NS = 200 * 366 * 86_400 * NS_PER_S
_MARGIN_PARTS = 50


@dataclass(frozen=True, slots=True)
class TimeView:
    """A stretch `[start, start + length)` spread over `width` pixels; every answer is whole pixels or whole ns.

    What zooms makes every pixel equally many ns, so that panning moves what is on screen by whole pixels exactly: a
    picture of it can then be moved along instead of being painted anew.

    Attributes:
        start_ns: incident time at the left edge.
        length_ns: time between the edges.
        width: pixels, at least 1.
    """

    start_ns: int
    length_ns: DurationNs
    width: int

    def __post_init__(self) -> None:
        if self.length_ns < 1 or self.width < 1:
            raise ValueError("a view of a timeline has a length and a width")

    @property
    def end_ns(self) -> int:
        """Incident time at the right edge, exclusive."""
        return self.start_ns + self.length_ns

    @property
    def ns_per_pixel(self) -> int:
        """How much time one pixel stands for, rounded up."""
        return -(-self.length_ns // self.width)

    def x_of(self, instant: int) -> int:
        """Return the pixel in which `instant` lies; it may be outside of the width."""
        return (instant - self.start_ns) * self.width // self.length_ns

    def instant_at(self, x: int) -> IncidentTime:
        """Return the first instant of pixel `x`: `x_of(instant_at(x))` is `x` where pixels are longer than a ns."""
        return IncidentTime(self.start_ns - (-x * self.length_ns // self.width))

    def zoomed(self, numerator: int, denominator: int, x: int) -> TimeView:
        """Return the view in which `denominator / numerator` of the time shows, and what lies under `x` stays there."""
        length = min(LONGEST_NS, max(SHORTEST_NS, self.length_ns * denominator // numerator))
        length = _whole(length, self.width)
        under = self.start_ns + x * self.length_ns // self.width
        return TimeView(under - x * length // self.width, length, self.width)

    def panned(self, pixels: int) -> TimeView:
        """Return the view moved so that what is on screen goes `pixels` to the left."""
        return TimeView(self.start_ns + pixels * self.length_ns // self.width, self.length_ns, self.width)

    def pixels_panned(self, before: TimeView) -> int | None:
        """Return by how many pixels `before` was panned to become this view, or None where it was not, exactly.

        None as well where nothing of it is on screen any more: a jump of years is more pixels than Qt can count.
        """
        each, rest = divmod(self.length_ns, self.width)
        if rest or (before.length_ns, before.width) != (self.length_ns, self.width):
            return None
        pixels, rest = divmod(self.start_ns - before.start_ns, each)
        return None if rest or abs(pixels) >= self.width else pixels

    def with_width(self, width: int) -> TimeView:
        """Return the same stretch over another width."""
        width = max(1, width)
        return self if width == self.width else TimeView(self.start_ns, _whole(self.length_ns, width), width)

    def showing(self, instant: int) -> TimeView:
        """Return this view, or one moved on by pages where `instant` is outside: it then lies a tenth from the edge."""
        if self.start_ns <= instant < self.end_ns:
            return self
        tenth = self.length_ns // 10
        start = instant - tenth if instant >= self.end_ns else instant + tenth - self.length_ns
        moved = self.panned((start - self.start_ns) * self.width // self.length_ns)
        if moved.start_ns <= instant < moved.end_ns:
            return moved
        return TimeView(start, self.length_ns, self.width)

    def kept_near(self, span: IncidentRange) -> TimeView:
        """Return this view, moved where it would show nothing of `span`: half a screen of it always stays in sight."""
        half = self.length_ns // 2
        start = min(max(self.start_ns, span.start - half), max(span.end - half, span.start - half))
        return TimeView(start, self.length_ns, self.width)


def whole_view(span: IncidentRange, width: int) -> TimeView:
    """Return the view that shows all of `span` with a small margin."""
    margin = max(span.duration_ns // _MARGIN_PARTS, SHORTEST_NS // 2)
    width = max(1, width)
    return TimeView(span.start - margin, _whole(max(SHORTEST_NS, span.duration_ns + 2 * margin), width), width)


def _whole(length_ns: DurationNs, width: int) -> DurationNs:
    """Return a length, or the next longer one that gives every pixel as many ns."""
    return -(-length_ns // width) * width


_MS = 1_000_000
_STEPS_NS = (
    *(unit * many for unit in (_MS, 10 * _MS, 100 * _MS) for many in (1, 2, 5)),
    *(NS_PER_S * many for many in (1, 2, 5, 10, 15, 30)),
    *(60 * NS_PER_S * many for many in (1, 2, 5, 10, 15, 30)),
    *(3_600 * NS_PER_S * many for many in (1, 2, 3, 6, 12)),
    *(86_400 * NS_PER_S * many for many in (1, 2, 7, 14, 28, 91, 182, 364, 3_640)),
)


@dataclass(frozen=True, slots=True)
class Ticks:
    """The ruler's marks.

    Attributes:
        step_ns: time between two of them.
        instants: those in sight, at whole steps of local time.
    """

    step_ns: DurationNs
    instants: tuple[IncidentTime, ...]

    @property
    def decimals(self) -> int:
        """How many digits of the second tell two ticks apart."""
        if self.step_ns % NS_PER_S == 0:
            return 0
        return 1 if self.step_ns % (100 * _MS) == 0 else 2 if self.step_ns % (10 * _MS) == 0 else 3


def find_ticks(view: TimeView, *, least_pixels: int, zone_offset_ns: int) -> Ticks:
    """Return ticks at least `least_pixels` apart.

    Args:
        view: what is on screen.
        least_pixels: room for a label.
        zone_offset_ns: by how much local time is ahead of UTC here, so that hours and days start where people's do.
    """
    wanted = least_pixels * view.length_ns // view.width
    step = next((one for one in _STEPS_NS if one >= wanted), _STEPS_NS[-1])
    first = -(-(view.start_ns + zone_offset_ns) // step) * step - zone_offset_ns
    most = view.width // max(1, least_pixels) + 2
    instants = [IncidentTime(first + number * step) for number in range(most) if first + number * step < view.end_ns]
    return Ticks(step, tuple(instants))
