"""Decides which camera a recording belongs to, why, and which recordings continue one another. Pure functions.

The user can correct every answer; so each comes with its reason in words.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from evidence.examination import Examination
from evidence.records import CameraKind, DeviceHint, TimeClaim
from evidence.times import DurationNs


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
    """Return which of the known cameras made `new`, or what a new camera is to be called."""
    raise NotImplementedError


def find_continuations(segments: Iterable[Segment]) -> dict[str, str]:
    """Return, by id of recording, the id of the recording that it continues."""
    raise NotImplementedError
