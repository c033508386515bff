"""Two recordings laid together as one match says, to be looked at and listened to by themselves.

Their times are those of the match: what was one moment in both is one instant here. Nothing of it is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from evidence.observations import Moment, Observation
from evidence.records import Camera, Recording
from evidence.times import DeviceTime, DurationNs, IncidentTime
from sync.clock_map import ClockMap
from sync.standing import MatchRow
from sync.timeline import CameraTimeline, PlacedRecording, Timeline, origin_ns


@dataclass(frozen=True, slots=True)
class Pair:
    """Two recordings at a matched moment.

    Attributes:
        cameras: theirs.
        recordings: the two.
        media_ns: the moment in each, of the file's own time.
        at: when that is shown to be.
        shift_ns: by how much the second one was moved later by hand.
    """

    cameras: tuple[Camera, Camera]
    recordings: tuple[Recording, Recording]
    media_ns: tuple[int, int]
    at: IncidentTime
    shift_ns: DurationNs = 0

    def timeline(self) -> Timeline:
        """Return the two on one clock."""
        return Timeline(tuple(self._place(number) for number in (0, 1)), ())

    def moments(self) -> tuple[Moment, Moment]:
        """Return the moments that lie together with the shift."""
        first, second = self.recordings
        return Moment(first.id, self.media_ns[0]), Moment(second.id, self.media_ns[1] - self.shift_ns)

    def _place(self, number: int) -> CameraTimeline:
        recording = self.recordings[number]
        shift = self.shift_ns if number else 0
        start = DeviceTime(self.at + shift + origin_ns(recording) - self.media_ns[number])
        place = PlacedRecording(
            recording=recording,
            clock=ClockMap.identity(),
            device_start=start,
            origin_ns=origin_ns(recording),
            sigma_ns=None,
            basis="laid together by a match",
            claim=None,
        )
        return CameraTimeline(self.cameras[number], None, (place,))


def pair_of(match: MatchRow, place: int, cameras: dict[str, Camera], recordings: dict[str, Recording]) -> Pair | None:
    """Return the recordings of a match at its first reading (0), in its middle (1) or at its last (2).

    None where it ties one clock to UTC, or where a recording is not there.
    """
    readings = match.readings
    first, last = readings[0].observation, readings[-1].observation
    if first.other is None or last.other is None:
        return None
    own = [recordings.get(one.recording_id) for one in (first.one, first.other)]
    if own[0] is None or own[1] is None:
        return None
    media = tuple(_between(first, last, place, number) for number in (0, 1))
    begin, end = readings[0].at or 0, readings[-1].at or 0
    return Pair(
        cameras=(cameras[own[0].camera_id], cameras[own[1].camera_id]),
        recordings=(own[0], own[1]),
        media_ns=(media[0], media[1]),
        at=IncidentTime(begin + (end - begin) * place // 2),
    )


def _between(first: Observation, last: Observation, place: int, number: int) -> int:
    """Return a moment between two readings: `place` halves of the way."""
    moments = [(one.one, one.other)[number] for one in (first, last)]
    assert moments[0] is not None
    assert moments[1] is not None
    return moments[0].media_ns + (moments[1].media_ns - moments[0].media_ns) * place // 2
