"""`sightline sound-test`: what comes out of a real sound server on each side, and what is noted of the room."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.own_keys import own_keys
from app.preflight import keep_report, preflight_folder
from courtroom.preflight.checks import Check, Outcome, Result
from courtroom.preflight.report import Report, find_report
from courtroom.show.source import load_from_pack
from evidence.case import Case
from tests.app.cli.test_packs import run
from tests.support.packs import make_pack_case, make_sheet, pack_of

_RATE = 48_000
_PATIENCE_S = 20.0
_PROGRAM = "import sys; from app.cli.main import main; sys.exit(main(sys.argv[1:]))"


@contextmanager
def sound_server(folder: Path) -> Iterator[dict[str, str]]:
    """A sound server whose loudspeakers are silent; yields the environment of a program that plays on it."""
    address = folder / "native"
    own = {"PULSE_SERVER": f"unix:{address}", "PULSE_RUNTIME_PATH": str(folder), "XDG_CONFIG_HOME": str(folder)}
    environment = os.environ | own
    server = subprocess.Popen(
        ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no",
         "-L", f"module-native-protocol-unix socket={address} auth-anonymous=1",
         "-L", f"module-null-sink sink_name=court rate={_RATE} channels=2"],
        env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        end = time.monotonic() + _PATIENCE_S
        while subprocess.run(["pactl", "info"], env=environment, capture_output=True, check=False).returncode:
            assert time.monotonic() < end, "PulseAudio did not start"
        yield environment
    finally:
        server.terminate()
        server.wait(_PATIENCE_S)


@contextmanager
def recorded(environment: dict[str, str], path: Path) -> Iterator[None]:
    """Record what the loudspeakers are given, both sides."""
    recorder = subprocess.Popen(
        ["parec", "--raw", "--format=s16le", "--channels=2", f"--rate={_RATE}", "--latency-msec=20",
         "--device=court.monitor", str(path)],
        env=environment, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        end = time.monotonic() + _PATIENCE_S
        while not (path.exists() and path.stat().st_size):
            assert time.monotonic() < end, "nothing is recorded"
        yield
    finally:
        recorder.terminate()
        recorder.wait(_PATIENCE_S)


def heard(path: Path) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int16]]:
    """Return when each side was loud, samples, and all of it."""
    sides = np.fromfile(path, dtype="<i2")
    sides = sides[: len(sides) // 2 * 2].reshape(-1, 2).T
    left, right = (np.flatnonzero(np.abs(side.astype(np.int32)) > 500) for side in sides)
    return left, right, sides


@pytest.mark.gui
@pytest.mark.skipif(not (shutil.which("pulseaudio") and shutil.which("parec")), reason="needs PulseAudio")
@pytest.mark.parametrize("is_tone", [False, pytest.param(True, marks=pytest.mark.soak)])
def test_each_side_of_the_loudspeakers_is_given_its_own_word_or_tone(tmp_path: Path, *, is_tone: bool) -> None:
    with sound_server(tmp_path) as environment, recorded(environment, tmp_path / "heard.raw"):
        command = [sys.executable, "-c", _PROGRAM, "sound-test", "--json", *(["--tone"] if is_tone else [])]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        time.sleep(1)  # the server's own buffer
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["ok"] is True
    assert said["level"]["is_muted"] is False
    left, right, sides = heard(tmp_path / "heard.raw")
    assert len(left) > _RATE // 20
    assert len(right) > _RATE // 20
    assert left[-1] < right[0], "first the left side alone, then the right"
    assert not (np.abs(sides[1, : left[-1]].astype(np.int32)) > 50).any()
    assert not (np.abs(sides[0, right[0] :].astype(np.int32)) > 50).any()
    if is_tone:
        for side, loud in enumerate((left, right)):
            begin = loud[0] + _RATE // 4
            assert np.abs(np.fft.rfft(sides[side, begin : begin + _RATE // 2])).argmax() * 2 == 440, "hertz"


def test_what_the_room_heard_is_noted_in_the_preflight_of_the_pack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with Case.open(make_pack_case(tmp_path)) as case:
        pack = pack_of(case, make_sheet(case, tmp_path), tmp_path / "Pack").folder
    code, said = run("sound-test", pack, "--heard")
    assert code != 0
    assert "not preflighted" in json.dumps(said)
    code, said = run("sound-test", "--heard")
    assert code != 0

    source = load_from_pack(pack, own_keys().knows)
    power = Result(Check.POWER, Outcome.PASS, "On mains power.")
    keep_report(Report(source.id, "", "", "", "", "", "Europe/London", "", "", 0, 0, "", False, ("A",), (power,)))

    def noted() -> list[tuple[Outcome, str]]:
        report = find_report(preflight_folder(source.id))
        assert report is not None
        return [(one.outcome, one.reason) for one in report.results if one.check is Check.HEARD]

    code, said = run("sound-test", pack, "--not-heard", "--by", "PC Harper")
    assert (code, said["ok"]) == (1, False)
    assert noted() == [(Outcome.FAIL, "PC Harper did not hear the test on both sides.")]
    code, said = run("sound-test", pack, "--heard", "--by", "PC Harper")
    assert (code, said["ok"]) == (0, True)
    assert noted() == [(Outcome.PASS, "PC Harper heard the test on both sides.")], "in place of what was said before"
