"""Walks what was offered and lists the files to examine: sorted, each once, and nothing passed over in silence.

What systems leave lying about (`.DS_Store`, `Thumbs.db`) is not examined but is named in the result, as are folders
that are passed over. Links are followed, and each folder is walked once, so that links in a circle end.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from evidence.case_folder import AUDIT_LOG, DATABASE
from evidence.dvd import reason_to_pass_over, title_parts
from evidence.jobs import IsCancelled
from evidence.records import Finding, Severity
from evidence.text import display_name

_SYSTEM_FILES = frozenset(
    {b".ds_store", b".localized", b".directory", b".nomedia", b"thumbs.db", b"ehthumbs.db", b"desktop.ini"}
)
_SYSTEM_FOLDERS = {
    b"system volume information": "Windows's own notes on the drive",
    b"$recycle.bin": "the drive's waste bin; offer it by itself where it matters",
    b".trashes": "the drive's waste bin; offer it by itself where it matters",
    b".spotlight-v100": "macOS's search index",
    b".fseventsd": "macOS's own notes on the drive",
    b"__macosx": "macOS's own notes on an archive",
}
_RECORDINGS = frozenset(
    b"264 265 3gp aac amr asf avi dav dv flac flv g64 g64x h264 h265 hevc ifv m2t m2ts m4a m4v mkv mod mov mp3 mp4 "
    b"mpeg mpg mts mxf ogg opus smi ts vob wav webm wma wmv".split()
)


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file to examine.

    Attributes:
        size_bytes: its length when it was found; 0 where that could not be seen.
    """

    path_bytes: bytes
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Ignored:
    """Something that was found and is not examined, and why."""

    path_bytes: bytes
    display_name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found.

    Attributes:
        files: to examine, in order of their paths within each thing offered.
        ignored: what is passed over, by name.
        unreadable: folders that could not be listed, with what that means.
    """

    files: tuple[FoundFile, ...]
    ignored: tuple[Ignored, ...]
    unreadable: tuple[tuple[bytes, Finding], ...]

    @property
    def size_bytes(self) -> int:
        """Length of all files together."""
        return sum(file.size_bytes for file in self.files)


def scan_paths(paths: Iterable[bytes], cancelled: IsCancelled) -> Scan:
    """List what lies at the paths and below them; what was offered by name is always examined or walked.

    Args:
        paths: files and folders, absolute.
        cancelled: asked at every file; then the list is cut short.
    """
    walk = _Walk()
    for path in paths:
        for _ in walk.offered(path):
            if cancelled():
                break
    return Scan(tuple(walk.files), tuple(walk.ignored), tuple(walk.unreadable))


class _Walk:
    def __init__(self) -> None:
        self.files: list[FoundFile] = []
        self.ignored: list[Ignored] = []
        self.unreadable: list[tuple[bytes, Finding]] = []
        self._seen_paths: set[bytes] = set()
        self._seen_folders: set[tuple[int, int]] = set()

    def offered(self, path: bytes) -> Iterator[bytes]:
        """Walk from `path` on, yielding every path as it is dealt with."""
        waiting = [path]
        while waiting:
            place = waiting.pop()
            if place in self._seen_paths:
                continue
            self._seen_paths.add(place)
            if not _is_folder(place):
                self._take_file(place, is_offered=place == path)
            elif reason := self._reason_to_skip(place, is_offered=place == path):
                self.ignored.append(Ignored(place, display_name(place), reason))
            else:
                waiting += self._list(place)
            yield place

    def _list(self, folder: bytes) -> list[bytes]:
        """Return what lies in a folder, the last by name first."""
        try:
            facts = os.stat(folder)  # noqa: PTH116 - bytes
            if (facts.st_dev, facts.st_ino) in self._seen_folders:
                return []
            self._seen_folders.add((facts.st_dev, facts.st_ino))
            with os.scandir(folder) as entries:
                return sorted((entry.path for entry in entries), reverse=True)
        except OSError as error:
            self.unreadable.append((folder, _unreadable(folder, error)))
            return []

    def _reason_to_skip(self, folder: bytes, *, is_offered: bool) -> str:
        marks = (DATABASE.encode(), AUDIT_LOG.encode())
        if all(os.path.isfile(os.path.join(folder, mark)) for mark in marks):  # noqa: PTH113, PTH118 - bytes
            return "it is a Sightline case"
        return "" if is_offered else _SYSTEM_FOLDERS.get(_name(folder), "")

    def _take_file(self, path: bytes, *, is_offered: bool) -> None:
        reason = "" if is_offered else _reason_to_ignore(path) or reason_to_pass_over(path)
        if reason:
            self.ignored.append(Ignored(path, display_name(path), reason))
        else:
            self.files.append(FoundFile(path, sum(map(_size, title_parts(path)))))


def _reason_to_ignore(path: bytes) -> str:
    name = _name(path)
    if name in _SYSTEM_FILES:
        return "the system's own file"
    if name.startswith(b"._"):
        folder, _, own = path.rpartition(b"._")
        if os.path.lexists(folder + own):
            return "macOS's notes on the file of the same name"
    if name.startswith(b".") and name.rpartition(b".")[2] not in _RECORDINGS:
        return "a hidden file that is not named like a recording"
    return ""


def _unreadable(folder: bytes, error: OSError) -> Finding:
    reason = (error.strerror or str(error)).lower()
    return Finding(
        code="folder-unreadable",
        severity=Severity.PROBLEM,
        happened=f"The folder {display_name(folder)} could not be listed: {reason}.",
        meaning="Nothing is known of what it holds; recordings in it were not added.",
        remedy="Get the right to read it, or copy it to a disk of your own, and add it again.",
    )


def _name(path: bytes) -> bytes:
    return os.path.basename(path).lower()  # noqa: PTH119 - bytes


def _is_folder(path: bytes) -> bool:
    try:
        return os.path.isdir(path)  # noqa: PTH112 - bytes
    except ValueError:
        return False


def _size(path: bytes) -> int:
    try:
        return os.stat(path).st_size  # noqa: PTH116 - bytes
    except (OSError, ValueError):
        return 0
