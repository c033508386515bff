"""What is known of a recording, in words for people, section by section. Pure; shown by `app.ui.recording_tab`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from fractions import Fraction

from app.case_snapshot import CaseSnapshot
from app.time_text import LocalTimes, digits_text, duration_text, error_text, sigma_text, size_text
from evidence.records import (
    ClaimMeaning,
    ClaimZone,
    ClockSetting,
    Recording,
    Severity,
    StreamInfo,
    StreamKind,
    TimeClaim,
)
from evidence.text import display_path
from evidence.times import DeviceTime, IncidentTime
from sync.clock_map import ClockMap
from sync.timeline import PlacedRecording

KIND_WORDS = {
    "bwv": "Body-worn video",
    "cctv": "CCTV",
    "mobile": "Phone",
    "dashcam": "Dashcam",
    "audio": "Sound recorder",
    "other": "Other",
}
_MEANINGS = {
    ClaimMeaning.START: "when it started",
    ClaimMeaning.END: "when it ended",
    ClaimMeaning.START_OR_END: "when it started or ended",
    ClaimMeaning.AT_OFFSET: "a moment in it",
    ClaimMeaning.UNRELATED: "not when it was recorded",
}
_ZONES = {
    ClaimZone.UTC: "UTC",
    ClaimZone.STATED: "zone stated",
    ClaimZone.LOCAL: "local, zone not stated",
    ClaimZone.ASSERTED_UTC: "marked as UTC, may be local",
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: what, and what is known. `role` is "", "good", "caution" or "bad" of the style sheet."""

    label: str
    text: str
    role: str = ""
    is_fixed_width: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """Facts under a heading."""

    title: str
    facts: tuple[Fact, ...]


def recording_sections(snapshot: CaseSnapshot, recording: Recording, times: LocalTimes) -> tuple[Section, ...]:
    """Return all that is known of a recording."""
    place = snapshot.place_by_recording.get(recording.id)
    setting = snapshot.setting_by_camera.get(recording.camera_id)
    sections = (
        Section("Findings", _finding_facts(recording)),
        Section("Time", _time_facts(place, times)),
        Section("Camera's clock", _clock_facts(setting, place, times)),
        Section("Claims of time", _claim_facts(recording, place)),
        Section("Picture", _picture_facts(recording.video)),
        Section("Sound", _sound_facts(recording.audio)),
        Section("Other streams", _other_facts(recording)),
        Section("File", _file_facts(snapshot, recording, times)),
    )
    return tuple(section for section in sections if section.facts)


def setting_words(setting: ClockSetting | None) -> str:
    """Return in one line how a camera's clock stands."""
    if setting is None:
        return "Not checked: taken at its word"
    error = clock_error_ns(setting)
    return f"{error_words(error)}, {sigma_text(setting.sigma_ns)}"


def clock_error_ns(setting: ClockSetting) -> int:
    """Return by how many ns the clock was fast where its (last) piece begins; slow where it is negative."""
    piece = setting.pieces[-1]
    return ClockMap(setting.pieces).error_at(DeviceTime(piece.device_ns))


def error_words(error_ns: int) -> str:
    """Return `7 min 12 s fast`, `right` or `480 ms slow`."""
    if error_ns == 0:
        return "Right"
    return f"{error_text(abs(error_ns))[1:]} {'fast' if error_ns > 0 else 'slow'}"


def _finding_facts(recording: Recording) -> tuple[Fact, ...]:
    roles = {Severity.NOTE: "", Severity.WARNING: "caution", Severity.PROBLEM: "bad"}
    return tuple(Fact(one.severity.value.capitalize(), str(one), roles[one.severity]) for one in recording.findings)


def _time_facts(place: PlacedRecording | None, times: LocalTimes) -> tuple[Fact, ...]:
    if place is None:
        words = "Not on the timeline: nothing says when it was recorded. Place it by hand."
        return (Fact("Place", words, "caution"),)
    span = place.span
    return (
        Fact("From", times.full(span.start)),
        Fact("To", times.full(span.end)),
        Fact("Length", duration_text(span.duration_ns)),
        Fact("Uncertainty (95 %)", sigma_text(place.sigma_ns)),
        Fact("Rests on", place.basis),
    )


def _clock_facts(setting: ClockSetting | None, place: PlacedRecording | None, times: LocalTimes) -> tuple[Fact, ...]:
    if setting is None:
        words = "Not checked. Recorders are often wrong by seconds to minutes; set the clock when its error is known."
        return (Fact("Standing", words, "caution"),)
    facts = [
        Fact("Error", error_words(_error_here(setting, place))),
        Fact("Uncertainty (95 %)", sigma_text(setting.sigma_ns)),
        Fact("Method", setting.method),
        Fact("Grounds", setting.basis),
        Fact("Set by", f"{setting.by}, {times.full(setting.set_ns, 0)}"),
    ]
    drift = setting.pieces[-1].rate_ppb
    if drift:
        facts.insert(1, Fact("Drift", _drift_words(drift)))
    return tuple(facts)


def _error_here(setting: ClockSetting, place: PlacedRecording | None) -> int:
    return clock_error_ns(setting) if place is None else place.clock.error_at(place.device_start)


def _drift_words(rate_ppb: int) -> str:
    return f"{abs(rate_ppb) / 1000:g} ppm {'fast (gains time)' if rate_ppb > 0 else 'slow (loses time)'}"


def _claim_facts(recording: Recording, place: PlacedRecording | None) -> tuple[Fact, ...]:
    return tuple(_claim_fact(claim, is_used=place is not None and place.claim == claim) for claim in recording.claims)


def _claim_fact(claim: TimeClaim, *, is_used: bool) -> Fact:
    parts = [
        f"{digits_text(claim.instant_ns)} ({_ZONES[claim.zone]}), {_MEANINGS[claim.meaning]}",
        f"from {claim.source}: “{claim.raw}”" if claim.raw else f"from {claim.source}",
    ]
    if claim.offset_ns:
        parts.append(f"{duration_text(claim.offset_ns)} after the first frame")
    parts.append(f"to the nearest {_resolution_words(claim.resolution_ns)}")
    if claim.note:
        parts.append(claim.note)
    text = "; ".join(part.rstrip(". ") for part in parts)
    label = claim.origin.value.capitalize()
    return Fact(f"✓ {label}", f"{text}. Places it.", "good") if is_used else Fact(label, f"{text}.")


def _resolution_words(resolution_ns: int) -> str:
    return "millisecond or better" if resolution_ns <= 1_000_000 else duration_text(resolution_ns)


def _picture_facts(video: StreamInfo | None) -> tuple[Fact, ...]:
    if video is None:
        return ()
    facts = [
        Fact("Format", " ".join(filter(None, (video.codec, video.profile, video.pixel_format)))),
        Fact("Size", _size_words(video)),
        Fact("Frame rate", _rate_words(video)),
    ]
    if video.rotation:
        facts.append(Fact("Rotation", f"shown turned {video.rotation}° clockwise, as the file asks"))
    if video.is_interlaced:
        facts.append(Fact("Interlaced", "each frame holds two fields taken at different times", "caution"))
    colour = " · ".join(filter(None, (video.color_space, video.color_range, video.color_transfer)))
    if colour:
        facts.append(Fact("Colour", colour))
    return tuple(facts)


def _size_words(video: StreamInfo) -> str:
    words = f"{video.width} × {video.height}"
    if video.pixel_aspect != 1:
        words += f", pixels {video.pixel_aspect.numerator}:{video.pixel_aspect.denominator}"
    return words


def _rate_words(video: StreamInfo) -> str:
    rate = video.nominal_rate
    stated = "not stated" if rate is None else f"{_decimal(rate)} a second as stated"
    return f"{stated}; varies, each frame is shown by its own time" if video.is_variable_rate else stated


def _decimal(number: Fraction) -> str:
    return f"{float(number):.3f}".rstrip("0").rstrip(".")


def _sound_facts(audio: StreamInfo | None) -> tuple[Fact, ...]:
    if audio is None:
        return (Fact("Sound", "None"),)
    channels = {1: "mono", 2: "stereo"}.get(audio.channels, f"{audio.channels} channels")
    facts = [Fact("Format", f"{audio.codec}, {audio.sample_rate:,} Hz, {channels}")]
    if audio.has_sound is False:
        facts.append(Fact("Content", "digital silence as far as was looked at", "caution"))
    return tuple(facts)


def _other_facts(recording: Recording) -> tuple[Fact, ...]:
    shown = {recording.video_stream, recording.audio_stream}
    return tuple(
        Fact(f"Stream {one.index}", " ".join(filter(None, (one.kind.value, one.codec, one.telemetry, one.title))))
        for one in recording.streams
        if one.index not in shown or one.kind not in {StreamKind.VIDEO, StreamKind.AUDIO}
    )


def _missing_facts(snapshot: CaseSnapshot, recording: Recording) -> tuple[Fact, ...]:
    if recording.id not in snapshot.missing:
        return ()
    words = "The original is not there. It cannot be played or verified; connect its disk, or put it back."
    return (Fact("Missing", words, "bad"),)


def _file_facts(snapshot: CaseSnapshot, recording: Recording, times: LocalTimes) -> tuple[Fact, ...]:
    facts = [
        Fact("Name", recording.display_name),
        Fact("Folder", display_path(os.fsencode(recording.path.parent))),
        *_missing_facts(snapshot, recording),
        Fact("Size", f"{size_text(recording.size_bytes)} ({recording.size_bytes:,} bytes)"),
        Fact("SHA-256", recording.sha256, is_fixed_width=True),
        Fact("Container", recording.container),
        Fact("Kept as", recording.item_class.value.capitalize()),
        Fact("Added", times.full(IncidentTime(recording.added_ns), 0)),
    ]
    before = snapshot.recording_by_id.get(recording.continues or "")
    if before is not None:
        facts.append(Fact("Continues", before.display_name))
    return tuple(facts)
