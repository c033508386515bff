"""A file that FFmpeg refuses and another player plays, as a recording of the case.

What plays it is no business of this room: it is told the few facts that the other player states. There is no frame
table, so the recording gets evenly spaced moments by which pictures are asked for, and its container's name says that
its times are estimates (`Recording.is_approximate`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from evidence.claims import collect_claims
from evidence.claims.source import ClaimSource
from evidence.examination import Examination
from evidence.frame_index import FrameIndex, Timing
from evidence.grouping import in_folder
from evidence.originals import Original
from evidence.records import PLAYED_BY_VLC, Finding, Severity, StreamInfo, StreamKind
from evidence.times import NS_PER_S, DurationNs

USUAL_RATE = Fraction(25)
_SLOWEST, _FASTEST = Fraction(1), Fraction(120)
_LONGEST_NS = 48 * 3600 * NS_PER_S


@dataclass(frozen=True, slots=True)
class ForeignPicture:
    """What another player says of a file's picture; every number is untrusted.

    Attributes:
        codec: name of the coding, as it calls it.
        width: coded width in pixels.
        height: coded height in pixels.
        pixel_aspect: width of a pixel over its height.
        rotation: degrees clockwise by which the picture is turned for display: 0, 90, 180 or 270.
        rate: pictures a second as stated, or None.
        length_ns: how long it is, by the player's word.
    """

    codec: str
    width: int
    height: int
    pixel_aspect: Fraction
    rotation: int
    rate: Fraction | None
    length_ns: DurationNs


def moments_of(length_ns: DurationNs, rate: Fraction | None) -> FrameIndex:
    """Return evenly spaced moments over a length of time: at the stated rate where that is plausible, else 25 a second.

    Raises:
        ValueError: the length cannot be.
    """
    if not 0 < length_ns <= _LONGEST_NS:
        raise ValueError("a length that cannot be")
    each = rate if rate is not None and _SLOWEST <= rate <= _FASTEST else USUAL_RATE
    count = max(1, -(-length_ns * each.numerator // (NS_PER_S * each.denominator)))
    pts = np.arange(count, dtype=np.int64)
    nowhere = np.full(count, -1, dtype=np.int64)
    return FrameIndex(1 / each, Timing.MOMENTS, pts, count, pts, np.ones(count, dtype=np.bool_), pts, nowhere)


def as_recording(refused: Examination, original: Original, picture: ForeignPicture) -> Examination:
    """Return a refused file as a recording that VLC plays, with every claim of time in its name and beside it.

    Raises:
        ValueError: what the player says of it cannot be.
    """
    index = moments_of(picture.length_ns, picture.rate)
    if not (0 < picture.width <= 1 << 14 and 0 < picture.height <= 1 << 14):
        raise ValueError("a size that cannot be")
    stream = StreamInfo(
        index=0,
        kind=StreamKind.VIDEO,
        codec=picture.codec,
        time_base=index.time_base,
        start_pts=0,
        end_pts=index.end_pts,
        packets=len(index),
        width=picture.width,
        height=picture.height,
        pixel_aspect=picture.pixel_aspect if Fraction(1, 16) < picture.pixel_aspect < 16 else Fraction(1),
        rotation=picture.rotation,
        nominal_rate=picture.rate,
    )
    found = collect_claims(
        ClaimSource(
            path_bytes=original.path_bytes,
            mtime_ns=original.mtime_ns,
            container=PLAYED_BY_VLC,
            duration_ns=index.end.ns,
            has_video=True,
            tags={},
            streams=(),
            telemetry=(),
            messages=(),
            read_at=original.read_at,
            size_bytes=original.size_bytes,
        )
    )
    return replace(
        refused,
        container=PLAYED_BY_VLC,
        duration_ns=index.end.ns,
        streams=(stream,),
        video_stream=0,
        frame_index=index.to_bytes(),
        claims=found.claims,
        hint=in_folder(found.hint, original.path_bytes),
        findings=(_played_by_vlc(refused.display_name), *found.findings),
        refused=None,
    )


def _played_by_vlc(name: str) -> Finding:
    return Finding(
        "played-by-vlc", Severity.WARNING,
        f"{name} is in a format that FFmpeg does not read; VLC plays it, at approximate times.",
        "It has no frame numbers, no exact stills, no sound and no previews here; its tile says by how much the time "
        "of the picture may be off. The file is kept, hashed and placed in time as every other.",
        "Ask the source for an export in a common format, beside this original.",
    )  # fmt: skip
