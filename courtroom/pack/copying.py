"""Copies a court pack, for instance from a stick to the computer it is shown from; each file is checked on the way."""

from __future__ import annotations

import os
from pathlib import Path

from courtroom.errors import PackRefusedError
from courtroom.pack.bag import BagWriter
from courtroom.pack.drafts import check_room, making, told
from courtroom.pack.layout import MANIFEST, TAG_MANIFEST
from courtroom.pack.listing import look, read_manifest, read_tag_file
from evidence.jobs import IsCancelled, Progress, ProgressReport
from evidence.originals import open_original


def copy_pack(source: Path, folder: Path, progress: Progress, cancelled: IsCancelled) -> None:
    """Copy a pack; every file that is listed must have the hash that is listed. From any thread.

    Args:
        source: the pack, plain or locked.
        folder: becomes the copy; there must be nothing of that name.
        progress: told bytes copied and in all.
        cancelled: asked after every mebibyte.

    Raises:
        PackRefusedError: a file was changed, or is no plain file; the text names it.
        PackError: something is at that place already.
        OriginalError: a file cannot be read.
        StorageError: there is too little room, or the disk does not take it.
        Cancelled: the user wished it.
        Nothing of the copy is left in any of these cases.
    """
    listed: dict[str, str] = {}
    for name, is_payload in ((MANIFEST, True), (TAG_MANIFEST, False)):
        listed |= read_manifest(name, read_tag_file(source, name) or b"", is_payload=is_payload).hashes
    found = look(source)
    if found.findings:
        raise _refused(str(found.findings[0]))
    total, done = sum(found.sizes.values()), 0

    def on_bytes(count: int) -> None:
        nonlocal done
        done += count
        progress(ProgressReport(min(done, total), total, "bytes", "copying"))

    with told("copying the court pack"):
        folder.parent.mkdir(parents=True, exist_ok=True)
        check_room(folder.parent, total)
        with making(folder) as draft:
            bag = BagWriter(draft, on_bytes, cancelled)
            for path in sorted(found.sizes):
                with open_original(os.fsencode(source / path)) as original:
                    copied = bag.copy(path, original)
                if listed.get(path, copied.sha256) != copied.sha256:
                    raise _refused(f"{path} is not the file that was put into the pack.")
            bag.sync()


def _refused(why: str) -> PackRefusedError:
    return PackRefusedError(
        f"The court pack was not copied: {why}",
        meaning="It is not as it was made; nothing of the copy was left.",
        remedy="Verify the pack to see everything that is amiss, and ask its maker for another copy.",
    )
