r"""Makes untrusted text fit to be shown, stored and logged: one line, bounded, with nothing in it that acts.

File names and tags come from whoever made the file. Control characters, line breaks, direction overrides, invisible
characters and broken encodings are written out as escapes (`\n`, `\xff`, `\u202e`), so that what people read is
what is there. Cleaning is for display: paths themselves stay bytes and are never changed.
"""

from __future__ import annotations

import sys
import unicodedata

TEXT_SAMPLE_BYTES = 4_096
"""How much of a file is looked at to tell whether it is text."""

LONGEST_TEXT = 4_000
"""Characters that a cleaned text may have, unless asked otherwise."""

LONGEST_NAME = 180
"""Characters that a display name may have; the end, with the extension, is kept."""

_NAMED_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ACTING_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_JOINERS = frozenset({"\u200c", "\u200d"})
_MARK_CATEGORIES = frozenset({"Mn", "Me"})
_MOST_MARKS = 4
_SEPARATORS = b"/\\" if sys.platform == "win32" else b"/"


def clean_text(untrusted_text: str, *, limit: int = LONGEST_TEXT) -> str:
    """Return text that can be shown on one line and stored anywhere; cleaning it again changes nothing.

    Args:
        untrusted_text: any string, also one with lone surrogates.
        limit: the most characters that the result may have; what is longer ends with an ellipsis.
    """
    head = untrusted_text[: limit + 1]
    if head.isascii() and head.isprintable():
        return _shorten(head, limit)
    while (shown := "".join(_escaped(head))) != head:
        head = shown  # an escape can part a joiner from its neighbour, which then shows as an escape too
    return _shorten(shown, limit)


def clean_line(typed_text: str, *, limit: int = LONGEST_TEXT) -> str:
    """Return what a person typed: white space made single blanks, none at the ends, the rest cleaned."""
    return clean_text(" ".join(typed_text.split()), limit=limit)


def display_name(path_bytes: bytes, *, limit: int = LONGEST_NAME) -> str:
    r"""Return the last part of a path for people; bytes that are no UTF-8 come out as `\xNN`."""
    name = path_bytes.rstrip(_SEPARATORS)
    for separator in _SEPARATORS:
        name = name.rpartition(bytes([separator]))[2]
    return _shorten_middle(_clean_bytes(name or path_bytes), limit)


def display_path(path_bytes: bytes, *, limit: int = LONGEST_TEXT) -> str:
    """Return a whole path for people, shortened in the middle where it is longer than `limit`."""
    return _shorten_middle(_clean_bytes(path_bytes), limit)


def _clean_bytes(untrusted_bytes: bytes) -> str:
    text = untrusted_bytes.decode("utf-8", errors="surrogateescape")
    return clean_text(text, limit=12 * len(text) + 1)


def _escaped(text: str) -> list[str]:
    shown: list[str] = []
    marks = 0
    for place, character in enumerate(text):
        category = unicodedata.category(character)
        marks = marks + 1 if category in _MARK_CATEGORIES else 0
        if marks > _MOST_MARKS or _acts(text, place, category):
            shown.append(_escape(character))
        else:
            shown.append(character)
    return shown


def _acts(text: str, place: int, category: str) -> bool:
    character = text[place]
    if character in _JOINERS:
        return not _joins(text, place)
    is_noncharacter = (ord(character) & 0xFFFE) == 0xFFFE or 0xFDD0 <= ord(character) <= 0xFDEF
    return category in _ACTING_CATEGORIES or is_noncharacter


def _joins(text: str, place: int) -> bool:
    """Tell whether a joiner stands between two letters or pictures that may need it (Persian, families of emoji)."""
    if not 0 < place < len(text) - 1:
        return False
    before, after = text[place - 1], text[place + 1]
    return not before.isascii() and not after.isascii() and not {before, after} & _JOINERS


def _escape(character: str) -> str:
    code = ord(character)
    if character in _NAMED_ESCAPES:
        return _NAMED_ESCAPES[character]
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _shorten(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _shorten_middle(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    tail = min(40, limit // 2)
    return text[: limit - tail - 1] + "…" + text[-tail:]


def is_text(sample: bytes) -> bool:
    """Tell whether a file whose first `TEXT_SAMPLE_BYTES` bytes these are holds readable text."""
    try:
        text = sample[: len(sample) - 4 if len(sample) == TEXT_SAMPLE_BYTES else None].decode("utf-8")
    except UnicodeDecodeError:
        return False
    return bool(text) and all(character.isprintable() or character.isspace() for character in text)
