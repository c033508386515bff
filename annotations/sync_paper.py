"""Prints the sync certificate: HTML and PDF of one template, or the same as JSON.

`certificate_paper` is for whoever prints it beside other papers; `write_certificate` makes a file by its ending.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import time
from collections.abc import Sequence
from enum import Enum
from pathlib import Path

from annotations.paper import Paper, write_html
from annotations.sync_pictures import MOST_MOMENTS, SyncPictures, make_pictures
from evidence.atomic_file import replacing
from evidence.case import Case
from evidence.errors import UsageError
from evidence.jobs import IsCancelled, Progress
from sync.certificate import SyncCertificate, make_certificate
from sync.standing import MatchRow, ReadingRow
from sync.words import METHOD_WORDS, clock_words, drift_words, half_words, small_words, tie_words, within_words

TITLE = "Sync certificate"
ENDINGS = (".html", ".pdf", ".json")
FORMAT = 1
NO_PICTURES = SyncPictures({}, {}, {})


def write_certificate(
    case: Case, path: Path, *, by: str, progress: Progress, cancelled: IsCancelled
) -> SyncCertificate:
    """Write the sync certificate of a case as HTML, PDF or JSON, by the ending of its name. From any thread.

    The audit log tells of it, with its hash; nothing else of the case is changed, and one that is read-only will do.

    Raises:
        UsageError: the ending is none of these.
        OSError: the disk does not take it; nothing is left half-written.
        Cancelled: as asked.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise UsageError(
            f"A certificate is written as {', '.join(ENDINGS)}.", remedy="Give its file one of these endings."
        )
    certificate = make_certificate(case, by=by, now_ns=time.time_ns())
    if ending == ".json":
        with replacing(path) as file:
            file.write(certificate_json(certificate))
    else:
        paper = certificate_paper(certificate, make_pictures(case, certificate, progress, cancelled))
        write_paper(paper, path, progress, cancelled)
    _tell(case, certificate, path, by)
    return certificate


def write_paper(paper: Paper, path: Path, progress: Progress, cancelled: IsCancelled) -> None:
    """Write a paper as PDF or HTML, by the ending of its name. Raises as `write_pdf` and `write_html`."""
    if path.suffix.lower() == ".pdf":
        from annotations.ui.paper_pdf import write_pdf

        write_pdf(paper, path, progress, cancelled)
    else:
        write_html(paper, path)


def _tell(case: Case, certificate: SyncCertificate, path: Path, by: str) -> None:
    """Tell the audit log what was made, where the case can be changed."""
    if case.is_read_only:
        return
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    with case.change(by, "telling of a sync certificate") as change:
        change.tell(
            "sync.certificate_written",
            items=[one.camera_id for one in certificate.clocks],
            file=path.name,
            sha256=digest,
            clocks_in_force=certificate.is_in_force,
            matches=[one.group for one in certificate.matches],
        )


def certificate_json(certificate: SyncCertificate) -> bytes:
    """Return the certificate as JSON: times as whole nanoseconds since the epoch."""
    document = {"format": FORMAT, "kind": "sightline sync certificate", **_plain(certificate)}  # type: ignore[dict-item]
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def certificate_paper(certificate: SyncCertificate, pictures: SyncPictures = NO_PICTURES) -> Paper:
    """Return the certificate as a paper, with the pictures that were made."""
    names = {one.camera_id: one.name for one in certificate.clocks}
    recordings = {one.id: one for clock in certificate.clocks for one in clock.recordings}
    shown = [
        {
            "moment": moment,
            "names": [recordings[key].name for key in moment.recordings],
            "stills": [f"still {moment.number} {side}" for side in (0, 1)],
            "sound": f"sound {moment.number}",
        }
        for moment in certificate.moments[:MOST_MOMENTS]
    ]
    return Paper(
        template="sync_certificate.html",
        title=TITLE,
        case_reference=certificate.case_reference,
        case_title=certificate.case_title,
        time_zone=certificate.time_zone,
        made_by=certificate.made_by,
        made_ns=certificate.made_ns,
        program=certificate.program,
        is_landscape=True,
        pictures=pictures.pictures,
        content={
            "certificate": certificate,
            "matches": [_match_row(number, one, names) for number, one in enumerate(certificate.matches, start=1)],
            "shown": shown,
            "left_out": max(0, len(certificate.moments) - MOST_MOMENTS),
            "frames": pictures.frames,
            "made": set(pictures.pictures),
            "reasons": pictures.reasons,
            "clock_words": clock_words,
            "half_words": half_words,
            "drift_words": drift_words,
        },
    )


def _match_row(number: int, match: MatchRow, names: dict[str, str]) -> dict[str, object]:
    first = match.first
    return {
        "number": number,
        "group": match.group,
        "method": METHOD_WORDS[match.method],
        "ties": tie_words(match, names),
        "state": match.state.value,
        "use": match.use.value,
        "role": {"used": "good", "outlier": "bad", "in conflict": "bad"}.get(match.use.value, "dim"),
        "sigmas": f"{match.sigmas:.1f}",
        "weight": f"{round(match.weight * 100)} %",
        "within": f"±{within_words(match.sigma_ns)}",
        "evidence": first.evidence,
        "found_by": first.found_by,
        "found_ns": first.found_ns,
        "decided_by": first.decided_by,
        "decided_ns": first.decided_ns,
        "readings": [_reading(one) for one in match.readings],
    }


def _reading(reading: ReadingRow) -> dict[str, object]:
    one = reading.observation
    other = None if one.other is None else f"{one.other.media_ns / 1e9:.6f} s"
    return {
        "one": f"{one.one.media_ns / 1e9:.6f} s",
        "other": other,
        "utc": one.utc,
        "at": reading.at,
        "value": clock_words(reading.value_ns),
        "own": f"±{within_words(one.sigma_ns)}",
        "residual": small_words(reading.residual_ns),
    }


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {one.name: _plain(getattr(value, one.name)) for one in dataclasses.fields(value)}
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [_plain(one) for one in value]
    return value
