"""Checks 1 to 3: the pack's files, its signature, and that what is in it fits together, as `verify_pack` finds it."""

from __future__ import annotations

from courtroom.pack.findings import Fault, PackFinding, PackVerdict
from courtroom.preflight.checks import Check, Outcome, Result
from courtroom.preflight.material import Material

_SIGNATURE = frozenset(
    {Fault.NOT_SIGNED, Fault.SIGNATURE_WRONG, Fault.KEY_DIFFERS, Fault.KEY_UNKNOWN},
)
_CONTENTS = frozenset({Fault.CONTENTS_WRONG, Fault.NEWER_PACK, Fault.LOCKED})
_ANOTHER_COPY = "Do not use this pack. Ask its maker for another copy, or copy it again from the stick."
_REMEDIES = {
    Fault.NOT_SIGNED: "Ask the maker for a signed pack, or compare the hash of the manifest with him on another way.",
    Fault.KEY_UNKNOWN: "Compare the key's fingerprint with its maker on another way, then once: sightline verify PACK "
    "--fingerprint “…” --remember NAME",
    Fault.NEWER_PACK: "Install the newer version of Sightline on this machine.",
    Fault.LOCKED: "Unlock it into a folder of your own: sightline unlock PACK --out FOLDER --passphrase-file FILE",
    Fault.UNREADABLE: "Copy the pack to this machine's own disk, and check that copy.",
    Fault.CONTENTS_WRONG: "Make the pack anew from the case.",
}


def pack_results(found: PackVerdict, material: Material | None, *, is_quick: bool) -> list[Result]:
    """Return what a check of the pack says, each finding with the items that need its file.

    Args:
        found: what `verify_pack` found.
        material: the run sheet, or None where the pack cannot be opened.
        is_quick: whether the payload's bytes were left unread on purpose.
    """
    results = [one for finding in found.findings for one in _results(finding, material)]
    said = {one.check for one in results}
    if Check.FILES not in said:
        results.append(_files(found, is_quick=is_quick))
    if Check.SIGNATURE not in said and found.key is not None:
        whose = "your own key" if found.key_holder == "you" else f"the key of {found.key_holder or 'somebody'}"
        results.append(Result(Check.SIGNATURE, Outcome.PASS, f"Signed with {whose}; the signature is good."))
    elif Check.SIGNATURE not in said:
        text = "The signature was not checked, since the pack cannot be read as one."
        results.append(Result(Check.SIGNATURE, Outcome.FAIL, text, _ANOTHER_COPY))
    if Check.CONTENTS not in said and material is not None:
        count = len(material.items)
        text = f"The run sheet “{material.source.sheet.title}” with {count:,} items fits what is in the pack."
        results.append(Result(Check.CONTENTS, Outcome.PASS, text))
    return results


def _files(found: PackVerdict, *, is_quick: bool) -> Result:
    if found.is_complete:
        return Result(Check.FILES, Outcome.PASS, f"All {found.files:,} files are there, byte for byte, and no others.")
    if is_quick:
        text = f"All {found.files:,} files are there and no others; their bytes were not read: this is a sample."
        return Result(Check.FILES, Outcome.NOTE, text, "Run the whole preflight before the day in court.")
    return Result(Check.FILES, Outcome.FAIL, "Not every file could be read.", _ANOTHER_COPY)


def _results(finding: PackFinding, material: Material | None) -> list[Result]:
    check = Check.FILES
    if finding.fault in _SIGNATURE:
        check = Check.SIGNATURE
    elif finding.fault in _CONTENTS:
        check = Check.CONTENTS
    remedy = _REMEDIES.get(finding.fault, _ANOTHER_COPY)
    reason = finding.text if not finding.file else f"{finding.file.rpartition('/')[2]} {finding.text}"
    if finding.text[:1].isupper():
        reason = finding.text
    users = () if material is None or not finding.file else material.users_of(finding.file)
    if material is None or not users:
        return [Result(check, Outcome.FAIL, reason, remedy, file=finding.file)]
    return [material.result(check, Outcome.FAIL, item, reason, remedy, file=finding.file) for item in users]
