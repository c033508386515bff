"""Which container a cut is written in, and what it can do.

The original's container is kept wherever FFmpeg can write it; where it cannot, Matroska takes its place, and the
report says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import PurePath

from annotations.cuts.messages import Codec, Mode
from evidence.frame_index import FrameIndex
from evidence.records import Recording

_MP4_SUFFIXES = {".mov": "mov", ".qt": "mov", ".3gp": "3gp", ".3g2": "3g2", ".m4v": "mp4", ".m4a": "mp4", ".mp4": "mp4"}
_BY_FORMAT = (
    ("matroska", "matroska", ".mkv"),
    ("mpegts", "mpegts", ".ts"),
    ("avi", "avi", ".avi"),
    ("flv", "flv", ".flv"),
    ("asf", "asf", ".wmv"),
    ("mpeg", "vob", ".vob"),
    ("ogg", "ogg", ".ogg"),
    ("wav", "wav", ".wav"),
    ("mp3", "mp3", ".mp3"),
    ("flac", "flac", ".flac"),
    ("aac", "adts", ".aac"),
    ("h264", "h264", ".h264"),
    ("hevc", "hevc", ".hevc"),
    ("mpegvideo", "mpeg2video", ".m2v"),
)
_OWN_SUFFIXES = frozenset(
    {".mkv", ".webm", ".ts", ".mts", ".m2ts", ".avi", ".flv", ".wmv", ".asf", ".vob", ".mpg", ".mpeg", ".ogg", ".oga",
     ".wav", ".mp3", ".flac", ".aac", ".h264", ".264", ".hevc", ".265", ".m2v"}
)  # fmt: skip
EDIT_LISTS = frozenset({"mov", "mp4", "3gp", "3g2"})
"""Formats in which an edit list hides what lies before and after."""

RAW = frozenset({"h264", "hevc", "mpeg2video"})
"""Formats without a container: packets one after another."""

WITHOUT_PTS = frozenset({"avi"}) | RAW
"""Formats that keep no time of showing with a packet."""

STARTING_TOGETHER = frozenset({"avi"})
"""Formats whose streams all begin at one moment, as FFmpeg writes them, and count from there."""

_MS = Fraction(1, 1000)


@dataclass(frozen=True, slots=True)
class Container:
    """A container to write.

    Attributes:
        format: FFmpeg's name.
        suffix: of the file's name.
        why: why it is not the original's, one sentence, or "".
    """

    format: str
    suffix: str
    why: str = ""


def container_for(recording: Recording, index: FrameIndex | None, mode: Mode, codec: Codec) -> Container:
    """Return the container in which a cut of a recording is written."""
    if mode is Mode.EXACT:
        return _for_exact(recording, index, codec)
    suffix = PurePath(recording.display_name).suffix.lower()
    names = recording.container.split(",")
    if "mov" in names or "mp4" in names:
        form = _MP4_SUFFIXES.get(suffix, "mp4")
        return Container(form, suffix if suffix in _MP4_SUFFIXES else ".mp4")
    for name, form, usual in _BY_FORMAT:
        if name in names:
            own = suffix if suffix in _OWN_SUFFIXES else usual
            return Container("webm" if own == ".webm" else form, own)
    return Container("matroska", ".mkv", f"FFmpeg does not write {names[0]}, so Matroska takes its place.")


def _for_exact(recording: Recording, index: FrameIndex | None, codec: Codec) -> Container:
    if index is None:
        return Container("wav", ".wav")
    if codec is not Codec.FFV1:
        is_quicktime = PurePath(recording.display_name).suffix.lower() == ".mov"
        return Container("mov", ".mov") if is_quicktime else Container("mp4", ".mp4")
    stream = recording.video
    if stream is not None and stream.rotation:
        return Container("mp4", ".mp4", "MP4 and not Matroska, because it keeps the turn of the picture exactly.")
    if not _holds_in_ms(index):
        return Container("mp4", ".mp4", "MP4 and not Matroska, which rounds the frames' times to milliseconds.")
    return Container("matroska", ".mkv")


def _holds_in_ms(index: FrameIndex) -> bool:
    """Tell whether the distances between frames are whole milliseconds."""
    step = index.time_base / _MS
    distances = index.pts - index.pts[0]
    return not bool((distances * step.numerator % step.denominator).any())
