"""The cases that were opened last, and whether each can still be opened."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from evidence import atomic_file
from evidence.text import clean_line

MOST_KEPT = 20
_LONGEST_FILE = 1_000_000


@dataclass(frozen=True, slots=True)
class RecentCase:
    """A case that was open.

    Attributes:
        folder: where it was.
        title: its title then.
        reference: its reference then.
        opened_ns: when it was opened last, ns since the epoch by this machine's clock.
    """

    folder: str
    title: str
    reference: str
    opened_ns: int

    def find_obstacle(self) -> str:
        """Return why it cannot be opened now, in words, or "" where nothing speaks against it."""
        folder = Path(self.folder)
        try:
            if not folder.exists():
                return "The folder is not there: it was moved, or its disk is not connected."
            if not (folder / "case.db").is_file():
                return "The folder no longer holds a case."
        except OSError as error:
            return f"The folder cannot be read ({error.strerror})."
        return ""


class RecentCases:
    """The list of recent cases in a file of its own; lives on the UI thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._cases = _load(path)

    def all(self) -> tuple[RecentCase, ...]:
        """Return the cases, the last opened first."""
        return self._cases

    def add(self, case: RecentCase) -> None:
        """Put a case at the head. Raises OSError where the list cannot be kept."""
        self._keep((case, *(one for one in self._cases if one.folder != case.folder)))

    def forget(self, folder: str) -> None:
        """Take a case out of the list; the case itself is not touched. Raises OSError."""
        self._keep(tuple(one for one in self._cases if one.folder != folder))

    def _keep(self, cases: tuple[RecentCase, ...]) -> None:
        self._cases = cases[:MOST_KEPT]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        atomic_file.write_bytes(self._path, json.dumps([asdict(one) for one in self._cases], indent=2).encode())


def _load(path: Path) -> tuple[RecentCase, ...]:
    """Return what the file holds; a list that cannot be read is an empty list: nothing of value is in it."""
    try:
        with path.open("rb") as file:
            stored = json.loads(file.read(_LONGEST_FILE))
    except (OSError, ValueError, RecursionError):
        return ()
    if not isinstance(stored, list):
        return ()
    found = (_from_stored(one) for one in stored[:MOST_KEPT])
    return tuple(one for one in found if one is not None)


def _from_stored(stored: object) -> RecentCase | None:
    match stored:
        case {"folder": str(folder), "title": str(title), "reference": str(reference), "opened_ns": int(opened_ns)} if (
            folder and "\0" not in folder
        ):
            return RecentCase(folder, clean_line(title), clean_line(reference), opened_ns)
        case _:
            return None
