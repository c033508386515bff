"""Takes all steps of a preflight in order, from any thread, and makes the report. How long it takes is said first.

1. The pack is verified, every byte of it (a quick run leaves the payload's bytes unread, and says so).
2. It is opened read-only; where that cannot be, what needs it has failed.
3. Times, documents, frame tables; then every frame of every item, all its cameras together; then its sound.
4. The machine and the desktop. Whether the items really reach the court's display needs a window: `courtroom.ui`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from courtroom.pack.findings import PackVerdict
from courtroom.pack.layout import BAG_INFO, MANIFEST
from courtroom.pack.listing import read_manifest, read_tag_file
from courtroom.pack.verify import KnowsKey, verify_pack
from courtroom.preflight.checks import Check, Outcome, Result
from courtroom.preflight.desk_step import Surroundings, court_screen, desk_results
from courtroom.preflight.load_watch import LoadWatch, WatchesLoad
from courtroom.preflight.machine import MachineFacts
from courtroom.preflight.machine_step import machine_results
from courtroom.preflight.material import Material
from courtroom.preflight.media_step import Media, frames_to_decode, media_results
from courtroom.preflight.media_team import MediaTeam
from courtroom.preflight.pace import Pace
from courtroom.preflight.pack_step import pack_results
from courtroom.preflight.page_step import TryPage, page_results
from courtroom.preflight.report import Report
from courtroom.preflight.sound_step import MakeTrial, SoundTrial, sound_results
from courtroom.preflight.table_step import MakeExaminer, table_bytes, table_results
from courtroom.preflight.times_step import time_results
from courtroom.show.source import CourtSource, load_from_pack
from evidence.errors import Cancelled, SightlineError
from evidence.examiner import Examiner
from evidence.jobs import IsCancelled, Progress, ProgressReport
from evidence.program import program_name
from evidence.text import display_path
from evidence.times import NS_PER_S

USUAL_SIZE = (1920, 1080)
"""The court's display, where there is none to ask."""

OnVerified = Callable[[PackVerdict], None]
"""Told what reading the pack found, in the thread of the preflight."""

_BYTES_A_SECOND = 150_000_000
_FRAMES_A_SECOND = 120
"""Careful guesses for what is said first; while it runs, the time left is that of this machine."""


def ignore_verdict(_found: PackVerdict) -> None:
    """Keep nothing of it."""


@dataclass(frozen=True)
class Parts:
    """What the steps are done with; tests have others.

    Attributes:
        machine: the machine's facts.
        around: the desktop's.
        try_page: draws pages.
        make_examiner: reads frame tables.
        make_team: decodes pictures.
        make_trial: decodes sound.
        proxies: finds the proxies that are there for a pack, by the ids of recordings.
        make_watch: tells what other programs do while items are decoded.
        verified: told what step 1 found.
    """

    machine: MachineFacts
    around: Surroundings
    try_page: TryPage
    make_examiner: MakeExaminer = Examiner
    make_team: Callable[[], AbstractContextManager[MediaTeam]] = MediaTeam
    make_trial: MakeTrial = SoundTrial
    proxies: Callable[[CourtSource], Mapping[str, Path]] = field(default=lambda _source: {})
    make_watch: Callable[[], WatchesLoad] = LoadWatch
    verified: OnVerified = ignore_verdict


@dataclass(frozen=True)
class Request:
    """What to check.

    Attributes:
        folder: the pack.
        by: who does it.
        is_quick: look at samples only.
        display: name of the court's display, or "".
    """

    folder: Path
    by: str
    is_quick: bool = False
    display: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """How much there is to do.

    Attributes:
        bytes: to be read.
        frames: to be decoded.
        about_s: how long that may take, seconds.
    """

    bytes: int
    frames: int
    about_s: int

    @property
    def words(self) -> str:
        """In a sentence."""
        minutes, seconds = divmod(self.about_s, 60)
        length = f"{minutes} min" if minutes else f"{max(1, seconds)} s"
        return f"{self.frames:,} frames will be decoded; that may take about {length}."


def plan_of(source: CourtSource, *, is_quick: bool) -> Plan:
    """Return how long a preflight may take."""
    material = Material(source)
    size = 0 if is_quick else 2 * table_bytes(material)
    media = Media(MediaTeam(), USUAL_SIZE, is_quick)
    frames = frames_to_decode(material, media)
    return Plan(size, frames, 2 + size // _BYTES_A_SECOND + frames // _FRAMES_A_SECOND)


def run_preflight(
    request: Request, parts: Parts, knows: KnowsKey, progress: Progress, cancelled: IsCancelled
) -> Report:
    """Check everything and return the report; what is wrong is in it, it is not raised. From any thread.

    Args:
        request: what to check.
        parts: what the steps are done with.
        knows: whose key one is.
        progress: told in thousandths; its text says what is being looked at.
        cancelled: asked between small steps.

    Raises:
        Cancelled: the user wished it; nothing is left of it.
    """
    return _Run(request, parts, knows, progress, cancelled).go()


class _Run:
    def __init__(
        self, request: Request, parts: Parts, knows: KnowsKey, progress: Progress, cancelled: IsCancelled
    ) -> None:
        self._request = request
        self._parts = parts
        self._knows = knows
        self._progress = progress
        self._cancelled = cancelled
        self._begun_ns = time.monotonic_ns()

    def go(self) -> Report:
        request, is_quick = self._request, self._request.is_quick
        opening, source = self._open()
        material = None if source is None else Material(source, _hashes(request.folder))
        plan = Plan(1, 1, 1) if source is None else plan_of(source, is_quick=is_quick)
        decode_s = 1 + plan.frames // _FRAMES_A_SECOND
        read_s = 1 + plan.bytes // (2 * _BYTES_A_SECOND)
        share = 1000 * read_s // (2 * read_s + decode_s)
        found = verify_pack(  # step 1
            request.folder,
            self._knows,
            lambda one: self._tell(share * one.done // max(1, one.total or 1), "Comparing files with their hashes"),
            self._cancelled,
            is_quick=is_quick,
        )
        self._check_wish()
        self._parts.verified(found)
        results = [*opening, *pack_results(found, material, is_quick=is_quick)]  # step 2
        paces: tuple[Pace, ...] = ()
        if material is not None and source is not None:  # step 3
            results += time_results(material)
            results += page_results(material, self._parts.try_page)
            self._check_wish()
            results += self._tables(material, share, share)
            media_found, paces = self._media(material, source, plan.frames, 2 * share)
            results += media_found
            self._tell(990, "Decoding the sound")
            results += sound_results(material, self._parts.make_trial, self._cancelled, is_quick=is_quick)
        else:
            for check in (
                Check.TIMES,
                Check.DOCUMENTS,
                Check.TABLES,
                Check.DECODING,
                Check.SPEED,
                Check.RECORDED_SOUND,
            ):
                text = "Not done, since the pack cannot be opened."
                results.append(Result(check, Outcome.FAIL, text, "See to what stands above, and check again."))
        made_ns = _made_ns(request.folder)
        zone = "Europe/London" if source is None else source.zone
        results += machine_results(self._parts.machine, made_ns=made_ns, zone=zone)  # step 4
        results += desk_results(self._parts.around, request.display, material)
        self._tell(1000, "Done")
        return Report(
            pack_id="" if source is None else source.id,
            manifest_sha256=found.manifest_sha256,
            folder=display_path(os.fsencode(request.folder)),
            title="" if source is None else source.sheet.title,
            case_title="" if source is None else source.title,
            reference="" if source is None else source.reference,
            zone=zone,
            machine=self._parts.machine.identity,
            program=program_name(),
            made_ns=time.time_ns(),
            took_ns=time.monotonic_ns() - self._begun_ns,
            by=request.by,
            is_quick=is_quick,
            items=() if material is None else tuple(map(material.title, material.items)),
            results=tuple(sorted(dict.fromkeys(results), key=lambda one: (one.check.number, one.place))),
            paces=paces,
        )

    def _open(self) -> tuple[list[Result], CourtSource | None]:
        try:
            return [], load_from_pack(self._request.folder, self._knows)
        except SightlineError as error:
            text = f"{error.happened} {error.meaning}".strip()
            return [Result(Check.CONTENTS, Outcome.FAIL, text, error.remedy)], None

    def _tables(self, material: Material, begin: int, share: int) -> list[Result]:
        if self._request.is_quick:
            text = "Not compared with the files: this was a sample."
            return [Result(Check.TABLES, Outcome.NOTE, text, "Run the whole preflight before the day in court.")]
        total = max(1, table_bytes(material))
        return table_results(
            material,
            self._parts.make_examiner,
            lambda done: self._tell(begin + share * done // total, "Comparing frame tables with the files"),
            self._cancelled,
        )

    def _media(
        self, material: Material, source: CourtSource, frames: int, begin: int
    ) -> tuple[list[Result], tuple[Pace, ...]]:
        screen = court_screen(self._parts.around, self._request.display)
        size = USUAL_SIZE if screen is None else (screen.width, screen.height)
        rest, most = 990 - begin, 0

        def tell(done: int) -> None:
            nonlocal most
            text = "Decoding every frame" if done >= most else "Decoding an item again, to see how fast this machine is"
            most = max(most, done)
            self._tell(begin + rest * min(done, frames) // max(1, frames), text)

        with self._parts.make_team() as team:
            media = Media(team, size, self._request.is_quick, self._parts.proxies(source), self._parts.make_watch())
            return media_results(material, media, tell, self._cancelled)

    def _tell(self, thousandths: int, text: str) -> None:
        self._progress(ProgressReport(thousandths, 1000, "", text))

    def _check_wish(self) -> None:
        if self._cancelled():
            raise Cancelled("The preflight was cancelled.")


def _hashes(folder: Path) -> Mapping[str, str]:
    return read_manifest(MANIFEST, read_tag_file(folder, MANIFEST) or b"", is_payload=True).hashes


def _made_ns(folder: Path) -> int | None:
    """Return the day on which a pack says that it was made, ns since the Unix epoch, or None."""
    untrusted = (read_tag_file(folder, BAG_INFO) or b"").decode("utf-8", errors="replace")
    for line in untrusted.splitlines()[:1000]:
        name, _, text = line.partition(":")
        if name == "Bagging-Date":
            try:
                return int(datetime.fromisoformat(text.strip()).replace(tzinfo=UTC).timestamp()) * NS_PER_S
            except ValueError:
                return None
    return None
