"""Every kind of coding that a machine is checked with.

To add a kind: add a `ClipKind` to `KINDS`. The tests take it up by themselves and compare with another program's
opinion; `sightline validate` plays it.
"""

from __future__ import annotations

from fractions import Fraction

from app.validation.clips import ClipKind
from evidence.frame_index import Timing

_X264 = {"preset": "ultrafast", "crf": "23"}
_OPEN_GOP = {"preset": "medium", "crf": "23", "x264-params": "open-gop=1:bframes=3:b-pyramid=normal:scenecut=0"}
_X265 = {"preset": "ultrafast", "x265-params": "log-level=none:open-gop=1:bframes=3"}

KINDS: tuple[ClipKind, ...] = (
    ClipKind("h264-25", "H.264, 25 frames a second, no B-frames", options=_X264 | {"bf": "0"}),
    ClipKind("h264-2997-b", "H.264, 29.97, B-frames", rate=Fraction(30000, 1001), options=_X264 | {"bf": "3"}),
    ClipKind("h264-30", "H.264, 30", rate=Fraction(30), options=_X264),
    ClipKind("h264-50", "H.264, 50", rate=Fraction(50), frames=150, options=_X264 | {"bf": "2"}),
    ClipKind("h264-variable", "H.264, variable rate", options=_X264 | {"bf": "2"}, is_variable=True),
    ClipKind("h264-open-gop", "H.264, open groups of pictures", options=_OPEN_GOP, gop=24, frames=100),
    ClipKind("h264-long-gop", "H.264, a key frame every 10 s", options=_X264 | {"bf": "2"}, gop=250, frames=300),
    ClipKind("h264-ts", "H.264 in a transport stream, B-frames", options=_X264 | {"bf": "3"}, suffix=".ts"),
    ClipKind("h264-mkv", "H.264 in Matroska, stamps to the millisecond", options=_X264, suffix=".mkv"),
    ClipKind(
        "h264-interlaced",
        "H.264, interlaced, top field first",
        options={"preset": "medium", "flags": "+ildct+ilme", "x264-params": "tff=1"},
    ),
    ClipKind("h264-10bit", "H.264, 10 bit", pixel_format="yuv420p10le", options=_X264),
    ClipKind("h264-422", "H.264, 4:2:2", pixel_format="yuv422p", options=_X264),
    ClipKind("h264-rotated", "H.264, to be turned by 90 degrees", options=_X264 | {"bf": "2"}, rotation=90),
    ClipKind("h264-upside-down", "H.264, to be turned by 180 degrees", options=_X264, rotation=180),
    ClipKind("h264-pixels", "H.264, pixels 16:11", options=_X264, aspect=Fraction(16, 11)),
    ClipKind("h264-late-start", "H.264, first stamp at 1.4 s", options=_X264, first_pts=126_000, suffix=".ts"),
    ClipKind("h264-raw", "H.264 without container or stamps", options=_X264, suffix=".h264", timing=Timing.ASSUMED),
    ClipKind("hevc", "HEVC, open groups", codec="libx265", options=_X265, gop=24),
    ClipKind("hevc-10bit", "HEVC, 10 bit", codec="libx265", options=_X265, pixel_format="yuv420p10le"),
    ClipKind("mpeg4", "MPEG-4 part 2", codec="mpeg4", options={"q": "3"}, time_base=Fraction(1, 25)),
    ClipKind("mpeg4-avi", "MPEG-4 part 2 in AVI", codec="mpeg4", time_base=Fraction(1, 25), suffix=".avi"),
    ClipKind(
        "mjpeg", "Motion JPEG in AVI", codec="mjpeg", pixel_format="yuvj420p", time_base=Fraction(1, 25), suffix=".avi"
    ),
    ClipKind("mpeg2-ts", "MPEG-2 in a transport stream", codec="mpeg2video", time_base=Fraction(1, 25), suffix=".ts"),
    ClipKind(
        "vp9", "VP9 in WebM", codec="libvpx-vp9", options={"deadline": "realtime", "cpu-used": "8"}, suffix=".webm"
    ),
    ClipKind("av1", "AV1", codec="libsvtav1", options={"preset": "10", "crf": "20"}),
    ClipKind("h264-5994", "H.264, 59.94", rate=Fraction(60000, 1001), frames=150, options=_X264 | {"bf": "2"}),
    ClipKind(
        "h264-drop-frame",
        "H.264 in QuickTime, 29.97, with drop-frame timecode",
        rate=Fraction(30000, 1001),
        options=_X264,
        suffix=".mov",
        time_base=Fraction(1, 30_000),
        timecode="00:59:58;20",
    ),
    ClipKind(
        "h264-trimmed",
        "H.264, start trimmed off by an edit list in mid-group",
        options=_X264 | {"bf": "2"},
        hidden=31,
        frames=100,
    ),
    ClipKind("h264-delayed", "H.264, an edit list that starts late", options=_X264 | {"bf": "2"}, first_pts=126_000),
    ClipKind(
        "h264-fragments",
        "H.264 in fragmented MP4",
        options=_X264 | {"bf": "2"},
        mux={"movflags": "frag_keyframe+empty_moov+default_base_moof"},
    ),
    ClipKind(
        "h264-before-zero",
        "H.264 in a transport stream, stamps that begin before zero (the clock of 26 hours runs over)",
        options=_X264 | {"bf": "2"},
        first_pts=2**33 - 130_000,
        suffix=".ts",
    ),
    ClipKind(
        "h264-reset",
        "H.264 in a transport stream, stamps that start anew in the middle",
        options=_X264 | {"bf": "2"},
        suffix=".ts",
        frames=100,
        reset_at=50,
        timing=Timing.REPAIRED,
    ),
    ClipKind(
        "mpeg2-reset",
        "MPEG-2 in a programme stream, stamps that start anew in the middle",
        codec="mpeg2video",
        time_base=Fraction(1, 25),
        options={"bf": "2", "q": "3"},
        suffix=".vob",
        gop=15,
        frames=100,
        reset_at=50,
        timing=Timing.REPAIRED,
    ),
    ClipKind(
        "mpeg2-interlaced",
        "MPEG-2 in a programme stream, interlaced, two fields a frame, B-frames",
        codec="mpeg2video",
        time_base=Fraction(1, 25),
        options={"flags": "+ildct+ilme", "bf": "2", "q": "3", "alternate_scan": "1"},
        suffix=".vob",
        gop=15,
    ),
    ClipKind(
        "h264-avi",
        "H.264 with B-frames in AVI, which stamps decoding only",
        options=_X264 | {"bf": "2"},
        time_base=Fraction(1, 25),
        suffix=".avi",
        timing=Timing.REPAIRED,
    ),
    ClipKind(
        "mpeg4-avi-b",
        "MPEG-4 part 2 with B-frames in AVI",
        codec="mpeg4",
        options={"bf": "2", "q": "3"},
        time_base=Fraction(1, 25),
        suffix=".avi",
    ),
    ClipKind(
        "h264-raw-b",
        "H.264 with B-frames without container or stamps",
        options=_X264 | {"bf": "3"},
        suffix=".h264",
        timing=Timing.ASSUMED,
    ),
    ClipKind(
        "hevc-raw",
        "HEVC with B-frames without container or stamps",
        codec="libx265",
        options=_X265,
        gop=24,
        suffix=".hevc",
        timing=Timing.ASSUMED,
    ),
    ClipKind(
        "mpeg2-raw",
        "MPEG-2 with B-frames without container or stamps",
        codec="mpeg2video",
        options={"bf": "2", "q": "3"},
        time_base=Fraction(1, 25),
        gop=15,
        suffix=".m2v",
        timing=Timing.ASSUMED,
    ),
    ClipKind("h264-flv", "H.264 in Flash video, stamps to the millisecond", options=_X264, suffix=".flv"),
    ClipKind("wmv2", "Windows Media in ASF", codec="wmv2", options={"q": "3"}, suffix=".wmv"),
    ClipKind("vp8", "VP8 in WebM", codec="libvpx", options={"deadline": "realtime"}, suffix=".webm"),
    ClipKind(
        "mjpeg-variable",
        "Motion JPEG in Matroska, variable rate",
        codec="mjpeg",
        pixel_format="yuvj420p",
        suffix=".mkv",
        is_variable=True,
    ),
    ClipKind(
        "hevc-422-10bit",
        "HEVC, 4:2:2, 10 bit",
        codec="libx265",
        options=_X265,
        pixel_format="yuv422p10le",
    ),
    ClipKind("prores", "Apple ProRes in QuickTime", codec="prores_ks", pixel_format="yuv422p10le", suffix=".mov"),
    ClipKind(
        "h264-refresh",
        "H.264, pictures renewed strip by strip instead of key frames",
        options={"preset": "medium", "x264-params": "intra-refresh=1:bframes=0"},
        frames=100,
    ),
    ClipKind(
        "h264-one-key",
        "H.264 in a transport stream, one key frame at the very beginning",
        options=_X264 | {"bf": "2"},
        suffix=".ts",
        gop=1000,
        frames=200,
    ),
    ClipKind(
        "vp9-hidden",
        "VP9 in MP4 with hidden reference frames",
        codec="libvpx-vp9",
        options={"deadline": "good", "cpu-used": "5", "auto-alt-ref": "1", "lag-in-frames": "16"},
        frames=100,
        gop=50,
    ),
    ClipKind("ffv1", "FFV1 in Matroska", codec="ffv1", suffix=".mkv"),
    ClipKind(
        "mpeg2-mxf",
        "MPEG-2 with B-frames in MXF",
        codec="mpeg2video",
        options={"bf": "2", "q": "3"},
        time_base=Fraction(1, 25),
        gop=12,
        suffix=".mxf",
    ),
)
"""Every kind that a user's machine can be checked with."""
