"""Reads SubRip (.srt): a number, the times, lines of text, an empty line. Forgiving of numbers, strict about times."""

from __future__ import annotations

import html
import re

from annotations.transcripts.collecting import Collector
from annotations.transcripts.written_times import CLOCK, read_clock

_TIMING = re.compile(rf"\s*({CLOCK})\s*-{{1,3}}>\s*({CLOCK})(?:\s+.*)?")
_BROKEN_TIMING = re.compile(r"\s*\d[\d:.,;]*\s*-{1,3}>|\s*\S{1,16}\s*-{1,3}>\s*\d[\d:.,;]*\s*$")
_MARKUP = re.compile(r"</?(?:b|i|u|s|font|c|ruby|rt)(?:\s[^<>]*)?>|\{\\[^{}]*\}", re.IGNORECASE)


def is_subrip(text: str) -> bool:
    """Tell whether a text looks like SubRip: one of its first lines is a pair of times."""
    return any(_TIMING.fullmatch(line) for line in text[:4_000].splitlines()[:12])


def read_subrip(text: str, into: Collector) -> None:
    """Read a whole file. Raises TooManyCuesError."""
    lines = text.split("\n")
    timings = [number for number, line in enumerate(lines) if "->" in line and _TIMING.fullmatch(line.rstrip("\r"))]
    _tell_head(lines, timings[0] if timings else len(lines), into)
    for place, number in enumerate(timings):
        following = timings[place + 1] if place + 1 < len(timings) else len(lines)
        _read_cue(lines, number, following, into, is_last=place + 1 == len(timings))


def _tell_head(lines: list[str], first: int, into: Collector) -> None:
    head = lines[:first]
    if head and head[-1].strip().isdecimal():
        head = head[:-1]
    for number, line in enumerate(head, start=1):
        if line.strip():
            into.tell(number, "No time belongs to this line.", line)


def _read_cue(lines: list[str], number: int, following: int, into: Collector, *, is_last: bool) -> None:
    found = _TIMING.fullmatch(lines[number].rstrip("\r"))
    assert found is not None
    words = lines[number + 1 : following]
    while words and not words[-1].strip():
        words.pop()
    if words and not is_last and words[-1].strip().isdecimal() and (len(words) == 1 or not words[-2].strip()):
        words.pop()  # the number of the next cue
    start, end = read_clock(found.group(1)), read_clock(found.group(2))
    text = "\n".join(words)
    if start is None or end is None:
        into.tell(number + 1, "The times of this cue cannot be read.", f"{lines[number]} {text}")
        return
    kept = _before_lost_cues(words, number + 2, into)
    into.add(start, end, "", html.unescape(_MARKUP.sub("", "\n".join(kept))), number + 1)


def _before_lost_cues(words: list[str], first_line: int, into: Collector) -> list[str]:
    """Return the lines that belong to a cue, and tell of those after times that cannot be read.

    Such times begin a cue of their own: its words are nobody's, least of all the speaker's before.
    """
    for place, line in enumerate(words):
        if _BROKEN_TIMING.match(line):
            into.tell(first_line + place, "This looks like times, but cannot be read as such.", line)
            for after, lost in enumerate(words[place + 1 :], start=place + 1):
                if lost.strip():
                    into.tell(first_line + after, "The times of this cue cannot be read.", lost)
            kept = words[:place]
            if kept and kept[-1].strip().isdecimal() and (len(kept) == 1 or not kept[-2].strip()):
                kept.pop()  # the number of the cue whose times cannot be read
            return kept
    return words
