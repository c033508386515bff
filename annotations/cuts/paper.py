"""The cut report for people: a page made of the same facts as the JSON beside it."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from annotations.cuts.messages import Cut, Mode, SoundFacts
from annotations.cuts.report_facts import Delivered, ExportFacts
from annotations.paper import Column, Paper, Section, tables_content
from evidence.time_text import LocalTimes, sigma_text, size_text

_HOW = (
    "Each file was opened again after it was written, decoded from start to end, and compared frame by frame with the "
    "original. Originals were read only. Frame numbers count from 0."
)
_COLUMNS = (Column("What", 28), Column("Found", 72))


def cut_paper(facts: ExportFacts) -> Paper:
    """Return the paper of an export."""
    times = LocalTimes(ZoneInfo(facts.info.time_zone))
    head = [
        ("From", times.full(facts.span.start)),
        ("To (exclusive)", times.full(facts.span.end)),
        ("Clip", facts.name or "without a name"),
        ("Exhibit", facts.exhibit or "none given"),
        ("Note", facts.note or "none"),
        ("Sources", "Single source" if len(facts.delivered) == 1 else "Several files, each of a single source"),
        ("Not recording", ", ".join(facts.not_recording) or "none of the chosen cameras"),
    ]
    lines = [_HOW]
    sections = [_section(one, times) for one in facts.delivered]
    return Paper(
        template="tables.html",
        title=" ".join(filter(None, ("Cut report", facts.exhibit, facts.name))),
        case_reference=facts.info.reference,
        case_title=facts.info.title,
        time_zone=facts.info.time_zone,
        made_by=facts.by,
        made_ns=facts.made_ns,
        content=tables_content(lines, head, sections),
    )


def _section(one: Delivered, times: LocalTimes) -> Section:
    heading = f"{one.camera.name}: {one.piece.recording.display_name}"
    rows = [*_source(one, times)]
    if one.cut is None:
        rows += [("Result", f"Not cut. {one.reason} {one.remedy}".strip())]
    else:
        rows += _found(one, one.cut, times)
    return Section(heading, (), _COLUMNS, tuple(rows))


def _source(one: Delivered, times: LocalTimes) -> list[tuple[str, str]]:
    piece, recording = one.piece, one.piece.recording
    checked = "verified just before" if one.is_hash_verified else "not verified now"
    rows = [
        ("Mode", one.mode.value),
        ("Original", f"SHA-256 {recording.sha256}\n{checked}; {size_text(recording.size_bytes)}"),
        ("Time", f"{sigma_text(piece.place.sigma_ns)}. {piece.place.basis}"),
    ]
    if piece.index is not None:
        starts = piece.place.frame_starts(piece.index)
        for name, number in (("First frame", piece.first), ("Last frame", piece.last)):
            at = times.full(int(starts[number]))
            rows.append((name, f"{number:,}, pts {int(piece.index.pts[number]):,} ({at})"))
    return rows


def _found(one: Delivered, cut: Cut, times: LocalTimes) -> list[tuple[str, str]]:
    check = cut.check
    rows = [
        ("File", f"{one.file_name}\nSHA-256 {one.sha256}\n{size_text(one.size_bytes)}"),
        ("Done", cut.operation),
        ("Check", _check_words(one)),
    ]
    if one.container is not None and one.container.why:
        rows.append(("Container", one.container.why))
    if cut.encoder:
        rows.append(("Encoder", cut.encoder))
    if cut.key_frame is not None and one.piece.index is not None and cut.lead_in:
        at = times.full(int(one.piece.place.frame_starts(one.piece.index)[cut.key_frame]))
        hidden = "hidden by an edit list, but still in the file" if cut.is_hidden else "shown"
        rows.append(
            (
                "Begins earlier",
                f"At key frame {cut.key_frame:,} ({at}): {cut.lead_in:,} frames before the first, {hidden}.",
            )
        )
    if cut.lead_out:
        hidden = "hidden by an edit list, but still in the file" if cut.is_hidden else "shown"
        rows.append(("Ends later", f"{cut.lead_out:,} frames after the last, which others need; {hidden}."))
    rows += [("Sound", _sound_words(sound)) for sound in check.sound]
    rows += [("Left out", f"Stream {left.stream}, {left.what}: {left.why}.") for left in cut.left_out]
    rows += [("Note", note) for note in cut.notes]
    rows.append(("Versions", ", ".join(f"{name} {version}" for name, version in cut.libraries)))
    return rows


def _sound_words(sound: SoundFacts) -> str:
    return (
        f"{sound.codec}: the original's, {sound.compared:,} samples compared; starts {sound.start_ns:,} ns and ends "
        f"{sound.end_ns:,} ns after the picture; lies {sound.shift_ns:,} ns beside it. {sound.note}"
    ).strip()


def _check_words(one: Delivered) -> str:
    assert one.cut is not None
    check = one.cut.check
    parts = [
        f"Passed: {check.frames:,} frames delivered, {check.identical:,} of them equal to the original in every pixel"
    ]
    if check.worst_psnr_mdb is not None and check.mean_psnr_mdb is not None:
        worst, mean = (f"{one // 1000}.{one % 1000 // 100}" for one in (check.worst_psnr_mdb, check.mean_psnr_mdb))
        parts.append(f"the others at least {worst} dB in every plane, {mean} dB in the mean")
        told = f"{check.told_apart:,} encoded frames told from those beside them"
        parts.append(f"{told}, where frames differ; each was nearest to its own")
    if one.mode is not Mode.EXACT:
        parts.append(f"{check.packets:,} packets equal byte for byte")
    return "; ".join(parts) + "."
