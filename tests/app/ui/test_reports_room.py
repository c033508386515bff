"""Reports, stills and sheets from the window: by key, beside the work, and said where they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from annotations.journal import edit
from annotations.reports.otio import clips_with_times
from annotations.shapes.geometry import UNIT, Kind
from annotations.shapes.record import new_shape_edit
from annotations.shapes.shape import Drawn, Keyframe, Look
from app.bootstrap import Window
from app.ui.contact_dialog import ContactDialog
from app.ui.report_dialog import ReportDialog
from tests.support.case_dump import actions_of
from tests.support.papers import pdf_text

pytestmark = pytest.mark.gui
PATIENCE_MS = 60_000


def shown(kind: type[ReportDialog | ContactDialog]) -> ReportDialog | ContactDialog:
    found = [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]
    assert len(found) == 1
    assert not found[0].isModal()
    return found[0]


def said(window: Window, words: str) -> bool:
    return any(words in text for text in window.main.notices.texts)


def press(window: Window, key: Qt.Key, modifier: Qt.KeyboardModifier) -> None:
    QTest.keyClick(window.main.page.surface, key, modifier)


def test_a_report_is_made_beside_the_work_and_opened(qtbot: QtBot, window: Window, case_folder: Path) -> None:
    opened: list[Path] = []
    window.main.reports.open_file = opened.append
    press(window, Qt.Key.Key_M, Qt.KeyboardModifier.NoModifier)
    qtbot.waitUntil(lambda: len(window.shell.session.snapshot.marks) == 1 if window.shell.session.snapshot else False)
    press(window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    dialog = shown(ReportDialog)
    assert isinstance(dialog, ReportDialog)
    dialog.with_stills.setChecked(True)
    dialog.accept_button.click()
    qtbot.waitUntil(lambda: said(window, "The report is ready"), timeout=PATIENCE_MS)
    (file,) = (case_folder / "exports").glob("Chronology *.pdf")
    assert opened == [file]
    text = pdf_text(file)
    assert "1 entry" in text
    assert "R v Smith" in text
    assert actions_of(case_folder)[-1] == "report.made"


def test_the_dialog_offers_what_fits(qtbot: QtBot, window: Window) -> None:
    window.shell.playback.set_in()
    window.main.reports.ask_report()
    dialog = shown(ReportDialog)
    assert isinstance(dialog, ReportDialog)
    assert dialog.part.count() == 2
    dialog.form_of_file.setCurrentIndex(2)
    assert dialog.file.text().endswith(".csv")
    assert not dialog.with_stills.isEnabled()
    dialog.kind.setCurrentIndex(4)
    assert dialog.form_of_file.count() == 1
    assert dialog.file.text().endswith(".otio")
    dialog.file.setText("nowhere")
    dialog.accept_button.click()
    assert "needs a name and a folder" in dialog.problem.text()
    assert dialog.isVisible()
    dialog.reject()


def test_the_timeline_for_editing_programs(qtbot: QtBot, window: Window, tmp_path: Path) -> None:
    window.main.reports.ask_report()
    dialog = shown(ReportDialog)
    assert isinstance(dialog, ReportDialog)
    dialog.kind.setCurrentIndex(4)
    dialog.file.setText(str(tmp_path / "out" / "x.otio"))
    dialog.file.textEdited.emit(dialog.file.text())
    dialog.accept_button.click()
    qtbot.waitUntil(lambda: said(window, "The timeline is ready"), timeout=PATIENCE_MS)
    assert len(list(clips_with_times((tmp_path / "out" / "x.otio").read_text()))) == 4


def test_stills_by_key_lie_in_the_exports_with_their_provenance(
    qtbot: QtBot, window: Window, case_folder: Path
) -> None:
    press(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: said(window, "Saved frame"), timeout=PATIENCE_MS)
    stills = case_folder / "exports" / "stills"
    (one,) = stills.glob("*.png")
    assert b"Provenance\0" in one.read_bytes()
    assert actions_of(case_folder)[-1] == "stills.saved"
    press(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: said(window, "Saved the frames of"), timeout=PATIENCE_MS)
    assert len(list(stills.glob("*.png"))) > 1


def test_a_still_of_a_frame_with_shapes_is_saved_once_more_with_them(
    qtbot: QtBot, window: Window, case_folder: Path
) -> None:
    session = window.shell.session
    assert session.snapshot is not None
    spot = window.shell.playback.focus_spot(window.engine.position)
    assert spot is not None
    stream = spot.place.recording.video
    assert stream is not None
    frames = (Keyframe(spot.pts, ((0, 0), (stream.width * UNIT // 2, stream.height * UNIT // 2))),)
    look = Look(colour="#ff0000", is_filled=True, opacity=100)
    size, base = (stream.width, stream.height), stream.time_base
    drawn = Drawn(spot.place.recording.id, size, Kind.BOX, base, spot.pts, spot.pts + 1, frames, look)
    session.edit("Drawing", lambda case, by: edit(case, [new_shape_edit(drawn)], by=by, label="a box"))
    qtbot.waitUntil(lambda: bool(session.snapshot and session.snapshot.shapes), timeout=PATIENCE_MS)
    press(window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: said(window, "Saved frame"), timeout=PATIENCE_MS)
    stills = sorted((case_folder / "exports" / "stills").glob("*.png"))
    assert len(stills) == 2
    (over,) = (one for one in stills if "with-shapes" in one.name)
    (plain,) = (one for one in stills if one != over)
    assert QImage(str(over)).pixelColor(8, 8).name() == "#ff0000"
    assert QImage(str(plain)).pixelColor(8, 8).name() != "#ff0000"


def test_a_comparison_sheet_by_key_and_a_contact_sheet(qtbot: QtBot, window: Window, case_folder: Path) -> None:
    press(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    exports = case_folder / "exports"
    qtbot.waitUntil(lambda: len(list(exports.glob("Cameras at *.p[dn][fg]"))) == 2, timeout=PATIENCE_MS)
    window.main.reports.ask_contact()
    dialog = shown(ContactDialog)
    assert isinstance(dialog, ContactDialog)
    dialog.number.setValue(4)
    dialog.accept_button.click()
    qtbot.waitUntil(lambda: said(window, "The sheet is ready, 4 pictures"), timeout=PATIENCE_MS)
    (file,) = exports.glob("Contact sheet *.pdf")
    assert "Where the pictures come from" in pdf_text(file)


def test_without_a_case_nothing_is_asked(empty_window: Window) -> None:
    rooms: tuple[Callable[[], None], ...] = (
        empty_window.main.reports.ask_report,
        empty_window.main.reports.ask_contact,
        empty_window.main.reports.make_comparison,
    )
    for ask in rooms:
        ask()
    assert not any(isinstance(one, ReportDialog | ContactDialog) for one in QApplication.topLevelWidgets())
