"""The few texts of the console that are made of times and speeds. No Qt."""

from __future__ import annotations

from fractions import Fraction

from evidence.times import NS_PER_S, DurationNs


def clock_text(length_ns: DurationNs) -> str:
    """Return a length of time as `0:07` or `1:02:07`, rounded down."""
    seconds = max(0, length_ns) // NS_PER_S
    hours, rest = divmod(seconds, 3_600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"


def rate_text(rate: Fraction) -> str:
    """Return a speed as `1×`, `1/2×`, `0.9×`."""
    if rate.denominator == 1 or (rate.numerator == 1 and rate.denominator <= 16):
        return f"{rate}×"
    return f"{float(rate):.2f}×"


def speed_text(asked: Fraction, true_speed: float | None) -> tuple[str, bool]:
    """Return the speed for people, and whether it is worse than asked for."""
    if true_speed is None or true_speed >= 0.97 * float(asked):
        return rate_text(asked), False
    return f"{rate_text(asked)}, plays at {true_speed:.2f}×", True
