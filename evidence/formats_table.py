"""Makes the table of `docs/formats.md`: what is found in each file of a folder.

`python -m evidence.formats_table FOLDER` prints it; with a second argument, the part of that document between the two
marks is replaced.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

from evidence.examination import Examination
from evidence.examiner import Examiner
from evidence.frame_index import FrameIndex
from evidence.records import ClaimOrigin, StreamInfo
from evidence.times import NS_PER_S

BEGIN, END = "<!-- table begins -->", "<!-- table ends -->"
_HEAD = ("file", "container, length", "picture", "frames", "sound", "other tracks", "claims of time", "device", "noted")
_SKIPPED = frozenset({"LICENSES"})


def make_table(folder: Path) -> str:
    """Return the table in Markdown, one row a file, by name."""
    lines = [f"| {' | '.join(_HEAD)} |", f"|{'---|' * len(_HEAD)}"]
    with Examiner() as examiner:
        for path in _files(folder):
            examined = examiner.examine(bytes(path), lambda _count: None)
            cells = (str(path.relative_to(folder)), *describe(examined))
            lines.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
    return "\n".join(lines) + "\n"


def describe(examined: Examination) -> tuple[str, ...]:
    """Return the cells of one file's row, without its name."""
    if examined.refused is not None:
        return ("", "", "", "", "", "", "", f"not a recording: {examined.refused.code}")
    video = _stream(examined, examined.video_stream)
    sound = _stream(examined, examined.audio_stream)
    others = [stream for stream in examined.streams if stream not in (video, sound)]
    hint = examined.hint
    device = " ".join(part for part in (hint.make, hint.model, hint.serial, str(hint.kind or "")) if part)
    return (
        f"{examined.container.partition(',')[0]}, {examined.duration_ns / NS_PER_S:.3f} s",
        _picture(video) if video is not None else "",
        _frames(examined),
        f"{sound.codec} {sound.sample_rate / 1000:g} kHz, {sound.channels} ch" if sound is not None else "",
        ", ".join(stream.telemetry or f"{stream.kind} {stream.codec}" for stream in others),
        "; ".join(_claims(examined)),
        device,
        ", ".join(dict.fromkeys(finding.code for finding in examined.findings)),
    )


def main(arguments: list[str]) -> int:
    """Print the table of a folder, or put it into a document."""
    if not 1 <= len(arguments) <= 2:
        sys.stderr.write("usage: python -m evidence.formats_table FOLDER [DOCUMENT]\n")
        return 2
    table = make_table(Path(arguments[0]))
    if len(arguments) == 1:
        sys.stdout.write(table)
        return 0
    document = Path(arguments[1])
    before, _, rest = document.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    document.write_text(f"{before}{BEGIN}\n{table}{END}{after}", encoding="utf-8")
    return 0


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.parent != folder and not _SKIPPED & set(path.parts):
            yield path


def _stream(examined: Examination, index: int | None) -> StreamInfo | None:
    return next((stream for stream in examined.streams if stream.index == index), None)


def _picture(video: StreamInfo) -> str:
    words = [f"{video.codec} {video.profile}".strip(), f"{video.width}x{video.height}"]
    if video.pixel_aspect != 1:
        words.append(f"pixels {video.pixel_aspect}")
    if video.rotation:
        words.append(f"turned {video.rotation}°")
    if video.is_interlaced:
        words.append("interlaced")
    words.append(video.pixel_format)
    words.append("/".join(part for part in (video.color_space, video.color_range, video.color_transfer) if part))
    return ", ".join(word for word in words if word)


def _frames(examined: Examination) -> str:
    if examined.frame_index is None:
        return ""
    index = FrameIndex.from_bytes(examined.frame_index)
    video = _stream(examined, examined.video_stream)
    rate = "variable rate" if video is not None and video.is_variable_rate else "constant rate"
    if video is not None and video.nominal_rate is not None:
        rate += f", {float(video.nominal_rate):.4g} a second"
    return f"{len(index)} ({index.timing}), {rate}"


def _claims(examined: Examination) -> Iterator[str]:
    for claim in examined.claims:
        if claim.origin is not ClaimOrigin.FILE_SYSTEM:
            yield f"{claim.origin}: {claim.raw[:60]} ({claim.zone}, {claim.meaning})"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace(os.sep, "/")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
