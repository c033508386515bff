"""Locks a court pack with a passphrase for the way to court, and unlocks it into a folder of one's own.

A locked pack is a bag too: its manifests cover the locked files, so that anybody can check that it arrived whole, and
nobody without the passphrase learns more than how many files there are and how large each is. Names, run sheet,
recordings and the signature are inside. It is not played as it is: unlocking writes the plain pack to a disk, which
takes its size once more; that copy is then verified and opened as any pack.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from courtroom.errors import PackError, PackRefusedError, PackTooNewError, WrongPassphraseError
from courtroom.pack.bag import BagWriter
from courtroom.pack.drafts import check_room, making, told
from courtroom.pack.layout import INDEX, LOCK_FILE, PAYLOAD, UNSEALED_TAG_FILES
from courtroom.pack.listing import is_safe_path, look, read_tag_file
from evidence.errors import Cancelled
from evidence.jobs import IsCancelled, Progress, ProgressReport
from evidence.locked_file import SALT_BYTES, LockedFile, LockedFileError, key_of_passphrase, locked_pieces
from evidence.originals import open_original
from evidence.program import program_name

_CONTENTS = f"{PAYLOAD}/contents.locked"
_VERSION = 1
SHORTEST_PASSPHRASE = 8
_PAGE = (
    '<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8"><title>Locked court pack</title></head><body>'
    "<h1>Locked court pack</h1><p>What is in it can be seen with its passphrase only. Unlock it with Sightline into a "
    "folder of your own:</p><pre>sightline unlock THIS-FOLDER --out NEW-FOLDER --passphrase-file FILE</pre>"
    "<p>Whether it arrived whole can be checked by anybody, in this folder:</p>"
    "<pre>sha256sum -c manifest-sha256.txt\nsha256sum -c tagmanifest-sha256.txt</pre></body></html>\n"
)


@dataclass(frozen=True, slots=True)
class LockRequest:
    """What to lock or unlock.

    Attributes:
        source: the pack, or the locked pack.
        folder: becomes the other; there must be nothing of that name.
    """

    source: Path
    folder: Path


def check_passphrase(passphrase: str) -> None:
    """Raise PackError where a passphrase is too short to lock with."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise PackError(
            f"The passphrase of a pack has at least {SHORTEST_PASSPHRASE} characters.",
            meaning="Nothing was made.",
            remedy="Choose a longer one; several words are easy to remember and hard to guess.",
        )


def lock_pack(request: LockRequest, passphrase: str, progress: Progress, cancelled: IsCancelled) -> None:
    """Make a locked pack of a plain one. From any thread.

    Raises:
        PackError: something is at that place, or the passphrase is too short.
        StorageError: there is too little room, or the disk does not take it.
        Cancelled: the user wished it; nothing is left.
    """
    check_passphrase(passphrase)
    sizes = look(request.source).sizes
    total, done = sum(sizes.values()), 0
    salt = os.urandom(SALT_BYTES)
    key = key_of_passphrase(passphrase, salt)

    def on_bytes(count: int) -> None:
        nonlocal done
        done += count
        progress(ProgressReport(min(done, total), total, "bytes", "locking"))

    with told("locking the court pack"):
        request.folder.parent.mkdir(parents=True, exist_ok=True)
        check_room(request.folder.parent, total)
        with making(request.folder) as draft:
            bag = BagWriter(draft, on_bytes, cancelled)
            names: dict[str, str] = {}
            for number, path in enumerate(sorted(sizes), start=1):
                names[path] = f"{PAYLOAD}/{number:05d}.locked"
                with (request.source / path).open("rb") as plain:
                    bag.stream(names[path], locked_pieces(plain, sizes[path], key), on_bytes)
            contents = json.dumps({"files": names}).encode()
            bag.stream(_CONTENTS, locked_pieces(BytesIO(contents), len(contents), key), on_bytes)
            lock = {"format": "sightline locked pack", "version": _VERSION, "salt": base64.b64encode(salt).decode()}
            bag.write(LOCK_FILE, (json.dumps(lock, indent=1) + "\n").encode())
            bag.write(INDEX, _PAGE.encode())
            bag.finish({"Bag-Software-Agent": program_name(), "External-Description": "Locked court pack"})
            bag.sync()


def unlock_pack(request: LockRequest, passphrase: str, progress: Progress, cancelled: IsCancelled) -> None:
    """Write the plain pack of a locked one. From any thread.

    Raises:
        WrongPassphraseError: the passphrase is another one.
        PackError: it is no locked pack, or a file of it was changed.
        StorageError: there is too little room, or the disk does not take it.
        OriginalError: a file of it is missing or unreadable.
        Cancelled: the user wished it; nothing is left.
    """
    key = key_of_passphrase(passphrase, _salt_of(request.source))
    names = _names_of(request.source, key)
    sizes = look(request.source).sizes
    total, done = sum(sizes.get(name, 0) for name in names.values()), 0
    with told("unlocking the court pack"):
        request.folder.parent.mkdir(parents=True, exist_ok=True)
        check_room(request.folder.parent, total)
        with making(request.folder) as draft:
            for path, name in names.items():
                place = draft / path
                place.parent.mkdir(parents=True, exist_ok=True)
                with closing(open_original(os.fsencode(request.source / name))) as locked, place.open("xb") as out:
                    try:
                        for piece in LockedFile(locked, key).pieces():
                            if cancelled():
                                raise Cancelled("Unlocking was cancelled.", meaning="Nothing of it was left.")
                            out.write(piece)
                            done += len(piece)
                            progress(ProgressReport(min(done, total), total, "bytes", "unlocking"))
                    except LockedFileError as error:
                        raise _changed(name, error) from error
                    out.flush()
                    os.fsync(out.fileno())
            BagWriter(draft, lambda _count: None, cancelled).sync()


def _salt_of(folder: Path) -> bytes:
    try:
        lock = json.loads(read_tag_file(folder, LOCK_FILE) or b"")
        version, salt = int(lock["version"]), base64.b64decode(lock["salt"], validate=True)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise PackRefusedError(
            "The folder is no locked court pack.",
            meaning="Nothing was opened.",
            remedy="Choose the folder that holds bagit.txt and index.html.",
        ) from error
    if version > _VERSION:
        raise PackTooNewError(
            "The court pack was locked by a newer version of Sightline.",
            meaning="Nothing was opened.",
            remedy="Install the newer version on this machine.",
        )
    return salt


def _names_of(folder: Path, key: bytes) -> Mapping[str, str]:
    """Return which file of the locked pack holds which of the plain one; only names that lead into a pack."""
    try:
        with closing(open_original(os.fsencode(folder / _CONTENTS))) as locked:
            names = json.loads(b"".join(LockedFile(locked, key).pieces()))["files"]
    except LockedFileError as error:
        raise WrongPassphraseError(
            "The passphrase does not unlock this court pack.",
            meaning="Nothing was unlocked.",
            remedy="Type it again; capital letters count. If it is right, the pack was changed: verify it.",
        ) from error
    for path, name in names.items():
        if not (path in UNSEALED_TAG_FILES or is_safe_path(path)) or not is_safe_path(name):
            raise PackRefusedError(
                "The locked court pack holds a name that leads elsewhere.",
                meaning="Nothing was unlocked.",
                remedy="Ask its maker for another copy.",
            )
    return dict(names)


def _changed(name: str, error: LockedFileError) -> PackError:
    return PackError(
        f"The file {name} of the locked court pack cannot be unlocked: {error}.",
        meaning="Nothing was unlocked.",
        remedy="Verify the locked pack, and ask its maker for another copy.",
    )
