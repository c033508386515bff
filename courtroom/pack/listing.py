"""Reads what a pack says of itself, and what is really there, without following or trusting anything."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from courtroom.pack.findings import Fault, PackFinding
from courtroom.pack.layout import PAYLOAD, folded, is_plain_name
from evidence.text import clean_text, display_path
from evidence.verify import Verdict

LARGEST_TAG_FILE = 64 << 20
MOST_FILES = 200_000
_DEEPEST = 8
_LINE = re.compile(r"([0-9a-fA-F]{64})[ \t]+\*?(.+)")


@dataclass(slots=True)
class Listed:
    """What a manifest lists: hash by path; and what is wrong with the list itself."""

    hashes: dict[str, str] = field(default_factory=dict)
    findings: list[PackFinding] = field(default_factory=list)


@dataclass(slots=True)
class Found:
    """What lies in the folder: size by path of every regular file; and what should not be there."""

    sizes: dict[str, int] = field(default_factory=dict)
    findings: list[PackFinding] = field(default_factory=list)


def mismatch(fault: Fault, file: str, text: str) -> PackFinding:
    """Return a finding that makes the pack a mismatch."""
    return PackFinding(fault, clean_text(file, limit=300), Verdict.MISMATCH, text)


def unknown(fault: Fault, file: str, text: str) -> PackFinding:
    """Return a finding that leaves the pack unknown."""
    return PackFinding(fault, clean_text(file, limit=300), Verdict.UNKNOWN, text)


def is_safe_path(path: str) -> bool:
    """Tell whether a path of a manifest leads into the pack on every system, and nowhere else."""
    parts = path.split("/")
    return 1 <= len(parts) <= _DEEPEST and all(is_plain_name(part) for part in parts)


def read_tag_file(folder: Path, name: str) -> bytes | None:
    """Return a tag file, or None where it is not there, is no plain file, or is far too large."""
    place = folder / name
    try:
        if not stat.S_ISREG(place.lstat().st_mode):
            return None
        with place.open("rb") as file:
            content = file.read(LARGEST_TAG_FILE + 1)
    except OSError:
        return None
    return content if len(content) <= LARGEST_TAG_FILE else None


def read_manifest(name: str, untrusted_content: bytes, *, is_payload: bool) -> Listed:
    """Read the lines of a manifest; a line that cannot be, or leads elsewhere, is a finding and is not followed."""
    listed = Listed()
    seen: dict[str, str] = {}
    try:
        lines = untrusted_content.decode("utf-8").splitlines()
    except UnicodeDecodeError:
        listed.findings.append(mismatch(Fault.TAG_FILE_UNREADABLE, name, "is not UTF-8 text."))
        return listed
    for number, line in enumerate(lines[:MOST_FILES], start=1):
        match = _LINE.fullmatch(line)
        if match is None:
            listed.findings.append(mismatch(Fault.TAG_FILE_UNREADABLE, name, f"has a line {number} that is no entry."))
            continue
        path = match[2]
        in_payload = path.startswith(f"{PAYLOAD}/")
        if not is_safe_path(path) or in_payload is not is_payload:
            listed.findings.append(
                mismatch(Fault.BAD_NAME, path, f"is listed in {name}, but leads outside of where it belongs.")
            )
        elif (other := seen.setdefault(folded(path), path)) != path or path in listed.hashes:
            listed.findings.append(
                mismatch(Fault.NAME_TWICE, path, f"is listed twice in {name} (also as {clean_text(other, limit=200)}).")
            )
        else:
            listed.hashes[path] = match[1].lower()
    if len(lines) > MOST_FILES:
        listed.findings.append(mismatch(Fault.TAG_FILE_UNREADABLE, name, "lists more files than a pack can have."))
    return listed


def look(folder: Path) -> Found:
    """Walk through the pack without following links; what is no plain file or folder is a finding."""
    found = Found()
    seen: dict[str, str] = {}
    for path, entry in walk_pack(folder):
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError as error:
            found.findings.append(unknown(Fault.UNREADABLE, path, f"cannot be looked at: {error.strerror}."))
            continue
        other = seen.setdefault(folded(path), path)
        if other != path:
            text = f"has the same name as {clean_text(other, limit=200)} where upper and lower case are one."
            found.findings.append(mismatch(Fault.NAME_TWICE, path, text))
        if stat.S_ISLNK(status.st_mode):
            found.findings.append(
                mismatch(Fault.NOT_A_FILE, path, "is a link to somewhere else; a pack holds plain files only.")
            )
        elif stat.S_ISREG(status.st_mode):
            found.sizes[path] = status.st_size
        elif not stat.S_ISDIR(status.st_mode):
            found.findings.append(mismatch(Fault.NOT_A_FILE, path, "is a device or pipe, not a file."))
        if len(seen) > MOST_FILES:
            found.findings.append(mismatch(Fault.EXTRA, "", "holds more files than a pack can have."))
            break
    return found


def walk_pack(folder: Path, under: str = "") -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yield everything below a folder in order, without following links; what cannot be listed is left out."""
    try:
        with os.scandir(folder / under) as entries:
            here = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in here:
        path = f"{under}/{entry.name}" if under else entry.name
        yield path, entry
        if entry.is_dir(follow_symlinks=False) and path.count("/") < 2 * _DEEPEST:
            yield from walk_pack(folder, path)


def shown(path: str) -> str:
    """Return a path for people."""
    return display_path(os.fsencode(path), limit=300)
