"""Writes transcripts for others: WebVTT, SubRip, CSV, plain text, Word. All of it is text that nobody executes.

Subtitle files count from the first frame of the recording; where cues of several recordings are written they count
from the earliest, and the file says so. Tables and running text carry local times as well.
"""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from evidence.times import NS_PER_S

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class TextForm(StrEnum):
    """In which form a transcript is written; the value is the ending of the file's name."""

    WEBVTT = "vtt"
    SUBRIP = "srt"
    CSV = "csv"
    TEXT = "txt"
    WORD = "docx"


@dataclass(frozen=True, slots=True)
class WrittenCue:
    """One cue as it is written.

    Attributes:
        start_ns: from the start that the file counts from.
        end_ns: exclusive.
        local: local date and time of its start, or "" where its recording has no place in time.
        camera: name of the camera.
        recording: name of the recording.
        speaker: who speaks, or "".
        text: what is said.
        warning: what must stand beside the words, or "".
    """

    start_ns: int
    end_ns: int
    local: str
    camera: str
    recording: str
    speaker: str
    text: str
    warning: str


@dataclass(frozen=True, slots=True)
class WrittenTranscript:
    """What is written.

    Attributes:
        title: of the case and the transcript.
        facts: sentences that stand at the head: where it comes from, what times count from, who may rely on it.
        cues: in order of time.
    """

    title: str
    facts: tuple[str, ...]
    cues: tuple[WrittenCue, ...]


def write_transcript(what: WrittenTranscript, form: TextForm) -> bytes:
    """Return the bytes of a file."""
    writers: dict[TextForm, Callable[[WrittenTranscript], bytes]] = {
        TextForm.WEBVTT: _webvtt,
        TextForm.SUBRIP: _subrip,
        TextForm.CSV: _csv,
        TextForm.TEXT: _text,
        TextForm.WORD: _word,
    }
    return writers[form](what)


def timecode(ns: int, mark: str = ".") -> str:
    """Return `00:01:02.345`; a time before the start is written as the start."""
    whole, rest = divmod(max(0, ns), NS_PER_S)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}{mark}{rest // 1_000_000:03d}"


def safe_cell(text: str) -> str:
    """Return text for a cell of a table; what a spreadsheet would take for a formula gets an apostrophe before it."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _webvtt(what: WrittenTranscript) -> bytes:
    lines = ["WEBVTT", ""]
    facts = [line.replace("-->", "→") for line in (what.title, *what.facts) if line]
    lines += ["NOTE", *facts, ""]
    for cue in what.cues:
        words = html.escape(cue.text, quote=False)
        speaker = html.escape(cue.speaker, quote=False)
        voiced = f"<v {speaker}>{words}</v>" if speaker else words
        lines += [f"{timecode(cue.start_ns)} --> {timecode(_end(cue))}", voiced, ""]
    return "\n".join(lines).encode()


def _subrip(what: WrittenTranscript) -> bytes:
    lines: list[str] = []
    for number, cue in enumerate(what.cues, start=1):
        words = cue.text.replace("-->", "→")
        said = f"{cue.speaker}: {words}" if cue.speaker else words
        lines += [str(number), f"{timecode(cue.start_ns, ',')} --> {timecode(_end(cue), ',')}", said, ""]
    return "\n".join(lines).encode()


def _csv(what: WrittenTranscript) -> bytes:
    saved = io.StringIO(newline="")
    rows = csv.writer(saved)
    rows.writerow(["Start", "End", "Local time", "Camera", "Recording", "Speaker", "Text", "Note"])
    for cue in what.cues:
        cells = (timecode(cue.start_ns), timecode(_end(cue)), cue.local, cue.camera, cue.recording)
        rows.writerow([safe_cell(cell) for cell in (*cells, cue.speaker, cue.text, cue.warning)])
    return b"\xef\xbb\xbf" + saved.getvalue().encode()


def _text(what: WrittenTranscript) -> bytes:
    lines = [what.title, "", *what.facts, ""]
    for cue in what.cues:
        when = cue.local or timecode(cue.start_ns)
        who = f"{cue.speaker}: " if cue.speaker else ""
        note = f" [{cue.warning}]" if cue.warning else ""
        lines.append(f"[{when}] {cue.camera} – {who}{' / '.join(cue.text.split(chr(10)))}{note}")
    return ("\n".join(lines) + "\n").encode()


def _word(what: WrittenTranscript) -> bytes:
    import docx

    document = docx.Document()
    document.add_heading(what.title, level=1)
    for fact in what.facts:
        document.add_paragraph(fact)
    for cue in what.cues:
        paragraph = document.add_paragraph()
        paragraph.add_run(f"{cue.local or timecode(cue.start_ns)}  {cue.camera}  ")
        if cue.speaker:
            paragraph.add_run(f"{cue.speaker}: ").bold = True
        paragraph.add_run(cue.text)
        if cue.warning:
            paragraph.add_run(f"  [{cue.warning}]").italic = True
    saved = io.BytesIO()
    document.save(saved)
    return saved.getvalue()


def _end(cue: WrittenCue) -> int:
    """Return an end that is later than the start also to the millisecond."""
    return max(cue.end_ns, (max(0, cue.start_ns) // 1_000_000 + 1) * 1_000_000)
