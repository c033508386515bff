"""What cutting a range would do, in plain words: for each camera and mode, from the frame tables alone."""

from __future__ import annotations

from annotations.cuts.messages import Codec, Mode
from annotations.cuts.plan import FindIndex, Piece, forecast, pieces_of
from app.time_text import LocalTimes
from evidence.time_text import duration_text
from evidence.times import IncidentRange
from sync.timeline import CameraTimeline

MODE_NAMES = {Mode.COPY: "Copy", Mode.EXACT: "Exact", Mode.SMART: "Smart"}
MODE_WORDS = {
    Mode.COPY: "Packets untouched: quick, and nothing is encoded anew. A copy starts at the key frame at or before the "
    "in point; MP4 and QuickTime hide what lies before, but it is still in the file.",
    Mode.EXACT: "Every frame encoded anew, sound without loss: the file holds nothing but the range. Takes longest.",
    Mode.SMART: "Copied between key frames, encoded anew only at the ends: the file holds nothing but the range of "
    "pictures. H.264 only.",
}
CODEC_NAMES = {
    Codec.H264: "H.264, visually lossless",
    Codec.HEVC: "HEVC, visually lossless",
    Codec.FFV1: "FFV1, every pixel kept",
}


def cost_words(row: CameraTimeline, span: IncidentRange, mode: Mode, find_index: FindIndex, times: LocalTimes) -> str:
    """Return what a mode would do with a camera's part of a range, one or two sentences."""
    pieces = pieces_of(row, span, find_index)
    if not pieces:
        return "Not recording in this range."
    words = [_piece_words(piece, mode, times) for piece in pieces]
    if len(pieces) > 1:
        words.insert(0, f"{len(pieces)} files, one for each recording.")
    return " ".join(dict.fromkeys(words))


def is_recording(row: CameraTimeline, span: IncidentRange, find_index: FindIndex) -> bool:
    """Tell whether a camera recorded anything of a range."""
    return bool(pieces_of(row, span, find_index))


def _piece_words(piece: Piece, mode: Mode, times: LocalTimes) -> str:
    cost = forecast(piece, mode)
    if cost.why_not:
        return cost.why_not
    if piece.index is None:
        return "Sound only."
    if mode is not Mode.COPY:
        return f"{cost.encoded:,} of {piece.frames:,} frames encoded anew."
    if cost.key_at is None:
        return f"{piece.frames:,} frames, starts exactly at the in point."
    hidden = "hidden, still in the file" if cost.is_hidden else "shown, as this kind of file cannot hide it"
    early = f"Starts {duration_text(cost.lead_in_ns)} earlier at the key frame {times.clock(cost.key_at)}"
    return f"{early} ({hidden})."
