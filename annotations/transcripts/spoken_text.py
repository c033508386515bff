"""Reads running text with times in it, as transcription services write it: of Axon, of Microsoft, of typists.

The forms are told by where the time stands. A line that begins or ends with a time starts a cue; lines without one go
on with it:

    00:00:05 Speaker 1            Word "Transcribe": time, speaker; the words follow
    John Smith   0:05             Teams: speaker, time; the words follow
    0:0:5.120 --> 0:0:7.300       Teams before 2022: times; speaker; words
    [00:00:05] DC HARPER: words   Axon and typists: time, speaker, words in one line
    DC HARPER (00:00:05): words
    00:00:05                      a time by itself; the words follow
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from annotations.transcripts.collecting import Collector
from annotations.transcripts.read_records import TranscriptFormat
from annotations.transcripts.written_times import read_clock

_TIME = r"(?:\d{1,3}:)?\d{1,3}:\d{1,2}(?:[.,]\d{1,9})?"
_BRACKETED = rf"[\[({{<]?\s*({_TIME})\s*[\])}}>]?"
_TIMES = re.compile(rf"{_BRACKETED}\s*(?:-+>|–|—|-|to)\s*{_BRACKETED}\s*[:\-–—]?\s*(.*)")
_TIME_FIRST = re.compile(rf"(?:\[\s*({_TIME})\s*\]|\(\s*({_TIME})\s*\)|({_TIME}))(?![\d:])\s*[:\-–—|\t]?\s*(.*)")
_TIME_LAST = re.compile(rf"(\S.{{0,80}}?)(?:\s+|\s*[\[(]\s*)({_TIME})\s*[\])]?\s*")
_TIME_AMID = re.compile(rf"([^\W\d_][^\[\]():]{{0,60}}?)\s*[\[(]\s*({_TIME})\s*[\])]\s*:?\s+(\S.*)")
_SPEAKER = re.compile(r"([^\W\d_][^:]{0,60}?)\s*:\s+(.*)")
_NAME = re.compile(r"[^\W\d_][\w .,'’()/&#-]{0,60}")
_BLANKS = re.compile(r"[^\S\t]+")
_TABS = re.compile(r" ?\t[ \t]*")
"""No blank stands beside another after these, so that no form above has two ways to part a row of them."""

_HEADINGS = {"transcript", "audio file", "transcription", "summary"}
_AXON = re.compile(r"(?i)\baxon\b|evidence\.com|auto-transcribe")
_MICROSOFT = (
    (re.compile(r"(?im)^\s*audio file\s*$"), re.compile(r"(?im)^\s*transcript\s*$")),
    (re.compile(r"(?m)^\s*\d+:\d+:\d+\.\d+ --> \d+:\d+:\d+\.\d+\s*$"),),
    (re.compile(r"(?im)started transcription|meeting transcript|^.{1,80} {3}\d+:\d{2}\s*$"),),
)
"""What Word, Teams before 2022 and Teams since then write; of one of them all must be found."""


@dataclass(slots=True)
class _Open:
    """A cue whose words are still coming."""

    start_ns: int
    end_ns: int | None
    speaker: str
    line: int
    words: list[str] = field(default_factory=list)
    may_name_speaker: bool = False


def maker_of(text: str) -> TranscriptFormat:
    """Return whose transcript it is, as far as its head says."""
    head = text[:3_000]
    if _AXON.search(head):
        return TranscriptFormat.AXON
    is_microsoft = any(all(form.search(head) for form in forms) for forms in _MICROSOFT)
    return TranscriptFormat.MICROSOFT if is_microsoft else TranscriptFormat.TEXT


def read_spoken_text(text: str, into: Collector) -> None:
    """Read a whole text. Raises TooManyCuesError."""
    current: _Open | None = None
    for number, untrusted_line in enumerate(text.split("\n"), start=1):
        line = _BLANKS.sub(" ", untrusted_line.replace("\u200b", "")).strip()
        line = _TABS.sub("\t", line)
        if not line:
            continue
        begun = _begin(line, number)
        if begun is not None:
            _close(current, into)
            current = begun
        elif current is None:
            if line.casefold().rstrip(":") not in _HEADINGS:
                into.tell(number, "This stands before the first time.", line)
        elif current.may_name_speaker and not current.words and not current.speaker and _NAME.fullmatch(line):
            current.speaker = line
        else:
            current.words.append(line)
    _close(current, into)


def _begin(line: str, number: int) -> _Open | None:
    """Return the cue that a line begins, or None where it holds no time that begins one."""
    found = _TIMES.fullmatch(line)
    if found is not None:
        start, end = _clock(found.group(1)), _clock(found.group(2))
        if start is not None and end is not None:
            speaker, words = _speaker_first(found.group(3))
            return _Open(start, end, speaker, number, words, may_name_speaker=not words and not speaker)
    found = _TIME_FIRST.fullmatch(line)
    if found is not None:
        start = _clock(found.group(1) or found.group(2) or found.group(3))
        if start is not None:
            return _after_time(start, found.group(4).replace("\t", " "), line, number)
    found = _TIME_AMID.fullmatch(line)
    if found is not None and (start := _clock(found.group(2))) is not None:
        return _Open(start, None, found.group(1), number, [found.group(3)])
    found = _TIME_LAST.fullmatch(line)
    if found is not None and _NAME.fullmatch(found.group(1).strip(" \t-–:")):
        start = _clock(found.group(2))
        if start is not None and _is_name(found.group(1)):
            return _Open(start, None, found.group(1).strip(" \t-–:"), number)
    return None


def _after_time(start: int, rest: str, line: str, number: int) -> _Open:
    cells = line.split("\t")
    if len(cells) >= 3:
        return _Open(start, None, cells[1], number, [" ".join(cells[2:])])
    speaker, words = _speaker_first(rest)
    if not speaker and words and _is_name(rest) and len(rest) <= 40:
        return _Open(start, None, rest, number)  # Word: the words stand below
    return _Open(start, None, speaker, number, words)


def _speaker_first(rest: str) -> tuple[str, list[str]]:
    found = _SPEAKER.fullmatch(rest)
    if found is not None:
        return found.group(1), [found.group(2)] if found.group(2) else []
    if rest.endswith(":") and _NAME.fullmatch(rest[:-1]):
        return rest[:-1], []
    return "", [rest] if rest else []


def _is_name(text: str) -> bool:
    """Tell whether words look like a name and not like a sentence: few, each with a capital or a number."""
    words = text.strip(" \t-–:").split()
    if not 0 < len(words) <= 5 or text.strip()[-1:] in {".", "?", "!", ","}:
        return False
    return all(word[:1].isupper() or word[:1].isdigit() or word[:1] in "(#" for word in words)


def _close(current: _Open | None, into: Collector) -> None:
    if current is None:
        return
    if not current.words and current.speaker:
        into.add(current.start_ns, current.end_ns, "", current.speaker, current.line)  # it was no name after all
    else:
        into.add(current.start_ns, current.end_ns, current.speaker, "\n".join(current.words), current.line)


def _clock(text: str) -> int | None:
    parts = text.replace(",", ".").split(":")
    whole, dot, fraction = parts[-1].partition(".")
    return read_clock(":".join([*parts[:-1], whole.zfill(2) + dot + fraction]))
