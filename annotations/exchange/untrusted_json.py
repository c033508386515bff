"""Reads JSON from elsewhere within limits of bytes, depth and numbers; what goes beyond is refused, and told why.

Python's reader recurses, takes `NaN` and keeps the last of two equal names (RFC 8259, 4 and 9 leave both open); none of
that is taken here. Integers of very many digits cost quadratic time, so their length is bounded.
"""

from __future__ import annotations

import json
import re
from typing import Any

from annotations.exchange.foreign import MOST_BYTES, refusal

DEEPEST = 40
_LONGEST_NUMBER = 40
_TEXT_OR_BRACKET = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{}]', re.DOTALL)
"""A text that does not end goes on to the end of the file: so each letter is looked at once."""


def parse_json(untrusted_bytes: bytes) -> object:
    """Return what JSON bytes say. Raises ExchangeError."""
    if len(untrusted_bytes) > MOST_BYTES:
        raise refusal(f"The file has more than {MOST_BYTES // 2**20} MB, which no list of marks has.")
    text = decode(untrusted_bytes)
    _check_depth(text)
    try:
        return json.loads(
            text, parse_constant=_refuse_constant, parse_int=_whole, parse_float=_fraction, object_pairs_hook=_object
        )
    except json.JSONDecodeError as error:
        raise refusal(f"The file is no JSON: {error.msg} in line {error.lineno}.") from error
    except RecursionError as error:
        raise refusal("The file is nested too deeply.") from error


def decode(untrusted_bytes: bytes) -> str:
    """Return text that is UTF-8, with or without a byte order mark. Raises ExchangeError."""
    if untrusted_bytes[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        raise refusal("The file is written in UTF-16; marks are exchanged as UTF-8.")
    try:
        return untrusted_bytes.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refusal(f"The file is not text in UTF-8 (byte {error.start:,} is none).") from error


def _check_depth(text: str) -> None:
    depth = 0
    for match in _TEXT_OR_BRACKET.finditer(text):
        first = match[0][0]
        if first in "[{":
            depth += 1
            if depth > DEEPEST:
                raise refusal(f"The file is nested more than {DEEPEST} deep, which no list of marks is.")
        elif first in "]}":
            depth -= 1


def _refuse_constant(name: str) -> object:
    raise refusal(f"The file holds “{name}”, which is no number.")


def _whole(digits: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise refusal("The file holds a number of too many digits.")
    return int(digits)


def _fraction(digits: str) -> str:
    """Keep a number with a fraction as its text: nothing here is counted in fractions."""
    return digits[: _LONGEST_NUMBER + 1]


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise refusal("The file gives one thing two values under the same name.")
    return found
