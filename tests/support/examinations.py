"""An examiner without a child process and without media, and examinations made up at random.

`FakeExaminer` keeps the promises of `evidence.examiner.Examiner`; `tests/evidence/test_examiner_contract.py` holds
both to them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from hypothesis import strategies as st

from evidence.examination import Examination
from evidence.frame_index import FrameIndex, Timing
from evidence.jobs import IsCancelled
from evidence.records import (
    CameraKind,
    ClaimMeaning,
    ClaimOrigin,
    ClaimZone,
    DeviceHint,
    Finding,
    Severity,
    StreamInfo,
    StreamKind,
    TimeClaim,
)
from evidence.text import clean_text, display_name

INT64 = st.integers(min_value=-(2**63), max_value=2**63 - 1)
COUNTS = st.integers(min_value=0, max_value=2**40)
TEXTS = st.text(max_size=30).map(clean_text)
FRACTIONS = st.builds(Fraction, st.integers(min_value=1, max_value=2**31), st.integers(min_value=1, max_value=2**31))


def small_index(frames: int = 3) -> bytes:
    """Return a packed frame index of a few frames, each a key frame."""
    pts = np.arange(frames, dtype=np.int64) * 40
    return FrameIndex(
        time_base=Fraction(1, 1000),
        timing=Timing.STAMPED,
        pts=pts,
        end_pts=frames * 40,
        order=np.arange(frames, dtype=np.int64),
        is_key=np.ones(frames, dtype=np.bool_),
        packet_pts=pts,
        packet_pos=pts,
    ).to_bytes()


def recording_of(path_bytes: bytes, content: bytes) -> Examination:
    """Return what a plausible recording with these bytes is found to be."""
    name = display_name(path_bytes)
    video = StreamInfo(0, StreamKind.VIDEO, "h264", Fraction(1, 1000), 0, 120, 3, width=64, height=48)
    sound = StreamInfo(1, StreamKind.AUDIO, "aac", Fraction(1, 48000), 0, 5760, 6, sample_rate=48000, channels=1)
    claim = TimeClaim(
        ClaimOrigin.CONTAINER, "mvhd", "2026-03-14", 1_773_523_910 * 10**9, ClaimZone.UTC, ClaimMeaning.START, 10**9
    )
    return Examination(
        path_bytes=path_bytes,
        display_name=name,
        size_bytes=len(content),
        mtime_ns=Path(os.fsdecode(path_bytes)).stat().st_mtime_ns,
        sha256=hashlib.sha256(content).hexdigest(),
        container="mov,mp4",
        duration_ns=120_000_000,
        streams=(video, sound),
        video_stream=0,
        audio_stream=1,
        frame_index=small_index(),
        claims=(claim,),
        hint=DeviceHint(serial=name.partition("_")[0], kind=CameraKind.BWV),
        findings=(Finding("note", Severity.NOTE, f"{name} is made up."),),
    )


def refused(path_bytes: bytes, content: bytes) -> Examination:
    """Return what a file that is no recording is found to be."""
    name = display_name(path_bytes)
    finding = Finding("not-media", Severity.PROBLEM, f"{name} is no recording.", "It holds nothing to play.", "Ask.")
    return Examination(path_bytes, name, len(content), 0, hashlib.sha256(content).hexdigest(), refused=finding)


class FakeExaminer:
    """Takes every file for a recording but those that say `text` or are empty."""

    def __init__(self, *, before_each: Callable[[bytes], None] = lambda _path: None) -> None:
        self._before_each = before_each
        self.examined: list[bytes] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def examine(self, path_bytes: bytes, on_bytes: Callable[[int], None], cancelled: IsCancelled) -> Examination:
        """Return what a file is, by its bytes."""
        self._before_each(path_bytes)
        self.examined.append(path_bytes)
        try:
            content = Path(os.fsdecode(path_bytes)).read_bytes()
        except (OSError, ValueError) as error:
            finding = Finding("unreadable", Severity.PROBLEM, f"It cannot be read: {error}.")
            return Examination(path_bytes, display_name(path_bytes), 0, 0, "", refused=finding)
        on_bytes(len(content))
        if not content or content.startswith(b"text"):
            return refused(path_bytes, content)
        return recording_of(path_bytes, content)


def findings() -> st.SearchStrategy[Finding]:
    """Return findings of any words."""
    return st.builds(Finding, TEXTS, st.sampled_from(Severity), TEXTS, TEXTS, TEXTS)


def claims() -> st.SearchStrategy[TimeClaim]:
    """Return claims of any time that 64 bits hold."""
    return st.builds(
        TimeClaim,
        origin=st.sampled_from(ClaimOrigin),
        source=TEXTS,
        raw=TEXTS,
        instant_ns=INT64,
        zone=st.sampled_from(ClaimZone),
        meaning=st.sampled_from(ClaimMeaning),
        resolution_ns=COUNTS,
        offset_ns=INT64,
        note=TEXTS,
    )


def streams(index: int) -> st.SearchStrategy[StreamInfo]:
    """Return streams of any sort under one number."""
    return st.builds(
        StreamInfo,
        index=st.just(index),
        kind=st.sampled_from(StreamKind),
        codec=TEXTS,
        time_base=FRACTIONS,
        start_pts=st.none() | INT64,
        end_pts=st.none() | INT64,
        packets=COUNTS,
        profile=TEXTS,
        bit_rate=st.none() | COUNTS,
        width=COUNTS,
        height=COUNTS,
        pixel_aspect=FRACTIONS,
        rotation=st.sampled_from((0, 90, 180, 270)),
        is_interlaced=st.booleans(),
        pixel_format=TEXTS,
        color_space=TEXTS,
        color_range=TEXTS,
        color_transfer=TEXTS,
        nominal_rate=st.none() | FRACTIONS,
        is_variable_rate=st.booleans(),
        sample_rate=COUNTS,
        channels=COUNTS,
        language=TEXTS,
        title=TEXTS,
        telemetry=TEXTS,
        has_sound=st.none() | st.booleans(),
    )


@st.composite
def examinations(draw: st.DrawFn) -> Examination:
    """Return recordings of any sort that a case can hold."""
    count = draw(st.integers(min_value=1, max_value=3))
    path = b"/" + draw(st.binary(min_size=1, max_size=30)).replace(b"\0", b"0").replace(b"/", b"_")
    return Examination(
        path_bytes=path,
        display_name=display_name(path),
        size_bytes=draw(COUNTS),
        mtime_ns=draw(INT64),
        sha256=draw(st.binary(min_size=32, max_size=32)).hex(),
        container=draw(TEXTS),
        duration_ns=draw(COUNTS),
        streams=tuple(draw(streams(index)) for index in range(count)),
        video_stream=draw(st.none() | st.integers(min_value=0, max_value=2)),
        audio_stream=draw(st.none() | st.integers(min_value=0, max_value=2)),
        frame_index=draw(st.none() | st.integers(min_value=1, max_value=5).map(small_index)),
        claims=tuple(draw(st.lists(claims(), max_size=3))),
        hint=draw(
            st.builds(
                DeviceHint,
                TEXTS,
                TEXTS,
                TEXTS,
                TEXTS,
                st.none() | st.sampled_from(CameraKind),
                TEXTS,
                st.none() | st.integers(min_value=0, max_value=10**6),
            )
        ),
        findings=tuple(draw(st.lists(findings(), max_size=3))),
    )
