"""The next free exhibit reference of a clip: that of the recording with a letter behind: `JB/1-A`, `JB/1-B`."""

from __future__ import annotations

from collections.abc import Iterable

_LETTERS = 26


def next_exhibit(base: str, taken: Iterable[str]) -> str:
    """Return the first reference with a suffix that nothing has; "" without a base.

    Args:
        base: the reference of what the clip is cut from, or one that has a suffix already.
        taken: references that are in use, in any case of letters.
    """
    stem = base.strip()
    if not stem:
        return ""
    used = {one.strip().casefold() for one in taken}
    number = 1
    while (found := f"{stem}-{_suffix(number)}").casefold() in used:
        number += 1
    return found


def _suffix(number: int) -> str:
    """Return A to Z, then AA to AZ and so on."""
    letters = ""
    while number:
        number, place = divmod(number - 1, _LETTERS)
        letters = chr(ord("A") + place) + letters
    return letters
