"""Makes a court pack from a run sheet.

1. What the run sheet needs is worked out from its items (`courtroom.pack.needs`).
2. There must be room for it.
3. A new case is built from the list of what is needed (`evidence.extract`), and sealed.
4. Each recording and document is copied, hashed while it is read, and compared with the hash that the case has of it.
5. The run sheet, the statement of the clocks, the sync certificate and `index.html` are written.
6. Manifests are written and the last of them is signed.
7. Everything is on the disk; only then the pack gets its name. Until then it lies under an incomplete one.
8. The audit log of the case tells of it, where it can be written.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from annotations.shapes.record import load_shapes
from annotations.transcripts.store import load_book
from courtroom.documents import FOLDER, document_name, document_path
from courtroom.pack.bag import BagFile, BagWriter
from courtroom.pack.certificate import certificate_links, write_certificate
from courtroom.pack.drafts import check_free, check_room, making, told
from courtroom.pack.drawn import keep_shapes, needed_shapes
from courtroom.pack.layout import (
    CASE,
    CLOCKS,
    CONTENTS,
    INDEX,
    PACK_VERSION,
    PUBLIC_KEY,
    RECORDINGS,
    RUN_SHEET,
    SIGNATURE,
    pack_names,
)
from courtroom.pack.needs import EmptyItem, Needs, find_empty_items, find_needs
from courtroom.pack.pages import PackFacts, clocks_page, index_page
from courtroom.pack.signing import SigningKey
from courtroom.pack.spoken import keep_words, needed_words
from courtroom.run_sheet import RunSheet, SheetFile
from courtroom.run_sheet_json import to_json
from courtroom.run_sheet_store import save_run_sheet
from evidence.case import Case
from evidence.database import damaged
from evidence.errors import CaseReadOnlyError, OriginalChangedError, OriginalMissingError, StorageError
from evidence.extract import ExtractPlan, make_extract, seal
from evidence.jobs import IsCancelled, Progress, ProgressReport
from evidence.originals import open_original
from evidence.program import program_name
from evidence.records import Recording
from evidence.text import clean_line, display_path
from evidence.times import iso_utc
from sync.timeline import Timeline, build_timeline


@dataclass(frozen=True, slots=True)
class PackRequest:
    """What to make.

    Attributes:
        folder: becomes the pack; there must be nothing of that name, or an empty folder.
        sheet: what is shown.
        version: number of the sheet's version in the case; 0 where it is not kept there.
        by: who makes it.
        with_certificate: whether the sync certificate of its cameras goes in.
    """

    folder: Path
    sheet: RunSheet
    version: int
    by: str
    with_certificate: bool = True


@dataclass(frozen=True, slots=True)
class PackResult:
    """What was made.

    Attributes:
        manifest_sha256: of the tag manifest, which stands for the whole pack.
        fingerprint: of the key that signed it, or "".
        empty_items: items of which no camera was recording; they are in the pack all the same.
        unaudited_reason: why the case's audit log does not tell of it, or "".
    """

    folder: Path
    files: int
    size_bytes: int
    recordings: int
    manifest_sha256: str
    fingerprint: str
    empty_items: tuple[EmptyItem, ...]
    unaudited_reason: str


def make_pack(
    request: PackRequest, case: Case, key: SigningKey | None, progress: Progress, cancelled: IsCancelled
) -> PackResult:
    """Make a pack, as the module describes. From any thread.

    Args:
        request: what to make.
        case: the case that the run sheet belongs to, open.
        key: signs it; None leaves it unsigned, which whoever verifies it is told.
        progress: told bytes copied and in all.
        cancelled: asked after every mebibyte.

    Raises:
        PackError: something is at that place already.
        RunSheetError: the run sheet names what the case does not hold.
        OriginalError: a recording or document is missing, unreadable, or not what was added.
        StorageError: there is too little room, or the disk does not take it.
        Cancelled: the user wished it.
        Nothing of the pack is left in any of these cases.
    """
    timeline = _timeline(case)
    needs = find_needs(request.sheet, timeline)  # step 1
    folder = request.folder.absolute()
    check_free(folder)
    work = _Making(request, case, key, needs, progress=progress, cancelled=cancelled)
    with told("making the court pack"):
        folder.parent.mkdir(parents=True, exist_ok=True)
        check_room(folder.parent, work.needed_bytes)  # step 2
        with making(folder) as draft:  # step 7
            listed = work.fill(draft)
    result = PackResult(
        folder=folder,
        files=len(work.payload),
        size_bytes=sum(file.size_bytes for file in work.payload),
        recordings=len(needs.recordings),
        manifest_sha256=hashlib.sha256(listed).hexdigest(),
        fingerprint="" if key is None else key.public.fingerprint,
        empty_items=find_empty_items(request.sheet, timeline),
        unaudited_reason="",
    )
    return _told(case, request, result)  # step 8


class _Making:
    """One pack under way."""

    def __init__(
        self,
        request: PackRequest,
        case: Case,
        key: SigningKey | None,
        needs: Needs,
        *,
        progress: Progress,
        cancelled: IsCancelled,
    ) -> None:
        self._request = request
        self._case = case
        self._key = key
        self._needs = needs
        self._progress = progress
        self._cancelled = cancelled
        self._total = sum(one.size_bytes for one in needs.recordings) + sum(file.size_bytes for file in needs.files)
        self._done = 0
        self._now = ""
        self.payload: tuple[BagFile, ...] = ()

    @property
    def needed_bytes(self) -> int:
        return self._total + (self._case.folder / "case.db").stat().st_size

    def fill(self, draft: Path) -> bytes:
        """Write everything into the draft; return the tag manifest."""
        bag = BagWriter(draft, self._on_bytes, self._cancelled)
        names = pack_names(one.display_name for one in self._needs.recordings)
        places = {one.id: f"{RECORDINGS}/{name}" for one, name in zip(self._needs.recordings, names, strict=True)}
        timeline = self._build_extract(draft, places)  # step 3
        for name in sorted(path.name for path in (draft / CASE).iterdir()):
            bag.take(f"{CASE}/{name}")
        files = self._copy_recordings(bag, places)  # step 4
        papers = self._copy_documents(bag)
        facts = self._certify(bag, draft, self._facts(files, papers))
        bag.write(RUN_SHEET, to_json(self._request.sheet))  # step 5
        bag.write(CLOCKS, clocks_page(facts.info, timeline))
        bag.write(CONTENTS, _contents(facts, self._needs, files))
        bag.write(INDEX, index_page(facts, timeline))
        listed = bag.finish(_bag_info(facts))  # step 6
        if self._key is not None:
            bag.add_unlisted(PUBLIC_KEY, self._key.public.pem)
            bag.add_unlisted(SIGNATURE, self._key.sign(listed))
        bag.sync()
        self.payload = bag.payload
        return listed

    def _build_extract(self, draft: Path, places: Mapping[str, str]) -> Timeline:
        from_case = {recording_id: os.fsencode(os.path.relpath(place, CASE)) for recording_id, place in places.items()}
        plan = ExtractPlan(self._needs.camera_ids, from_case)
        with make_extract(self._case, draft / CASE, plan, by=self._request.by) as made:
            save_run_sheet(made, self._request.sheet, by=self._request.by)
            timeline = _timeline(made)
            words = needed_words(load_book(self._case), self._request.sheet, timeline, made.frame_index)
            keep_words(made, words, by=self._request.by)
            keep_shapes(
                made, needed_shapes(load_shapes(self._case), self._request.sheet, timeline), by=self._request.by
            )
        try:
            seal(draft / CASE)
        except sqlite3.Error as error:
            raise damaged("sealing the extract", str(error)) from error
        return timeline

    def _copy_recordings(self, bag: BagWriter, places: Mapping[str, str]) -> dict[str, BagFile]:
        originals = self._case.find_originals(self._needs.recordings)
        files: dict[str, BagFile] = {}
        for recording in self._needs.recordings:
            original_path = originals[recording.id]
            if original_path is None:
                raise OriginalMissingError(
                    f"{recording.display_name} is not there.",
                    meaning="The run sheet needs it, so no pack was made.",
                    remedy="Connect its drive, or find where the file is now, and make the pack again.",
                )
            self._now = recording.display_name
            with open_original(os.fsencode(original_path)) as original:
                file = bag.copy(places[recording.id], original)
            _check_same(recording.display_name, recording.sha256, file.sha256)
            files[recording.id] = file
        return files

    def _copy_documents(self, bag: BagWriter) -> dict[SheetFile, BagFile]:
        papers: dict[SheetFile, BagFile] = {}
        for wanted in self._needs.files:
            self._now = wanted.name
            with open_original(os.fsencode(document_path(self._case.folder, wanted))) as original:
                file = bag.copy(f"{CASE}/{FOLDER}/{document_name(wanted)}", original)
            _check_same(wanted.name, wanted.sha256, file.sha256)
            papers[wanted] = file
        return papers

    def _facts(self, files: Mapping[str, BagFile], papers: Mapping[SheetFile, BagFile]) -> PackFacts:
        return PackFacts(
            info=self._case.info(),
            sheet=self._request.sheet,
            version=self._request.version,
            made_by=clean_line(self._request.by, limit=200),
            made_ns=time.time_ns(),
            program=program_name(),
            fingerprint="" if self._key is None else self._key.public.fingerprint,
            media=tuple((one.display_name, one.exhibit, files[one.id]) for one in self._needs.recordings),
            documents=tuple((wanted.name, file) for wanted, file in papers.items()),
        )

    def _certify(self, bag: BagWriter, draft: Path, facts: PackFacts) -> PackFacts:
        """Write the sync certificate, and return the facts with it."""
        if not self._request.with_certificate:
            return facts
        plan = ExtractPlan(self._needs.camera_ids, {one.id: b"" for one in self._needs.recordings})
        no_pdf = write_certificate(
            bag, draft, self._case, plan, by=facts.made_by, progress=self._on_paper, cancelled=self._cancelled
        )
        return replace(facts, certificate=certificate_links(bag.payload), no_pdf=no_pdf)

    def _on_paper(self, report: ProgressReport) -> None:
        """Tell of the certificate, of which nobody knows how long it takes: not that nearly all is done."""
        now = f"Sync certificate: {report.text}" if report.text else "Sync certificate"
        self._progress(ProgressReport(0, None, "", now))

    def _on_bytes(self, count: int) -> None:
        self._done += count
        self._progress(ProgressReport(self._done, self._total, "bytes", self._now))


def _timeline(case: Case) -> Timeline:
    return build_timeline(case.cameras(), case.recordings(), case.clock_settings(), case.info().time_zone)


def _check_same(name: str, expected: str, found: str) -> None:
    if found != expected:
        raise OriginalChangedError(
            f"{name} is not the file that was added to the case: its SHA-256 is another one.",
            meaning="It was changed or replaced, so no pack was made of it.",
            remedy="Look for an unchanged copy, put it in its place, and find out what happened to this one.",
        )


def _contents(facts: PackFacts, needs: Needs, files: dict[str, BagFile]) -> bytes:
    """Return `pack.json`: what the pack is, and of each file where it comes from."""
    document = {
        "format": "sightline court pack",
        "version": PACK_VERSION,
        "made_utc": iso_utc(facts.made_ns),
        "made_by": facts.made_by,
        "program": facts.program,
        "case": {"id": facts.info.id, "title": facts.info.title, "reference": facts.info.reference},
        "run_sheet": {
            "id": facts.sheet.id,
            "title": facts.sheet.title,
            "version": facts.version,
            "sha256": hashlib.sha256(to_json(facts.sheet)).hexdigest(),
        },
        "key_fingerprint": facts.fingerprint,
        "recordings": [_recording_out(one, files[one.id]) for one in needs.recordings],
        "documents": [
            {"name": name, "file": file.path, "size_bytes": file.size_bytes, "sha256": file.sha256}
            for name, file in facts.documents
        ],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _recording_out(recording: Recording, file: BagFile) -> dict[str, object]:
    return {
        "id": recording.id,
        "name": recording.display_name,
        "exhibit": recording.exhibit,
        "file": file.path,
        "size_bytes": file.size_bytes,
        "sha256": file.sha256,
        "class": "working copy",
        "parents": [recording.sha256],
        "operation": "copied byte for byte",
    }


def _bag_info(facts: PackFacts) -> dict[str, str]:
    said = {
        "Bag-Software-Agent": facts.program,
        "Bagging-Date": iso_utc(facts.made_ns)[:10],
        "Contact-Name": facts.made_by,
        "External-Identifier": facts.info.reference,
        "External-Description": f"Court pack: {facts.sheet.title}",
        "Sightline-Pack-Version": str(PACK_VERSION),
        "Sightline-Key-Fingerprint": facts.fingerprint,
    }
    return {name: text for name, text in said.items() if text}


def _told(case: Case, request: PackRequest, result: PackResult) -> PackResult:
    """Have the case's audit log tell of the pack; where it cannot, the result says why."""
    try:
        with case.change(request.by, "making a court pack") as change:
            change.tell(
                "pack.made",
                items=[request.sheet.id],
                title=request.sheet.title,
                version=request.version,
                path=display_path(os.fsencode(result.folder)),
                recordings=result.recordings,
                size_bytes=result.size_bytes,
                manifest_sha256=result.manifest_sha256,
                key_fingerprint=result.fingerprint,
            )
    except (CaseReadOnlyError, StorageError) as error:
        return replace(result, unaudited_reason=str(error))
    return result
