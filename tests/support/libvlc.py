"""Whether libVLC is on this machine, for tests that need it; asked in a process of its own, as the program does."""

from __future__ import annotations

import subprocess
import sys
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@lru_cache(maxsize=1)
def why_no_libvlc() -> str:
    """Return why libVLC cannot be used here, or ""."""
    code = "from player.vlc.process import load; answer = load(); print(answer if isinstance(answer, str) else '')"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    return told.stdout.strip() or ("" if told.returncode == 0 else told.stderr.strip())
