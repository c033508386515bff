"""The cut report as JSON: enough to repeat each cut and get the same bytes. `docs/cut-report.md` describes it."""

from __future__ import annotations

import json
from fractions import Fraction

from annotations.cuts.messages import Cut, Span
from annotations.cuts.plan import Piece
from annotations.cuts.report_facts import Delivered, ExportFacts
from evidence.program import program_name
from evidence.times import IncidentTime, iso_utc

FORMAT = 1
"""Of the document; it rises when a field changes its meaning."""


def report_bytes(facts: ExportFacts) -> bytes:
    """Return the report as JSON in UTF-8."""
    return (json.dumps(as_document(facts), indent=2, ensure_ascii=False) + "\n").encode()


def as_document(facts: ExportFacts) -> dict[str, object]:
    """Return the report as plain values."""
    return {
        "format": FORMAT,
        "kind": "sightline cut report",
        "program": program_name(),
        "made": {"at": iso_utc(facts.made_ns), "by": facts.by},
        "case": {"id": facts.info.id, "title": facts.info.title, "reference": facts.info.reference},
        "clip": {"name": facts.name, "exhibit": facts.exhibit, "note": facts.note},
        "asked": {"from": iso_utc(facts.span.start), "to": iso_utc(facts.span.end), "to_is_exclusive": True},
        "source": "single" if len(facts.delivered) == 1 else "several files, each of a single source",
        "verdict": "passed" if all(one.cut is not None for one in facts.delivered) else "incomplete",
        "files": [_delivered(one, facts) for one in facts.delivered],
        "cameras_not_recording": list(facts.not_recording),
        "recordings_without_time": list(facts.unplaced),
    }


def _delivered(one: Delivered, facts: ExportFacts) -> dict[str, object]:
    recording = one.piece.recording
    common: dict[str, object] = {
        "camera": {"id": one.camera.id, "name": one.camera.name},
        "original": {
            "name": recording.display_name,
            "exhibit": recording.exhibit,
            "sha256": recording.sha256,
            "sha256_check": "verified just before" if one.is_hash_verified else "not verified now",
            "size_bytes": recording.size_bytes,
            "container": recording.container,
            "codec": "" if recording.video is None else recording.video.codec,
            "item_class": recording.item_class.value,
        },
        "mode": one.mode.value,
        "asked": _frames(one.piece),
    }
    if one.cut is None:
        return common | {"verdict": "failed", "reason": one.reason, "remedy": one.remedy}
    return common | {
        "verdict": "passed",
        "file": {"name": one.file_name, "sha256": one.sha256, "size_bytes": one.size_bytes, **_container(one)},
        "delivered": _delivery(one.piece, one.cut),
        "operation": {
            "words": one.cut.operation,
            "encoder": one.cut.encoder,
            "codec": facts.codec.value,
            "is_lossless": facts.is_lossless,
            "versions": dict(one.cut.libraries),
        },
        "left_out": [{"stream": left.stream, "what": left.what, "why": left.why} for left in one.cut.left_out],
        "notes": list(one.cut.notes),
        "check": _check(one.cut),
    }


def _container(one: Delivered) -> dict[str, object]:
    return {} if one.container is None else {"container": one.container.format, "why_this_container": one.container.why}


def _frames(piece: Piece) -> dict[str, object]:
    """Return the first and the last frame, or the stretch of sound."""
    base: dict[str, object] = {
        "shown_from": iso_utc(piece.shown.start),
        "shown_to": iso_utc(piece.shown.end),
        "standard_uncertainty_ns": piece.place.sigma_ns,
        "basis": piece.place.basis,
        "media_start_s": _fraction(piece.start),
        "media_end_s": _fraction(piece.end),
    }
    if piece.index is None:
        return base | {"frames": None}
    return base | {
        "frames": piece.frames,
        "frames_counted_from": 0,
        "time_base": _fraction(piece.index.time_base),
        "first": _frame(piece, piece.first),
        "last": _frame(piece, piece.last),
    }


def _frame(piece: Piece, number: int) -> dict[str, object]:
    assert piece.index is not None
    starts = piece.place.frame_starts(piece.index)
    return {
        "frame": number,
        "pts": int(piece.index.pts[number]),
        "end_pts": piece.index.end_of(number),
        "at": iso_utc(IncidentTime(int(starts[number]))),
        "is_key_frame": bool(piece.index.is_key_frame[number]),
    }


def _delivery(piece: Piece, cut: Cut) -> dict[str, object]:
    if piece.index is None:
        return {"is_lead_in_hidden": cut.is_hidden}
    return {
        "first": _frame(piece, piece.first),
        "last": _frame(piece, piece.last),
        "frames": cut.check.frames,
        "frames_shown_in_all": cut.check.shown,
        "key_frames": [
            int(number) for number in range(piece.first, piece.last + 1) if piece.index.is_key_frame[number]
        ],
        "copied": [_span(span) for span in cut.copied],
        "encoded_anew": [_span(span) for span in cut.encoded],
        "video_packets": None if cut.start_packet is None else {"first": cut.start_packet, "last": cut.end_packet},
        "begins_at_key_frame": None if cut.key_frame is None else _frame(piece, cut.key_frame),
        "frames_before": cut.lead_in,
        "begins_earlier_ns": cut.lead_in_ns,
        "frames_after": cut.lead_out,
        "undecodable_leading_pictures": cut.undecodable,
        "is_rest_hidden_by_edit_list": cut.is_hidden,
        "hidden_frames_are_still_in_the_file": cut.is_hidden and bool(cut.lead_in or cut.lead_out or cut.undecodable),
    }


def _check(cut: Cut) -> dict[str, object]:
    check = cut.check
    return {
        "how": "opened anew, decoded from start to end, and compared frame by frame with the original decoded again",
        "frames": check.frames,
        "identical_frames": check.identical,
        "worst_psnr_db": _decibels(check.worst_psnr_mdb),
        "mean_psnr_db": _decibels(check.mean_psnr_mdb),
        "frames_told_from_those_beside_them": check.told_apart,
        "pixels_sha256": check.pixels_sha256,
        "packets_identical": check.packets,
        "largest_time_error_of_a_frame_ns": check.largest_stamp_error_ns,
        "sound": [
            {
                "stream": sound.stream,
                "codec": sound.codec,
                "is_copied": sound.is_copied,
                "starts_after_picture_ns": sound.start_ns,
                "ends_after_picture_ns": sound.end_ns,
                "lies_beside_picture_by_ns": sound.shift_ns,
                "samples_compared": sound.compared,
                "is_the_original": sound.is_same,
                "note": sound.note,
            }
            for sound in check.sound
        ],
    }


def _span(span: Span) -> dict[str, int]:
    return {"first": span.first, "last": span.last}


def _fraction(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"


def _decibels(thousandths: int | None) -> str | None:
    return None if thousandths is None else f"{thousandths // 1000}.{thousandths % 1000:03d}"
