"""The truth of a demo incident: when every frame was really taken, by every camera's real clock.

`truth.json` lies beside the recordings and is what tests compare with. Its schema is told in `docs/demo.md`; this
module writes and reads it as frozen records. All times are integers in nanoseconds; distances are in metres.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evidence.records import CameraKind, ClockPiece
from evidence.times import IncidentTime

TRUTH_NAME = "truth.json"
FORMAT = 1

Point = tuple[float, float, float]
"""x along the street, y across it to the left, z up; metres."""


@dataclass(frozen=True, slots=True)
class TrueEvent:
    """Something that happened.

    Attributes:
        key: its name, unique in the incident.
        kind: `clap`, `slam`, `flash`, `fall`, `strobe`, `siren`, `door` or `speech`.
        start_ns: when it began, incident time.
        end_ns: when it was over, incident time.
        position: where, at its beginning.
        text: in words for people.
    """

    key: str
    kind: str
    start_ns: IncidentTime
    end_ns: IncidentTime
    position: Point
    text: str


@dataclass(frozen=True, slots=True)
class Heard:
    """When a short sound reached a microphone.

    Attributes:
        event: key of the event.
        incident_ns: when its beginning arrived, incident time.
        delay_ns: how long it was on its way.
    """

    event: str
    incident_ns: IncidentTime
    delay_ns: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a camera was at an instant of incident time."""

    incident_ns: IncidentTime
    position: Point


@dataclass(frozen=True)
class TrueFile:
    """One recording and the truth of its frames.

    Attributes:
        camera: key of its camera.
        number: which of the camera's files it is, from 0; the frame code carries it as `part`.
        path: relative to the demo's folder, with forward slashes.
        exhibit: exhibit reference.
        time_base: length of one pts unit of the video stream, seconds.
        pts: of each frame in order of presentation, as demuxed.
        end_pts: where the last frame ends, exclusive.
        incident_ns: when each frame was taken, incident time.
        end_ns: when the last frame ended, incident time.
        device_start_ns: what the device's clock read at the first frame; the file's strongest claim says exactly it.
        claim: which claim that is, in words.
        width: of the displayed picture, in pixels.
        height: of the displayed picture, in pixels.
        rotation: degrees clockwise by which the stored picture is turned for display.
        sample_rate: of the sound, 0 where there is none. Sample 0 was taken with the first frame.
        heard: short sounds that reached its microphone.
        places: where the camera was, at least every half second.
    """

    camera: str
    number: int
    path: str
    exhibit: str
    time_base: Fraction
    pts: tuple[int, ...]
    end_pts: int
    incident_ns: tuple[IncidentTime, ...]
    end_ns: IncidentTime
    device_start_ns: int
    claim: str
    width: int
    height: int
    rotation: int
    sample_rate: int
    size_bytes: int
    sha256: str
    heard: tuple[Heard, ...]
    places: tuple[Place, ...]

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """When each frame was taken, incident time in ns; int64[frames]."""
        return np.array(self.incident_ns, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class TrueCamera:
    """One camera and its real clock.

    Attributes:
        key: short name; `code` is its number in frame codes.
        clock: device time to incident time, exactly as `sync.clock_map.ClockMap` reads it.
        clock_text: the clock's error in words, as an officer would state it.
    """

    key: str
    code: int
    name: str
    kind: CameraKind
    owner: str
    make: str
    model: str
    serial: str
    clock: tuple[ClockPiece, ...]
    clock_text: str


@dataclass(frozen=True)
class Truth:
    """Everything that is known of a demo incident.

    Attributes:
        generator: name and version of what made it.
        request: what was asked for, by name.
        start_ns: start of the incident, incident time.
        end_ns: its end.
        cameras: in the order of their tiles.
        files: in the order of cameras, then of time.
        events: in order of time.
    """

    generator: str
    request: dict[str, Any]
    start_ns: IncidentTime
    end_ns: IncidentTime
    cameras: tuple[TrueCamera, ...]
    files: tuple[TrueFile, ...]
    events: tuple[TrueEvent, ...]

    def camera(self, key: str) -> TrueCamera:
        """Return a camera by key. Raises KeyError."""
        return self._by_key[key]

    def files_of(self, camera: str) -> tuple[TrueFile, ...]:
        """Return the files of a camera in order of time."""
        return tuple(file for file in self.files if file.camera == camera)

    def frame_at(self, camera: str, instant: IncidentTime) -> tuple[TrueFile, int] | None:
        """Return which frame of which file a camera shows at an instant, or None while it was not recording.

        Frame `k` shows from its own instant until that of frame `k + 1`, the last one until the file's end.
        """
        for file in self.files_of(camera):
            if file.incident_ns[0] <= instant < file.end_ns:
                return file, int(np.searchsorted(file.starts, instant, side="right")) - 1
        return None

    @cached_property
    def _by_key(self) -> dict[str, TrueCamera]:
        return {camera.key: camera for camera in self.cameras}


def save_truth(truth: Truth, folder: Path) -> None:
    """Write `truth.json` into a folder."""
    text = json.dumps({"format": FORMAT, **dataclasses.asdict(truth)}, default=_plain, separators=(",", ":"))
    (folder / TRUTH_NAME).write_text(text + "\n", encoding="utf-8", newline="\n")


def load_truth(folder: Path) -> Truth:
    """Read the truth of the demo incident in a folder.

    Raises:
        FileNotFoundError: there is no `truth.json`.
        ValueError: it is damaged, or of another format.
    """
    try:
        raw = json.loads((folder / TRUTH_NAME).read_text(encoding="utf-8"))
        if raw["format"] != FORMAT:
            raise ValueError(f"truth file of unknown format {raw['format']}")
        return Truth(
            generator=raw["generator"],
            request=raw["request"],
            start_ns=raw["start_ns"],
            end_ns=raw["end_ns"],
            cameras=tuple(_camera(one) for one in raw["cameras"]),
            files=tuple(_file(one) for one in raw["files"]),
            events=tuple(TrueEvent(**{**one, "position": tuple(one["position"])}) for one in raw["events"]),
        )
    except (KeyError, TypeError, UnicodeDecodeError) as error:
        raise ValueError(f"damaged truth file: {error}") from error


def _plain(value: object) -> object:
    if isinstance(value, Fraction):
        return [value.numerator, value.denominator]
    raise TypeError(f"{type(value).__name__} has no place in a truth file")


def _camera(raw: dict[str, Any]) -> TrueCamera:
    clock = tuple(ClockPiece(**piece) for piece in raw["clock"])
    return TrueCamera(**{**raw, "kind": CameraKind(raw["kind"]), "clock": clock})


def _file(raw: dict[str, Any]) -> TrueFile:
    return TrueFile(
        **{
            **raw,
            "time_base": Fraction(*raw["time_base"]),
            "pts": tuple(raw["pts"]),
            "incident_ns": tuple(raw["incident_ns"]),
            "heard": tuple(Heard(**one) for one in raw["heard"]),
            "places": tuple(Place(one["incident_ns"], tuple(one["position"])) for one in raw["places"]),
        }
    )
