"""A screen of the benchmark's own: Xvfb without a window manager, so that windows lie where they were put."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

_SIZE = (1600, 900)
"""Large enough for the pointer, which stands in its middle at first, to be clear of the pictures."""


def has_display() -> bool:
    """Tell whether a screen can be made here."""
    return shutil.which("Xvfb") is not None


@contextmanager
def own_display(size: tuple[int, int] = _SIZE) -> Iterator[dict[str, str]]:
    """Yield the environment of programs that are to be shown on a screen of this size."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [
            "Xvfb",
            "-displayfd",
            str(writing),
            "-screen",
            "0",
            f"{size[0]}x{size[1]}x24",
            "-nolisten",
            "tcp",
            "-dpi",
            "96",
        ],
        pass_fds=[writing],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as answer:
        number = answer.readline().strip()
    try:
        if not number:
            raise RuntimeError("Xvfb did not start")
        environment = {**os.environ, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
        environment.pop("WAYLAND_DISPLAY", None)
        yield environment
    finally:
        server.terminate()
        server.wait(10)
