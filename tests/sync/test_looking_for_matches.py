"""Looking for matches is one step: all that was found is proposed together, and cancelled it leaves nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.case import Case
from evidence.errors import Cancelled
from evidence.ingest import AddRequest, add_files
from evidence.jobs import IsCancelled, Progress, never_cancelled, no_progress
from sync.case_clocks import Sense, find_matches
from sync.light import job as light_job
from sync.light.line import LightLine
from sync.light.match import LightMatch, LightVerdict
from sync.pair_search import ComparedPair, PairRequest, PairResult
from sync.sound import job as sound_job
from tests.support.case_dump import log_of
from tests.support.examinations import FakeExaminer


def test_what_was_found_is_proposed_in_one_step_and_cancelling_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("X1", "X2"):
        (tmp_path / f"{name}_a.mp4").write_bytes(name.encode())
    with Case.create(tmp_path / "Case.sightline", title="T", reference="R", by="me") as case:
        request = AddRequest(case.folder, tuple(bytes(one) for one in sorted(tmp_path.glob("*.mp4"))), "me")
        add_files(request, no_progress, never_cancelled, case=case, examiner_factory=FakeExaminer)
        one, other = (recording.id for recording in case.recordings())
        line = LightLine(30.0, 1.5, 0.0, 0.01, 1e-5, 5.0, 55.0, 9)
        match = LightMatch(LightVerdict.FOUND, line, 9, 20, 12.0, 4.0, (0.04, 0.04), "They flash alike.")
        steps: list[str] = []

        def see(request: PairRequest, progress: Progress, cancelled: IsCancelled) -> PairResult[LightMatch]:
            steps.append("light")
            return PairResult((ComparedPair(one, other, match),), ())

        def hear(request: PairRequest, progress: Progress, cancelled: IsCancelled) -> PairResult[LightMatch]:
            steps.append("sound")
            assert not case.observations()
            return PairResult((), (("r", "no sound"),))

        def stop(request: PairRequest, progress: Progress, cancelled: IsCancelled) -> PairResult[LightMatch]:
            raise Cancelled("Stopped.")

        monkeypatch.setattr(sound_job, "run", hear)
        monkeypatch.setattr(light_job, "run", stop)
        before = log_of(case.folder)
        both = (Sense.LIGHT, Sense.SOUND)
        with pytest.raises(Cancelled):
            find_matches(case, both, by="me", progress=no_progress, cancelled=never_cancelled)
        assert case.observations() == ()
        assert log_of(case.folder) == before
        monkeypatch.setattr(light_job, "run", see)
        found = find_matches(case, both, by="me", progress=no_progress, cancelled=never_cancelled)
        assert steps == ["sound", "sound", "light"]
        assert found.failures == (("r", "no sound"),)
        assert len(found.added) == len(case.observations()) == 2
