"""Which reports there are, of what they are made, and by whom. Light to import."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from evidence.times import IncidentRange


class ReportKind(StrEnum):
    """The reports that there are."""

    CHRONOLOGY = "chronology"
    EXHIBITS = "exhibits"
    TIMINGS = "timings"
    COVERAGE = "coverage"


TITLES = {
    ReportKind.CHRONOLOGY: "Chronology",
    ReportKind.EXHIBITS: "Exhibit list",
    ReportKind.TIMINGS: "Timings for a statement",
    ReportKind.COVERAGE: "Who was recording when",
}


@dataclass(frozen=True, slots=True)
class Scope:
    """Of what a report is made.

    Attributes:
        span: of this range on the common clock only, or None for all.
        camera_ids: of these cameras only, or None for all.
    """

    span: IncidentRange | None = None
    camera_ids: tuple[str, ...] | None = None

    def has_camera(self, camera_id: str) -> bool:
        """Tell whether a camera belongs to it."""
        return self.camera_ids is None or camera_id in self.camera_ids


WHOLE_CASE = Scope()


@dataclass(frozen=True, slots=True)
class Maker:
    """Who makes a report, and when (ns since the Unix epoch): the only date in it."""

    by: str
    made_ns: int
