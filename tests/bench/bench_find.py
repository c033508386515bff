"""How long an answer takes in a case of 100,000 marks and 20,000 cues, beside a plain scan of the same texts."""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from annotations.finding.finder import Finder
from annotations.finding.query import read_query
from annotations.marks import load_marks
from annotations.models import MarkRow
from annotations.transcripts.models import CueRow, TranscriptRow
from annotations.transcripts.store import load_book
from evidence.case import Case
from evidence.ingest import AddRequest, add_files
from evidence.jobs import never_cancelled, no_progress
from sync.timeline import build_timeline
from tests.bench.measurement import Measurement, stays_below
from tests.support.examinations import FakeExaminer

MARKS, CUES = 100_000, 20_000
_BUDGET_MS = 50
QUESTIONS = (
    "d",
    "do",
    "door",
    "door opens",
    '"door opens"',
    "officer stop kind:words",
    "tag:weapon",
    "camera:a1",
    "zzz",
)
_TEXT = "door opens stop officer there street blue car runs left right hand knife says loud again night window"
_WORDS = tuple(_TEXT.split())


def make_case(folder: Path) -> Case:
    """Return a large case; the rows are written past the journal, which would take minutes."""
    path = folder / "A1_0.mp4"
    path.write_bytes(b"recording")
    case = Case.create(folder / "Case.sightline", title="Bench", reference="", by="bench")
    request = AddRequest(case.folder, (os.fsencode(path),), "bench", "BWV A1")
    add_files(request, no_progress, never_cancelled, examiner_factory=FakeExaminer, case=case)
    recording = case.recordings()[0]
    chance = random.Random(5)
    start = 1_773_523_910 * 10**9

    def words() -> str:
        return " ".join(chance.choice(_WORDS) + str(chance.randrange(40) or "") for _ in range(chance.randrange(3, 14)))

    with case.change("bench", "filling") as change:
        change.session.bulk_insert_mappings(
            MarkRow,
            [
                {
                    "id": f"mark-{number}",
                    "instant_ns": start + number * 10**8,
                    "text": words(),
                    "colour": "",
                    "tags": ["weapon"] if number % 500 == 0 else [],
                    "people": [],
                    "by": "bench",
                    "created_ns": 0,
                    "changed_by": "bench",
                    "changed_ns": 0,
                }
                for number in range(MARKS)
            ],
        )
        texts = dict.fromkeys(("model", "encoding", "language", "source_name", "source_sha256", "placed", "by"), "")
        change.session.add(
            TranscriptRow(
                id="t",
                name="words",
                camera_id=recording.camera_id,
                kind="imported",
                is_checked=False,
                format="WebVTT",
                source_bytes=0,
                notes=[],
                problems=[],
                uncounted=0,
                created_ns=0,
                changed_by="",
                changed_ns=0,
                **texts,
            )
        )
        change.session.bulk_insert_mappings(
            CueRow,
            [
                {
                    "id": f"cue-{number}",
                    "transcript_id": "t",
                    "recording_id": recording.id,
                    "start_ns": number * 10**6,
                    "end_ns": number * 10**6 + 10**6,
                    "speaker": f"Speaker {number % 5}",
                    "text": words(),
                    "line": number,
                    "changed_by": "",
                    "changed_ns": 0,
                }
                for number in range(CUES)
            ],
        )
        change.tell("bench.filled")
    return case


def measure() -> Iterable[Measurement]:
    """Measure each question, beside a scan of all texts for the same letters."""
    with tempfile.TemporaryDirectory() as folder, make_case(Path(folder)) as case:
        timeline = build_timeline(case.cameras(), case.recordings(), case.clock_settings(), "Europe/London")
        finder = Finder(case)
        finder.find(read_query("zzz"), timeline, case.cameras())  # makes the index
        texts = [mark.text for mark in load_marks(case)] + [cue.text for cue in load_book(case).cues]
        for typed in QUESTIONS:
            ours, scans = [], []
            for _ in range(7):
                begun = time.perf_counter()
                finder.find(read_query(typed), timeline, case.cameras())
                ours.append((time.perf_counter() - begun) * 1000)
                begun = time.perf_counter()
                sum(typed in text.casefold() for text in texts)
                scans.append((time.perf_counter() - begun) * 1000)
            name = f"find: {typed}"
            beside = {"a scan of all texts": statistics.median(scans)}
            yield stays_below(name, statistics.median(ours), unit="ms", bound=_BUDGET_MS, beside=beside)
        finder.close()
