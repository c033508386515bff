"""Builds court mode: the part of the composition root that needs no case window.

Where things lie: the court log of a case is `court.log` in its folder; that of a pack, or of a case that cannot be
written, is in the user's own data folder, under the id of the pack or the case. So is the journal to resume by.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from platformdirs import user_data_path
from PySide6.QtCore import QSize
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication

from app.application import begin_log, make_application
from app.court_preflight import prepare_of
from app.display_zone import display_zone
from app.preflight import pack_proxies, preflight_words
from app.settings import ZoneChoice
from app.ui.exception_gate import ExceptionGate
from courtroom.show.resume import Interrupted, find_interrupted
from courtroom.show.source import CAPTURES, COURT_LOG, CourtSource, SourceKind, side_folder
from courtroom.ui.court_mode import CourtMode, CourtRequest
from courtroom.ui.court_voice import CourtVoice
from courtroom.ui.cue_player import CuePlayer
from courtroom.ui.pages import PageShelf
from evidence.time_text import LocalTimes
from evidence.times import IncidentTime
from player.decoder_link import keep_decoders_ready
from player.engine import Engine
from player.limits import PlayerLimits, RingLimits
from player.ui.sound_device import Sink, SoundDevices
from player.ui.sound_output import SoundOutput

COURT_PATIENCE_NS = 3_600 * 1_000_000_000
"""In front of a court nothing goes on without a picture; the presenter decides."""

_RING = RingLimits(bytes=64 << 20, fewest=8, most=24)


@dataclass(frozen=True, slots=True)
class CourtFiles:
    """Where court mode writes.

    Attributes:
        log: the court log.
        journal: what to resume by.
        captures: the folder of captured exhibits.
    """

    log: Path
    journal: Path
    captures: Path


def court_files(source: CourtSource) -> CourtFiles:
    """Return where court mode writes for a case or a pack."""
    data = user_data_path("sightline", appauthor=False)
    side = side_folder(data, source.id)
    is_in_case = source.kind is SourceKind.CASE and source.is_writable
    log = source.folder / COURT_LOG if is_in_case else side / COURT_LOG
    captures = source.folder / CAPTURES if is_in_case else side / "captures"
    return CourtFiles(log, court_journal(), captures)


@dataclass(frozen=True)
class CourtStart:
    """How court mode begins.

    Attributes:
        by: who presents.
        display: name of the court's display, or "" for the second one.
        place: the item to begin with, from 0.
        at: the instant of it, or None for its start.
        focus: the camera that is shown alone, or None.
        is_shown: whether the court sees it from the beginning.
        is_resumed: whether a show that was interrupted goes on.
        keeps_awake: whether the displays are kept from sleeping.
        spares: decoders that each of the two players has ready beside those that it uses.
        draws_strip: whether the filmstrip's pictures are drawn before they are seen.
    """

    by: str
    display: str = ""
    place: int = 0
    at: IncidentTime | None = None
    focus: str | None = None
    is_shown: bool = False
    is_resumed: bool = False
    keeps_awake: bool = True
    spares: int = 1
    draws_strip: bool = True


def court_journal() -> Path:
    """Return where it is kept how a show stands, to resume by."""
    return user_data_path("sightline", appauthor=False) / "court" / "resume.json"


def is_interrupted() -> bool:
    """Tell whether a show was interrupted, and can be gone on with."""
    return find_interrupted(court_journal()) is not None


def start_again(stood: Interrupted, source: CourtSource) -> CourtStart:
    """Return how a show that was interrupted goes on: same item, same frame, or black where its item is gone."""
    place = stood.place_in(source.cues)
    is_same = source.cues[place].id == stood.item
    return CourtStart(
        stood.by,
        stood.display,
        place,
        stood.at if is_same else None,
        stood.focus,
        is_shown=is_same and not stood.is_black,
        is_resumed=True,
    )


def open_court(
    application: QApplication,
    source: CourtSource,
    files: CourtFiles,
    start: CourtStart,
    *,
    make_sink: Callable[[], Sink] | None = None,
) -> CourtMode:
    """Return court mode for a run sheet, not begun yet; `make_sink` makes the sound device, None for silence."""
    times = LocalTimes(display_zone(ZoneChoice.CASE, source.zone))

    def text_of(instant: IncidentTime) -> str:
        return f"{times.clock(instant)} {times.day(instant)}"

    is_pack = source.kind is SourceKind.PACK
    proxies = pack_proxies(source) if is_pack else {}

    def make_player(size: QSize) -> CuePlayer:
        engine = Engine(limits=PlayerLimits(ring=_RING, spares=start.spares, patience_ns=COURT_PATIENCE_NS))
        engine.load(source.timeline, source.find_index)
        engine.set_proxies(proxies)
        return CuePlayer(
            engine, PageShelf(), size, QFont(application.font()), shapes=source.shapes, captions=source.captions
        )

    voice = CourtVoice(None if make_sink is None else partial(SoundOutput, make_sink=make_sink))
    request = CourtRequest(
        source=source,
        by=start.by,
        log=files.log,
        journal=files.journal,
        captures=files.captures,
        display=start.display,
        place=start.place,
        at=start.at,
        focus=start.focus,
        is_shown=start.is_shown,
        is_resumed=start.is_resumed,
        keeps_awake=start.keeps_awake,
        draws_strip=start.draws_strip,
        preflight=prepare_of(application, source, by=start.by, display=start.display) if is_pack else None,
        advice=preflight_words(source) if is_pack and start.keeps_awake else "",
    )
    return CourtMode(request, application, make_player, voice, text_of)


def run_court(source: CourtSource, start: CourtStart) -> int:
    """Run court mode by itself and return the exit code when it was ended."""
    keep_decoders_ready()
    application = make_application()
    begin_log()
    gate = ExceptionGate()
    devices = SoundDevices()
    mode = open_court(application, source, court_files(source), start, make_sink=lambda: devices.make_sink(""))
    gate.caught.connect(mode.fault)
    gate.install()
    mode.ended.connect(application.quit)
    application.setQuitOnLastWindowClosed(False)
    try:
        mode.begin()
        gc.collect()
        gc.freeze()  # what the program is made of stays: looking through it for refuse would hold up the pictures
        return application.exec()
    finally:
        mode.end()
        gate.remove()
