"""Verifies a court pack: collects every fault with the file it is about, reads each file once, follows nothing.

1. It says that it is a pack, of a version that is known here.
2. Its manifests can be read, and list no name that leads elsewhere or occurs twice.
3. What lies in the folder are plain files and folders, and exactly those that are listed.
4. Each tag file has the hash that the tag manifest says.
5. The signature is good, its key is the one that the pack names, and the user knows that key.
6. Each payload file has the hash that the manifest says. (A quick look leaves this out, and says UNKNOWN.)
7. What is in it fits together: run sheet, extract, recordings and documents (`courtroom.pack.contents`).

Of a locked pack only steps 2, 3, 4 and 6 can be taken, and the verdict is UNKNOWN at best.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from courtroom.pack.contents import check_contents
from courtroom.pack.findings import Fault, PackFinding, PackVerdict
from courtroom.pack.layout import (
    BAG_INFO,
    BAGIT,
    BAGIT_DECLARATION,
    INDEX,
    MANIFEST,
    PACK_VERSION,
    PUBLIC_KEY,
    SIGNATURE,
    TAG_MANIFEST,
    UNSEALED_TAG_FILES,
    is_locked_pack,
)
from courtroom.pack.listing import Found, Listed, look, mismatch, read_manifest, read_tag_file, unknown
from courtroom.pack.signing import SIGNATURE_BYTES, PublicKey, read_public_key, same_fingerprint
from evidence.errors import OriginalChangedError, OriginalError
from evidence.hashing import hash_original
from evidence.jobs import IsCancelled, Progress, ProgressReport, never_cancelled, no_progress
from evidence.originals import open_original
from evidence.text import clean_line

KnowsKey = Callable[[PublicKey], str | None]
"""Returns whose key it is, or None where the user has not said so."""

_NEEDED = (BAGIT, BAG_INFO, MANIFEST, TAG_MANIFEST, INDEX)


def nobody_known(_key: PublicKey) -> str | None:
    """Know no key."""
    return None


def verify_pack(
    folder: Path,
    knows: KnowsKey,
    progress: Progress = no_progress,
    cancelled: IsCancelled = never_cancelled,
    *,
    is_quick: bool = False,
) -> PackVerdict:
    """Check a pack, as the module describes. What is wrong is in the result; it is not raised. From any thread.

    Args:
        folder: the pack.
        knows: whose key one is.
        progress: told bytes read and in all, from this thread.
        cancelled: asked after every mebibyte.
        is_quick: leave the payload's bytes unread (step 6); the verdict is then UNKNOWN at best.
    """
    return _Check(folder, knows, progress, cancelled, is_quick=is_quick).go()


class _Check:
    def __init__(
        self, folder: Path, knows: KnowsKey, progress: Progress, cancelled: IsCancelled, *, is_quick: bool
    ) -> None:
        self._folder = folder
        self._knows = knows
        self._progress = progress
        self._cancelled = cancelled
        self._is_quick = is_quick
        self._is_locked = is_locked_pack(folder)
        self._findings: list[PackFinding] = []
        self._read = 0
        self._total = 0
        self._left = 0

    def go(self) -> PackVerdict:
        tags = {name: read_tag_file(self._folder, name) for name in (*_NEEDED, SIGNATURE, PUBLIC_KEY)}
        info = self._check_kind(tags)  # step 1
        listed = self._list(MANIFEST, tags[MANIFEST], is_payload=True)  # step 2
        tag_listed = self._list(TAG_MANIFEST, tags[TAG_MANIFEST], is_payload=False)
        found = look(self._folder)  # step 3
        self._findings += found.findings
        self._compare_names(listed, tag_listed, found)
        there = {path: size for path, size in found.sizes.items() if path in {*listed.hashes, *tag_listed.hashes}}
        self._total = sum(there.values())
        for path in tag_listed.hashes:  # step 4
            self._check_hash(path, tag_listed.hashes[path], there)
        key, holder = (None, "") if self._is_locked else self._check_signature(tags, info)  # step 5
        for path in listed.hashes:  # step 6
            if self._is_quick:
                self._left += 1
            else:
                self._check_hash(path, listed.hashes[path], there)
        if self._is_locked:
            text = "The pack is locked with a passphrase. What is in it, and who signed it, shows once it is unlocked."
            self._findings.append(unknown(Fault.LOCKED, "", text))
        elif not any(finding.fault is Fault.NOT_A_PACK for finding in self._findings):
            self._findings += check_contents(self._folder, listed.hashes)  # step 7
        manifest = tags[TAG_MANIFEST]
        return PackVerdict(
            findings=tuple(dict.fromkeys(self._findings)),
            files=len(listed.hashes) + len(tag_listed.hashes),
            checked_bytes=self._read,
            is_complete=self._left == 0,
            key=key,
            key_holder=holder,
            manifest_sha256="" if manifest is None else hashlib.sha256(manifest).hexdigest(),
        )

    def _check_kind(self, tags: dict[str, bytes | None]) -> dict[str, str]:
        for name in _NEEDED:
            if tags[name] is None:
                fault = Fault.NOT_A_PACK if name in {BAGIT, MANIFEST, TAG_MANIFEST} else Fault.MISSING
                self._findings.append(mismatch(fault, name, "is missing or cannot be read; every pack has it."))
        if tags[BAGIT] not in {None, BAGIT_DECLARATION}:
            self._findings.append(mismatch(Fault.CHANGED, BAGIT, "is not the declaration that a pack has."))
        info = _info_of(tags[BAG_INFO] or b"")
        version = info.get("Sightline-Pack-Version", "")
        if version.isdecimal() and int(version) > PACK_VERSION:
            text = (
                f"says that the pack is of version {clean_line(version, limit=20)}; this program knows {PACK_VERSION}."
            )
            self._findings.append(unknown(Fault.NEWER_PACK, BAG_INFO, text))
        elif version != str(PACK_VERSION) and tags[BAG_INFO] is not None and not self._is_locked:
            self._findings.append(mismatch(Fault.CHANGED, BAG_INFO, "does not say which version of a pack this is."))
        return info

    def _list(self, name: str, content: bytes | None, *, is_payload: bool) -> Listed:
        listed = Listed() if content is None else read_manifest(name, content, is_payload=is_payload)
        self._findings += listed.findings
        return listed

    def _compare_names(self, listed: Listed, tag_listed: Listed, found: Found) -> None:
        for path in (*tag_listed.hashes, *listed.hashes):
            if path not in found.sizes:
                self._findings.append(mismatch(Fault.MISSING, path, "is listed and is not there."))
        known = {*listed.hashes, *tag_listed.hashes, *UNSEALED_TAG_FILES}
        for path in found.sizes:
            if path not in known:
                self._findings.append(mismatch(Fault.EXTRA, path, "is there and is not listed: it was put in later."))

    def _check_hash(self, path: str, expected: str, there: dict[str, int]) -> None:
        if path not in there:
            return
        if self._cancelled():
            self._left += 1
            return
        begun = self._read
        try:
            with open_original(os.fsencode(self._folder / path)) as original:
                digest = hash_original(original, lambda done: self._tell(begun + done, path), self._cancelled)
                original.check_unchanged()
        except OriginalChangedError as error:
            self._findings.append(mismatch(Fault.CHANGED, path, str(error)))
            return
        except OriginalError as error:
            self._left += 1
            self._findings.append(unknown(Fault.UNREADABLE, path, str(error)))
            return
        finally:
            self._read = begun + there[path]
        if digest is None:
            self._left += 1
        elif digest.hex != expected:
            text = "is not the file that was put into the pack: its SHA-256 is another one."
            self._findings.append(mismatch(Fault.CHANGED, path, text))

    def _tell(self, done: int, path: str) -> None:
        self._progress(ProgressReport(min(done, self._total), self._total, "bytes", path))

    def _check_signature(self, tags: dict[str, bytes | None], info: dict[str, str]) -> tuple[PublicKey | None, str]:
        signature, pem, signed = tags[SIGNATURE], tags[PUBLIC_KEY], tags[TAG_MANIFEST]
        named = info.get("Sightline-Key-Fingerprint", "")
        if signature is None and pem is None and not named:
            text = "The pack is not signed, so nothing says who made it; its hashes alone show that it is whole."
            self._findings.append(unknown(Fault.NOT_SIGNED, "", text))
            return None, ""
        key = None if pem is None else read_public_key(pem)
        if key is None:
            fault = Fault.MISSING if pem is None else Fault.SIGNATURE_WRONG
            self._findings.append(mismatch(fault, PUBLIC_KEY, "holds no key with which the signature can be checked."))
        if signature is None or len(signature) != SIGNATURE_BYTES:
            fault = Fault.MISSING if signature is None else Fault.SIGNATURE_WRONG
            self._findings.append(mismatch(fault, SIGNATURE, "holds no signature, although the pack was signed."))
        if key is None or signature is None or signed is None:
            return None, ""
        if not same_fingerprint(named, key.fingerprint):
            text = "is not the key that the pack names: somebody else has signed it, or the key was changed."
            self._findings.append(mismatch(Fault.KEY_DIFFERS, PUBLIC_KEY, text))
            return None, ""
        if not key.has_signed(signed, signature):
            text = "is not a signature of this pack by the key that it names: one of the two was changed."
            self._findings.append(mismatch(Fault.SIGNATURE_WRONG, SIGNATURE, text))
            return None, ""
        holder = self._knows(key)
        if holder is None:
            text = (
                "The signature is good, but its key is not known here. Ask the maker for the key's fingerprint on "
                f"another way and compare: {key.fingerprint}."
            )
            self._findings.append(unknown(Fault.KEY_UNKNOWN, PUBLIC_KEY, text))
        return key, holder or ""


def _info_of(untrusted_content: bytes) -> dict[str, str]:
    """Read bag-info.txt; a line that begins with a blank goes on with the one before."""
    found: dict[str, str] = {}
    name = ""
    for line in untrusted_content.decode("utf-8", errors="replace").splitlines()[:1_000]:
        if line[:1] in {" ", "\t"} and name:
            found[name] = f"{found[name]} {line.strip()}"
        else:
            name, _, text = line.partition(":")
            found[name] = text.strip()
    return found
