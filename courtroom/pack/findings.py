"""What verifying a pack finds: one finding a fault, each with the file it is about, and the verdict of all."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from courtroom.pack.signing import PublicKey
from evidence.verify import Verdict, worst_of


class Fault(StrEnum):
    """Every sort of fault that a check names; stable codes for machines."""

    NOT_A_PACK = "not-a-pack"
    NEWER_PACK = "newer-pack"
    TAG_FILE_UNREADABLE = "tag-file-unreadable"
    BAD_NAME = "bad-name"
    LEADS_OUT = "leads-out"
    NAME_TWICE = "name-twice"
    NOT_A_FILE = "not-a-file"
    MISSING = "missing"
    EXTRA = "extra"
    CHANGED = "changed"
    UNREADABLE = "unreadable"
    NOT_CHECKED = "not-checked"
    SIZE_DIFFERS = "size-differs"
    LOCKED = "locked"
    NOT_SIGNED = "not-signed"
    SIGNATURE_WRONG = "signature-wrong"
    KEY_DIFFERS = "key-differs"
    KEY_UNKNOWN = "key-unknown"
    CONTENTS_WRONG = "contents-wrong"


@dataclass(frozen=True, slots=True)
class PackFinding:
    """One thing that is not as it should be.

    Attributes:
        fault: which sort.
        file: the file it is about, as seen from the pack and cleaned for display; "" for the whole.
        verdict: what it makes of the whole: MISMATCH, or UNKNOWN.
        text: what was found and what it means, in words for people.
    """

    fault: Fault
    file: str
    verdict: Verdict
    text: str

    def __str__(self) -> str:
        return f"{self.file}: {self.text}" if self.file else self.text


@dataclass(frozen=True, slots=True)
class PackVerdict:
    """What a check says of a pack.

    Attributes:
        findings: everything that is amiss, by file.
        files: how many files the manifests list.
        checked_bytes: how much was read and compared.
        is_complete: whether every file was read; False after a quick look, or where it was cancelled.
        key: whose signature it bears, where it bears a good one.
        key_holder: who that is as far as this user knows, or "".
        manifest_sha256: of the tag manifest as it lies there, or "".
    """

    findings: tuple[PackFinding, ...]
    files: int
    checked_bytes: int
    is_complete: bool
    key: PublicKey | None
    key_holder: str
    manifest_sha256: str

    @property
    def verdict(self) -> Verdict:
        """The worst of all; what was not checked is unknown, never good."""
        unread = () if self.is_complete else (Verdict.UNKNOWN,)
        return worst_of([*(finding.verdict for finding in self.findings), *unread])
