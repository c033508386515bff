"""What every test stands on: a screen of its own, originals that stay as they were, threads that end."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from pytestqt.qtbot import QtBot

from player.decoder_link import keep_decoders_ready
from tests.support.patient_bot import PatientBot
from tests.support.screen import Screen, is_there, screen_environment, start_screen

ROOT = Path(__file__).resolve().parent.parent
MEDIA = ROOT.parent / "shared" / "media"

_SCREENS: list[Screen] = []
"""They end with this process, not before: what is still connected, as Qt is, would end with them."""

settings.register_profile("house", deadline=None)
settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    """Start a screen where there is none, before Qt is imported; windows in tests are real windows."""
    os.environ.setdefault("QT_LOGGING_RULES", "qt.multimedia.*=false;qt.qpa.wayland*=false")
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    os.environ["TZ"] = "UTC"
    if not _only_hands_out(config):
        keep_decoders_ready()  # as the window does
    if _only_hands_out(config) or os.environ.get("SIGHTLINE_TEST_DISPLAY") == "own" or not is_there():
        return
    screen = start_screen()
    os.environ.update(screen_environment(screen))
    os.environ.pop("WAYLAND_DISPLAY", None)
    _SCREENS.append(screen)


def _only_hands_out(config: pytest.Config) -> bool:
    """Whether the tests run in workers beside this process, each of which starts a screen of its own."""
    return not hasattr(config, "workerinput") and bool(getattr(config.option, "numprocesses", None))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes minutes unless it was asked for, and what cannot run here, with the reason."""
    wants_soak = "soak" in (config.getoption("-m") or "")
    for item in items:
        if item.get_closest_marker("soak") and not wants_soak:
            item.add_marker(pytest.mark.skip(reason="takes minutes: `make soak`"))
        if item.get_closest_marker("gui") and not os.environ.get("DISPLAY"):
            item.add_marker(pytest.mark.skip(reason="no display, and no Xvfb to make one"))
        if item.get_closest_marker("media") and not MEDIA.is_dir():
            item.add_marker(pytest.mark.skip(reason="the real recordings are not here"))


def _fingerprint(folder: Path) -> dict[str, tuple[int, int, str]]:
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            facts = path.stat()
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            found[str(path.relative_to(folder))] = (facts.st_size, facts.st_mtime_ns, digest)
    return found


@pytest.fixture(scope="session", autouse=True)
def _originals_stay_untouched() -> Iterator[None]:
    """Whatever the whole suite does: size, mtime and hash of every original are the same afterwards."""
    before = _fingerprint(MEDIA) if MEDIA.is_dir() else {}
    yield
    after = _fingerprint(MEDIA) if MEDIA.is_dir() else {}
    assert after == before, "the test suite changed originals"


@pytest.fixture
def qtbot(qapp: object, request: pytest.FixtureRequest) -> QtBot:
    """pytest-qt's robot with the patience that a busy machine needs."""
    return PatientBot(request)


@pytest.fixture(scope="session")
def media() -> Path:
    """The folder of real recordings; for tests marked `media`."""
    return MEDIA


@pytest.fixture(autouse=True)
def _no_thread_is_left_behind() -> Iterator[None]:
    """A test that leaves a thread running has not cleaned up."""
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before and not thread.daemon]
    for thread in left:
        thread.join(5)
    assert not [thread for thread in left if thread.is_alive()], f"threads left running: {left}"


@pytest.fixture(autouse=True)
def _own_settings(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the settings, caches and recent cases of the person who runs it."""
    home = tmp_path_factory.mktemp("home")
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
