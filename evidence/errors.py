"""One tree of errors, each with a stable code and three sentences: what happened, what it means, what to do.

To add an error: 1. subclass the nearest kind below; 2. give it a `code` that no other class has (a test checks);
3. raise it with all three sentences, in plain British English, with the file's own name in the first.
"""

from __future__ import annotations

from typing import ClassVar


class SightlineError(Exception):
    """Base of all errors that a user can meet.

    Attributes:
        code: stable identifier for machines (`--json`, the audit log, support); never shown alone.
        happened: what happened, one sentence.
        meaning: what it means for the evidence, one sentence; may be empty where it means nothing.
        remedy: what to do next, one sentence.
    """

    code: ClassVar[str] = "SL-000"

    def __init__(self, happened: str, *, meaning: str = "", remedy: str = "") -> None:
        super().__init__(happened)
        self.happened = happened
        self.meaning = meaning
        self.remedy = remedy

    def __str__(self) -> str:
        return " ".join(part for part in (self.happened, self.meaning, self.remedy) if part)

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.happened, self.meaning, self.remedy))


def _rebuild(kind: type[SightlineError], happened: str, meaning: str, remedy: str) -> SightlineError:
    """Make an error again on the other side of a process boundary."""
    return kind(happened, meaning=meaning, remedy=remedy)


class CaseError(SightlineError):
    """A case folder cannot be made, opened or changed."""

    code = "SL-100"


class CaseExistsError(CaseError):
    """A case would be made where something already is."""

    code = "SL-101"


class NotACaseError(CaseError):
    """The folder is not a Sightline case."""

    code = "SL-102"


class CaseTooNewError(CaseError):
    """The case was written by a newer version of the program."""

    code = "SL-103"


class CaseReadOnlyError(CaseError):
    """A change was asked of a case that is open read-only."""

    code = "SL-104"


class CaseBusyError(CaseError):
    """Another program is writing the same case."""

    code = "SL-105"


class CaseDamagedError(CaseError):
    """The case's own files are damaged."""

    code = "SL-106"


class NoSuchItemError(CaseError):
    """A camera or recording was asked for that the case does not hold."""

    code = "SL-107"


class StorageError(SightlineError):
    """The disk did not take what was written, for instance because it is full."""

    code = "SL-200"


class OriginalError(SightlineError):
    """An original cannot be used as evidence as it stands."""

    code = "SL-300"


class OriginalMissingError(OriginalError):
    """The original is not where the case says."""

    code = "SL-301"


class OriginalUnreadableError(OriginalError):
    """The original may not be read, or the disk returned an error."""

    code = "SL-302"


class OriginalChangedError(OriginalError):
    """The original changed while it was read, or is not the file that was added."""

    code = "SL-303"


class NotAnOriginalError(OriginalError):
    """The path names something that is no file at all: a device, a socket, a folder."""

    code = "SL-304"


class MediaError(SightlineError):
    """A file cannot be understood as a recording."""

    code = "SL-400"


class EmptyFileError(MediaError):
    """The file has no bytes."""

    code = "SL-401"


class NotMediaError(MediaError):
    """The file is not sound or picture in any format that is known here."""

    code = "SL-402"


class TruncatedMediaError(MediaError):
    """The file is cut short, so that nothing, or not all, of it can be played."""

    code = "SL-403"


class ReaderCrashedError(MediaError):
    """Reading the file stopped or hung the child process that read it."""

    code = "SL-404"


class NoTimeError(SightlineError):
    """A time was typed that cannot be understood."""

    code = "SL-500"


class DecoderError(SightlineError):
    """A decoder process failed or cannot show what was asked."""

    code = "SL-600"


class UsageError(SightlineError):
    """The command line, or a request, does not make sense."""

    code = "SL-700"


class Cancelled(SightlineError):  # noqa: N818 - the user's wish, not a fault
    """The user cancelled a job; whatever it had begun was undone."""

    code = "SL-900"
