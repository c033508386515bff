"""Reads WebVTT (W3C, https://www.w3.org/TR/webvtt1/): voice spans become speakers, other spans are taken off.

Microsoft Stream and Teams write WebVTT with `NOTE` blocks and long cue names, and are told by them.
"""

from __future__ import annotations

import html
import re

from annotations.transcripts.collecting import Collector
from annotations.transcripts.written_times import CLOCK, read_clock

_TIMING = re.compile(rf"\s*({CLOCK})\s*-->\s*({CLOCK})(?:\s+.*)?")
_TAG = re.compile(r"<(/?)([a-zA-Z]*)((?:\.[^\s.<>]+)*+)(?:\s++([^<>]*+))?>|<[\d:.]+>")
_LANGUAGE = re.compile(r"Language:\s*([A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*)\s*$|language:\s*\"?([A-Za-z-]{2,12})\"?\s*$")
_MICROSOFT = re.compile(r"NOTE\s+(duration:|language:|Confidence:|recognizability:)", re.IGNORECASE)


def is_webvtt(text: str) -> bool:
    """Tell whether a text is WebVTT by its first line."""
    return re.match(r"\ufeff?WEBVTT(?:[ \t].*)?$", text[:200], re.MULTILINE) is not None


def is_microsoft(text: str) -> bool:
    """Tell whether Microsoft Stream or Teams made it, by the notes that it leaves."""
    return _MICROSOFT.search(text[:20_000]) is not None


def find_language(text: str) -> str:
    """Return the language that the head or a note states, or ""."""
    for line in text[:2_000].splitlines()[:12]:
        found = _LANGUAGE.search(line)
        if found:
            return found.group(1) or found.group(2)
    return ""


def read_webvtt(text: str, into: Collector) -> None:
    """Read a whole file. Raises TooManyCuesError."""
    lines = text.split("\n")
    place = 1
    while place < len(lines) and lines[place].strip() and "-->" not in lines[place]:
        place += 1  # what stands in the head is for players
    while place < len(lines):
        if not lines[place].strip():
            place += 1
            continue
        end = place
        while end < len(lines) and lines[end].strip() and not (end > place + 1 and "-->" in lines[end]):
            end += 1
        _read_block(lines[place:end], place + 1, into)
        place = end


def _read_block(block: list[str], line: int, into: Collector) -> None:
    first = block[0].strip()
    if re.match(r"(NOTE|STYLE|REGION)(\s|$)", first) and "-->" not in first:
        return
    at = 0 if "-->" in first else 1
    if at >= len(block) or "-->" not in block[at]:
        for number, words in enumerate(block):
            into.tell(line + number, "No time belongs to this line.", words)
        return
    found = _TIMING.fullmatch(block[at].rstrip("\r"))
    start, end = (None, None) if found is None else (read_clock(found.group(1)), read_clock(found.group(2)))
    if start is None or end is None:
        into.tell(line + at, "The times of this cue cannot be read.", " ".join(block[at:]))
        return
    voices = voices_of("\n".join(block[at + 1 :]))
    for speaker, words in voices or [("", "")]:
        into.add(start, end, speaker, words, line + at)


def voices_of(payload: str) -> list[tuple[str, str]]:
    """Return what each voice of a cue says: (speaker, words), in order; tags and entities are resolved."""
    parts: list[tuple[str, list[str]]] = [("", [])]
    place = 0
    for tag in _TAG.finditer(payload):
        parts[-1][1].append(payload[place : tag.start()])
        place = tag.end()
        if tag.group(2) == "v":
            parts.append(("" if tag.group(1) else html.unescape(tag.group(4) or ""), []))
    parts[-1][1].append(payload[place:])
    voices: list[tuple[str, str]] = []
    for speaker, pieces in parts:
        words = html.unescape("".join(pieces)).strip()
        if not words:
            continue
        if voices and voices[-1][0] == speaker:
            voices[-1] = (speaker, f"{voices[-1][1]}\n{words}")
        else:
            voices.append((speaker, words))
    return voices
