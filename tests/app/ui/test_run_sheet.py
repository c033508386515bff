"""The run sheet in the window: made with a key, ordered, changed, kept, and packed, as a user would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QImage, QPainter, QPdfWriter
from PySide6.QtPdf import QPdfDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.bootstrap import Window, open_case
from app.demo.frame_code import read
from app.ui.pack_desk import PackStage
from app.ui.pack_dialog import PackDialog
from app.ui.run_sheet_window import RunSheetWindow
from courtroom.pack.verify import verify_pack
from courtroom.run_sheet import AtEnd, Card, DocumentPage, ItemKind, Moving, RunSheet, Still
from courtroom.run_sheet_store import list_run_sheets, list_versions, load_run_sheet, save_run_sheet
from courtroom.show.source import SourceKind
from evidence.case import Case
from evidence.times import IncidentTime
from evidence.verify import Verdict
from tests.app.ui.conftest import PATIENCE_MS, FakeChoosers
from tests.support.run_sheets import item_of
from tests.support.run_sheets import sheet_of as make_sheet

pytestmark = pytest.mark.gui

Settle = Callable[[Window], None]


@pytest.fixture
def sheet_window(window: Window, qtbot: QtBot) -> RunSheetWindow:
    """The run sheet's window on the case, still empty."""
    window.main.actions_by_id["runsheet.show"].trigger()
    view = window.main.run_sheet.view
    assert view is not None
    qtbot.waitExposed(view)
    qtbot.waitUntil(lambda: not window.shell.session.is_busy, timeout=PATIENCE_MS)
    return view


def press(button: QPushButton) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def set_range(window: Window, first_s: int, last_s: int) -> None:
    start = window.engine.span.start
    playback = window.shell.playback
    playback.set_range(IncidentTime(start + first_s * 10**9), IncidentTime(start + last_s * 10**9))


def sheet_of(window: Window) -> RunSheet:
    sheet = window.main.run_sheet.desk.sheet
    assert sheet is not None
    return sheet


def wait_saved(qtbot: QtBot, window: Window) -> None:
    desk = window.main.run_sheet.desk
    qtbot.waitUntil(lambda: desk.is_saved and not window.shell.session.is_busy, timeout=PATIENCE_MS)


def kept(case_folder: Path) -> RunSheet:
    with Case.open(case_folder, read_only=True) as case:
        return load_run_sheet(case, list_run_sheets(case)[0].sheet_id)


def test_one_key_puts_the_range_as_it_is_seen_into_a_new_sheet(
    window: Window, qtbot: QtBot, case_folder: Path, still: Settle
) -> None:
    window.main.actions_by_id["runsheet.add_range"].trigger()
    assert "in point" in window.main.notices.texts[-1]
    set_range(window, 1, 3)
    window.main.actions_by_id["runsheet.add_range"].trigger()
    desk = window.main.run_sheet.desk
    qtbot.waitUntil(lambda: desk.sheet is not None and bool(desk.sheet.items), timeout=PATIENCE_MS)
    wait_saved(qtbot, window)
    (item,) = kept(case_folder).items
    assert isinstance(item.content, Moving)
    assert item.content.span.duration_ns == 2 * 10**9
    assert len(item.content.view.camera_ids) == 3
    assert "item 1 of the run sheet" in window.main.notices.texts[-1]
    window.main.actions_by_id["runsheet.add_still"].trigger()
    qtbot.waitUntil(lambda: "item 2 of the run sheet" in window.main.notices.texts[-1], timeout=PATIENCE_MS)
    assert sum("of the run sheet" in words for words in window.main.notices.texts) == 1, "they do not pile up"
    wait_saved(qtbot, window)


def test_items_are_added_moved_changed_undone_and_every_version_kept(
    window: Window, sheet_window: RunSheetWindow, qtbot: QtBot, case_folder: Path
) -> None:
    view, desk = sheet_window, window.main.run_sheet.desk
    set_range(window, 1, 3)
    for button in (view.card_button, view.range_button, view.still_button, view.pause_button):
        press(button)
        wait_saved(qtbot, window)
    kinds = [ItemKind.CARD, ItemKind.RANGE, ItemKind.STILL, ItemKind.PAUSE]
    assert [item.kind for item in sheet_of(window).items] == kinds
    first = sheet_of(window).items[0]
    assert isinstance(first.content, Card)
    assert first.content.lines == ("R v Smith", "01AB2345")

    dragged = view.list.sheet.mimeData([view.list.sheet.index(3)])
    view.list.sheet.dropMimeData(dragged, Qt.DropAction.MoveAction, 1, 0, QModelIndex())
    assert [item.kind for item in sheet_of(window).items] == [kinds[0], kinds[3], kinds[1], kinds[2]]

    view.list.select([sheet_of(window).items[2].id])
    view.panel.title.setFocus()
    QTest.keyClicks(view.panel.title, "Door opens")
    QTest.keyClick(view.panel.title, Qt.Key.Key_Return)
    view.panel.at_end.setCurrentIndex(2)
    view.panel.at_end.activated.emit(2)
    view.panel.speeds.setCurrentIndex(1)
    view.panel.speeds.activated.emit(1)
    view.panel.loops.click()
    wait_saved(qtbot, window)
    item = kept(case_folder).items[2]
    assert (item.title, item.at_end, str(item.speed), item.loops) == ("Door opens", AtEnd.GO_ON, "1/4", True)

    window.shell.playback.seek(IncidentTime(window.engine.span.start + 2 * 10**9))
    press(view.panel.moment_button)
    assert len(sheet_of(window).items[2].key_moments) == 1
    window.shell.playback.seek(IncidentTime(window.engine.span.start + 6 * 10**9))
    press(view.panel.moment_button)
    assert len(sheet_of(window).items[2].key_moments) == 1
    assert "outside" in view.notices.texts[-1]

    view.list.select([item.id for item in sheet_of(window).items[:2]])
    press(view.double_button)
    assert len(sheet_of(window).items) == 6
    press(view.undo_button)
    assert len(sheet_of(window).items) == 4
    press(view.redo_button)
    press(view.undo_button)
    wait_saved(qtbot, window)
    assert kept(case_folder) == sheet_of(window)
    with Case.open(case_folder, read_only=True) as case:
        versions = list_versions(case, sheet_of(window).id)
    assert len(versions) >= 6
    desk.go_to_version(2)
    qtbot.waitUntil(lambda: len(sheet_of(window).items) == 1, timeout=PATIENCE_MS)


def frame_in(picture: QImage, part: tuple[int, int, int, int]) -> int:
    """Read the number of the frame that a part of a picture shows."""
    x, y, width, height = part
    plain = picture.copy(x, y, width, height).convertToFormat(QImage.Format.Format_RGB888)
    pixels = np.frombuffer(bytes(plain.constBits()), dtype=np.uint8)
    rows = pixels.reshape(plain.height(), plain.bytesPerLine())[:, : plain.width() * 3]
    code = read(rows.reshape(plain.height(), plain.width(), 3))
    assert code is not None
    return code.number


def test_pictures_are_the_exact_first_frames_and_documents_come_in_page_by_page(
    window: Window,
    sheet_window: RunSheetWindow,
    qtbot: QtBot,
    still: Settle,
    choosers: FakeChoosers,
    tmp_path: Path,
) -> None:
    window.main.page.focus_number(1)
    window.main.actions_by_id["layout.one"].trigger()
    window.shell.playback.seek(IncidentTime(window.engine.span.start + 1_010_000_000))
    still(window)
    spot = window.shell.playback.focus_spot(window.engine.target)
    assert spot is not None
    press(sheet_window.still_button)
    desk = window.main.run_sheet.desk
    qtbot.waitUntil(lambda: desk.sheet is not None and bool(desk.sheet.items), timeout=PATIENCE_MS)
    (item,) = sheet_of(window).items
    assert isinstance(item.content, Still)
    qtbot.waitUntil(lambda: item.id in desk.pictures, timeout=PATIENCE_MS)
    picture = desk.pictures[item.id]
    assert frame_in(picture, (0, 0, picture.width(), picture.height())) == spot.frame

    path = tmp_path / "plan.pdf"
    path_of_picture = tmp_path / "map.png"
    image = QImage(40, 30, QImage.Format.Format_RGB888)
    image.fill(Qt.GlobalColor.red)
    image.save(str(path_of_picture))
    nothing = tmp_path / "notes.pdf"
    nothing.write_text("no PDF at all")
    choosers.files = [path, path_of_picture]
    writer = QPdfWriter(str(path))
    painter = QPainter(writer)
    writer.newPage()
    painter.end()
    press(sheet_window.file_button)
    qtbot.waitUntil(lambda: desk.sheet is not None and len(desk.sheet.items) == 4, timeout=PATIENCE_MS)
    items = sheet_of(window).items[1:]
    assert [item.content.page for item in items if isinstance(item.content, DocumentPage)] == [1, 2]
    assert items[2].kind is ItemKind.IMAGE
    assert (window.shell.session.snapshot.folder / "documents").is_dir()  # type: ignore[union-attr]  # it is open
    wait_saved(qtbot, window)
    desk.add_files([nothing])
    qtbot.waitUntil(lambda: any("no PDF" in text for text in sheet_window.notices.texts), timeout=PATIENCE_MS)
    assert len(sheet_of(window).items) == 4


def text_of(pdf: Path) -> str:
    document = QPdfDocument()
    document.load(str(pdf))
    return " ".join(document.getAllText(page).text() for page in range(document.pageCount()))


@pytest.mark.soak
def test_a_sheet_is_printed_and_packed_from_the_window(
    window: Window, sheet_window: RunSheetWindow, qtbot: QtBot, choosers: FakeChoosers, tmp_path: Path
) -> None:
    set_range(window, 1, 3)
    press(sheet_window.range_button)
    qtbot.waitUntil(lambda: window.main.run_sheet.desk.sheet is not None, timeout=PATIENCE_MS)
    wait_saved(qtbot, window)
    rehearsed: list[Path] = []
    step = sheet_window.add_step(PackStage.LOCK, "Another step", "Do something with it", rehearsed.append)
    assert not step.isEnabled()
    sheet_window.list.select([sheet_of(window).items[0].id])
    sheet_window.panel.notes.setFocus()
    QTest.keyClicks(sheet_window.panel.notes, "Ask the witness to wait.")
    window.main.run_sheet.desk.changed.emit()  # as when a save ends while somebody types
    sheet_window.panel.title.setFocus()
    QTest.keyClicks(sheet_window.panel.title, "Door opens")
    QTest.keyClick(sheet_window.panel.title, Qt.Key.Key_Return)
    choosers.folder = tmp_path
    press(sheet_window.print_button)
    printed = tmp_path / "Run sheet for counsel.pdf"
    qtbot.waitUntil(printed.exists, timeout=PATIENCE_MS)
    bundle = text_of(tmp_path / "Run sheet for the bundle.pdf")
    assert "Door opens" in bundle
    assert "Ask the witness" not in bundle
    assert "Ask the witness" in text_of(printed)
    wait_saved(qtbot, window)

    press(sheet_window.pack_button)
    dialog = next(one for one in sheet_window.findChildren(PackDialog) if one.isVisible())
    dialog.place.setText(str(tmp_path))
    dialog.name.setText("R v Smith")
    press(dialog.accept_button)
    assert dialog.problem.isVisible(), "there is no keyring in tests, so a passphrase is asked for"
    dialog.passphrase.setText("correct horse battery")
    dialog.again.setText("correct house battery")
    dialog.accept_button.click()
    assert "not the same" in dialog.problem.text(), "a key that is sealed with a slip of the finger is lost"
    dialog.again.setText("correct horse battery")
    press(dialog.accept_button)
    qtbot.waitUntil(lambda: window.main.run_sheet.packs.last is not None, timeout=PATIENCE_MS)
    assert verify_pack(tmp_path / "R v Smith", lambda _key: "me").verdict is Verdict.VERIFIED
    assert any("Made the court pack" in text for text in sheet_window.notices.texts)
    press(step)
    assert rehearsed == [tmp_path / "R v Smith"]

    window.shell.session.open(tmp_path / "R v Smith")
    qtbot.waitUntil(lambda: "court pack" in " ".join(window.main.notices.texts), timeout=PATIENCE_MS)
    snapshot = window.shell.session.snapshot
    assert snapshot is not None
    assert snapshot.info.is_read_only
    assert len(snapshot.timeline.cameras) == 3
    window.main.actions_by_id["court.show"].trigger()
    qtbot.waitUntil(lambda: window.main.court.mode is not None, timeout=PATIENCE_MS)
    mode = window.main.court.mode
    assert mode is not None
    assert mode.source.kind is SourceKind.PACK, "it is shown as the pack, with its log and what is known of it"
    window.main.court.end()
    window.main.close_case()
    qtbot.waitUntil(lambda: window.shell.session.snapshot is None, timeout=PATIENCE_MS)
    assert verify_pack(tmp_path / "R v Smith", lambda _key: "me").verdict is Verdict.VERIFIED


def test_a_read_only_case_shows_its_sheet_and_changes_nothing(
    empty_window: Window, qtbot: QtBot, case_folder: Path
) -> None:
    with Case.open(case_folder) as case:
        save_run_sheet(case, make_sheet(item_of(Card(("R v Smith",)))), by="PS Blue")
        open_case(empty_window, case_folder)
        qtbot.waitUntil(lambda: empty_window.shell.session.snapshot is not None, timeout=PATIENCE_MS)
        empty_window.main.actions_by_id["runsheet.show"].trigger()
        view = empty_window.main.run_sheet.view
        assert view is not None
        qtbot.waitUntil(lambda: view.list.sheet.rowCount() == 1, timeout=PATIENCE_MS)
        assert not view.range_button.isEnabled()
        view.list.select([view.list.sheet.items[0].id])
        view.list.remove_wanted.emit()
        assert len(sheet_of(empty_window).items) == 1
        assert "read-only" in view.notices.texts[-1]
