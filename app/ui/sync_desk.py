"""What people ask of the clocks of the open case: solving, deciding, looking before applying, applying, undoing.

Solving runs beside the UI thread after every change; the answer that arrives last is the one to the last question.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from annotations.sync_paper import write_certificate
from app.case_snapshot import CaseSnapshot
from app.clock_preview import ClockPreview
from app.jobs import Job, JobRunner
from app.session import CaseSession
from app.settings import YOUR_NAME, Settings
from app.sync_corrections import add_observations, apply_clocks, decide
from app.ui.undo_desk import UndoDesk
from evidence.case import Case
from evidence.errors import CaseReadOnlyError, SightlineError
from evidence.jobs import IsCancelled, Progress
from evidence.observations import Moment, Observation, ObservationState
from sync.case_clocks import Findings, Sense, find_matches, person, undo_apply
from sync.doubts import HourDoubt, accept_doubt
from sync.marked import observe_by_hand
from sync.overlay_clock.search import OverlaySearch, find_by_overlay
from sync.question import SOLVED
from sync.standing import Basis, Standing, StandRequest, SyncFacts, find_standing


class SyncDesk(QObject):
    """Takes requests on the UI thread.

    Signals:
        solved: `standing` is another one, or None.
        found: `Findings` of a search that ended.
        clocks_read: `OverlaySearch` of a search for burnt-in clocks that ended.
        searching_changed: a search began or ended.
        preview_changed: proposed clocks are shown, or no more.
        refused: `SightlineError`: what was asked for cannot be done.
        certified: the path of a certificate that was written.
        applied: the clocks were set by what is accepted.
        undo_changed: something else would be taken back.
    """

    solved = Signal()
    found = Signal(object)
    clocks_read = Signal(object)
    searching_changed = Signal()
    preview_changed = Signal()
    refused = Signal(object)
    certified = Signal(object)
    applied = Signal()
    undo_changed = Signal()

    def __init__(self, session: CaseSession, jobs: JobRunner, settings: Settings, undo: UndoDesk) -> None:
        super().__init__()
        self._undo = undo
        self._session = session
        self._jobs = jobs
        self._settings = settings
        self._basis: Basis | None = None
        self._reference = ""
        self._standing: Standing | None = None
        self._asked = 0
        self._of: SyncFacts | None = None
        self._is_wanted = False
        self.search: Job | None = None
        self.preview: ClockPreview | None = None
        session.changed.connect(self._on_changed)
        session.opened.connect(self._on_changed)
        session.closed.connect(self._on_closed)
        undo.changed.connect(self.undo_changed)

    # What is known

    @property
    def standing(self) -> Standing | None:
        """How the clocks stand, or None while that is not known."""
        return self._standing

    @property
    def basis(self) -> Basis:
        """From which matches is solved: accepted ones, and proposals too where nothing is accepted yet."""
        if self._basis is not None:
            return self._basis
        snapshot = self._session.saved_snapshot
        states = set() if snapshot is None else {one.state for one in snapshot.observations}
        return Basis.ACCEPTED if ObservationState.ACCEPTED in states else Basis.PROPOSED_TOO

    @property
    def reference(self) -> str:
        """Id of the camera whose clock is taken for the truth, or ""."""
        return self._reference

    @property
    def undo_title(self) -> str:
        """What undoing takes back: `Undo: decision on matches`."""
        return self._undo.undo_title if self._undo.can_undo else "Take back the clocks that were applied last"

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back: what was done last, or clocks that were applied."""
        snapshot = self._session.saved_snapshot
        return self._undo.can_undo or (snapshot is not None and any(one.method == SOLVED for one in snapshot.settings))

    def want(self) -> None:
        """Keep solving from now on: somebody looks."""
        self._is_wanted = True
        self._solve()

    def set_basis(self, basis: Basis) -> None:
        """Solve from these matches."""
        self._basis = basis
        self._solve()

    def set_reference(self, camera_id: str) -> None:
        """Take a camera's clock in force for the truth; "" for UTC."""
        self._reference = camera_id
        self._solve()

    # What is done

    def sync_everything(self, senses: frozenset[Sense] = frozenset({Sense.SOUND})) -> None:
        """Compare the sound, the light, or both of all recordings; what matches is proposed."""
        by = self._settings.get(YOUR_NAME) or "Unnamed user"
        words = " and ".join(one.value for one in Sense if one in senses)
        self._look_for(f"Sync everything: matching {words}", partial(_find, by, senses), self.found.emit)

    def read_clocks(self) -> None:
        """Read the clocks that are burnt into the pictures; what they say is proposed."""
        by = self._settings.get(YOUR_NAME) or "Unnamed user"
        self._look_for("Reading burnt-in clocks", partial(_read_clocks, by), self.clocks_read.emit)

    def _look_for(
        self, title: str, work: Callable[[Case, Progress, IsCancelled], object], tell: Callable[[object], None]
    ) -> None:
        if self.search is not None or self._is_refused("Looking for matches"):
            return

        def ended() -> None:
            self.search = None
            self.searching_changed.emit()

        def done(found: object) -> None:
            ended()
            self._session.refresh(lambda: tell(found))

        def failed(error: SightlineError) -> None:
            ended()
            self.refused.emit(error)

        self.search = self._session.run(title, work, done, failed, ended)
        self.searching_changed.emit()

    def decide(self, groups: Iterable[str], state: ObservationState) -> None:
        """Accept or reject matches, or make them proposals again."""
        wanted = tuple(groups)
        if wanted and not self._is_refused("Deciding on a match"):
            self._session.edit("Deciding on matches", lambda case, by: decide(case, wanted, state, by))

    def decide_all(self, state: ObservationState) -> None:
        """Decide on everything that nobody decided on yet."""
        if self._standing is not None:
            self.decide(self._standing.proposed, state)

    def add(self, observations: Iterable[Observation], then: Callable[[], None] | None = None) -> None:
        """Keep observations that a person made."""
        made = tuple(observations)
        if not made or self._is_refused("Keeping an observation"):
            return
        self._session.edit("Keeping an observation", lambda case, by: add_observations(case, made, by), then)

    def propose_by_hand(self, one: Moment, other: Moment, sigma_ns: int) -> None:
        """Keep two recordings that a person laid together as a proposal."""
        who = person(self._settings.get(YOUR_NAME) or "Unnamed user")
        self.add([observe_by_hand(one, other, sigma_ns, "", who)])

    def accept_hour(self, doubt: HourDoubt) -> None:
        """Take a clock to be an hour off, as a person's word."""
        standing = self._standing
        if standing is None:
            return
        recording, start = standing.question.starts[doubt.recording_id]
        self.add([accept_doubt(doubt, start, recording, person(self._settings.get(YOUR_NAME) or "Unnamed user"))])

    def apply(self) -> None:
        """Set the clocks by what is accepted."""
        if self._is_refused("Setting the clocks"):
            return
        reference = self._reference
        self.end_preview()
        self._session.edit("Setting the clocks", lambda case, by: apply_clocks(case, reference, by), self.applied.emit)

    def undo(self) -> None:
        """Take back what was done last to the case; or, where nothing was since it was opened, the applied clocks."""
        if self._is_refused("Undoing") or not self.can_undo:
            return
        self.end_preview()
        if self._undo.can_undo:
            self._undo.undo()
        else:
            self._session.edit("Setting the clocks back", lambda case, by: undo_apply(case, by=by))

    def certify(self, path: Path) -> None:
        """Write the sync certificate."""
        by = self._settings.get(YOUR_NAME) or "Unnamed user"
        self._session.run(
            f"Writing {path.name}",
            lambda case, progress, cancelled: write_certificate(
                case, path, by=by, progress=progress, cancelled=cancelled
            ),
            lambda _certificate: self.certified.emit(path),
            self.refused.emit,
            lambda: None,
        )

    def toggle_preview(self) -> None:
        """Show the timeline and the pictures by the solved clocks, or again by those in force."""
        if self.preview is not None:
            self.end_preview()
        elif self._standing is not None and self._standing.settings:
            self._show_preview()

    def end_preview(self) -> None:
        """Show the clocks in force."""
        if self.preview is not None:
            self.preview = None
            self._session.preview_clocks(None)
            self.preview_changed.emit()

    # Inside

    def _show_preview(self) -> None:
        assert self._standing is not None
        self.preview = ClockPreview(self._standing.settings, self._standing.question.placed_by_match)
        self._session.preview_clocks(self.preview)
        self.preview_changed.emit()

    def _is_refused(self, doing: str) -> bool:
        snapshot = self._session.saved_snapshot
        if snapshot is None:
            return True
        if not snapshot.info.is_read_only:
            return False
        self.refused.emit(
            CaseReadOnlyError(
                f"{doing} is not possible: the case is open read-only.",
                meaning="Nothing was changed.",
                remedy=self._session.read_only_remedy,
            )
        )
        return True

    def _on_changed(self) -> None:
        snapshot = self._session.saved_snapshot
        if self._is_wanted and snapshot is not None and _facts_of(snapshot) != self._of:
            self._solve()

    def _on_closed(self) -> None:
        self._standing = self._of = self.preview = None
        self._basis, self._reference = None, ""
        self._asked += 1
        self.solved.emit()
        self.preview_changed.emit()

    def _solve(self) -> None:
        snapshot = self._session.saved_snapshot
        if snapshot is None:
            return
        self._of = facts = _facts_of(snapshot)
        self._asked += 1
        asked = self._asked
        request = StandRequest(
            facts,
            self.basis,
            self._reference,
            self._settings.get(YOUR_NAME) or "Unnamed user",
            time.time_ns(),
        )

        def done(standing: Standing) -> None:
            if asked != self._asked:
                return
            self._standing = standing
            if self.preview is not None:
                self._show_preview()
            self.solved.emit()

        self._jobs.start(
            "Solving the clocks",
            lambda _progress, _cancelled: find_standing(request),
            on_done=done,
            on_failed=self.refused.emit,
            is_quiet=True,
        )


def _find(by: str, senses: frozenset[Sense], case: Case, progress: Progress, cancelled: IsCancelled) -> Findings:
    return find_matches(case, senses, by=by, progress=progress, cancelled=cancelled)


def _read_clocks(by: str, case: Case, progress: Progress, cancelled: IsCancelled) -> OverlaySearch:
    return find_by_overlay(case, by=by, progress=progress, cancelled=cancelled)


def _facts_of(snapshot: CaseSnapshot) -> SyncFacts:
    return SyncFacts(
        snapshot.cameras, snapshot.recordings, snapshot.settings, snapshot.observations, snapshot.info.time_zone
    )
