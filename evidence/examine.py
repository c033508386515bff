"""From a path to everything that one pass over a file tells: `examine_file`.

This runs in a child process (`evidence.examiner`), because the bytes are untrusted and FFmpeg is large. It is also
an ordinary function for tests and tools.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace

from av.container import InputContainer
from av.error import FFmpegError

from evidence import dvd, probe, refusals
from evidence.claims import collect_claims
from evidence.claims.source import ClaimSource, StreamTags, TelemetryPacket
from evidence.demux import Demuxed, demux, open_container
from evidence.errors import NotAnOriginalError, OriginalChangedError, OriginalError, OriginalMissingError
from evidence.examination import Examination
from evidence.grouping import in_folder
from evidence.mp4_boxes import walk_boxes
from evidence.one_pass import OnePass
from evidence.originals import Original, open_original
from evidence.records import Finding, StreamInfo, StreamKind
from evidence.text import TEXT_SAMPLE_BYTES, clean_text, display_name, is_text
from evidence.times import NS_PER_S, DurationNs, ticks_to_ns

_SHORT_BY_NS = NS_PER_S // 2
_PICTURE_FORMATS = frozenset(
    {"gif", "apng", "ico"}
    | {
        f"{kind}_pipe"
        for kind in ("jpeg", "png", "bmp", "tiff", "webp", "gif", "jpegxl", "jpegls", "dng", "j2k", "svg")
    }
)
"""FFmpeg's formats of photographs and drawings; with one picture in them they are no recording."""


def examine_file(path_bytes: bytes, on_bytes: Callable[[int], None]) -> Examination:
    """Read a file once; return its hash and what it is. Never raises for bad input.

    Args:
        path_bytes: as the operating system names it.
        on_bytes: told now and then how many bytes of the file have been read in all.
    """
    name = display_name(path_bytes)
    try:
        with open_original(path_bytes) as original:
            examined = _examine(original, on_bytes)
            original.check_unchanged()
            return examined
    except OriginalError as error:
        size, mtime = _last_known(path_bytes)
        return Examination(path_bytes, name, size, mtime, "", refused=refusals.from_error(_code_of(error), error))


def _examine(original: Original, on_bytes: Callable[[int], None]) -> Examination:
    with OnePass(original, on_bytes) as one_pass:
        blank = Examination(original.path_bytes, original.name, original.size_bytes, original.mtime_ns, "")
        if not original.size_bytes:
            examined = replace(blank, refused=refusals.empty(original.name))
        else:
            examined = _read_media(blank, original, one_pass)
        return replace(examined, sha256=one_pass.finish().hex)


def _read_media(blank: Examination, original: Original, one_pass: OnePass) -> Examination:
    try:
        container = open_container(one_pass)
    except (FFmpegError, ValueError):
        return replace(blank, refused=_why_unknown(original))
    with container:
        if probe.is_still_format(container):
            return replace(blank, refused=refusals.still_picture(original.name))
        if container.format.name == "mpeg" and dvd.is_encrypted(original.read_at, original.size_bytes):
            return replace(blank, container=container.format.name, refused=refusals.encrypted_disc(original.name))
        demuxed = demux(container, one_pass, original, original.name)
        return _describe(replace(blank, container=container.format.name), container, demuxed, original)


def _describe(blank: Examination, container: InputContainer, demuxed: Demuxed, original: Original) -> Examination:
    name = original.name
    duration_ns = _duration_ns(demuxed)
    if refused := _why_nothing_to_play(blank.container, demuxed, original, duration_ns):
        return replace(blank, streams=demuxed.streams, refused=refused)
    found = collect_claims(_claim_source(blank, container, demuxed, original, duration_ns))
    title = dvd.find_title_findings(original.path_bytes, name, _read_start)
    findings = (*_findings(container, demuxed, name), *title, *found.findings)
    return replace(
        blank,
        duration_ns=duration_ns,
        streams=demuxed.streams,
        video_stream=demuxed.video,
        audio_stream=demuxed.audio,
        frame_index=demuxed.built.index.to_bytes() if demuxed.built is not None else None,
        claims=found.claims,
        hint=in_folder(found.hint, original.path_bytes),
        findings=findings,
    )


def _read_start(path_bytes: bytes) -> bytes:
    try:
        with open_original(path_bytes) as beside:
            return beside.read_at(0, 64)
    except OriginalError:
        return b""


def _why_unknown(original: Original) -> Finding:
    boxes = walk_boxes(original.read_at, original.size_bytes)
    if boxes is not None and not boxes.has_header:
        return refusals.header_missing(original.name, boxes.missing_bytes)
    if boxes is not None and (boxes.missing_bytes or not boxes.has_data):
        return refusals.data_missing(original.name, boxes.missing_bytes)
    return refusals.not_media(original.name, is_text=is_text(original.read_at(0, TEXT_SAMPLE_BYTES)))


def _why_nothing_to_play(
    container_name: str, demuxed: Demuxed, original: Original, duration_ns: DurationNs
) -> Finding | None:
    kinds = {stream.kind for stream in demuxed.streams}
    if demuxed.built is not None and len(demuxed.built.index) <= 1 and container_name in _PICTURE_FORMATS:
        return refusals.still_picture(original.name)
    if not kinds & {StreamKind.VIDEO, StreamKind.AUDIO}:
        is_still = StreamKind.STILL in kinds
        return refusals.still_picture(original.name) if is_still else refusals.text_track_only(original.name)
    if duration_ns:
        return None
    boxes = walk_boxes(original.read_at, original.size_bytes)
    if boxes is not None and boxes.missing_bytes:
        return refusals.data_missing(original.name, boxes.missing_bytes)
    return refusals.nothing_to_play(original.name)


def _duration_ns(demuxed: Demuxed) -> DurationNs:
    stream = demuxed.stream(demuxed.video)
    if stream is None or not _length_ns(stream):
        stream = demuxed.stream(demuxed.audio)
    return _length_ns(stream) if stream is not None else 0


def _length_ns(stream: StreamInfo) -> DurationNs:
    if stream.start_pts is None or stream.end_pts is None:
        return 0
    return max(0, ticks_to_ns(stream.end_pts, stream.time_base) - ticks_to_ns(stream.start_pts, stream.time_base))


def _findings(container: InputContainer, demuxed: Demuxed, name: str) -> list[Finding]:
    findings = list(demuxed.built.findings) if demuxed.built is not None else [refusals.sound_only(name)]
    shown = demuxed.stream(demuxed.video)
    if demuxed.stopped:
        findings.append(refusals.read_partly(name, clean_text(demuxed.stopped, limit=200).lower()))
    short = _short_by_ns(container, demuxed)
    if short > _SHORT_BY_NS:
        findings.append(refusals.cut_short(name, short, _frames_missing(container, demuxed)))
    if demuxed.dropped_leading:
        findings.append(refusals.leading_dropped(name, demuxed.dropped_leading))
    pictures = [stream for stream in demuxed.streams if stream.kind is StreamKind.VIDEO]
    if len(pictures) > 1:
        findings.append(refusals.other_pictures(name, len(pictures) - 1))
    if demuxed.pictures is not None and shown is not None:
        if shown.codec == "unknown":
            findings.append(refusals.no_decoder(name, shown.codec))
        elif demuxed.pictures.frame is None:
            findings.append(refusals.undecodable(name))
        if demuxed.pictures.is_odd_rotation:
            findings.append(refusals.odd_rotation(name))
    return findings


def _short_by_ns(container: InputContainer, demuxed: Demuxed) -> DurationNs:
    """Return by how much the packets end before the container's header says; 0 where its length is an estimate."""
    if not container.duration or container.format.name in _ESTIMATED:
        return 0
    stated = container.duration * 1000
    ends = [ticks_to_ns(one.end_pts, one.time_base) for one in demuxed.streams if one.end_pts is not None]
    start = (container.start_time or 0) * 1000
    return stated - (max(ends) - min(0, start)) if ends else 0


_ESTIMATED = frozenset({"mpegts", "mpeg", "mp3", "aac", "h264", "hevc", "m4v", "ac3", "eac3", "amr", "flac", "ogg"})
"""Formats whose length FFmpeg works out from sizes and rates."""


def _frames_missing(container: InputContainer, demuxed: Demuxed) -> str:
    shown = demuxed.stream(demuxed.video)
    if shown is None:
        return ""
    stated = container.streams[shown.index].frames
    missing = stated - shown.packets
    return f"; {missing:,} of {stated:,} frames are missing" if stated and missing > 0 else ""


def _claim_source(
    blank: Examination, container: InputContainer, demuxed: Demuxed, original: Original, duration_ns: DurationNs
) -> ClaimSource:
    by_index = {stream.index: stream for stream in demuxed.streams}
    origin = demuxed.origin_ns
    telemetry = tuple(
        TelemetryPacket(index, by_index[index].telemetry, ticks_to_ns(pts, by_index[index].time_base) - origin, payload)
        for index, kept in demuxed.telemetry.items()
        for pts, payload in kept.packets
    )
    shown = demuxed.stream(demuxed.video)
    messages = demuxed.pictures.user_data if demuxed.pictures is not None and shown is not None else []
    return ClaimSource(
        path_bytes=original.path_bytes,
        mtime_ns=original.mtime_ns,
        container=blank.container,
        duration_ns=duration_ns,
        has_video=demuxed.video is not None,
        tags=_lower_keys(container.metadata),
        streams=tuple(
            StreamTags(
                stream.index,
                by_index[stream.index].kind,
                by_index[stream.index].telemetry,
                _lower_keys(stream.metadata),
            )
            for stream in container.streams
        ),
        telemetry=telemetry,
        messages=tuple(
            (ticks_to_ns(pts, shown.time_base) - origin, message) for pts, message in messages if shown is not None
        ),
        read_at=original.read_at,
        size_bytes=original.size_bytes,
    )


def _lower_keys(tags: dict[str, str]) -> dict[str, str]:
    return {key.lower(): value for key, value in tags.items()}


def _code_of(error: OriginalError) -> str:
    if isinstance(error, OriginalChangedError):
        return "changed-while-read"
    if isinstance(error, OriginalMissingError):
        return "missing"
    return "not-a-file" if isinstance(error, NotAnOriginalError) else "unreadable"


def _last_known(path_bytes: bytes) -> tuple[int, int]:
    try:
        status = os.stat(path_bytes)  # noqa: PTH116 - a bytes path
    except (OSError, ValueError):
        return 0, 0
    return status.st_size, status.st_mtime_ns
