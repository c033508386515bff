"""A cue's times as people read and type them: local times; from the first frame where nothing dates it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from annotations.transcripts.records import Cue
from app.time_text import LocalTimes, offset_text
from app.typed_time import TypedTimeContext, parse_duration, parse_time
from evidence.errors import UsageError
from evidence.records import Recording
from evidence.times import DurationNs
from sync.timeline import PlacedRecording, origin_ns


@dataclass(frozen=True, slots=True)
class TypedCue:
    """Reads and writes the times of one cue.

    Attributes:
        cue: whose times.
        recording: in which it is said.
        place: where that lies on the incident clock, or None where nothing dates it.
        zone: of local times.
    """

    cue: Cue
    recording: Recording
    place: PlacedRecording | None
    zone: ZoneInfo

    @property
    def start_text(self) -> str:
        """When it starts, for people; rounded down to a millisecond."""
        return self._text(self.cue.start_ns)

    @property
    def end_text(self) -> str:
        """When it ends, for people; rounded down to a millisecond."""
        return self._text(self.cue.end_ns)

    def read(self, start_text: str, end_text: str) -> tuple[int, int]:
        """Return the media times that were typed; a text that is as it was keeps the time to the nanosecond.

        Raises:
            NoTimeError: a text is no time.
            UsageError: the cue would have no length, or lie outside of its recording.
        """
        start_ns = self._read(start_text, self.start_text, self.cue.start_ns)
        end_ns = self._read(end_text, self.end_text, self.cue.end_ns)
        if end_ns <= start_ns:
            raise UsageError("A cue ends after it starts.", remedy="Give a later end, or an earlier start.")
        first = origin_ns(self.recording)
        last = first + self.recording.duration_ns
        if start_ns >= last or end_ns <= first:
            raise UsageError(
                f"{self.recording.display_name} was not recording then: it runs from {self._text(first)} to "
                f"{self._text(last)}.",
                remedy="Give times within it.",
            )
        return start_ns, end_ns

    def _text(self, media_ns: int) -> str:
        if self.place is None:
            return offset_text(DurationNs(media_ns - origin_ns(self.recording)))
        return LocalTimes(self.zone).clock(self.place.incident_at_media_ns(media_ns))

    def _read(self, typed: str, was: str, media_ns: int) -> int:
        if typed.strip() == was:
            return media_ns
        if self.place is None:
            return origin_ns(self.recording) + parse_duration(typed)
        here = self.place.incident_at_media_ns(media_ns)
        context = TypedTimeContext(zone=self.zone, near=here, relative_to=here, span=self.place.span)
        return self.place.media_ns_at(parse_time(typed, context).instant)
