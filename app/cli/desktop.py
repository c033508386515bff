"""Whether there is a desktop to open windows on."""

from __future__ import annotations

import os
import sys


def has_display() -> bool:
    """Tell whether there is a screen to open a window on."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
