"""Reads the bytes of a transcript file, whatever its form. Runs in a child process: the bytes are untrusted.

To add a form: 1. write a module that tells it and reads it into a `Collector`; 2. choose it in `_read_text`; 3. give it
a name in `TranscriptFormat`; 4. add a file of it to the tests.
"""

from __future__ import annotations

import hashlib

from annotations.transcripts.collecting import Collector, TooManyCuesError
from annotations.transcripts.decoding import decode_text
from annotations.transcripts.document import DocumentError, is_archive, read_document
from annotations.transcripts.read_records import (
    LATEST_NS,
    MOST_CUES,
    MOST_FILE_BYTES,
    NotRead,
    ReadTranscript,
    TimeBase,
    TranscriptFormat,
)
from annotations.transcripts.spoken_text import maker_of, read_spoken_text
from annotations.transcripts.subrip import is_subrip, read_subrip
from annotations.transcripts.table import find_separator, has_columns, read_csv, read_rows
from annotations.transcripts.webvtt import find_language, is_microsoft, is_webvtt, read_webvtt

_FORMS = "WebVTT, SubRip, CSV with a row of column names (start, end, speaker, text), or text and Word with times"
_LATEST_DATED_NS = 2**62
_OLD_WORD = b"\xd0\xcf\x11\xe0"


def read_transcript(untrusted_bytes: bytes) -> ReadTranscript | NotRead:
    """Return what a file says and what of it could not be read; never raises for bad input."""
    if len(untrusted_bytes) > MOST_FILE_BYTES:
        return too_large(len(untrusted_bytes))
    if not untrusted_bytes.strip():
        return NotRead("It is empty.", "Ask for the file again.")
    notes: list[str] = []
    if untrusted_bytes.startswith(_OLD_WORD):
        return NotRead("It is a Word document of the old form (.doc).", "Save it as .docx or as text and import that.")
    if is_archive(untrusted_bytes):
        try:
            text, encoding = read_document(untrusted_bytes), "Word document"
        except DocumentError as error:
            return NotRead(f"It cannot be read as a Word document: {error}.", "Open it in Word and save it as text.")
    else:
        decoded = decode_text(untrusted_bytes)
        text, encoding = decoded.text, decoded.encoding
        notes += [decoded.note] if decoded.note else []
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    into = Collector()
    try:
        kind, base, language = _read_text(text, into, is_document=encoding == "Word document")
    except TooManyCuesError:
        return NotRead(f"It holds more than {MOST_CUES:,} cues.", "Cut it into parts, one for each recording.")
    cues = into.finish(LATEST_NS if base is TimeBase.FROM_ZERO else _LATEST_DATED_NS)
    if not cues:
        return NotRead(
            "No words with times were found in it.", f"What can be read: {_FORMS}.", tuple(into.problems[:20])
        )
    return ReadTranscript(
        sha256=hashlib.sha256(untrusted_bytes).hexdigest(),
        size_bytes=len(untrusted_bytes),
        format=kind,
        encoding=encoding,
        base=base,
        language=language,
        cues=cues,
        problems=tuple(into.problems),
        uncounted=into.uncounted,
        notes=(*notes, *into.notes),
    )


def too_large(size_bytes: int) -> NotRead:
    """Return the refusal of a file that is larger than any transcript."""
    return NotRead(
        f"It has {size_bytes // 1_000_000:,} MB; the most that is read is {MOST_FILE_BYTES // 1_000_000} MB, and a "
        "transcript of a whole day has about 2 MB.",
        "Check that it is a transcript; cut it into parts if it is.",
    )


def _read_text(text: str, into: Collector, *, is_document: bool) -> tuple[TranscriptFormat, TimeBase, str]:
    if is_webvtt(text):
        read_webvtt(text, into)
        made_by = TranscriptFormat.MICROSOFT if is_microsoft(text) else TranscriptFormat.WEBVTT
        return made_by, TimeBase.FROM_ZERO, find_language(text)
    if is_document:
        return _read_lines(text, into)
    if is_subrip(text) and maker_of(text) is not TranscriptFormat.MICROSOFT:
        read_subrip(text, into)
        return TranscriptFormat.SUBRIP, TimeBase.FROM_ZERO, ""
    separator = find_separator(text)
    if separator:
        return TranscriptFormat.CSV, read_csv(text, separator, into), ""
    read_spoken_text(text, into)
    return maker_of(text), TimeBase.FROM_ZERO, ""


def _read_lines(text: str, into: Collector) -> tuple[TranscriptFormat, TimeBase, str]:
    """Read what a document holds: a table with named columns, or running text."""
    lines = text.split("\n")
    head = next((place for place, line in enumerate(lines) if "\t" in line and has_columns(line.split("\t"))), None)
    if head is None:
        read_spoken_text(text, into)
        return maker_of(text), TimeBase.FROM_ZERO, ""
    for number, line in enumerate(lines[:head], start=1):
        if line.strip():
            into.tell(number, "This stands above the table.", line)
    rows = ((number, line.split("\t")) for number, line in enumerate(lines[head:], start=head + 1))
    base = read_rows(rows, into)
    maker = maker_of(text)
    return maker, base, ""
