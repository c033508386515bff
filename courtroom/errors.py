"""What can be wrong with run sheets and court packs."""

from __future__ import annotations

from pathlib import Path

from evidence.errors import SightlineError


class RunSheetError(SightlineError):
    """A run sheet cannot be read or used."""

    code = "SL-850"


class RunSheetTooNewError(RunSheetError):
    """A run sheet was written by a newer version of the program."""

    code = "SL-851"


class DocumentError(SightlineError):
    """A document or picture cannot be shown."""

    code = "SL-852"


class PackError(SightlineError):
    """A court pack cannot be made, or cannot be opened."""

    code = "SL-860"


class PackRefusedError(PackError):
    """A folder is no court pack, or not one that may be opened."""

    code = "SL-861"


class PackLockedError(PackRefusedError):
    """A court pack is locked with a passphrase.

    Attributes:
        folder: the pack.
    """

    code = "SL-869"
    folder: Path | None = None


class WrongPassphraseError(PackError):
    """A passphrase does not unlock a court pack."""

    code = "SL-872"


class PackTooNewError(PackError):
    """A court pack was made by a newer version of the program."""

    code = "SL-862"


class SigningKeyError(PackError):
    """The key that signs packs cannot be had."""

    code = "SL-863"
