"""Adds streams to a file whose packets are copied, with everything that the original says of them.

Streams that the container cannot hold are left out and named. Runs in the process that cuts.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field

import av
import av.error
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

from annotations.cuts.containers import EDIT_LISTS
from annotations.cuts.messages import CutOrder, LeftOut
from evidence.probe import is_picture_stream

_KEPT_TAGS = frozenset({"mov", "mp4", "3gp", "3g2"})
_KEPT_WORDS = ("language", "title", "handler_name")


@dataclass
class Kept:
    """The streams that are copied.

    Attributes:
        streams: by number in the original, the stream in the file.
        left_out: the others.
    """

    streams: dict[int, Stream] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)


def choose_streams(source: InputContainer, order: CutOrder, *, with_video: bool) -> Kept:
    """Return which streams the file can hold, not yet added: each is tried by itself, and the pictures come first."""
    kept = Kept()
    ordered = sorted(source.streams, key=lambda one: (one.index != order.video, one.index))
    for stream in ordered:
        if stream.index == order.video:
            if with_video:
                kept.streams[stream.index] = stream
            continue
        why = _why_not(stream, order)
        if why:
            kept.left_out.append(LeftOut(stream.index, _words(stream, order), why))
        else:
            kept.streams[stream.index] = stream
    return kept


def add_copied(out: OutputContainer, stream: Stream, order: CutOrder) -> Stream:
    """Add a stream like the original's; its packets can be put into it as they are."""
    added = out.add_stream_from_template(stream, opaque=True)
    added.time_base = stream.time_base
    is_same_family = order.out_format in EDIT_LISTS and bool(_KEPT_TAGS & set(order.container.split(",")))
    if is_same_family and isinstance(stream, VideoStream | AudioStream) and _is_plain(stream.codec_tag):
        added.codec_tag = stream.codec_tag
    for key in _KEPT_WORDS:
        if key in stream.metadata:
            added.metadata[key] = stream.metadata[key]
    return added


def keep_facts(source: InputContainer, out: OutputContainer) -> None:
    """Take over what the file says of the device that made it; not when it was made, since the cut begins later."""
    for key, value in source.metadata.items():
        if not key.lower().endswith(("creation_time", "date", "timecode", "duration")) and key not in {
            "major_brand",
            "minor_version",
            "compatible_brands",
            "encoder",
        }:
            out.metadata[key] = value


def _why_not(stream: Stream, order: CutOrder) -> str:
    """Return why a stream other than the shown one is left out, or ""."""
    if stream.type == "video":
        if not is_picture_stream(stream) or stream.disposition & Disposition.attached_pic:
            return "it is a still picture"
        return "only the pictures that the case shows are cut"
    if stream.metadata.get("timecode") and stream.type == "data":
        return "it counts from the recording's first frame and would be wrong behind a cut"
    if stream.type == "data" and _telemetry(stream, order) != "gpmf":
        return "its description cannot be written into another file with FFmpeg"
    if not _fits(stream, order):
        return f"a file of the kind {order.out_format} cannot hold it here"
    return ""


def _fits(stream: Stream, order: CutOrder) -> bool:
    """Try whether a file with this stream alone can be begun."""
    try:
        trial = av.open(io.BytesIO(), "w", format=order.out_format)
        add_copied(trial, stream, order)
        trial.start_encoding()
    except (av.error.FFmpegError, ValueError, AttributeError, NotImplementedError):
        return False
    return True


def _is_plain(tag: str) -> bool:
    return len(tag) == 4 and tag.isalnum()


def _words(stream: Stream, order: CutOrder) -> str:
    telemetry = _telemetry(stream, order)
    codec = stream.codec_context.name if getattr(stream, "codec_context", None) is not None else "unknown"
    return f"{stream.type} ({telemetry or codec})"


def _telemetry(stream: Stream, order: CutOrder) -> str:
    return next((note.telemetry for note in order.streams if note.index == stream.index), "")
