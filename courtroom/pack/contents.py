"""Checks that what a pack holds fits together: the run sheet, the extract of the case, the recordings, the documents.

The hashes say that nothing was changed since the pack was made; this says that it was made well, and that what the
extract says of a recording is said of the file that lies there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from courtroom.documents import FOLDER, document_name
from courtroom.errors import RunSheetError, RunSheetTooNewError
from courtroom.pack.findings import Fault, PackFinding
from courtroom.pack.layout import CASE, CONTENTS, RECORDINGS, RUN_SHEET
from courtroom.pack.listing import mismatch, read_tag_file, unknown
from courtroom.pack.needs import find_empty_items, find_needs
from courtroom.run_sheet import RunSheet
from courtroom.run_sheet_json import from_json
from evidence.case import Case
from evidence.errors import CaseTooNewError, SightlineError
from evidence.records import Severity
from evidence.verify import check_database, check_log
from sync.timeline import build_timeline

_DATABASE = f"{CASE}/case.db"
_LOG = f"{CASE}/audit.log"
_NOT_IN_CASE = "is not what the extract says it is."


def check_contents(folder: Path, hashes: Mapping[str, str]) -> list[PackFinding]:
    """Return what does not fit together in a pack.

    Args:
        folder: the pack.
        hashes: SHA-256 of each payload file by path, as the manifest lists them.
    """
    findings: list[PackFinding] = []
    sheet = _read_sheet(folder, findings)
    _check_description(folder, findings)
    try:
        with Case.open_sealed(folder / CASE) as case:
            findings += [
                mismatch(Fault.CONTENTS_WRONG, _DATABASE, str(finding))
                for finding in check_database(case)
                if finding.severity is Severity.PROBLEM
            ]
            _report, log_findings = check_log(case)
            findings += [mismatch(Fault.CONTENTS_WRONG, _LOG, str(finding)) for finding in log_findings]
            _check_recordings(case, hashes, findings)
            if sheet is not None:
                _check_sheet(case, sheet, hashes, findings)
    except CaseTooNewError as error:
        findings.append(unknown(Fault.NEWER_PACK, _DATABASE, str(error)))
    except SightlineError as error:
        findings.append(mismatch(Fault.CONTENTS_WRONG, _DATABASE, f"cannot be opened as a case: {error}"))
    return findings


def _read_sheet(folder: Path, findings: list[PackFinding]) -> RunSheet | None:
    untrusted = read_tag_file(folder, RUN_SHEET)
    if untrusted is None:
        findings.append(mismatch(Fault.MISSING, RUN_SHEET, "is missing or cannot be read; every pack has it."))
        return None
    try:
        return from_json(untrusted)
    except RunSheetTooNewError as error:
        findings.append(unknown(Fault.NEWER_PACK, RUN_SHEET, str(error)))
    except RunSheetError as error:
        findings.append(mismatch(Fault.CONTENTS_WRONG, RUN_SHEET, str(error)))
    return None


def _check_description(folder: Path, findings: list[PackFinding]) -> None:
    untrusted = read_tag_file(folder, CONTENTS)
    try:
        document = json.loads(untrusted or b"")
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or document.get("format") != "sightline court pack":
        findings.append(mismatch(Fault.CONTENTS_WRONG, CONTENTS, "does not describe a court pack."))


def _check_recordings(case: Case, hashes: Mapping[str, str], findings: list[PackFinding]) -> None:
    recordings = case.recordings()
    places = case.find_originals(recordings)
    used: set[str] = set()
    root = case.folder.parent.parent
    for recording in recordings:
        place = places[recording.id]
        path = "" if place is None else os.path.relpath(place, root).replace(os.sep, "/")
        if place is not None and not place.resolve().is_relative_to(root.resolve()):
            text = f"says that the recording {recording.display_name} lies outside of the pack."
            findings.append(mismatch(Fault.LEADS_OUT, _DATABASE, text))
        elif path not in hashes:
            text = f"names the recording {recording.display_name}, which is not in the pack."
            findings.append(mismatch(Fault.CONTENTS_WRONG, _DATABASE, text))
        elif hashes[path] != recording.sha256:
            findings.append(mismatch(Fault.CONTENTS_WRONG, path, _NOT_IN_CASE))
        used.add(path)
    findings += [
        mismatch(Fault.CONTENTS_WRONG, path, "belongs to no recording of the extract.")
        for path in hashes
        if path.startswith(f"{RECORDINGS}/") and path not in used
    ]


def _check_sheet(case: Case, sheet: RunSheet, hashes: Mapping[str, str], findings: list[PackFinding]) -> None:
    timeline = build_timeline(case.cameras(), case.recordings(), case.clock_settings(), case.info().time_zone)
    try:
        find_needs(sheet, timeline)
    except RunSheetError as error:
        findings.append(mismatch(Fault.CONTENTS_WRONG, RUN_SHEET, str(error)))
        return
    for empty in find_empty_items(sheet, timeline):
        text = f"item {empty.place}, “{empty.item.title}”: none of its cameras was recording then; it shows black."
        findings.append(unknown(Fault.CONTENTS_WRONG, RUN_SHEET, text))
    for file in sheet.files:
        path = f"{CASE}/{FOLDER}/{document_name(file)}"
        if hashes.get(path) != file.sha256:
            findings.append(mismatch(Fault.CONTENTS_WRONG, path, f"({file.name}) is not what the run sheet names."))
