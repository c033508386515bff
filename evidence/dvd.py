"""DVD-Video as recorders write it: which files of a `VIDEO_TS` folder are one recording, and what the others are.

A title set `VTS_nn` keeps its pictures in one MPEG program stream that is cut into files of at most 1 GiB, wherever a
pack of 2,048 bytes ends: `VTS_nn_1.VOB` to `VTS_nn_9.VOB`. Read one by one, each part after the first would lose the
pictures up to its first whole group; joined, every frame is there (docs/decisions/0008). `VTS_nn_0.VOB` and
`VIDEO_TS.VOB` are menus, `.IFO` tables of contents, `.BUP` copies of those (DVD Specifications for Read-Only Disc,
part 3, as libdvdread and ISO/IEC 13818-1 document them).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable

from evidence.records import Finding, Severity
from evidence.text import display_name

_SEPARATOR = os.sep.encode()
_FOLDER = b"VIDEO_TS"
_PART = re.compile(rb"(VTS_\d\d_)([1-9])(\.VOB)", re.IGNORECASE)
_MENU = re.compile(rb"(VIDEO_TS|VTS_\d\d_0)\.VOB", re.IGNORECASE)
_TABLE = re.compile(rb"(VIDEO_TS|VTS_\d\d_0)\.(IFO|BUP)", re.IGNORECASE)
_MOST_PARTS = 9
_PACK_BYTES = 2_048
_PACK_START, _PES_VIDEO = b"\x00\x00\x01\xba", range(0xE0, 0xF0)
_LOOKS = 400
_TABLE_MARK = b"DVDVIDEO-VTS"

ReadAt = Callable[[int, int], bytes]


def title_parts(path_bytes: bytes) -> tuple[bytes, ...]:
    """Return the files that are one title together, in order; of any other path, the path alone."""
    folder, name = _split(path_bytes)
    found = _PART.fullmatch(name)
    if found is None or found.group(2) != b"1" or not _is_disc(folder):
        return (path_bytes,)
    parts = [path_bytes]
    for number in range(2, _MOST_PARTS + 1):
        part = _join(folder, b"%s%d%s" % (found.group(1), number, found.group(3)))
        if not os.path.isfile(part):  # noqa: PTH113 - bytes
            break
        parts.append(part)
    return tuple(parts)


def reason_to_pass_over(path_bytes: bytes) -> str:
    """Return why a file of a disc is no recording by itself, or ""."""
    folder, name = _split(path_bytes)
    if not _is_disc(folder):
        return ""
    if _TABLE.fullmatch(name):
        return "the disc's table of contents; it is read with the pictures"
    if _MENU.fullmatch(name):
        return "the disc's menu; offer it by itself where it matters"
    part = _PART.fullmatch(name)
    if part is None or part.group(2) == b"1":
        return ""
    first = _join(folder, b"%s1%s" % (part.group(1), part.group(3)))
    is_joined = os.path.isfile(first) and path_bytes in title_parts(first)  # noqa: PTH113 - bytes
    return f"a part of {display_name(first)}, joined to it" if is_joined else ""


def is_encrypted(read_at: ReadAt, size_bytes: int) -> bool:
    """Tell whether a program stream's pictures are scrambled (`PES_scrambling_control`, ISO/IEC 13818-1, 2.4.3.7).

    Looks at up to 400 packs spread over the whole stream.
    """
    packs = size_bytes // _PACK_BYTES
    step = max(1, packs // _LOOKS)
    return any(_is_scrambled(read_at(place * _PACK_BYTES, 64)) for place in range(0, packs, step))


def _is_scrambled(pack: bytes) -> bool:
    if len(pack) < 64 or pack[:4] != _PACK_START:
        return False
    place = 14 + (pack[13] & 7)
    if pack[place : place + 3] != b"\x00\x00\x01" or pack[place + 3] not in _PES_VIDEO:
        return False
    flags = pack[place + 6]
    return flags >> 6 == 0b10 and (flags >> 4 & 3) != 0


def find_title_findings(path_bytes: bytes, name: str, read_start: Callable[[bytes], bytes]) -> tuple[Finding, ...]:
    """Return what a person should know of a title of a disc; nothing of any other file.

    Args:
        path_bytes: the title's first file.
        name: its name for people.
        read_start: returns a file's first bytes, or nothing where it cannot be read.
    """
    folder, own = _split(path_bytes)
    found = _PART.fullmatch(own)
    if found is None or not _is_disc(folder):
        return ()
    findings = []
    parts = title_parts(path_bytes)
    if len(parts) > 1:
        findings.append(_joined(name, parts))
    tables = [_join(folder, found.group(1) + b"0" + ending) for ending in (b".IFO", b".BUP", b".ifo", b".bup")]
    if not any(read_start(table)[: len(_TABLE_MARK)] == _TABLE_MARK for table in tables):
        findings.append(_without_table(name, os.fsdecode(found.group(1))))
    return tuple(findings)


def _split(path_bytes: bytes) -> tuple[bytes, bytes]:
    folder, _, name = path_bytes.rpartition(_SEPARATOR)
    return folder, name


def _join(folder: bytes, name: bytes) -> bytes:
    return folder + _SEPARATOR + name


def _is_disc(folder: bytes) -> bool:
    return folder.rpartition(_SEPARATOR)[2].upper() == _FOLDER


def _joined(name: str, parts: tuple[bytes, ...]) -> Finding:
    last = display_name(parts[-1])
    return Finding(
        "dvd-title", Severity.NOTE,
        f"{name} is the first of {len(parts)} files of one DVD title, up to {last}; they are one recording here.",
        "Its size and its SHA-256 are those of the files one behind the other, in this order, as `cat` joins them.",
    )  # fmt: skip


def _without_table(name: str, title: str) -> Finding:
    return Finding(
        "dvd-table-broken", Severity.WARNING,
        f"The disc's table for {name} ({title}0.IFO) and its copy are missing or damaged.",
        "The pictures are all read from the VOB files; which of them the disc's menu would have shown is not known.",
        "Ask the source for another copy of the disc if its menu or the order of its titles matters.",
    )  # fmt: skip
