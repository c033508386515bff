"""The case as it would look with other clocks: for looking before applying, and never written anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.case_snapshot import CaseSnapshot
from evidence.records import ClockSetting, TimeClaim
from player.ui.timeline.lanes import make_lanes
from sync.timeline import build_timeline

PREVIEW_REASON = "its clocks are shown as proposed; they are not in force"
PREVIEW_REMEDY = "End the preview, or apply the clocks in the sync view."


@dataclass(eq=False)
class ClockPreview:
    """Clocks to look at.

    Attributes:
        settings: the clocks that are proposed; cameras without one keep theirs.
        claims: by id of recording, what would place it where nothing does yet.
    """

    settings: tuple[ClockSetting, ...]
    claims: Mapping[str, TimeClaim] = field(default_factory=dict)
    _made_of: CaseSnapshot | None = None
    _made: CaseSnapshot | None = None

    def of(self, snapshot: CaseSnapshot | None) -> CaseSnapshot | None:
        """Return the case with these clocks, as one that cannot be changed; the same one for the same case."""
        if snapshot is None:
            return None
        if self._made_of is not snapshot:
            self._made_of, self._made = snapshot, self._make(snapshot)
        return self._made

    def _make(self, snapshot: CaseSnapshot) -> CaseSnapshot:
        proposed = {one.camera_id: one for one in self.settings}
        kept = [one for one in snapshot.settings if one.camera_id not in proposed]
        recordings = tuple(
            replace(one, claims=(*one.claims, self.claims[one.id])) if one.id in self.claims else one
            for one in snapshot.recordings
        )
        settings = (*kept, *self.settings)
        timeline = build_timeline(snapshot.cameras, recordings, settings, snapshot.info.time_zone)
        return replace(
            snapshot,
            info=replace(snapshot.info, is_read_only=True),
            recordings=recordings,
            settings=settings,
            book=snapshot.book.with_timeline(timeline),
            timeline=timeline,
            lanes=make_lanes(timeline),
            is_preview=True,
        )
