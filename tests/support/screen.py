"""A screen of one's own: an Xvfb that lasts as long as it is needed."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass


@dataclass(frozen=True)
class Screen:
    """A running Xvfb.

    Attributes:
        display: what `DISPLAY` is set to for it, for instance ":3".
        server: its process.
    """

    display: str
    server: subprocess.Popen[bytes]

    def close(self) -> None:
        """Stop it. It also ends with this process, after whatever is still connected to it: Xlib ends a program whose
        screen goes first."""
        assert self.server.stdin is not None
        self.server.stdin.close()
        self.server.wait(10)


def is_there() -> bool:
    """Whether this machine has Xvfb."""
    return shutil.which("Xvfb") is not None


def start_screen(size: str = "3840x2160x24") -> Screen:
    """Start an Xvfb on a number that is free. Raises OSError where it does not start."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [
            "sh",
            "-c",
            'Xvfb "$@" & read -r _; kill $!; wait',
            "sh",
            "-displayfd",
            str(writing),
            "-screen",
            "0",
            size,
            "-noreset",
            "-nolisten",
            "tcp",
            "-dpi",
            "96",
        ],
        pass_fds=[writing],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as answer:
        number = answer.readline().strip()
    if not number:
        raise OSError("Xvfb did not start")
    return Screen(f":{number}", server)


def screen_environment(screen: Screen) -> dict[str, str]:
    """Return this process's environment for a program that is to open its windows there."""
    without = {name: value for name, value in os.environ.items() if name != "WAYLAND_DISPLAY"}
    return without | {"DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb"}
