"""Keeps the machine's processors busy, as other programs would."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_WORK = "import time\nend = time.monotonic() + 120\nwhile time.monotonic() < end: pass"
"""It ends by itself, also where whoever began it was killed."""


@contextmanager
def busy_processors(programs: int) -> Iterator[None]:
    """Run so many programs that never rest, each in a session of its own."""
    command = [sys.executable, "-c", _WORK]
    running = [subprocess.Popen(command, start_new_session=True) for _number in range(programs)]
    try:
        yield
    finally:
        for program in running:
            program.kill()
        for program in running:
            program.wait()
