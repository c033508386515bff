"""The sync view: matches are accepted and rejected, looked at before they are applied, applied and taken back."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.application import make_application
from app.bootstrap import Window, open_case
from app.case_snapshot import CaseSnapshot
from app.settings import Settings
from app.tie_picture import lay_out_ties
from app.ui.clock_dialog import ClockDialog
from app.ui.lone_viewer import LoneViewer
from app.ui.sync_window import SyncWindow
from app.ui.theme import Theme
from app.ui.tie_view import TieView
from evidence.case import Case
from evidence.ingest import AddRequest, add_files
from evidence.jobs import never_cancelled, no_progress
from evidence.observations import Moment, Observation, ObservationState, SyncMethod
from evidence.times import NS_PER_S
from sync.overlay_clock import job as overlay_job
from sync.overlay_clock.job import OverlayRequest, OverlayResult
from sync.overlay_clock.read import ClockPiece, OverlayReading, OverlayVerdict
from sync.overlay_clock.ticks import Rate, Tick
from sync.standing import Standing, StandRequest, find_standing
from tests.app.ui.conftest import FakeChoosers
from tests.support.case_dump import actions_of, dump, log_of
from tests.support.clips import ClipPlan, make_clip
from tests.support.papers import pdf_text
from tests.support.sound_files import write_sound
from tests.support.sync_scenes import BASE, facts, recording, tie, to_utc
from tests.support.talk import heard, talk

pytestmark = pytest.mark.gui
Still = Callable[[Window], None]
PATIENCE_MS = 60_000


def snapshot_of(window: Window) -> CaseSnapshot:
    snapshot = window.shell.session.snapshot
    assert snapshot is not None
    return snapshot


def starts(window: Window) -> dict[str, int]:
    return {one.display_name[:9]: window_start(window, one.id) for one in snapshot_of(window).recordings}


def window_start(window: Window, recording_id: str) -> int:
    return snapshot_of(window).place_by_recording[recording_id].span.start


def match(case: Case, group: str, one: tuple[str, float], other: tuple[str, float]) -> Observation:
    """A match by the start of files' names: `one` second of the first was `other` second of the second."""
    ids = {each.display_name[:9]: each.id for each in case.recordings() if "213204" not in each.display_name}
    made = tie(group, one, other, state=ObservationState.PROPOSED)
    return replace(
        made,
        one=Moment(ids[one[0]], made.one.media_ns),
        other=Moment(ids[other[0]], round(other[1] * NS_PER_S)),
    )


@pytest.fixture
def tied_folder(case_folder: Path) -> Path:
    """The case with two proposed matches: the second camera is 3 s slow against the first, the third is right."""
    with Case.open(case_folder) as case:
        found = [
            match(case, "match-12", ("X6039A12B", 3.0), ("X6039A47C", 4.0)),
            match(case, "match-13", ("X6039A12B", 1.0), ("X5117C03F", 1.0)),
        ]
        case.add_observations(found, by="me")
    return case_folder


def view_of(qtbot: QtBot, window: Window) -> SyncWindow:
    QTest.keySequence(window.main, QKeySequence.fromString("Ctrl+Shift+T"))
    view = window.main.sync.view
    assert view is not None
    view.resize(1366, 768)
    qtbot.waitUntil(lambda: window.main.sync.desk.standing is not None, timeout=PATIENCE_MS)
    return view


@pytest.fixture
def tied(qtbot: QtBot, empty_window: Window, tied_folder: Path, still: Still) -> Window:
    open_case(empty_window, tied_folder)
    qtbot.waitUntil(lambda: empty_window.shell.session.snapshot is not None, timeout=PATIENCE_MS)
    still(empty_window)
    return empty_window


def standing_of(window: Window) -> Standing:
    standing = window.main.sync.desk.standing
    assert standing is not None
    return standing


def states(window: Window) -> set[str]:
    return {one.state.value for one in standing_of(window).matches}


def rows(view: SyncWindow) -> list[list[str]]:
    found = [view.table.topLevelItem(number) for number in range(view.table.topLevelItemCount())]
    return [[item.text(column) for column in range(13)] for item in found if item is not None]


def click(button: object) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)  # type: ignore[call-overload]


def test_matches_are_accepted_by_key_looked_at_applied_and_taken_back(
    qtbot: QtBot, tied: Window, tied_folder: Path, still: Still
) -> None:
    view, before = view_of(qtbot, tied), starts(tied)
    assert [row[0] for row in rows(view)] == ["Proposed", "Proposed"]
    assert not view.bar.apply_button.isEnabled()
    view.choose("", "match-12")
    assert rows(view)[0][5] == "−3.000 s"  # the second clock's face is ahead by 3 s at that moment
    QTest.keyClick(view.table, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: states(tied) == {"accepted", "proposed"}, timeout=PATIENCE_MS)
    click(view.accept_all_button)
    qtbot.waitUntil(lambda: states(tied) == {"accepted"}, timeout=PATIENCE_MS)
    assert "2026" in rows(view)[0][12]  # decided by whom, and when
    # looking is not changing
    kept = dump(tied_folder)
    click(view.bar.preview_button)
    still(tied)
    assert tied.main.sync.preview_strip.isVisible()
    apart = starts(tied)["X6039A47C"] - starts(tied)["X6039A12B"]
    assert apart == pytest.approx(-1 * NS_PER_S, abs=30_000_000)
    tied.main.notices.clear()
    tied.main.activateWindow()
    qtbot.waitUntil(tied.main.isActiveWindow, timeout=PATIENCE_MS)
    tied.main.page.take_keyboard()
    QTest.keySequence(tied.main.page.surface, QKeySequence.fromString("M"))
    assert "clocks are shown as proposed" in tied.main.notices.texts[0]
    click(tied.main.sync.preview_strip.end_button)
    still(tied)
    assert starts(tied) == before
    assert dump(tied_folder) == kept
    # applying is
    click(view.bar.apply_button)
    qtbot.waitUntil(lambda: len(snapshot_of(tied).settings) == 3, timeout=PATIENCE_MS)
    still(tied)
    assert any("The clocks are set by what is accepted" in text for text in view.notices.texts)
    apart = starts(tied)["X6039A47C"] - starts(tied)["X6039A12B"]
    assert apart == pytest.approx(-1 * NS_PER_S, abs=30_000_000)
    # and comes back, step by step
    view.activateWindow()
    qtbot.waitUntil(view.isActiveWindow, timeout=PATIENCE_MS)
    QTest.keySequence(view, QKeySequence.fromString("Ctrl+Z"))
    qtbot.waitUntil(lambda: not snapshot_of(tied).settings, timeout=PATIENCE_MS)
    still(tied)
    assert starts(tied) == before
    click(view.bar.undo_button)
    qtbot.waitUntil(lambda: states(tied) == {"accepted", "proposed"}, timeout=PATIENCE_MS)
    click(view.bar.undo_button)
    qtbot.waitUntil(lambda: states(tied) == {"proposed"}, timeout=PATIENCE_MS)
    assert not view.bar.undo_button.isEnabled()
    assert actions_of(tied_folder)[-2:] == ["observation.proposed"] * 2
    view.close()


def test_without_a_match_nothing_is_offered_that_does_nothing(
    qtbot: QtBot, empty_window: Window, case_folder: Path, still: Still
) -> None:
    open_case(empty_window, case_folder)
    qtbot.waitUntil(lambda: empty_window.shell.session.snapshot is not None, timeout=PATIENCE_MS)
    still(empty_window)
    view = view_of(qtbot, empty_window)
    buttons = (view.accept_button, view.reject_button, view.accept_all_button, view.reject_all_button, view.look_button)
    assert not any(button.isEnabled() for button in buttons)


def test_decisions_are_offered_for_what_is_selected(qtbot: QtBot, tied: Window) -> None:
    view = view_of(qtbot, tied)
    assert view.look_button.isEnabled()
    view.table.clearSelection()
    assert not view.accept_button.isEnabled()
    view.table.choose("match-13")
    assert view.accept_button.isEnabled()
    assert view.reject_button.isEnabled()


def test_a_chosen_camera_is_marked_and_not_filled_with_the_colour_of_the_one_before(
    qtbot: QtBot, tied: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = view_of(qtbot, tied)
    picture = view.ties.picture
    monkeypatch.setattr(picture, "hasFocus", lambda: True)
    last = [row.camera_id for row in lay_out_ties(standing_of(tied)).rows if row.camera_id][-1]
    view.choose(last, "")
    row = picture.row_of(last)
    assert row is not None
    image = picture.grab().toImage()
    ratio = image.devicePixelRatio()
    found = image.pixelColor(round((row.right() - 5) * ratio), round((row.top() + 4) * ratio))
    assert found == QColor(tied.shell.theme.palette.raised)


def test_a_contradiction_is_red_dashed_with_a_word_and_told_with_both_sides(
    qtbot: QtBot, empty_window: Window, tied_folder: Path, still: Still
) -> None:
    with Case.open(tied_folder) as case:
        case.add_observations([match(case, "against", ("X6039A12B", 3.0), ("X6039A47C", 5.5))], by="me")
        case.decide_observations(["match-12", "match-13", "against"], ObservationState.ACCEPTED, by="me")
    open_case(empty_window, tied_folder)
    qtbot.waitUntil(lambda: empty_window.shell.session.snapshot is not None, timeout=PATIENCE_MS)
    still(empty_window)
    view = view_of(qtbot, empty_window)
    told = [label.text() for label in view.words.findChildren(QLabel)]
    assert sum("In conflict" in text and text.count("sound") == 2 for text in told) == 1
    assert [row[1] for row in rows(view)].count("in conflict") == 2
    qtbot.waitUntil(lambda: reds(view) > 60, timeout=PATIENCE_MS)
    point = view.ties.picture.arc_point("against")
    assert point is not None
    QTest.mouseClick(view.ties.picture, Qt.MouseButton.LeftButton, pos=QPoint(round(point.x()), round(point.y())))
    assert view.match == "against"
    QTest.keyClick(view.table, Qt.Key.Key_R)
    qtbot.waitUntil(lambda: standing_of(empty_window).solution.conflicts == (), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: reds(view) == 0, timeout=PATIENCE_MS)
    view.close()


def reds(view: SyncWindow) -> int:
    """How many pixels of the picture are in the colour of what is wrong."""
    image = view.ties.picture.grab().toImage().convertToFormat(view.ties.picture.grab().toImage().Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), -1, 4)[:, : image.width(), :3]
    bad = QColor("#ff7066")
    near = np.abs(pixels.astype(int) - np.array([bad.blue(), bad.green(), bad.red()])).sum(axis=2) < 40
    return int(near.sum())


def test_the_same_event_is_marked_by_a_key_in_two_cameras(
    qtbot: QtBot, window: Window, case_folder: Path, still: Still
) -> None:
    main, engine = window.main, window.engine
    main.page.take_keyboard()
    camera_of = {one.display_name[:9]: one.camera_id for one in snapshot_of(window).recordings}
    second = snapshot_of(window).timeline.find_camera(camera_of["X6039A47C"])
    assert second is not None
    start, frames = second.placed[0].span.start, []
    for name, steps in (("X6039A12B", 0), ("X6039A47C", 7)):
        main.page.set_focus_camera(camera_of[name])
        window.shell.playback.seek(start)
        still(window)
        for _ in range(steps):
            QTest.keySequence(main.page.surface, QKeySequence.fromString("."))
        still(window)
        spot = window.shell.playback.focus_spot(engine.target)
        assert spot is not None
        frames.append(spot.frame)
        QTest.keySequence(main.page.surface, QKeySequence.fromString("E"))
        assert main.sync.event_strip.isVisible()
    assert f"frame {frames[1]}" in main.sync.event_strip.words.text()
    main.sync.event_strip.what.setText("The door opens")
    click(main.sync.event_strip.keep_button)
    qtbot.waitUntil(lambda: len(snapshot_of(window).observations) == 1, timeout=PATIENCE_MS)
    (one,) = snapshot_of(window).observations
    assert (one.method, one.state) == (SyncMethod.MARKED_EVENT, ObservationState.ACCEPTED)
    assert one.other is not None
    # the event was somewhere in the frame: in its middle, give or take its length over the square root of 12
    assert one.other.media_ns == pytest.approx((frames[1] + 0.5) * NS_PER_S / 30, abs=2)
    assert one.one.media_ns == pytest.approx((frames[0] + 0.5) * NS_PER_S / 30, abs=2)
    assert one.sigma_ns == pytest.approx(NS_PER_S / 30 / 12**0.5 * 2**0.5, rel=0.01)
    assert "The door opens" in one.evidence
    assert not main.sync.event_strip.isVisible()
    still(window)


def test_a_stated_error_in_the_dialog_is_an_observation_with_its_time(
    qtbot: QtBot, window: Window, case_folder: Path, still: Still
) -> None:
    QTest.keySequence(window.main, QKeySequence.fromString("Ctrl+T"))
    (dialog,) = window.main.findChildren(ClockDialog)
    dialog.error.setText("00:07:12")
    dialog.within.setText("2")
    dialog.compared.setText("2026-03-14 22:05")
    assert "22:05:00" in dialog.read_as.text()
    dialog.basis.setText("DVR 00:07:12 fast against the speaking clock, seizing officer PC 9")
    click(dialog.accept_button)
    qtbot.waitUntil(lambda: len(snapshot_of(window).observations) == 1, timeout=PATIENCE_MS)
    still(window)
    (one,) = snapshot_of(window).observations
    assert (one.method, one.state, one.utc) == (
        SyncMethod.STATED_ERROR, ObservationState.ACCEPTED, 1_773_525_900 * NS_PER_S,
    )  # fmt: skip
    assert "seizing officer" in one.evidence
    assert actions_of(case_folder)[-2:] == ["clock.set", "observation.added"]


@pytest.mark.parametrize("count", [3, 20, 60])
def test_the_picture_is_the_same_each_time_and_has_every_camera_once(count: int) -> None:
    chance = np.random.default_rng(count)
    known = [recording(f"r{n}", f"C{n}", BASE) for n in range(count)] + [recording("r", "Lobby", None)]
    ties = [
        tie(f"m{n}", (f"r{int(one)}", 10), (f"r{int(other)}", 10))
        for n, (one, other) in enumerate(chance.choice(count - 1, 2, replace=False) for _ in range(count))
    ]
    pictures = [lay_out_ties(find_standing(StandRequest(facts(known, ties)))) for _ in range(2)]
    assert pictures[0] == pictures[1]
    cameras = [row.camera_id for row in pictures[0].rows if row.camera_id]
    assert sorted(cameras) == sorted({one.camera_id for one in known})
    assert {arc.match.group for arc in pictures[0].arcs} == {one.group for one in ties}
    heads = [row.text for row in pictures[0].rows if row.text]
    assert heads[-1] == "No time yet: match, mark or place"
    assert "Not connected: own clock only" in heads


def test_names_that_would_be_cut_have_a_line_of_their_own_where_the_cameras_are_scrolled_anyway(qtbot: QtBot) -> None:
    view = TieView(Theme(make_application(), Settings(Path("/nonexistent/settings.json"))))
    qtbot.addWidget(view)
    view.resize(340, 160)
    view.show()
    line = view.fontMetrics().height()
    for start, lines in (("Body-worn video of PC 412 Okafor", 2), ("C", 1)):
        known = [recording(f"r{n}", f"{start} {n}", BASE) for n in range(12)]
        view.show_standing(find_standing(StandRequest(facts(known, [tie("m", ("r0", 10), ("r1", 10))]))))
        row = view.picture.row_of(f"{start} 0")
        assert row is not None
        assert (row.height() >= 2 * line + 4) == (lines == 2)


def test_a_recording_without_any_time_is_placed_by_an_event_marked_in_its_own_window(
    qtbot: QtBot, window: Window, tmp_path: Path, still: Still
) -> None:
    path = make_clip(tmp_path, ClipPlan(number=3, frames=60), "lobby.mp4").path
    window.shell.session.add_files((bytes(path),))
    qtbot.waitUntil(lambda: len(snapshot_of(window).recordings) == 5, timeout=PATIENCE_MS)
    still(window)
    (lobby,) = snapshot_of(window).timeline.unplaced
    main = window.main
    main.desk.watch_alone(lobby.id)
    (viewer,) = main.findChildren(LoneViewer)
    qtbot.waitUntil(lambda: viewer.playback.focus_spot(viewer.engine.target) is not None, timeout=PATIENCE_MS)
    viewer.activateWindow()
    qtbot.waitUntil(viewer.isActiveWindow, timeout=PATIENCE_MS)
    for _ in range(15):
        QTest.keyClick(viewer, Qt.Key.Key_Period)
    QTest.keyClick(viewer, Qt.Key.Key_E)
    assert "frame 15" in main.sync.event_strip.words.text()
    viewer.close()
    main.activateWindow()
    qtbot.waitUntil(main.isActiveWindow, timeout=PATIENCE_MS)
    main.page.take_keyboard()
    here = window.engine.target
    QTest.keySequence(main.page.surface, QKeySequence.fromString("E"))
    QTest.keySequence(main.page.surface, QKeySequence.fromString("Shift+E"))
    qtbot.waitUntil(lambda: len(snapshot_of(window).observations) == 1, timeout=PATIENCE_MS)
    view = view_of(qtbot, window)
    told = [label.text() for label in view.words.findChildren(QLabel)]
    assert any("Placed by a match alone" in text for text in told)
    click(view.bar.apply_button)
    qtbot.waitUntil(lambda: not snapshot_of(window).timeline.unplaced, timeout=PATIENCE_MS)
    still(window)
    assert window_start(window, lobby.id) == pytest.approx(here - NS_PER_S // 2, abs=2_000_000)
    click(view.bar.undo_button)
    qtbot.waitUntil(lambda: len(snapshot_of(window).timeline.unplaced) == 1, timeout=PATIENCE_MS)
    still(window)
    view.close()


def test_an_hour_is_one_button_and_nothing_moves_before_it_is_pressed(
    qtbot: QtBot, empty_window: Window, tied_folder: Path, still: Still
) -> None:
    with Case.open(tied_folder) as case:
        ids = {each.display_name[:9]: each.id for each in case.recordings()}
        spring = replace(
            to_utc("said", ("x", 0), 1_773_523_920 * NS_PER_S - 3600 * NS_PER_S), one=Moment(ids["X6039A12B"], 0)
        )
        case.add_observations([spring], by="PC 9")
    open_case(empty_window, tied_folder)
    qtbot.waitUntil(lambda: empty_window.shell.session.snapshot is not None, timeout=PATIENCE_MS)
    still(empty_window)
    before = starts(empty_window)
    view = view_of(qtbot, empty_window)
    buttons = [one for one in view.words.findChildren(QPushButton) if one.text() == "It was the hour"]
    assert len(buttons) == 1
    assert starts(empty_window) == before
    click(buttons[0])
    qtbot.waitUntil(lambda: "Time zone" in {row[2] for row in rows(view)}, timeout=PATIENCE_MS)
    assert starts(empty_window) == before
    assert standing_of(empty_window).doubts == ()
    view.close()


def test_sync_everything_proposes_what_it_hears_and_can_be_stopped(
    qtbot: QtBot, empty_window: Window, tmp_path: Path, still: Still
) -> None:
    words, folder = talk(1, 60), tmp_path / "Talk.sightline"
    paths = []
    for name, start in (("VID_20260314_213150", 0), ("REC_20260314_213230", 12)):
        samples = heard(words, start_s=start, seconds=45, ppm=0, noise=0.02, seed=start)
        paths.append(write_sound(samples, "aac64", tmp_path / name))
    view = view_of_sounds(qtbot, empty_window, folder, paths, still)
    desk = empty_window.main.sync.desk
    click(view.bar.sync_button)
    assert desk.search is not None
    assert not view.bar.sync_button.isEnabled()
    desk.search.cancel()
    qtbot.waitUntil(lambda: desk.search is None, timeout=PATIENCE_MS)
    assert rows(view) == []
    click(view.bar.sync_button)
    qtbot.waitUntil(lambda: len(rows(view)) == 1, timeout=2 * PATIENCE_MS)
    assert rows(view)[0][:3] == ["Proposed", "used", "Sound"]
    assert any("1 match" in text for text in view.notices.texts)
    assert not snapshot_of(empty_window).settings
    still(empty_window)
    view.close()


def view_of_sounds(qtbot: QtBot, window: Window, folder: Path, paths: list[Path], still: Still) -> SyncWindow:
    """Return the sync view of a new case in which every sound has a camera of its own."""
    with Case.create(folder, title="Talk", reference="R", by="me") as case:
        for number, path in enumerate(paths):
            request = AddRequest(folder, (bytes(path),), "me", f"Camera {number}")
            add_files(request, no_progress, never_cancelled, case=case)
    open_case(window, folder)
    qtbot.waitUntil(lambda: window.shell.session.snapshot is not None, timeout=PATIENCE_MS)
    still(window)
    window.main.actions_by_id["sync.view"].trigger()
    view = window.main.sync.view
    assert view is not None
    qtbot.waitUntil(lambda: window.main.sync.desk.standing is not None, timeout=PATIENCE_MS)
    return view


def test_what_is_only_possible_is_told_and_counts_once_it_is_accepted_by_itself(
    qtbot: QtBot, empty_window: Window, tmp_path: Path, still: Still
) -> None:
    """Two clips of five seconds fit at one place, and may share music of another day: people have to listen."""
    words, paths = talk(5, 20), []
    for name, start in (("VID_20260314_213150", 4), ("REC_20260314_213230", 5)):
        samples = heard(words, start_s=start, seconds=5, ppm=0, noise=0.02, seed=start)
        paths.append(write_sound(samples, "wav", tmp_path / name))
    view = view_of_sounds(qtbot, empty_window, tmp_path / "Clips.sightline", paths, still)
    click(view.bar.sync_button)
    qtbot.waitUntil(lambda: len(rows(view)) == 1, timeout=2 * PATIENCE_MS)
    assert rows(view)[0][:3] == ["Possible", "not counted", "Sound"]
    assert any("no match is proposed. 1 may match" in text for text in view.notices.texts)
    click(view.accept_all_button)
    still(empty_window)
    assert states(empty_window) == {"possible"}
    view.table.choose(standing_of(empty_window).matches[0].group)
    QTest.keyClick(view.table, Qt.Key.Key_A)
    qtbot.waitUntil(lambda: states(empty_window) == {"accepted"}, timeout=PATIENCE_MS)
    QTest.keySequence(view, QKeySequence.fromString("Ctrl+Z"))
    qtbot.waitUntil(lambda: states(empty_window) == {"possible"}, timeout=PATIENCE_MS)
    still(empty_window)
    view.close()


@pytest.mark.soak
def test_the_certificate_is_written_as_pages_by_a_button(
    qtbot: QtBot, tied: Window, tied_folder: Path, tmp_path: Path, choosers: FakeChoosers, still: Still
) -> None:
    choosers.new_file = tmp_path / "certificate.pdf"
    view = view_of(qtbot, tied)
    click(view.accept_all_button)
    qtbot.waitUntil(lambda: states(tied) == {"accepted"}, timeout=PATIENCE_MS)
    click(view.bar.certificate_button)
    qtbot.waitUntil(lambda: any("certificate.pdf" in text for text in view.notices.texts), timeout=2 * PATIENCE_MS)
    words = " ".join(unicodedata.normalize("NFKC", pdf_text(choosers.new_file)).split())
    assert "Sync certificate" in words
    assert "are not those that would follow from the accepted observations" in words  # nothing was applied
    assert words.count("made for a test") == 2
    assert all(one.sha256[:16] in words and one.sha256[-16:] in words for one in snapshot_of(tied).recordings)
    told = log_of(tied_folder)[-1]
    assert told["action"] == "sync.certificate_written"
    assert told["details"]["sha256"] == hashlib.sha256(choosers.new_file.read_bytes()).hexdigest()
    still(tied)
    view.close()


def test_burnt_in_clocks_are_read_by_a_button_which_says_what_is_missing(
    qtbot: QtBot, tied: Window, still: Still, monkeypatch: pytest.MonkeyPatch
) -> None:
    view, desk = view_of(qtbot, tied), tied.main.sync.desk
    before = len(rows(view))
    with monkeypatch.context() as without:
        without.setattr(overlay_job, "find_models", lambda: None)
        click(view.bar.clocks_button)
        qtbot.waitUntil(lambda: any("sightline[ocr]" in text for text in view.notices.texts), timeout=PATIENCE_MS)
    first = snapshot_of(tied).recordings[0]
    known = next(claim for claim in first.claims if claim.instant_ns)
    shown = OverlayReading(OverlayVerdict.READ, "", (one_piece(known.instant_ns),), NS_PER_S, 0)
    silent = OverlayReading(OverlayVerdict.NO_CLOCK, "No text in the picture runs as a clock does.")

    def run(request: OverlayRequest, *_: object) -> OverlayResult:
        read = [(one.recording_id, shown if one.recording_id == first.id else silent) for one in request.sources]
        return OverlayResult(tuple(read), ())

    monkeypatch.setattr(overlay_job, "run", run)
    qtbot.waitUntil(lambda: desk.search is None, timeout=PATIENCE_MS)
    click(view.bar.clocks_button)
    qtbot.waitUntil(lambda: len(rows(view)) == before + 1, timeout=PATIENCE_MS)
    (made,) = [row for row in rows(view) if row[2] == "Burnt-in clock"]
    assert made[0] == "Proposed"
    assert any("the clocks of 1 are proposed below" in text for text in view.notices.texts)
    still(tied)
    view.close()


def one_piece(starts_ns: int) -> ClockPiece:
    day = datetime.fromtimestamp(starts_ns // NS_PER_S, tz=UTC).date()
    offset = starts_ns % (86_400 * NS_PER_S)
    second = offset // NS_PER_S + 1
    media = second * NS_PER_S - offset
    tick = Tick(media - 20_000_000, media + 20_000_000, second * NS_PER_S)
    return ClockPiece(0, 2 * NS_PER_S, Rate(0, offset, 11_500_000, 0, None, (tick,), 0), (day,), 20, 0)
