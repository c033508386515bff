"""The exhibit list with a sheet of content and format for each recording: what a prosecution file must say of video."""

from __future__ import annotations

import os
from dataclasses import dataclass

from annotations.clips.clip import Clip
from annotations.paper.csv_table import Cell
from annotations.reports.facts import CaseFacts, scope_words
from annotations.reports.format_words import (
    KIND_WORDS,
    container_words,
    other_words,
    picture_words,
    position_text,
    rate_words,
    sound_words,
)
from annotations.reports.report import PaperFrame, Report
from annotations.reports.scope import TITLES, Maker, ReportKind
from evidence.item_history import ItemHistory
from evidence.records import Camera, Recording, Severity
from evidence.text import display_path
from evidence.time_text import LocalTimes, duration_text, offset_text, sigma_text, size_text
from evidence.times import half_width_95, iso_utc
from sync.timeline import PlacedRecording

HEADS = (
    "Exhibit",
    "Camera",
    "Kind",
    "Owner",
    "File",
    "Item class",
    "Size (bytes)",
    "Duration (ns)",
    "Container",
    "Picture",
    "Frames",
    "Sound",
    "Other streams",
    "Start (local)",
    "End (local)",
    "Start (UTC)",
    "End (UTC)",
    "Uncertainty 95 % (ns)",
    "Time rests on",
    "Added by",
    "Added (UTC)",
    "SHA-256",
    "Check",
    "Checked (UTC)",
    "Checked by",
    "Findings",
)
_SEVERITY_CLASS = {Severity.NOTE: "", Severity.WARNING: "caution", Severity.PROBLEM: "bad"}
_VERDICT_CLASS = {"VERIFIED": "good", "MISMATCH": "bad"}


@dataclass(frozen=True, slots=True)
class FindingLine:
    """A finding in words, with the class by which the template colours it."""

    severity: str
    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One recording in words; the template prints it. `verdict_role` colours the verdict."""

    number: int
    exhibit: str
    camera: str
    device: str
    file: str
    folder: str
    item_class: str
    size: str
    duration: str
    container: str
    picture: str
    rate: str
    sound: str
    others: str
    start: str
    end: str
    sureness: str
    basis: str
    added: str
    continues: str
    sha256: str
    verdict: str
    verdict_role: str
    check: str
    is_missing: bool
    findings: tuple[FindingLine, ...]


@dataclass(frozen=True, slots=True)
class ClipLine:
    """A clip in words: what was cut, and each file that was made of it with its SHA-256."""

    exhibit: str
    name: str
    when: str
    cameras: str
    exports: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


def exhibit_list(facts: CaseFacts, maker: Maker, times: LocalTimes) -> Report:
    """Make the exhibit list: every recording of the scope, by exhibit reference, then camera and time."""
    wanted = sorted(_wanted(facts), key=lambda one: _order(facts, one))
    sheets = tuple(_sheet(facts, one, number, times) for number, one in enumerate(wanted, start=1))
    rows = tuple(_row(facts, one, times) for one in wanted)
    content = {
        "part": scope_words(facts, times),
        "sheets": sheets,
        "clips": tuple(_clip(facts, one, times) for one in facts.clips_in_scope),
        "without_reference": sum(not one.exhibit for one in wanted),
        "not_verified": sum(sheet.verdict != "VERIFIED" for sheet in sheets),
        "total_size": size_text(sum(one.size_bytes for one in wanted)),
        "total_length": duration_text(sum(one.duration_ns for one in wanted)),
    }
    paper = PaperFrame(facts.info, maker).paper("exhibits.html", TITLES[ReportKind.EXHIBITS], content)
    return Report(paper, HEADS, rows, len(wanted))


def _clip(facts: CaseFacts, clip: Clip, times: LocalTimes) -> ClipLine:
    draft = clip.draft
    ids = tuple(facts.cameras) if draft.camera_ids is None else draft.camera_ids
    names = [facts.cameras[camera_id].name for camera_id in ids if camera_id in facts.cameras]
    length = duration_text(draft.span.duration_ns)
    sources = "single source" if len(names) == 1 else "several sources"
    return ClipLine(
        exhibit=draft.exhibit,
        name=draft.name,
        when=f"{times.full(draft.span.start)} to {times.full(draft.span.end)} ({length})",
        cameras=f"{', '.join(names)} ({sources})",
        exports=tuple(
            (
                f"Made by {made.by}, {times.full(made.made_ns, 0)}",
                tuple((file.name, file.sha256) for file in made.files),
            )
            for made in clip.exports
        ),
    )


def _wanted(facts: CaseFacts) -> list[Recording]:
    span = facts.scope.span
    found = []
    for recording in facts.recordings:
        place = facts.places.get(recording.id)
        is_in_time = span is None or (place is not None and place.span.start < span.end and place.span.end > span.start)
        if facts.scope.has_camera(recording.camera_id) and is_in_time:
            found.append(recording)
    return found


def _order(facts: CaseFacts, recording: Recording) -> tuple[object, ...]:
    camera, place = facts.cameras.get(recording.camera_id), facts.places.get(recording.id)
    start = place.span.start if place is not None else 2**63
    position = camera.position if camera is not None else 2**31
    return (not recording.exhibit, _by_number(recording.exhibit), position, start, recording.display_name, recording.id)


def _by_number(text: str) -> tuple[tuple[int, str], ...]:
    """Return a key by which JH/2 comes before JH/10."""
    parts: list[tuple[int, str]] = []
    digits = ""
    for character in text.casefold() + " ":
        if character.isascii() and character.isdigit():
            digits += character
            continue
        if digits:
            parts.append((int(digits), ""))
            digits = ""
        parts.append((-1, character))
    return tuple(parts)


def _sheet(facts: CaseFacts, recording: Recording, number: int, times: LocalTimes) -> Sheet:
    camera, place = facts.cameras.get(recording.camera_id), facts.places.get(recording.id)
    history = facts.histories.get(recording.id, ItemHistory("", None))
    before = next((one for one in facts.recordings if one.id == recording.continues), None)
    verdict, check = _check(history, times)
    return Sheet(
        number=number,
        exhibit=recording.exhibit,
        camera="" if camera is None else camera.name,
        device="" if camera is None else _device(camera),
        file=recording.display_name,
        folder=display_path(os.fsencode(recording.path.parent)),
        item_class=recording.item_class.value,
        size=f"{size_text(recording.size_bytes)} ({recording.size_bytes:,} bytes)",
        duration=f"{position_text(recording.duration_ns)} ({duration_text(recording.duration_ns)})",
        container=container_words(recording.container),
        picture=picture_words(recording.video),
        rate=rate_words(recording.video, facts.index_of(recording.id)),
        sound=sound_words(recording.audio),
        others=other_words(recording),
        start="" if place is None else times.full(place.span.start),
        end="" if place is None else times.full(place.span.end),
        sureness="" if place is None else sigma_text(place.sigma_ns),
        basis="" if place is None else place.basis,
        added=_added(recording, history, times),
        continues="" if before is None else before.display_name,
        sha256=recording.sha256,
        verdict=verdict,
        verdict_role=_VERDICT_CLASS.get(verdict, "caution"),
        check=check,
        is_missing=recording.id in facts.missing,
        findings=tuple(
            FindingLine(one.severity.value.capitalize(), _SEVERITY_CLASS[one.severity], str(one))
            for one in recording.findings
        ),
    )


def _device(camera: Camera) -> str:
    made = " ".join(filter(None, (camera.make, camera.model)))
    serial = f"serial {camera.serial}" if camera.serial else ""
    owner = f"worn or owned by {camera.owner}" if camera.owner else ""
    return ", ".join(filter(None, (KIND_WORDS[camera.kind], made, serial, owner)))


def _added(recording: Recording, history: ItemHistory, times: LocalTimes) -> str:
    by = history.added_by or "somebody whom the case does not name"
    return f"Added to the case by {by}, {times.full(recording.added_ns, 0)}"


def _check(history: ItemHistory, times: LocalTimes) -> tuple[str, str]:
    check = history.check
    if check is None:
        return "UNKNOWN", "not checked since it was added"
    reason = f": {check.reason}" if check.reason else ""
    return check.verdict, f"checked by {check.by}, {times.full(check.finished_ns, 0)}{reason}"


def _clock_words(place: PlacedRecording) -> str:
    """Say how the camera's clock was put right, where it was."""
    error = place.clock.error_at(place.device_start)
    return f"{place.basis}; clock {offset_text(error)} ahead" if error else place.basis


def _row(facts: CaseFacts, recording: Recording, times: LocalTimes) -> tuple[Cell, ...]:
    camera, place = facts.cameras.get(recording.camera_id), facts.places.get(recording.id)
    history = facts.histories.get(recording.id, ItemHistory("", None))
    check = history.check
    return (
        recording.exhibit,
        None if camera is None else camera.name,
        None if camera is None else KIND_WORDS[camera.kind],
        None if camera is None else camera.owner,
        recording.display_name,
        recording.item_class.value,
        recording.size_bytes,
        recording.duration_ns,
        recording.container,
        picture_words(recording.video),
        rate_words(recording.video, facts.index_of(recording.id)),
        sound_words(recording.audio),
        other_words(recording),
        None if place is None else times.full(place.span.start),
        None if place is None else times.full(place.span.end),
        None if place is None else iso_utc(place.span.start),
        None if place is None else iso_utc(place.span.end),
        None if place is None or place.sigma_ns is None else half_width_95(place.sigma_ns),
        None if place is None else _clock_words(place),
        history.added_by,
        iso_utc(recording.added_ns, digits=0),
        recording.sha256,
        "UNKNOWN" if check is None else check.verdict,
        None if check is None else iso_utc(check.finished_ns, digits=0),
        None if check is None else check.by,
        " | ".join(str(one) for one in recording.findings),
    )
