"""Finds out how the bytes of a text file are to be read as letters, and says how sure that is."""

from __future__ import annotations

import codecs
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_SAMPLE = 4_096


@dataclass(frozen=True, slots=True)
class DecodedText:
    """Text, and how it was found.

    Attributes:
        text: the letters; what could not be read is U+FFFD.
        encoding: its name for people.
        note: what a person should know, or "".
    """

    text: str
    encoding: str
    note: str = ""


def decode_text(untrusted_bytes: bytes) -> DecodedText:
    """Read bytes as text. Never raises."""
    for mark, codec, name in _MARKS:
        if untrusted_bytes.startswith(mark):
            return _decoded(untrusted_bytes[len(mark) :], codec, name)
    codec = _unmarked_utf16(untrusted_bytes)
    if codec:
        return _decoded(untrusted_bytes, codec, "UTF-16 (guessed)")
    try:
        return DecodedText(untrusted_bytes.decode("utf-8"), "UTF-8")
    except UnicodeDecodeError as error:
        line = untrusted_bytes.count(b"\n", 0, error.start) + 1
        note = f"It is not UTF-8 (from line {line:,} on); it was read as Windows-1252. Check names and accents."
        return DecodedText(untrusted_bytes.decode("cp1252", errors="replace"), "Windows-1252 (guessed)", note)


def _decoded(untrusted_bytes: bytes, codec: str, name: str) -> DecodedText:
    text = untrusted_bytes.decode(codec, errors="replace")
    broken = text.count("\ufffd")
    note = f"{broken:,} characters could not be read as {name}; “\ufffd” stands in their place." if broken else ""
    return DecodedText(text, name, note)


def _unmarked_utf16(untrusted_bytes: bytes) -> str:
    """Return the codec of UTF-16 without a mark, which Latin letters betray by every other byte being zero, or ""."""
    sample = untrusted_bytes[:_SAMPLE]
    if len(sample) < 4 or b"\0" not in sample:
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if odd > half * 0.6 and even < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.6 and odd < half * 0.1 else ""
