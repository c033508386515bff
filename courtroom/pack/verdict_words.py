"""What is said of a checked pack, in words for people."""

from __future__ import annotations

from courtroom.pack.findings import Fault, PackVerdict
from evidence.verify import Verdict


def summary(found: PackVerdict) -> str:
    """Return the verdict in a sentence or two."""
    who = _signer(found)
    if any(one.fault is Fault.LOCKED for one in found.findings) and found.verdict is Verdict.UNKNOWN:
        return "UNKNOWN: the pack arrived whole, and is locked; unlock it, then verify what is in it."
    if found.verdict is Verdict.VERIFIED:
        return f"VERIFIED: all {found.files:,} files are what was packed. {who}"
    if found.verdict is Verdict.MISMATCH:
        count = sum(one.verdict is Verdict.MISMATCH for one in found.findings)
        what = "1 thing is" if count == 1 else f"{count:,} things are"
        return f"MISMATCH: {what} not as the pack was made. Do not use it; ask its maker for another copy."
    if not found.is_complete:
        return f"UNKNOWN: not every file has been read yet. {who}"
    return f"UNKNOWN: nothing is wrong with the files, but not everything can be vouched for. {who}"


def _signer(found: PackVerdict) -> str:
    if found.key is None:
        return "It is not signed by anybody."
    if not found.key_holder:
        return f"It is signed with a key that is not known here: {found.key.fingerprint}."
    holder = "your own key" if found.key_holder == "you" else f"the key of {found.key_holder}"
    return f"It is signed with {holder}."
