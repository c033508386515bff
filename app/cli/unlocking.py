"""Asks for the passphrase of a locked pack where a command is to open it, and unlocks it for as long as that runs."""

from __future__ import annotations

import getpass
import sys
import time
from collections.abc import Callable
from pathlib import Path

from app.cli.options import interruptible, read_passphrase
from app.cli.output import Output
from app.time_text import size_text
from app.unlocked_packs import UnlockedPacks
from courtroom.errors import WrongPassphraseError
from courtroom.pack.drafts import check_room
from courtroom.pack.layout import find_pack, is_locked_pack
from courtroom.pack.listing import look
from evidence.errors import UsageError

TRIES = 3
_DELAY_S = 1.0


def unlocked_for_now(
    folder: Path,
    places: UnlockedPacks,
    output: Output,
    passphrase_file: Path | None = None,
    *,
    wait: Callable[[float], None] = time.sleep,
) -> Path:
    """Return a folder as it is, or, where it is a locked pack, the plain one that was made of it for now.

    Args:
        folder: what the user named.
        places: where packs are unlocked to; closing it removes the plain one.
        output: where to tell.
        passphrase_file: holds the passphrase; None to ask for it, without echo, three times at the most.
        wait: waits so many seconds after a wrong passphrase, each time twice as long.

    Raises:
        WrongPassphraseError: none of the passphrases unlocks it.
        StorageError: there is too little room.
        UsageError: there is nobody to ask.
        Cancelled: the user wished it; nothing is left.
    """
    pack = find_pack(folder.absolute())
    if pack is None or not is_locked_pack(pack):
        return folder
    if passphrase_file is None and not sys.stdin.isatty():
        raise UsageError(
            "The court pack is locked with a passphrase, and there is no terminal to ask for it on.",
            remedy="Name a file whose first line it is: --passphrase-file FILE",
        )
    from courtroom.pack.locking import LockRequest, unlock_pack  # a show that comes back does not wait for it

    place = places.place(pack.name)
    size = sum(look(pack).sizes.values())
    check_room(place.parent, size)
    output.warn(
        f"The court pack is locked. It is unlocked into a private folder ({size_text(size)}), which is removed when "
        "this ends."
    )
    for attempt in range(1, TRIES + 1):
        words = read_passphrase(passphrase_file) if passphrase_file else getpass.getpass("Passphrase: ")
        try:
            with output.progress("Unlocking") as progress, interruptible() as cancelled:
                unlock_pack(LockRequest(pack, place), words, progress, cancelled)
        except WrongPassphraseError:
            if passphrase_file is not None or attempt == TRIES:
                raise
            output.warn(f"That passphrase does not unlock it; capital letters count. {_left(TRIES - attempt)}")
            wait(_DELAY_S * 2 ** (attempt - 1))
        else:
            return place
    raise AssertionError("the last try returns or raises")


def _left(tries: int) -> str:
    return "One try is left." if tries == 1 else f"{tries} tries are left."
