"""The answer to "who was recording when" as HTML for Qt: its times are links that name an instant and a camera."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from evidence.times import IncidentRange, IncidentTime
from resources.palette import Palette, lane_colour
from sync.coverage import CameraCoverage, Covers
from sync.coverage_words import ENDS_NOTE, CoverageWords, gaps_with_both_ends
from sync.edges import SameMinute

MOST_ROWS = 100
"""More than that of one kind nobody reads; the range is to be made smaller."""

_COVERS = {Covers.ALL: "All of it", Covers.PART: "Part of it", Covers.NONE: "None of it"}


@dataclass(frozen=True, slots=True)
class CoverageHtml:
    """Writes one answer.

    Attributes:
        words: says it in words.
        palette: the colours in force.
    """

    words: CoverageWords
    palette: Palette

    def page(self) -> str:
        """Return all of it; every text is escaped."""
        answer = self.words.answer
        parts = [self._line(one) for one in (self.words.nobody(), self.words.together()) if one]
        if answer.unplaced:
            parts.append(self._line(self.words.left_out(), "caution"))
        for covers, title in _COVERS.items():
            cameras = answer.that_cover(covers)
            parts.append(self._section(f"{title} ({len(cameras)})", [self._camera(one) for one in cameras]))
        parts += [self._nobody(), self._gaps(), self._minutes(), self._sound()]
        return "".join(parts)

    def _camera(self, one: CameraCoverage) -> str:
        first = one.parts[0].start if one.parts else None
        lines = [self._text(self.words.when(one)) if one.covers is Covers.PART else ""]
        if len(one.parts) > 1:
            lines += [self._span(part, one.camera.id) for part in one.parts[:MOST_ROWS]]
        clock = self.words.clock(one)
        lines += [self._dim(f"Clock {clock} (95 %)" if clock else ""), self._doubt(self.words.doubt(one))]
        return self._row(self._name(one, first), lines)

    def _nobody(self) -> str:
        gaps = gaps_with_both_ends(self.words.answer.nobody)
        rows = [
            self._row(
                self._link(gap.start or IncidentTime(0), gap.before, self.words.gap_when(gap)),
                [self._sure(self.words.gap(gap), is_sure=gap.is_certain), self._dim(self.words.gap_between(gap))],
            )
            for gap in gaps
        ]
        return self._section(f"Nobody recording ({len(gaps)})", rows) if gaps else ""

    def _gaps(self) -> str:
        found = [(one, gap) for one in self.words.answer.cameras for gap in gaps_with_both_ends(one.gaps)]
        rows = [
            self._row(
                self._name(one, gap.start),
                [
                    self._link(gap.start or IncidentTime(0), one.camera.id, self.words.gap_when(gap)),
                    self._sure(self.words.gap(gap), is_sure=gap.is_certain),
                ],
            )
            for one, gap in found[:MOST_ROWS]
        ]
        return self._section(f"Gaps of each camera ({len(found)})", rows, len(found)) if found else ""

    def _minutes(self) -> str:
        found = self.words.answer.same_minute
        rows = [self._minute(one) for one in found[:MOST_ROWS]]
        notes = (ENDS_NOTE,) if any(one.is_end for one in found) else ()
        return self._section(f"Within the same minute ({len(found)})", rows, len(found), notes) if found else ""

    def _minute(self, one: SameMinute) -> str:
        lines = [
            f"{self._link(edge.instant, edge.camera_id, self.words.at(edge.instant))} "
            f"{self._text(self.words.name(edge.camera_id))}"
            for edge in one.edges[:MOST_ROWS]
        ]
        doubt = self.words.minute_doubt(one)
        return self._row(self._text(self.words.minute(one)), [*lines, self._sure(doubt, is_sure=one.is_certain)])

    def _sound(self) -> str:
        rows = [
            self._row(
                self._name(one, lack.span.start),
                [self._span(lack.span, one.camera.id), self._text(self.words.no_sound(lack))],
            )
            for one in self.words.answer.cameras
            for lack in one.lacking_sound
        ]
        unknown = [
            self._row(self._name(one, None), [self._dim(self.words.unknown_sound(one))])
            for one in self.words.answer.cameras
            if one.sound_unknown
        ]
        if not rows and not unknown:
            return ""
        return self._section(f"Without sound ({len(rows)})", rows, len(rows), self.words.sound_notes()) + "".join(
            unknown[:MOST_ROWS]
        )

    # Pieces

    def _section(self, title: str, rows: Sequence[str], count: int = 0, notes: Iterable[str] = ()) -> str:
        more = max(count, len(rows)) - MOST_ROWS
        left = self._line(f"and {more:,} more; set in and out points to see them.", "dim") if more > 0 else ""
        told = "".join(self._line(note, "dim") for note in notes)
        head = f'<p style="margin: 12px 0 2px 0; font-weight: 600">{escape(title)}</p>'
        return f"{head}{''.join(rows[:MOST_ROWS])}{left}{told}"

    def _row(self, head: str, lines: Iterable[str]) -> str:
        below = "".join(f"<br>{line}" for line in lines if line)
        return f'<p style="margin: 2px 0 4px 0">{head}{below}</p>'

    def _line(self, words: str, role: str = "text") -> str:
        return f'<p style="margin: 2px 0 2px 0; color: {getattr(self.palette, role)}">{escape(words)}</p>'

    def _name(self, one: CameraCoverage, instant: IncidentTime | None) -> str:
        square = f'<span style="color: {lane_colour(one.camera.colour)}">\N{BLACK SQUARE}</span> '
        if instant is None:
            return square + self._text(one.camera.name)
        return square + self._link(instant, one.camera.id, one.camera.name)

    def _span(self, span: IncidentRange, camera_id: str) -> str:
        return self._link(span.start, camera_id, self.words.span(span))

    def _link(self, instant: IncidentTime, camera_id: str | None, words: str) -> str:
        style = f"color: {self.palette.accent}; text-decoration: none"
        return f'<a href="{link_of(instant, camera_id)}" style="{style}">{escape(words)}</a>'

    def _doubt(self, words: str) -> str:
        return self._sure(words, is_sure=False)

    def _sure(self, words: str, *, is_sure: bool) -> str:
        return self._text(words) if is_sure else self._coloured(words, self.palette.caution)

    def _dim(self, words: str) -> str:
        return self._coloured(words, self.palette.dim)

    def _text(self, words: str) -> str:
        return escape(words)

    def _coloured(self, words: str, colour: str) -> str:
        return f'<span style="color: {colour}">{escape(words)}</span>' if words else ""


def link_of(instant: IncidentTime, camera_id: str | None) -> str:
    """Return the address of an instant in a camera."""
    return f"at:{instant}/{camera_id or ''}"


def read_link(address: str) -> tuple[IncidentTime, str]:
    """Return instant and camera of an address that `link_of` made; "" where there is no camera."""
    instant, _slash, camera_id = address.removeprefix("at:").partition("/")
    return IncidentTime(int(instant)), camera_id
