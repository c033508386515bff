"""A sound server of the benchmark's own: PulseAudio with a silent device, which nothing else on the machine sees."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes.util import find_library

_PATIENCE_S = 10.0
_SINK = "bench"

MONITOR = f"{_SINK}.monitor"
"""What is played can be recorded from here."""


def missing() -> str:
    """Say what this machine lacks, or ""."""
    if shutil.which("pulseaudio") is None:
        return "PulseAudio is not installed (Debian: pulseaudio)"
    if shutil.which("parec") is None or shutil.which("pactl") is None:
        return "PulseAudio's programs are not installed (Debian: pulseaudio-utils)"
    return "" if find_library("pulse-simple") else "PulseAudio's library is not installed (Debian: libpulse0)"


@contextmanager
def own_server() -> Iterator[dict[str, str]]:
    """Yield what a program's environment needs in addition to play on the server."""
    with tempfile.TemporaryDirectory(prefix="bench-pulse-") as folder:
        address = f"{folder}/native"
        added = {"PULSE_SERVER": f"unix:{address}", "PULSE_RUNTIME_PATH": folder, "XDG_CONFIG_HOME": folder}
        server = subprocess.Popen(
            ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no",
             "-L", f"module-native-protocol-unix socket={address} auth-anonymous=1",
             "-L", f"module-null-sink sink_name={_SINK} rate=48000 channels=2"],
            env=os.environ | added, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            _wait_for(server, added)
            yield added
        finally:
            server.terminate()
            server.wait(_PATIENCE_S)


def _wait_for(server: subprocess.Popen[bytes], added: dict[str, str]) -> None:
    end = time.monotonic() + _PATIENCE_S
    while subprocess.run(["pactl", "info"], env=os.environ | added, capture_output=True, check=False).returncode:
        if server.poll() is not None or time.monotonic() > end:
            raise RuntimeError("PulseAudio did not start")
        time.sleep(0.1)
