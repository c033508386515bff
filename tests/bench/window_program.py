"""Runs a measuring module as a program of its own, on a screen and with settings of its own: a program has one Qt."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from typing import Any

from tests.support.screen import screen_environment, start_screen

_HOMES = ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME")


def measured_by(module: str, *arguments: object) -> Any:
    """Return what a module prints as JSON when it is run by itself. Only where a screen can be started.

    Raises:
        subprocess.CalledProcessError: it failed; what it said is on standard error.
    """
    with tempfile.TemporaryDirectory() as home:
        screen = start_screen("1920x1080x24")
        try:
            output = subprocess.run(
                [sys.executable, "-m", module, *map(str, arguments)],
                env=screen_environment(screen) | dict.fromkeys(_HOMES, home),
                stdout=subprocess.PIPE,
                check=True,
            ).stdout
        finally:
            screen.close()
    return json.loads(output)
