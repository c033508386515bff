"""What lies where in a court pack, and which names a file in it may have."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

PACK_VERSION = 1
BAGIT = "bagit.txt"
BAG_INFO = "bag-info.txt"
MANIFEST = "manifest-sha256.txt"
TAG_MANIFEST = "tagmanifest-sha256.txt"
INDEX = "index.html"
SIGNATURE = "signature/tagmanifest-sha256.txt.sig"
PUBLIC_KEY = "signature/public-key.pem"
PAYLOAD = "data"
CASE = "data/case"
RECORDINGS = "data/recordings"
RUN_SHEET = "data/run-sheet.json"
CONTENTS = "data/pack.json"
CLOCKS = "data/clocks.html"
CERTIFICATE = "data/sync-certificate.html"
CERTIFICATE_PDF = "data/sync-certificate.pdf"
CERTIFICATE_JSON = "data/sync-certificate.json"
LOCK_FILE = "data/lock.json"

UNSEALED_TAG_FILES = frozenset({TAG_MANIFEST, SIGNATURE, PUBLIC_KEY})
"""Files outside of the payload that no manifest lists: the list itself, and what vouches for it."""

BAGIT_DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"

LONGEST_NAME = 120
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9 ._()+=,@-]*")
_RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
_SUFFIX = re.compile(r"[A-Za-z0-9]{1,8}")
_DISC_NAME = re.compile(r"vts_\d\d_\d\.vob|video_ts\.(vob|ifo|bup)", re.IGNORECASE)


def is_pack(folder: Path) -> bool:
    """Tell whether a folder looks like a court pack; whether it is one, `courtroom.pack.verify` says."""
    return (folder / BAGIT).is_file() and ((folder / CASE / "case.db").is_file() or is_locked_pack(folder))


def is_locked_pack(folder: Path) -> bool:
    """Tell whether a folder looks like a court pack that a passphrase locks."""
    return (folder / LOCK_FILE).is_file()


def find_pack(folder: Path) -> Path | None:
    """Return the pack that a folder is, or whose extract it is; None where it is neither."""
    for place in (folder, folder.parent.parent):
        if is_pack(place) and folder in (place, place / CASE):
            return place
    return None


def is_plain_name(name: str) -> bool:
    """Tell whether a file name means the same on every system and medium that a pack may lie on."""
    return (
        len(name) <= LONGEST_NAME
        and bool(_PLAIN.fullmatch(name))
        and name[-1] not in " ."
        and not _RESERVED.fullmatch(name)
        and not _DISC_NAME.fullmatch(name)
    )


def folded(path: str) -> str:
    """Return a path as a medium sees it that does not tell upper from lower case or ways of writing an accent."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def pack_names(originals: Iterable[str]) -> list[str]:
    """Return a name for each original in the pack: its own where that is plain and free, else a number.

    Args:
        originals: file names as the case shows them; from whoever made the files.
    """
    taken: set[str] = set()
    names: list[str] = []
    for number, untrusted_name in enumerate(originals, start=1):
        name = untrusted_name
        if not is_plain_name(name) or folded(name) in taken:
            _stem, _dot, suffix = untrusted_name.rpartition(".")
            name = f"recording-{number:04d}" + (f".{suffix.lower()}" if _SUFFIX.fullmatch(suffix) else "")
        while folded(name) in taken:
            name = f"again-{name}"
        taken.add(folded(name))
        names.append(name)
    return names
