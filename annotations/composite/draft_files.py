"""The files of an export that has no folder of its own: made in a folder beside, and moved to their names when whole.

The folder's name ends in " incomplete" and holds a lock while it is written, as `annotations.cuts.draft_folder` has it;
what a kill leaves is swept away at the next export beside it.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from annotations.cuts.draft_folder import INCOMPLETE, sweep
from evidence.atomic_file import sync_file, sync_folder
from evidence.case_folder import take_lock
from evidence.errors import StorageError


@contextlib.contextmanager
def drafting_files(out: Path, names: Sequence[str]) -> Iterator[Path]:
    """Make a folder to fill with files; they move beside `out` when the block ends well, `out` itself last.

    Args:
        out: the chief of the files.
        names: of all of them, `out`'s among them.

    Raises:
        StorageError: the disk does not take it.
    """
    parent = out.parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        sweep(parent)
        draft = parent / (out.stem + INCOMPLETE)
        draft.mkdir()
    except OSError as error:
        raise StorageError(
            f"{out.name} cannot be made in {parent}: {error.strerror or error}.",
            meaning="Nothing was exported.",
            remedy="Choose another folder, or wait until the export to that name has ended.",
        ) from error
    lock = take_lock(draft)
    try:
        yield draft
        for name in names:
            sync_file(draft / name)  # before any has its name: a large video may take long
        for name in sorted(names, key=lambda one: one == out.name):
            (draft / name).replace(parent / name)
        sync_folder(parent)
    except OSError as error:
        raise StorageError(
            f"{out.name} cannot be written: {error.strerror or error}.",
            meaning="The export is not complete.",
            remedy="Check the folder, the disk and its free space.",
        ) from error
    finally:
        lock.release()
        shutil.rmtree(draft, ignore_errors=True)
