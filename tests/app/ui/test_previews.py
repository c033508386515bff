"""Previews of the open case: made beside the work, drawn, used, deleted, and kept out of a read-only case."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from platformdirs import user_cache_path
from pytestqt.qtbot import QtBot

from app.bootstrap import Window, open_case
from app.jobs import Job
from app.settings import PREVIEW_PLACE, PREVIEWS, PreviewChoice, PreviewPlace
from evidence.case import Case
from evidence.times import IncidentTime
from player.pictures import TileState

pytestmark = pytest.mark.gui

PATIENCE_MS = 60_000


def _wait_for_previews(qtbot: QtBot, window: Window) -> None:
    keeper = window.shell.previews
    keeper.make_now()
    qtbot.waitUntil(lambda: not keeper.is_making, timeout=PATIENCE_MS)


@pytest.fixture
def preview_choice() -> PreviewChoice:
    """All of them, as a new user has it."""
    return PreviewChoice.ALL


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_previews_are_made_in_the_case_and_drawn(qtbot: QtBot, window: Window, case_folder: Path) -> None:
    titles: list[str] = []
    window.shell.jobs.started.connect(lambda job: titles.append(job.title) if isinstance(job, Job) else None)
    was_making = window.shell.previews.is_making
    timeline = window.main.page.timeline
    before = timeline.grab().toImage()
    _wait_for_previews(qtbot, window)
    kinds = {path.name.split("-")[0] for path in _files(case_folder / "derived")}
    assert kinds == {"thumbnails", "proxy"}
    assert was_making or "Preparing previews" in titles
    qtbot.waitUntil(lambda: timeline.grab().toImage() != before, timeout=PATIENCE_MS)


def test_scrubbing_shows_proxies_and_rest_the_originals(
    qtbot: QtBot, window: Window, still: Callable[[Window], None]
) -> None:
    _wait_for_previews(qtbot, window)
    engine = window.engine
    start = window.main.page.snapshot.span.start if window.main.page.snapshot and window.main.page.snapshot.span else 0
    seen = False

    def is_late() -> bool:
        return any(tile.state in {TileState.LATE, TileState.LOADING} for tile in engine.pictures())

    for step in range(1, 20):
        window.shell.playback.scrub(IncidentTime(start + step * 350_000_000))
        qtbot.waitUntil(lambda: engine.position == engine.target and not is_late(), timeout=PATIENCE_MS)
        seen |= any(tile.picture is not None and tile.picture.is_proxy for tile in engine.pictures())
    assert seen
    window.shell.playback.end_scrub()
    still(window)
    shown = [tile for tile in engine.pictures() if tile.state is TileState.SHOWN]
    assert shown
    qtbot.waitUntil(
        lambda: not any(tile.picture.is_proxy for tile in engine.pictures() if tile.picture), timeout=PATIENCE_MS
    )


def test_deleting_frees_the_space_and_they_stay_away_until_asked_for(
    qtbot: QtBot, window: Window, case_folder: Path
) -> None:
    _wait_for_previews(qtbot, window)
    assert _files(case_folder / "derived")
    window.main.actions_by_id["previews.delete"].trigger()
    qtbot.waitUntil(lambda: not _files(case_folder / "derived"), timeout=PATIENCE_MS)
    window.shell.session.refresh()
    qtbot.wait(2_200)
    assert not _files(case_folder / "derived")
    window.main.actions_by_id["previews.make"].trigger()
    qtbot.waitUntil(lambda: len(_files(case_folder / "derived")) >= 12, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not window.shell.previews.is_making, timeout=PATIENCE_MS)


def test_nothing_is_written_to_a_case_that_is_read_only(qtbot: QtBot, empty_window: Window, case_folder: Path) -> None:
    session = empty_window.shell.session
    with Case.open(case_folder):
        before = {path: path.stat().st_mtime_ns for path in _files(case_folder)}
        open_case(empty_window, case_folder)
        qtbot.waitUntil(lambda: session.snapshot is not None, timeout=PATIENCE_MS)
        assert session.read_only_reason
        _wait_for_previews(qtbot, empty_window)
        after = {path: path.stat().st_mtime_ns for path in _files(case_folder)}
        session.close_now()
    assert after == before
    assert _files(user_cache_path("sightline", appauthor=False) / "previews")


def test_they_lie_in_the_users_own_folder_where_the_settings_say_so(
    qtbot: QtBot, window: Window, case_folder: Path
) -> None:
    window.shell.settings.set(PREVIEW_PLACE, PreviewPlace.USER.value)
    _wait_for_previews(qtbot, window)
    assert window.shell.previews.store is not None
    assert window.shell.previews.store.folder == user_cache_path("sightline", appauthor=False) / "previews"
    assert _files(window.shell.previews.store.folder)


@pytest.mark.parametrize("preview_choice", [PreviewChoice.OFF])
def test_nothing_is_made_where_the_settings_say_so(qtbot: QtBot, window: Window, case_folder: Path) -> None:
    assert window.shell.settings.get(PREVIEWS) == PreviewChoice.OFF.value
    qtbot.wait(2_200)
    assert not window.shell.previews.is_making
    assert not [path for path in _files(case_folder / "derived") if path.suffix == ".json"]


def test_a_case_closes_at_once_while_previews_are_made(qtbot: QtBot, window: Window, case_folder: Path) -> None:
    window.shell.previews.make_now()
    window.shell.session.close_now()
    assert not window.shell.previews.is_making
    qtbot.waitUntil(lambda: not window.shell.jobs.running, timeout=PATIENCE_MS)
    assert not [path for path in _files(case_folder / "derived") if path.suffix == ".part"]
    open_case(window, case_folder)
    qtbot.waitUntil(lambda: window.shell.session.snapshot is not None, timeout=PATIENCE_MS)
    _wait_for_previews(qtbot, window)
    assert _files(case_folder / "derived")


@pytest.mark.soak
def test_a_damaged_proxy_is_made_anew(qtbot: QtBot, window: Window, case_folder: Path) -> None:
    _wait_for_previews(qtbot, window)
    proxies = [path for path in _files(case_folder / "derived") if path.suffix == ".mjpeg"]
    for path in proxies:
        data = bytearray(path.read_bytes())
        data[: len(data) // 2] = bytes(len(data) // 2)
        path.write_bytes(data)
    engine = window.engine
    assert window.main.page.snapshot is not None
    assert window.main.page.snapshot.span is not None
    window.shell.playback.scrub(IncidentTime(window.main.page.snapshot.span.start + 500_000_000))
    qtbot.waitUntil(lambda: engine.position == engine.target, timeout=PATIENCE_MS)
    window.shell.playback.end_scrub()
    zeros = bytes(64)
    qtbot.waitUntil(
        lambda: any(path.is_file() and path.read_bytes()[:64] != zeros for path in proxies), timeout=PATIENCE_MS
    )
    qtbot.waitUntil(lambda: not window.shell.previews.is_making, timeout=PATIENCE_MS)
