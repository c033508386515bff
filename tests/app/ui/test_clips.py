"""Clips in the window: from in and out by keys to checked files in the case's folder, and back by undo."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from annotations.clips.clip import ClipDraft, add_clip
from annotations.cuts.job import REPORT_HTML, REPORT_JSON
from annotations.cuts.messages import Mode
from app.bootstrap import Window
from app.ui.clip_panel import ClipPanel
from courtroom.pack.make import PackRequest, make_pack
from courtroom.pack.verify import nobody_known
from courtroom.run_sheet import ItemKind, Moving
from courtroom.run_sheet_store import list_run_sheets, load_run_sheet
from courtroom.show.source import load_from_pack
from evidence.case import Case
from evidence.jobs import never_cancelled, no_progress
from evidence.times import NS_PER_S, IncidentRange, IncidentTime
from tests.app.ui.conftest import PATIENCE_MS
from tests.support.cuts import frames_by_ffmpeg

Still = Callable[[Window], None]


def _press(window: Window, key: Qt.Key) -> None:
    window.main.page.surface.setFocus()
    QTest.keyClick(window.main.page.surface, key)


def _open_panel(window: Window) -> ClipPanel:
    snapshot = window.shell.session.snapshot
    assert snapshot is not None
    assert snapshot.span is not None
    start = snapshot.span.start
    window.shell.playback.set_range(start + 1_000_000_000, start + 3_000_000_000)  # type: ignore[arg-type]
    _press(window, Qt.Key.Key_C)
    panel = window.main.clips.panel
    assert panel is not None
    return panel


def test_a_clip_is_made_exported_and_taken_back(qtbot: QtBot, window: Window, case_folder: Path, still: Still) -> None:
    tab = window.main.clips.tab
    assert "press C" in tab.empty.text()
    panel = _open_panel(window)
    costs = [row.cost.text() for row in panel.rows.values()]
    assert any("earlier at the key frame" in cost or "exactly at the in point" in cost for cost in costs)
    panel.name.setText("Door opens")
    panel.exhibit.setText("JB/1-A")
    panel.accept_button.click()
    qtbot.waitUntil(lambda: bool(tab.chosen and tab.chosen.exports), timeout=PATIENCE_MS)
    folder = case_folder / "exports" / "JB-1-A Door opens"
    report = json.loads((folder / REPORT_JSON).read_text())
    assert report["verdict"] == "passed"
    for one in report["files"]:
        original = next(one_file for one_file in window.shell.session.snapshot.recordings  # type: ignore[union-attr]
                        if one_file.display_name == one["original"]["name"])  # fmt: skip
        asked = one["asked"]
        wanted = frames_by_ffmpeg(original.path)[asked["first"]["frame"] : asked["last"]["frame"] + 1]
        assert frames_by_ffmpeg(folder / one["file"]["name"]) == wanted
    shown: list[Path] = []
    window.main.clips.open_path = shown.append
    tab.buttons["report"].click()
    assert shown == [folder / REPORT_HTML]
    still(window)
    clip = tab.chosen
    assert clip is not None
    tab.delete_wanted.emit(clip.id)
    qtbot.waitUntil(lambda: tab.chosen is None, timeout=PATIENCE_MS)
    still(window)
    window.main.undo.undo()
    qtbot.waitUntil(lambda: tab.chosen is not None, timeout=PATIENCE_MS)


def test_without_a_range_the_key_says_what_is_missing(window: Window) -> None:
    _press(window, Qt.Key.Key_C)
    assert any("in point" in text for text in window.main.notices.texts)
    assert window.main.clips.panel is None


def test_a_clip_can_be_kept_without_exporting_it_each_camera_in_its_own_way(
    qtbot: QtBot, window: Window, case_folder: Path, still: Still
) -> None:
    panel = _open_panel(window)
    first, second = list(panel.rows.values())[:2]
    first.mode.setCurrentIndex(first.mode.findData(Mode.EXACT.value))
    assert "encoded anew" in first.cost.text()
    assert panel.codec.isEnabled()
    second.check.setChecked(False)
    panel.save_button.click()
    tab = window.main.clips.tab
    qtbot.waitUntil(lambda: tab.chosen is not None, timeout=PATIENCE_MS)
    clip = tab.chosen
    assert clip is not None
    assert list(clip.draft.modes.values()) == [Mode.EXACT]
    assert clip.draft.camera_ids is not None
    assert len(clip.draft.camera_ids) == 2
    assert not list((case_folder / "exports").iterdir())
    still(window)


def test_a_clip_goes_into_the_run_sheet_by_one_key_as_its_range_and_cameras(
    qtbot: QtBot, window: Window, case_folder: Path
) -> None:
    window.main.actions_by_id["clip.to_run_sheet"].trigger()
    assert "no clip yet" in window.main.notices.texts[-1]
    snapshot = window.shell.session.snapshot
    assert snapshot is not None
    assert snapshot.span is not None
    span = IncidentRange(
        IncidentTime(snapshot.span.start + 3 * NS_PER_S), IncidentTime(snapshot.span.start + 5 * NS_PER_S)
    )
    cameras = tuple(row.camera.id for row in snapshot.timeline.cameras[:2])
    draft = ClipDraft("Door opens", span, cameras, exhibit="JB/1-A")
    window.shell.session.edit("Making a clip", lambda case, by: add_clip(case, draft, by=by)[1])
    tab, desk = window.main.clips.tab, window.main.run_sheet.desk
    qtbot.waitUntil(lambda: tab.chosen is not None, timeout=PATIENCE_MS)
    assert tab.chosen is not None
    window.main.actions_by_id["clip.to_run_sheet"].trigger()
    qtbot.waitUntil(lambda: desk.sheet is not None and len(desk.sheet.items) == 1, timeout=PATIENCE_MS)
    tab.buttons["court"].click()
    qtbot.waitUntil(lambda: desk.sheet is not None and len(desk.sheet.items) == 2, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: desk.is_saved and not window.shell.session.is_busy, timeout=PATIENCE_MS)
    with Case.open(case_folder, read_only=True) as case:
        sheet = load_run_sheet(case, list_run_sheets(case)[0].sheet_id)
        for item in sheet.items:
            assert (item.kind, item.title, item.exhibit) == (ItemKind.CLIP, "Door opens", "JB/1-A")
            assert isinstance(item.content, Moving)
            assert (item.content.span, item.content.view.camera_ids) == (span, cameras)
            assert item.content.clip_id == tab.chosen.id
    pack = case_folder.parent / "Pack"
    with Case.open(case_folder, read_only=True) as case:
        make_pack(
            PackRequest(pack, sheet, 0, "DC Harper", with_certificate=False), case, None, no_progress, never_cancelled
        )
    source = load_from_pack(pack, nobody_known)
    assert [cue.span for cue in source.cues] == [span, span]
    assert all(cue.has_pictures for cue in source.cues)


def test_no_field_of_a_clip_lies_over_another_on_a_small_screen(window: Window) -> None:
    panel = _open_panel(window)
    QApplication.processEvents()
    (area,) = panel.findChildren(QScrollArea)
    parts = [panel.mode, panel.mode_words, panel.codec, area, panel.folder_words, panel.note, panel.accept_button]
    spans = [(part.mapTo(panel, part.rect().topLeft()).y(), part.height()) for part in parts]
    for (top, height), (below, _) in pairwise(spans):
        assert top + height <= below
    assert panel.mode_words.height() >= panel.mode_words.heightForWidth(panel.mode_words.width())
    assert panel.height() <= 768 - 32
    panel.reject()
