"""The small words in a tile: what state it is in, how sure its time is, and why there is no picture. No Qt."""

from __future__ import annotations

from collections.abc import Callable

from evidence.times import DurationNs, IncidentTime, half_width_95
from player.pictures import TilePicture, TileState
from player.tracks import Gap

TimeText = Callable[[IncidentTime], str]
"""Writes an instant as local time of day, to the millisecond."""


def state_words(tile: TilePicture) -> str:
    """Return the words that mark a picture which is not simply the frame of the instant, or ""."""
    if tile.state is TileState.LATE:
        return "late"
    if tile.state is TileState.FAILED:
        return "failed"
    if tile.picture is not None and tile.picture.estimate is not None:
        return f"approximate ~±{span_words(tile.picture.estimate.within_ns)}"
    if tile.picture is not None and tile.picture.is_damaged:
        return "damaged"
    if tile.picture is not None and tile.picture.is_proxy:
        return "proxy"
    return ""


def uncertainty_words(tile: TilePicture) -> str:
    """Return how far the time may be off (95 %), once that is more than a frame: "~±40 ms"; else ""."""
    spot = tile.picture.spot if tile.picture is not None else tile.spot
    if spot is None:
        return ""
    sigma = spot.place.sigma_ns
    if sigma is None:
        return "~±?"
    within = half_width_95(sigma)
    return f"~±{span_words(within)}" if within > spot.end - spot.start else ""


def span_words(length_ns: DurationNs) -> str:
    """Return a short length of time, rounded up: "40 ms", "1.5 s", "30 s", "5 min"."""
    milliseconds = -(-length_ns // 1_000_000)
    if milliseconds < 1_000:
        return f"{milliseconds} ms"
    tenths = -(-milliseconds // 100)
    if tenths < 100:
        return f"{tenths / 10:.1f} s"
    seconds = -(-tenths // 10)
    return f"{seconds} s" if seconds < 120 else f"{-(-seconds // 60)} min"


def message_words(tile: TilePicture, time_text: TimeText) -> tuple[str, str]:
    """Return what stands in the middle of a tile without its picture: a headline and a line below; or two ""."""
    if tile.state is TileState.NOT_RECORDING:
        return "Not recording", _gap_words(tile.gap, time_text)
    if tile.state is TileState.SOUND_ONLY:
        return "Sound only", "This recording has no picture"
    if tile.state is TileState.FAILED:
        return "Cannot be shown", tile.reason
    if tile.state is TileState.LOADING:
        return "Loading", ""
    return "", ""


def _gap_words(gap: Gap | None, time_text: TimeText) -> str:
    if gap is None:
        return ""
    words = []
    if gap.start is not None:
        words.append(f"since {time_text(gap.start)}")
    if gap.end is not None:
        words.append(f"until {time_text(gap.end)}" if words else f"starts {time_text(gap.end)}")
    return ", ".join(words)
