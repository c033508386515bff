"""Decides which camera a recording belongs to, why, and which recordings continue one another. Pure functions.

The user can correct every answer; so each comes with its reason in words.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from evidence.examination import Examination
from evidence.records import CameraKind, ClaimMeaning, ClaimOrigin, DeviceHint, TimeClaim
from evidence.text import clean_text, display_path
from evidence.times import NS_PER_S, DurationNs

_IN = " in folder "
_DAY_OR_HOUR = re.compile(rb"\d{1,4}|dav|20\d\d[-_.]?[01]\d[-_.]?[0-3]\d")
_CONTIGUOUS_NS = 2 * NS_PER_S
_COMPARABLE = frozenset(
    {ClaimOrigin.GPS, ClaimOrigin.TELEMETRY, ClaimOrigin.MAKER_TAG, ClaimOrigin.QUICKTIME_TAG, ClaimOrigin.FILE_NAME}
)


@dataclass(frozen=True, slots=True)
class KnownCamera:
    """A camera that the case has, as far as grouping needs it.

    Attributes:
        id: the camera's id.
        name: what people call it.
        kind: what sort of device it is.
        hints: what the files of its recordings said about their device.
    """

    id: str
    name: str
    kind: CameraKind
    hints: tuple[DeviceHint, ...]


@dataclass(frozen=True, slots=True)
class CameraChoice:
    """Where a recording belongs.

    Attributes:
        camera_id: an existing camera, or None for a new one.
        name: the name of a new camera, unlike that of any known one; the existing name otherwise.
        kind: what sort of device it is.
        owner: officer or owner, or "".
        reason: why, in words for people.
    """

    camera_id: str | None
    name: str
    kind: CameraKind
    owner: str
    reason: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A recording as far as finding its continuation needs it.

    Attributes:
        recording_id: the recording's id.
        camera_id: the camera it belongs to.
        hint: what its file said of its device.
        claims: when it may have been recorded.
        duration_ns: how long it is.
    """

    recording_id: str
    camera_id: str
    hint: DeviceHint
    claims: tuple[TimeClaim, ...]
    duration_ns: DurationNs


def choose_camera(known: Sequence[KnownCamera], new: Examination) -> CameraChoice:
    """Return which of the known cameras made `new`, or what a new camera is to be called.

    A recording joins a camera only on grounds that name one device: a serial number, a wearer, a channel of one
    recorder, a series of one device, one model of phone in one folder. A make and model alone name a thousand devices.
    """
    hint, kind = new.hint, _kind_of(new)
    for camera in known:
        reason = _same_device(camera, kind, new)
        if reason:
            return CameraChoice(camera.id, camera.name, camera.kind, hint.wearer, reason)
    name = _unlike(_name_for(kind, new), [camera.name for camera in known])
    return CameraChoice(None, name, kind, hint.wearer, _reason_for_new(hint))


def in_folder(hint: DeviceHint, path_bytes: bytes) -> DeviceHint:
    """Return the hint with the folder added to its series: `channel 3` in two folders may be two recorders.

    Folders that only sort by day or hour are left out, so that one recorder's days stay together. For phones, which
    name no series, make and model stand in: the clips of one phone usually come in one folder.
    """
    series = hint.group
    if not series and hint.kind is CameraKind.MOBILE and hint.make and hint.model:
        series = f"{hint.make} {hint.model}"
    if not series:
        return hint
    parts = os.path.dirname(path_bytes).split(os.sep.encode())  # noqa: PTH120 - a bytes path
    while parts and _DAY_OR_HOUR.fullmatch(parts[-1]):
        parts.pop()
    return replace(hint, group=f"{series}{_IN}{display_path(os.sep.encode().join(parts), limit=300)}")


def find_continuations(segments: Iterable[Segment]) -> dict[str, str]:
    """Return, by id of recording, the id of the recording of the same camera that it continues.

    One continues another where its start, by the same sort of claim, lies within two seconds of the other's end;
    numbers in the names must then not contradict. Without times, the next number of the same series is enough.
    """
    of_camera: dict[str, list[Segment]] = {}
    for segment in segments:
        of_camera.setdefault(segment.camera_id, []).append(segment)
    found: dict[str, str] = {}
    for members in of_camera.values():
        found.update(_continuations_by_time(members))
        found.update(_continuations_by_number([one for one in members if _start_of(one) is None]))
    return found


def _same_device(camera: KnownCamera, kind: CameraKind, new: Examination) -> str:
    hint = new.hint
    for theirs in camera.hints:
        if hint.serial and theirs.serial == hint.serial:
            return f"the same serial number, {hint.serial}"
        if hint.serial and theirs.serial:
            continue  # two serial numbers are two devices, whatever else agrees
        if hint.wearer and theirs.wearer == hint.wearer and camera.kind is kind is CameraKind.BWV:
            return f"the same wearer, {hint.wearer}"
        if hint.group and theirs.group == hint.group and camera.kind in (kind, CameraKind.OTHER):
            what = "make and model of phone" if kind is CameraKind.MOBILE else "series of files"
            return f"the same {what}, {hint.group}"
    return ""


def _kind_of(new: Examination) -> CameraKind:
    if new.hint.kind is not None:
        return new.hint.kind
    return CameraKind.OTHER if new.video_stream is not None else CameraKind.AUDIO


def _series(hint: DeviceHint) -> str:
    return hint.group.partition(_IN)[0]


def _name_for(kind: CameraKind, new: Examination) -> str:
    hint = new.hint
    device = " ".join(part for part in (hint.make, hint.model) if part)
    match kind:
        case CameraKind.BWV:
            return f"BWV {hint.wearer or hint.serial or device}".strip()
        case CameraKind.CCTV:
            return _cctv_name(_series(hint))
        case CameraKind.MOBILE:
            return f"Phone ({hint.model or device})" if device else "Phone"
        case CameraKind.DASHCAM:
            lens = next((word for word in ("front", "rear", "inside", "side") if word in _series(hint).split()), "")
            return f"Dashcam {lens}".strip()
        case CameraKind.AUDIO:
            return f"Sound {_stem(new)}" if not device else f"Sound ({device} {hint.serial})".replace(" )", ")")
        case CameraKind.OTHER:
            return f"{device} {hint.serial}".strip() or _stem(new)


def _cctv_name(group: str) -> str:
    channel = re.search(r"channel (\d+)", group)
    if channel:
        return f"CCTV {channel[1]}"
    number = re.fullmatch(r"(?:ip ?camera|camera|cam|cctv|channel|ch)[ _-]*0*(\d{1,4})", group, re.IGNORECASE)
    if number:
        return f"CCTV {number[1]}"
    return f"CCTV {group}".strip() if not group.lower().startswith("cctv") else group


def _stem(new: Examination) -> str:
    return clean_text(new.display_name.rpartition(".")[0] or new.display_name, limit=60)


def _unlike(name: str, taken: Sequence[str]) -> str:
    """Return the name, with a number behind it where it is taken."""
    used = {one.casefold() for one in taken}
    if name.casefold() not in used:
        return name
    number = 2
    while f"{name} ({number})".casefold() in used:
        number += 1
    return f"{name} ({number})"


def _reason_for_new(hint: DeviceHint) -> str:
    if hint.serial:
        return f"a serial number that no other recording has, {hint.serial}"
    if hint.group:
        return f"a series of files of its own, {hint.group}"
    return "nothing in the file ties it to another recording"


def _continuations_by_time(members: Sequence[Segment]) -> dict[str, str]:
    timed = sorted(((start, one) for one in members if (start := _start_of(one)) is not None), key=lambda pair: pair[0])
    found: dict[str, str] = {}
    for (start, one), (next_start, following) in pairwise(timed):
        gap = next_start - (start + one.duration_ns)
        numbers = (one.hint.segment, following.hint.segment)
        contradicts = numbers[0] is not None and numbers[1] is not None and numbers[1] - numbers[0] != 1
        if abs(gap) <= _CONTIGUOUS_NS and not contradicts:
            found[following.recording_id] = one.recording_id
    return found


def _continuations_by_number(members: Sequence[Segment]) -> dict[str, str]:
    by_number: dict[tuple[str, int], Segment] = {}
    for one in members:
        if one.hint.segment is not None and (one.hint.group or one.hint.serial):
            by_number[one.hint.group or one.hint.serial, one.hint.segment] = one
    return {
        one.recording_id: by_number[series, number - 1].recording_id
        for (series, number), one in by_number.items()
        if (series, number - 1) in by_number
    }


def _start_of(segment: Segment) -> int | None:
    """Return a start that can be compared with those of the same camera's other recordings, ns, or None."""
    for one in segment.claims:
        if one.origin in _COMPARABLE and one.meaning is ClaimMeaning.START and one.resolution_ns <= NS_PER_S:
            return one.instant_ns
    return None
