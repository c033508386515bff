"""Look and listen: both pictures at one instant, both sounds on one axis, and a nudge that becomes a proposal."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.application import make_application
from app.bootstrap import Window, open_case
from app.settings import Settings
from app.ui import wave_pair
from app.ui.sync_window import SyncWindow
from app.ui.theme import Theme
from app.ui.wave_pair import Wave, WavePair
from evidence.case import Case
from evidence.observations import Moment, ObservationState, SyncMethod
from evidence.times import NS_PER_S
from player.sound_mix import FAR_LEFT, FAR_RIGHT
from sync.marked import observe_by_hand
from sync.sound.child import ExcerptTask
from sync.sound.decode import RATE, read_sound
from sync.sound.excerpt import ExcerptReader, read_excerpt
from tests.support.sound_files import write_sound
from tests.support.sync_scenes import finder
from tests.support.window_pixels import codes_on_screen

PATIENCE_MS = 60_000
BLUE, ORANGE = "#56b4e9", "#e69f00"


@pytest.mark.gui
def test_both_pictures_show_the_matched_frames_and_a_nudge_is_a_proposal(
    qtbot: QtBot, empty_window: Window, case_folder: Path
) -> None:
    with Case.open(case_folder) as case:
        ids = {each.display_name[:9]: each.id for each in case.recordings() if "213204" not in each.display_name}
        one, other = Moment(ids["X6039A12B"], 3 * NS_PER_S), Moment(ids["X6039A47C"], 4 * NS_PER_S)
        case.add_observations([observe_by_hand(one, other, 10_000_000, "", finder())], by="me")
    open_case(empty_window, case_folder)
    session = empty_window.shell.session
    qtbot.waitUntil(lambda: session.snapshot is not None, timeout=PATIENCE_MS)
    QTest.mouseClick(empty_window.main.page.header.sync, Qt.MouseButton.LeftButton)
    view = empty_window.main.sync.view
    assert isinstance(view, SyncWindow)
    view.resize(1366, 768)
    desk = empty_window.main.sync.desk
    qtbot.waitUntil(lambda: desk.standing is not None, timeout=PATIENCE_MS)
    QTest.mouseClick(view.look_button, Qt.MouseButton.LeftButton)
    compare = view.compare
    assert compare is not None
    assert compare.pair is not None
    first, second = (one.id for one in compare.pair.cameras)

    def frames() -> tuple[int, int] | None:
        codes = codes_on_screen(compare.surface)
        if codes.get(first) is None or codes.get(second) is None:
            return None
        return codes[first].number, codes[second].number  # type: ignore[union-attr]

    qtbot.waitUntil(lambda: frames() == (90, 120), timeout=PATIENCE_MS)
    mix = compare.sound.mix
    assert [mix.level(one).placement for one in (first, second)] == [FAR_LEFT, FAR_RIGHT]
    loop = compare.engine.loop
    assert loop is not None
    assert loop.contains(compare.pair.at)
    QTest.mouseClick(compare.play_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: compare.engine.is_playing and compare.engine.position > loop.start, timeout=PATIENCE_MS)
    assert not empty_window.engine.is_playing
    QTest.mouseClick(compare.play_button, Qt.MouseButton.LeftButton)
    compare.engine.seek(compare.pair.at)
    compare.surface.wake()
    qtbot.waitUntil(lambda: frames() == (90, 120), timeout=PATIENCE_MS)
    for _ in range(2):
        QTest.mouseClick(compare.nudges[3], Qt.MouseButton.LeftButton)
    QTest.mouseClick(compare.nudges[1], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: frames() == (90, 118), timeout=PATIENCE_MS)
    assert "65.7 ms later" in compare.shift.text()
    compare.within.setValue(100)
    QTest.mouseClick(compare.propose_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(session.snapshot.observations) == 2, timeout=PATIENCE_MS)  # type: ignore[union-attr]
    assert session.snapshot is not None
    made = next(each for each in session.snapshot.observations if each.sigma_ns == 50_000_000)
    assert (made.method, made.state, made.one) == (SyncMethod.BY_HAND, ObservationState.PROPOSED, one)
    assert made.other is not None
    assert other.media_ns - made.other.media_ns == pytest.approx(2 * NS_PER_S / 30 - 1_000_000, abs=10)
    assert made.evidence
    QTest.mouseClick(view.look_button, Qt.MouseButton.LeftButton)
    assert view.compare is None
    qtbot.waitUntil(lambda: not session.is_busy, timeout=PATIENCE_MS)
    view.close()


@pytest.mark.gui
def test_two_clicks_that_are_one_moment_stand_one_above_the_other_to_the_millisecond(qtbot: QtBot) -> None:
    widget = WavePair(Theme(make_application(), Settings(Path("/nonexistent/settings.json"))))
    qtbot.addWidget(widget)
    widget.resize(1000, 300)
    waves = []
    for start_ms, colour in ((-400, BLUE), (-250, ORANGE)):
        samples = np.zeros(16_000, dtype=np.int16)
        samples[-start_ms * 16 : -start_ms * 16 + 8] = 30_000
        waves.append(Wave(samples, 16_000, start_ms * 1_000_000, colour, "Camera"))
    widget.show_waves((waves[0], waves[1]), (-100_000_000, 100_000_000))
    assert [round(column(widget, colour)) for colour in (BLUE, ORANGE)] == pytest.approx([500, 500], abs=2)
    widget.set_shift(5_000_000)
    widget.zoom(20)
    assert widget.span_ns == 100_000_000
    ahead = column(widget, ORANGE) - column(widget, BLUE)
    assert ahead == pytest.approx(50, abs=2)  # 5 ms at 10 pixels a millisecond


def test_a_time_on_the_axis_is_written_whole_or_not_at_all(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """-1000 ms at the edge was cut to 0 ms."""
    widget = WavePair(Theme(make_application(), Settings(Path("/nonexistent/settings.json"))))
    qtbot.addWidget(widget)
    written: list[tuple[str, QRectF]] = []
    monkeypatch.setattr(wave_pair, "QPainter", partial(_Listening, written))
    for width in (440, 445, 777):
        widget.resize(width, 300)
        written.clear()
        widget.grab()
        assert "0 ms" in [words for words, _ in written]
        assert all(box.left() >= 0 and box.right() <= width for _, box in written)


class _Listening(QPainter):
    """Draws, and keeps what is written where."""

    def __init__(self, written: list[tuple[str, QRectF]], device: QWidget) -> None:
        super().__init__(device)
        self._written = written

    def drawText(self, box: QRectF, flags: Qt.AlignmentFlag, words: str) -> None:  # type: ignore[override]
        self._written.append((words, box))
        super().drawText(box, flags, words)


def column(widget: WavePair, colour: str) -> float:
    """Where the tall part of a wave is, in the middle."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), dtype=np.uint8).reshape(image.height(), -1, 4)[:, : image.width(), :3]
    wanted = QColor(colour)
    near = np.abs(pixels.astype(int) - np.array([wanted.blue(), wanted.green(), wanted.red()])).sum(axis=2) < 120
    columns = np.flatnonzero(near.sum(axis=0) > 20)
    assert len(columns)
    return float(columns.mean())


@pytest.mark.parametrize("codec", ["aac64", "mp2"])
def test_an_excerpt_is_that_very_stretch_of_the_whole(tmp_path: Path, codec: str) -> None:
    chance = np.random.default_rng(1)
    loud = np.repeat(chance.uniform(0.05, 1, 60), 4_000)[: 15 * 16_000]
    noise = (0.3 * loud * np.convolve(chance.standard_normal(15 * 16_000), np.ones(8) / 8, "same")).astype(np.float32)
    path = write_sound(noise, codec, tmp_path / "a")
    whole = read_sound(bytes(path), "a", 0, lambda: False)
    for start_ns in (0, 6_500_000_000):
        part = read_excerpt(ExcerptTask(bytes(path), "a", 0, start_ns, 2 * NS_PER_S, RATE))
        samples = np.frombuffer(part.samples, dtype="<i2").astype(np.float64)
        place = (start_ns - whole.start_ns) * RATE // NS_PER_S
        reach = 200
        wanted = np.pad(whole.samples.astype(np.float64), (reach + RATE, reach + RATE))
        lags = range(-reach, reach + 1)
        base = place + RATE + reach
        alike = [float(samples @ wanted[base + lag : base + lag + len(samples)]) for lag in lags]
        assert lags[int(np.argmax(alike))] == pytest.approx(0, abs=2)


def test_a_file_that_is_none_is_a_reason_and_no_crash(tmp_path: Path) -> None:
    path = tmp_path / "bad.mp4"
    path.write_bytes(b"\0" * 5_000)
    from evidence.errors import MediaError

    with ExcerptReader() as reader, pytest.raises(MediaError):
        reader.read(ExcerptTask(bytes(path), "bad.mp4", 0, 0, NS_PER_S, RATE))
