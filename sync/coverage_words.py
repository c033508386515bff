"""Says in words who was recording when: for the command line, the coverage tab and reports. No Qt.

Every statement is complete in itself: it carries the uncertainty of the clocks it rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from evidence.time_text import LocalTimes, at_most_text, duration_text
from evidence.times import NS_PER_S, DurationNs, IncidentRange, IncidentTime
from sync.coverage import CameraCoverage, Covers, RangeCoverage
from sync.edges import SameMinute
from sync.nobody import Gap
from sync.sound_kept import NoSound, SoundLack

SILENCE_NOTE = "Silence is what the file holds; it does not tell why."
BUFFER_NOTE = "Body-worn cameras often keep some time without sound from before the record button was pressed."
ENDS_NOTE = "A recording ends where the camera stopped, or where the file was cut; its end does not tell which."
_TENTH = NS_PER_S // 10
_LACKS = {
    SoundLack.NO_STREAM: "no sound stream",
    SoundLack.NOT_RECORDED: "no sound in the file",
    SoundLack.SILENT: "digital silence",
}


@dataclass(frozen=True, slots=True)
class CoverageWords:
    """Writes the answer for one range.

    Attributes:
        answer: what is said.
        times: writes instants in the reader's zone.
    """

    answer: RangeCoverage
    times: LocalTimes

    @property
    def heading(self) -> str:
        """Which range, as `Sat 14 Mar 2026, 21:32:07.000 to 21:34:40.000 GMT (2 min 33 s)`."""
        asked = self.answer.asked
        length = duration_text(asked.duration_ns)
        zone = self.times.zone_name(asked.start)
        if self.is_one_day:
            day, ends = self.times.day(asked.start), self.span(asked)
            return f"{day}, {ends} {zone} ({length})"
        return f"{self.times.full(asked.start)} to {self.times.full(asked.end)} ({length})"

    @property
    def is_one_day(self) -> bool:
        """Whether the range lies on one local day, so that times need no date."""
        return self.times.is_one_day(self.answer.asked.start, self.answer.asked.end)

    def at(self, instant: IncidentTime) -> str:
        """Return an instant; with its day where the range has several."""
        asked = self.answer.asked
        is_plain = self.is_one_day and self.times.is_one_day(asked.start, instant)
        return self.times.clock(instant) if is_plain else self.times.day_and_clock(instant)

    def span(self, span: IncidentRange) -> str:
        """Return `21:32:07.000 to 21:34:40.000`."""
        return f"{self.at(span.start)} to {self.at(span.end)}"

    def name(self, camera_id: str | None) -> str:
        """Return what people call a camera."""
        return next((one.camera.name for one in self.answer.cameras if one.camera.id == camera_id), "")

    def when(self, one: CameraCoverage) -> str:
        """Say when a camera was recording: `all of it`, `until 21:33:02.000`, `in 3 parts, 4.0 s`, `none of it`."""
        asked = self.answer.asked
        if one.covers is Covers.ALL:
            return "all of it"
        if one.covers is Covers.NONE:
            return "none of it"
        if len(one.parts) > 1:
            return f"in {len(one.parts)} parts, {duration_text(one.covered.nominal_ns)}"
        (part,) = one.parts
        if part.start == asked.start:
            return f"until {self.at(part.end)}"
        return f"from {self.at(part.start)}" if part.end == asked.end else f"{self.span(part)}"

    def doubt(self, one: CameraCoverage) -> str:
        """Say what the camera's clock leaves open of that, or return "".

        Of all of the case it says nothing of the kind: there the range is made of the very recordings.
        """
        if one.is_certain:
            return ""
        covered = one.covered
        lost = _counted(one.unplaced, "recording has", "recordings have") + " no place in time" if one.unplaced else ""
        if self.answer.is_whole and one.half_width_ns is not None:
            return f"not certain: {lost}" if lost else ""
        if covered.at_least_ns is None or covered.at_most_ns is None:
            return "not certain: the uncertainty of its clock is not known"
        if covered.at_least_ns == covered.at_most_ns:
            return f"not certain: {lost}" if lost else ""
        whole = self.answer.asked.duration_ns
        least = _amount(covered.at_least_ns, whole, duration_text)
        most = _amount(covered.at_most_ns, whole, _at_most)
        return "; ".join(filter(None, (f"not certain: from {least} to {most}", lost)))

    def clock(self, one: CameraCoverage) -> str:
        """Return how sure a camera's clock is (95 %): `±1 min 01 s`."""
        if not one.parts and not one.gaps and one.half_width_ns == 0:
            return ""
        return "not known" if one.half_width_ns is None else f"±{at_most_text(one.half_width_ns)}"

    def gap(self, gap: Gap) -> str:
        """Say how long a gap was and how sure that is: `8.0 s (at least 4.0 s, at most 12.0 s)`."""
        if gap.length_ns is None:
            return ""
        length = duration_text(gap.length_ns)
        after = "; the camera went on in its next file" if gap.is_continued else ""
        if gap.at_least_ns is None or gap.at_most_ns is None:
            return f"{length}, not certain: the uncertainty of a clock is not known{after}"
        if not gap.at_least_ns:
            return f"{length}, not certain: from no gap at all to {_at_most(gap.at_most_ns)}{after}"
        least, most = duration_text(gap.at_least_ns), _at_most(gap.at_most_ns)
        is_plain = least == duration_text(gap.at_most_ns)
        return f"{length}{'' if is_plain else f' (at least {least}, at most {most})'}{after}"

    def gap_when(self, gap: Gap) -> str:
        """Return when a gap was."""
        assert gap.start is not None
        assert gap.end is not None
        return self.span(IncidentRange(gap.start, gap.end))

    def gap_between(self, gap: Gap) -> str:
        """Return whose recordings lie around a gap between all."""
        before, after = self.name(gap.before), self.name(gap.after)
        return f"after {before}, before {after}" if before != after else f"between two recordings of {before}"

    def minute(self, one: SameMinute) -> str:
        """Say how many cameras' recordings start or end within how long."""
        cameras = len({edge.camera_id for edge in one.edges})
        what = (
            f"Recordings of {cameras} cameras {'end' if one.is_end else 'start'} within {duration_text(one.spread_ns)}"
        )
        if one.is_end:
            left = _counted(one.cameras_after, "camera was", "cameras were") if one.cameras_after else "no camera was"
            return f"{what}; {left} recording after that"
        there = _counted(one.cameras_before, "camera was", "cameras were") if one.cameras_before else "no camera was"
        return f"{what}; {there} recording before that"

    def minute_doubt(self, one: SameMinute) -> str:
        """Say what the clocks leave open of that, or return ""."""
        if one.at_least_ns is None or one.at_most_ns is None:
            return "not certain: the uncertainty of a clock is not known"
        least, most = duration_text(one.at_least_ns), _at_most(one.at_most_ns)
        if least == duration_text(one.at_most_ns):
            return ""
        return f"{'' if one.is_certain else 'not certain: '}at least {least} and at most {most} apart"

    def no_sound(self, one: NoSound) -> str:
        """Say how sound is lacking: `first 30.0 s: digital silence`."""
        lack, length = _LACKS[one.lack], duration_text(one.span.duration_ns)
        if one.is_whole:
            return f"whole recording: {lack}"
        return f"first {length}: {lack}" if one.is_from_start else f"{length}: {lack}"

    def unknown_sound(self, one: CameraCoverage) -> str:
        """Say that the sound of some recordings was not looked at, or return ""."""
        count = len(one.sound_unknown)
        return f"sound of {_counted(count, 'recording', 'recordings')} not looked at yet" if count else ""

    def sound_notes(self) -> tuple[str, ...]:
        """Return what a reader should know about the stretches without sound."""
        lacking = [lack for one in self.answer.cameras for lack in one.lacking_sound]
        has_silence = any(one.lack is SoundLack.SILENT for one in lacking)
        has_lead = any(one.is_from_start and not one.is_whole for one in lacking)
        return (*((BUFFER_NOTE,) if has_lead else ()), *((SILENCE_NOTE,) if has_silence else ()))

    def left_out(self) -> str:
        """Say what the answer does not count, or return ""."""
        count = self.answer.unplaced
        if not count:
            return ""
        if count == 1:
            return "1 recording has no place in time and is not counted."
        return f"{count:,} recordings have no place in time and are not counted."

    def nobody(self) -> str:
        """Say in one sentence how much of the range nobody was recording."""
        missing = self.answer.nobody_ns
        if not missing:
            return "At every moment at least one camera was recording, by the clocks as they are set."
        if missing == self.answer.asked.duration_ns:
            return "No camera was recording, by the clocks as they are set."
        return f"For {duration_text(missing)} no camera was recording, by the clocks as they are set."

    def together(self) -> str:
        """Say in one sentence for how long recordings overlap, or return "" where there is but one camera."""
        busiest = self.answer.busiest
        if len(self.answer.cameras) < 2 or busiest is None:
            return ""
        if not self.answer.together_ns:
            return "No two cameras were recording at once, by the clocks as they are set."
        most = f"at most {len(busiest.camera_ids)}, first {self.span(busiest.span)}"
        return (
            f"For {duration_text(self.answer.together_ns)} two or more cameras were recording at once ({most}), "
            "by the clocks as they are set."
        )


def gaps_with_both_ends(gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """Return the gaps that something was recorded before and after."""
    return tuple(gap for gap in gaps if gap.start is not None and gap.end is not None)


def _amount(length_ns: DurationNs, whole_ns: DurationNs, words: Callable[[DurationNs], str]) -> str:
    if length_ns == whole_ns:
        return "all of it"
    return words(length_ns) if length_ns else "none of it"


def _at_most(length_ns: DurationNs) -> str:
    """Return a length rounded up, with as many digits as the length that it stands beside is given."""
    return at_most_text(length_ns if length_ns < NS_PER_S else -(-length_ns // _TENTH) * _TENTH)


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
