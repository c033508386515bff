"""The transcript tab: it follows the playhead, jumps, filters and edits; files come in by menu and by drop."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QKeySequence
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from annotations.speech.job import SpeechResult
from annotations.speech.recogniser import SpeechState
from annotations.transcripts.edits import CueDraft, TranscriptDraft, add_transcript
from annotations.transcripts.read_records import TranscriptFormat
from annotations.transcripts.records import Cue, TranscriptKind
from app.bootstrap import Window
from app.ui.side_tabs import Tab
from app.ui.transcript_delegate import CueEditor
from app.ui.transcript_dialogs import CueTimesDialog, ImportDialog, SpeakerDialog
from app.ui.transcript_tab import TranscriptTab
from evidence.case import Case
from evidence.times import NS_PER_S, IncidentTime
from sync.timeline import origin_ns

pytestmark = pytest.mark.gui
Still = Callable[[Window], None]
PATIENCE_MS = 60_000
START = 1_773_523_920 * NS_PER_S
MS = 1_000_000


def tab_of(window: Window) -> TranscriptTab:
    tab = window.main.words.tab
    assert tab is not None
    return tab


def say(qtbot: QtBot, window: Window, camera: int, *words: tuple[int, str, str]) -> None:
    """Let a camera say something for half a second each, by ms from the start of its first recording."""
    snapshot = window.shell.session.snapshot
    assert snapshot is not None
    place = snapshot.timeline.cameras[camera].placed[0]
    zero = origin_ns(place.recording)
    cues = [CueDraft(place.recording.id, zero + at * MS, zero + (at + 500) * MS, who, what) for at, who, what in words]
    draft = TranscriptDraft(
        f"camera {camera}.vtt", place.recording.camera_id, TranscriptKind.IMPORTED, TranscriptFormat.WEBVTT
    )
    before = len(cues_of(window))
    window.shell.session.edit("Saying", lambda case, by: add_transcript(case, draft, cues, by=by)[1])
    qtbot.waitUntil(lambda: len(cues_of(window)) == before + len(cues), timeout=PATIENCE_MS)


def cues_of(window: Window) -> tuple[Cue, ...]:
    times = window.main.words.keeper.times
    return () if times is None else times.cues


def texts(window: Window) -> list[str]:
    model = tab_of(window).model
    return [str(model.index(place).data(Qt.ItemDataRole.EditRole)) for place in range(model.rowCount())]


def press(window: Window, key: str) -> None:
    QTest.keySequence(window.main.page.surface, QKeySequence.fromString(key))


def test_cameras_are_interleaved_by_time_or_shown_alone(qtbot: QtBot, window: Window, still: Still) -> None:
    tab = tab_of(window)
    assert not tab.list.isVisibleTo(tab)
    assert "Import one (Ctrl+Shift+W)" in tab.empty.text()
    say(qtbot, window, 0, (0, "DC Harper", "one"), (3_000, "", "three"))
    say(qtbot, window, 1, (100, "Ms Smith", "two"))
    assert texts(window) == ["one", "two", "three"]
    window.main.page.focus_number(2)
    tab.only_focus.click()
    assert texts(window) == ["two"]
    tab.only_focus.click()
    tab.filter.setText("HARP")
    assert texts(window) == ["one"]


def test_it_follows_the_playhead_until_the_user_scrolls(qtbot: QtBot, window: Window, still: Still) -> None:
    say(qtbot, window, 0, *((number * 100, "A", f"cue {number} " + "word " * 20) for number in range(75)))
    tab = tab_of(window)
    window.main.page.show_tab(Tab.TRANSCRIPT)
    for second in (1, 6):
        window.shell.playback.seek(IncidentTime(START + second * NS_PER_S + 1))
        still(window)
        qtbot.waitUntil(lambda: bool(tab.current_places), timeout=PATIENCE_MS)
        assert tab.current_places == tuple(range(second * 10 - 4, second * 10 + 1))
        row = tab.list.visualRect(tab.model.index(tab.current_places[0]))
        assert tab.list.viewport().rect().intersects(row)
    QTest.keyClick(tab.list, Qt.Key.Key_PageUp)
    assert not tab.follow.isChecked()
    window.shell.playback.seek(IncidentTime(START + NS_PER_S))
    still(window)
    qtbot.waitUntil(lambda: 10 in tab.current_places, timeout=PATIENCE_MS)

    def is_in_sight() -> bool:
        return tab.list.viewport().rect().intersects(tab.list.visualRect(tab.model.index(tab.current_places[0])))

    assert not is_in_sight()
    tab.follow.click()
    qtbot.waitUntil(is_in_sight, timeout=PATIENCE_MS)


def test_a_click_jumps_to_the_words_and_captions_are_on_by_key(qtbot: QtBot, window: Window, still: Still) -> None:
    say(qtbot, window, 0, (0, "", "one"))
    say(qtbot, window, 1, (1_000, "", "two"))
    window.main.page.show_tab(Tab.TRANSCRIPT)
    tab = tab_of(window)
    QTest.mouseClick(
        tab.list.viewport(), Qt.MouseButton.LeftButton, pos=tab.list.visualRect(tab.model.index(1)).center()
    )
    still(window)
    snapshot = window.shell.session.snapshot
    assert snapshot is not None
    assert window.engine.target == snapshot.timeline.cameras[1].placed[0].span.start + NS_PER_S
    assert window.main.page.focus_camera == snapshot.timeline.cameras[1].camera.id
    captions = window.main.words.captions
    assert captions is not None
    assert not tab_of(window).captions.isChecked()
    window.shell.playback.seek(IncidentTime(START))
    still(window)
    press(window, "T")
    assert captions.is_on
    assert tab_of(window).captions.isChecked()
    scene = window.main.page.surface.tile_scene(snapshot.timeline.cameras[0].camera.id)
    assert scene is not None
    assert not captions.region(scene).isEmpty()


def open_editor(qtbot: QtBot, window: Window, cue: Cue) -> CueEditor:
    tab = tab_of(window)
    tab.edit_cue(cue.id)
    qtbot.waitUntil(lambda: bool(tab.list.findChildren(CueEditor)), timeout=PATIENCE_MS)
    return tab.list.findChildren(CueEditor)[-1]


def test_words_are_edited_parted_and_merged_in_place(qtbot: QtBot, window: Window, still: Still) -> None:
    say(qtbot, window, 0, (0, "A", "one two"), (2_000, "B", "three"))
    window.main.page.show_tab(Tab.TRANSCRIPT)
    editor = open_editor(qtbot, window, cues_of(window)[0])
    editor.setPlainText("one too")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: texts(window) == ["one too", "three"], timeout=PATIENCE_MS)
    editor = open_editor(qtbot, window, cues_of(window)[0])
    cursor = editor.textCursor()
    cursor.setPosition(4)
    editor.setTextCursor(cursor)
    QTest.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: texts(window) == ["one", "too", "three"], timeout=PATIENCE_MS)
    first, second, _third = cues_of(window)
    assert first.end_ns == second.start_ns == first.start_ns + 500 * MS * 4 // 7
    window.main.words.desk.merge(first)
    qtbot.waitUntil(lambda: texts(window) == ["one\ntoo", "three"], timeout=PATIENCE_MS)
    for expected in (["one", "too", "three"], ["one too", "three"]):
        still(window)
        window.main.actions_by_id["edit.undo"].trigger()
        qtbot.waitUntil(lambda expected=expected: texts(window) == expected, timeout=PATIENCE_MS)  # type: ignore[misc]
    editor = open_editor(qtbot, window, cues_of(window)[0])
    editor.setPlainText("never")
    QTest.keyClick(editor, Qt.Key.Key_Escape)
    still(window)
    assert texts(window) == ["one too", "three"]


def test_a_speaker_is_renamed_everywhere(qtbot: QtBot, window: Window, still: Still) -> None:
    say(qtbot, window, 0, (0, "A", "one"), (1_000, "A", "two"), (2_000, "B", "three"))
    window.main.words.desk.ask_speaker(cues_of(window)[0], ("A", "B"))
    (dialog,) = window.main.findChildren(SpeakerDialog)
    dialog.name.setCurrentText("DC Harper")
    dialog.everywhere.setChecked(True)
    dialog.accept_button.click()
    wanted = ["DC Harper", "DC Harper", "B"]
    qtbot.waitUntil(lambda: [cue.speaker for cue in cues_of(window)] == wanted, timeout=PATIENCE_MS)


def test_a_cue_is_written_by_hand_at_the_playhead(qtbot: QtBot, window: Window, still: Still) -> None:
    window.shell.playback.seek(IncidentTime(START + NS_PER_S))
    still(window)
    press(window, "W")
    tab = tab_of(window)
    qtbot.waitUntil(lambda: bool(tab.list.findChildren(CueEditor)), timeout=PATIENCE_MS)
    editor = tab.list.findChildren(CueEditor)[0]
    editor.setPlainText("Get down!")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: texts(window) == ["Get down!"], timeout=PATIENCE_MS)
    times = window.main.words.keeper.times
    assert times is not None
    assert times.start_of(0) == START + NS_PER_S


def drop(window: Window, *paths: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(os.fspath(path)) for path in paths])
    button, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    window.main.dropEvent(QDropEvent(QPointF(50, 50), Qt.DropAction.CopyAction, data, button, keys))


def test_a_dropped_file_is_imported_and_what_was_not_read_is_told(
    qtbot: QtBot, window: Window, still: Still, tmp_path: Path
) -> None:
    path = tmp_path / "words.vtt"
    path.write_text("WEBVTT\n\n00:01.000 --> 00:02.000\n<v DC Harper>Stop</v>\n\nlost\n")
    drop(window, path)
    (dialog,) = window.main.findChildren(ImportDialog)
    dialog.offset.setText("soon")
    dialog.accept_button.click()
    assert dialog.problem.isVisibleTo(dialog)
    dialog.offset.setText("0.5")
    dialog.accept_button.click()
    qtbot.waitUntil(lambda: texts(window) == ["Stop"], timeout=PATIENCE_MS)
    times = window.main.words.keeper.times
    assert times is not None
    assert times.start_of(0) == START + 1_500 * MS
    (notice,) = window.main.notices.texts
    assert "1 cue imported" in notice
    assert "1 line was not read" in notice


def test_speech_to_text_says_what_is_missing_and_adds_what_was_heard(
    qtbot: QtBot, window: Window, still: Still
) -> None:
    speech = window.main.words.speech
    speech.look = lambda _folder: SpeechState(False, "No speech model is set.", "Get one.")
    window.main.actions_by_id["transcript.speech"].trigger()
    assert "No speech model is set. Nothing was done. Get one." in window.main.notices.texts[-1]
    snapshot = window.shell.session.snapshot
    assert snapshot is not None
    place = snapshot.timeline.cameras[0].placed[0]
    draft = TranscriptDraft("heard", place.recording.camera_id, TranscriptKind.MACHINE, TranscriptFormat.SPEECH, "m1")
    result = SpeechResult(draft, (CueDraft(place.recording.id, 0, 10**9, "", "hello"),))
    speech._add(window.shell.session.books, result)
    qtbot.waitUntil(lambda: texts(window) == ["hello"], timeout=PATIENCE_MS)
    model = tab_of(window).model
    assert "made by a machine (m1), not checked" in str(model.index(0).data())


@pytest.mark.soak
def test_twenty_thousand_cues_are_laid_out_and_scrolled(qtbot: QtBot, window: Window, still: Still) -> None:
    snapshot = window.shell.session.snapshot
    assert snapshot is not None
    recording = snapshot.timeline.cameras[0].placed[0].recording
    draft = TranscriptDraft("long", recording.camera_id, TranscriptKind.WRITTEN, TranscriptFormat.SIGHTLINE)
    cues = [
        CueDraft(recording.id, number * MS, (number + 1) * MS, f"S{number % 7}", f"{number} " + "words and more " * 8)
        for number in range(20_000)
    ]

    def change(case: Case, by: str) -> None:
        add_transcript(case, draft, cues, by=by)

    window.shell.session.edit("Filling", change)
    window.main.page.show_tab(Tab.TRANSCRIPT)
    tab = tab_of(window)
    qtbot.waitUntil(lambda: tab.model.rowCount() == 20_000, timeout=2 * PATIENCE_MS)
    still(window)
    taken = []
    for part in range(20):
        begun = time.process_time()
        tab.list.verticalScrollBar().setValue(tab.list.verticalScrollBar().maximum() * part // 20)
        tab.list.viewport().repaint()
        taken.append(time.process_time() - begun)
    assert sorted(taken)[10] < 0.1
    tab.follow.setChecked(True)
    window.shell.playback.seek(IncidentTime(START + 7 * NS_PER_S))
    still(window)
    assert tab.current_places[0] in range(6_990, 7_010)


def test_start_and_end_are_typed_checked_and_taken_back(qtbot: QtBot, window: Window, still: Still) -> None:
    say(qtbot, window, 0, (200, "", "Stop"))
    (cue,) = cues_of(window)
    window.main.words.desk.ask_times(cue)
    (dialog,) = window.main.findChildren(CueTimesDialog)
    before = dialog.end.text()
    dialog.end.setText(dialog.start.text())
    dialog.accept_button.click()
    assert "ends after it starts" in dialog.problem.text()
    dialog.end.setText("soon")
    dialog.accept_button.click()
    assert dialog.isVisible()
    dialog.end.setText("+0.25")
    dialog.accept_button.click()
    still(window)
    qtbot.waitUntil(lambda: cues_of(window)[0].end_ns == cue.end_ns + 250 * MS, timeout=PATIENCE_MS)
    assert cues_of(window)[0].start_ns == cue.start_ns
    window.main.words.desk.ask_times(cues_of(window)[0])
    assert window.main.findChildren(CueTimesDialog)[-1].end.text() != before
    window.main.findChildren(CueTimesDialog)[-1].reject()
    window.main.actions_by_id["edit.undo"].trigger()
    qtbot.waitUntil(lambda: cues_of(window)[0].end_ns == cue.end_ns, timeout=PATIENCE_MS)
