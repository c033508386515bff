"""Look and listen: the two recordings of a match side by side and one ear each, as the match lays them together.

It has an engine and a sound output of its own; the case's clocks and playhead are left alone. What a nudge finds is a
proposal with a stated uncertainty, never an offset that somebody typed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QSpinBox, QSplitter, QVBoxLayout, QWidget

from app.jobs import JobRunner
from app.pair_timeline import Pair
from app.ui.theme import Theme, set_role
from app.ui.wave_pair import Wave, WavePair
from evidence.errors import SightlineError
from evidence.frame_index import FrameIndex
from evidence.jobs import IsCancelled, Progress
from evidence.times import NS_PER_S, DurationNs, IncidentRange, IncidentTime
from player.engine import Engine
from player.sound_mix import FAR_LEFT, FAR_RIGHT, CameraLevel, SoundMix
from player.ui.overlay import CameraLabel
from player.ui.sound_device import Sink
from player.ui.sound_output import SoundOutput
from player.ui.surface import TileSurface
from player.ui.tile_painter import SurfaceColours
from resources.palette import lane_colour
from sync.marked import mark_frame
from sync.sound.child import Excerpt, ExcerptTask
from sync.sound.excerpt import ExcerptReader

_REACH_NS = 4 * NS_PER_S
_LOOP_NS = 3 * NS_PER_S
_RATE = 16_000
_PLACES = ("Beginning", "Middle", "End")


class TieCompare(QWidget):
    """The panel.

    Signals:
        place_chosen: which place of the match is to be shown, as in `pair_of`.
        proposed: two `Moment` and a standard uncertainty in ns, as laid together by hand.
        playing: it plays; whoever else plays stops.
    """

    place_chosen = Signal(object)
    proposed = Signal(object, object, object)
    playing = Signal()

    def __init__(
        self,
        theme: Theme,
        jobs: JobRunner,
        find_index: Callable[[str], FrameIndex | None],
        make_sink: Callable[[], Sink],
        *,
        time_text: Callable[[int], str],
        parent: QWidget | None = None,
        engine: Engine | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._jobs = jobs
        self._find_index = find_index
        self._asked = 0
        self._frame_ns: DurationNs = 0
        self._stretch = (0, 0)
        self.pair: Pair | None = None
        self.engine = engine or Engine()
        self.sound = SoundOutput(self.engine, make_sink)
        self.surface = TileSurface(self.engine, time_text, SurfaceColours(), self)
        self.waves = WavePair(theme, self)
        self.place = QComboBox(self)
        self.place.addItems(list(_PLACES))
        self.place.setCurrentIndex(1)
        self.place.setAccessibleName("Which moment of the match")
        self.place.activated.connect(self.place_chosen.emit)
        self.play_button = self._button(
            "Listen", "Play the passage again and again: left ear the first, right the second"
        )
        self.play_button.clicked.connect(lambda _checked=False: self.toggle_play())
        self.nudges = [
            self._nudge("− frame", -1, is_frame=True),
            self._nudge("− 1 ms", -1_000_000),
            self._nudge("+ 1 ms", 1_000_000),
            self._nudge("+ frame", 1, is_frame=True),
        ]
        self.shift = QLabel("", self)
        self.within = QSpinBox(self)
        self.within.setRange(1, 60_000)
        self.within.setValue(40)
        self.within.setPrefix("± ")
        self.within.setSuffix(" ms")
        self.within.setFixedWidth(self.fontMetrics().horizontalAdvance("± 60000 ms") + 48)
        self.within.setAccessibleName("To within how many milliseconds it is laid together (95 %)")
        self.propose_button = self._button("Propose this", "Keep the shift as an observation by hand, to be accepted")
        self.propose_button.clicked.connect(lambda _checked=False: self._propose())
        self._lay_out()
        self.surface.refreshed.connect(self._on_refreshed)

    def show_pair(self, pair: Pair, stretch: tuple[int, int]) -> None:
        """Show two recordings at their matched moment, and what matches: from where to where, ns from that moment."""
        self._stretch = stretch
        is_same = self.pair is not None and replace(pair, shift_ns=0) == replace(self.pair, shift_ns=0)
        self.pair = pair
        self._frame_ns = self._frame_of(pair)
        for button in (self.nudges[0], self.nudges[3]):
            button.setEnabled(self._frame_ns > 0)
        self._load(is_new=not is_same)
        if not is_same:
            self._read_sound(pair)

    def toggle_play(self) -> None:
        """Play the passage around the matched moment, or stop."""
        if self.engine.is_playing:
            self.engine.pause()
        elif self.pair is not None:
            self.playing.emit()
            self.engine.play()
        self.surface.wake()
        self._show_state()

    def nudge(self, by_ns: DurationNs) -> None:
        """Move the second recording later."""
        if self.pair is not None:
            self.pair = replace(self.pair, shift_ns=self.pair.shift_ns + by_ns)
            self._load(is_new=False)

    def close_engine(self) -> None:
        """End what decodes; the panel shows nothing any more."""
        self.surface.hide()
        self.sound.close()
        self.engine.close()

    # Inside

    def _load(self, *, is_new: bool) -> None:
        pair = self.pair
        assert pair is not None
        ids = [one.id for one in pair.cameras]
        self.engine.load(pair.timeline(), self._find_index)
        self.surface.set_cameras([CameraLabel(one.id, one.name, lane_colour(one.colour)) for one in pair.cameras])
        self.sound.set_cameras(ids)
        levels = {ids[0]: CameraLevel(placement=FAR_LEFT), ids[1]: CameraLevel(placement=FAR_RIGHT)}
        self.sound.set_mix(SoundMix(levels))
        self.engine.set_loop(IncidentRange(IncidentTime(pair.at - _LOOP_NS), IncidentTime(pair.at + _LOOP_NS)))
        if is_new or not self.engine.is_playing:
            self.engine.seek(pair.at)
        self.waves.set_shift(pair.shift_ns)
        self.surface.wake()
        self._show_state()

    def _frame_of(self, pair: Pair) -> DurationNs:
        index = self._find_index(pair.recordings[1].id)
        if index is None or not len(index):
            return 0
        frame = max(0, int(np.searchsorted(index.start_ns, pair.media_ns[1], side="right")) - 1)
        return 2 * mark_frame("", "", index, frame).half_frame_ns

    def _read_sound(self, pair: Pair) -> None:
        """Read both sounds beside the UI thread."""
        self._asked += 1
        asked = self._asked
        empty = np.zeros(0, dtype=np.int16)
        blank = tuple(
            Wave(empty, _RATE, -_REACH_NS, lane_colour(camera.colour), camera.name, "reading")
            for camera in pair.cameras
        )
        self.waves.show_waves(blank, self._stretch)
        tasks = [
            None
            if recording.audio_stream is None
            else ExcerptTask(
                recording.path_bytes,
                recording.display_name,
                recording.audio_stream,
                media - _REACH_NS,
                2 * _REACH_NS,
                _RATE,
            )
            for recording, media in zip(pair.recordings, pair.media_ns, strict=True)
        ]

        def work(_progress: Progress, cancelled: IsCancelled) -> list[Excerpt | str]:
            with ExcerptReader() as reader:
                return [_read(reader, task, cancelled) for task in tasks]

        def done(found: list[Excerpt | str]) -> None:
            if asked == self._asked:
                self.waves.show_waves(
                    tuple(
                        replace(wave, words=one)
                        if isinstance(one, str)
                        else replace(wave, words="", samples=np.frombuffer(one.samples, dtype="<i2"))
                        for wave, one in zip(blank, found, strict=True)
                    ),
                    self._stretch,
                )

        def failed(error: SightlineError) -> None:
            self.waves.show_waves(tuple(replace(wave, words=error.happened) for wave in blank), self._stretch)

        self._jobs.start("Reading the two sounds", work, on_done=done, on_failed=failed, is_quiet=True)

    def _propose(self) -> None:
        if self.pair is not None:
            first, second = self.pair.moments()
            sigma_ns = self.within.value() * 1_000_000 // 2
            self.proposed.emit(first, second, sigma_ns)

    def _on_refreshed(self, position: IncidentTime) -> None:
        if self.pair is not None:
            self.waves.set_cursor(position - self.pair.at)
        self._show_state()

    def _show_state(self) -> None:
        self.play_button.setText("Stop" if self.engine.is_playing else "Listen")
        shift = 0 if self.pair is None else self.pair.shift_ns
        sign = "later" if shift >= 0 else "earlier"
        self.shift.setText("as matched" if shift == 0 else f"{abs(shift) / 1e6:.1f} ms {sign}")
        self.propose_button.setEnabled(self.pair is not None)

    def _button(self, text: str, hint: str) -> QPushButton:
        button = QPushButton(text, self)
        button.setToolTip(hint)
        button.setAutoDefault(False)
        return button

    def _nudge(self, text: str, by: int, *, is_frame: bool = False) -> QPushButton:
        button = self._button(text, "Move the second recording")
        button.setAutoRepeat(True)
        button.clicked.connect(lambda _checked=False: self.nudge(by * self._frame_ns if is_frame else by))
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(8, 4, 8, 4)
        row.setSpacing(6)
        row.addWidget(self.place)
        row.addWidget(self.play_button)
        row.addStretch(1)
        second = QLabel("Second", self)
        set_role(second, "dim")
        row.addWidget(second)
        for button in self.nudges[:2]:
            row.addWidget(button)
        self.shift.setMinimumWidth(self.fontMetrics().horizontalAdvance("0000.0 ms earlier"))
        self.shift.setAlignment(Qt.AlignmentFlag.AlignCenter)
        row.addWidget(self.shift)
        for button in self.nudges[2:]:
            row.addWidget(button)
        row.addWidget(self.within)
        row.addWidget(self.propose_button)
        across = QSplitter(Qt.Orientation.Horizontal, self)
        across.addWidget(self.surface)
        across.addWidget(self.waves)
        across.setSizes([520, 460])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(across, 1)


def _read(reader: ExcerptReader, task: ExcerptTask | None, cancelled: IsCancelled) -> Excerpt | str:
    if task is None:
        return "no sound"
    try:
        return reader.read(task, cancelled)
    except SightlineError as error:
        return error.happened
