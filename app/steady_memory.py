"""Keeps Python's search for circular garbage short, so that it never stops a playing picture.

The search walks over everything that is alive: with a window and a case open that took 30 to 100 ms, every few seconds,
in whichever thread was running, the window's too. What is alive once a case is open mostly stays so until it is closed:
it is left out of the search until then. What has no circles is let go at once in any case, by count.
"""

from __future__ import annotations

import gc


def settle() -> None:
    """Leave what is alive now out of the search."""
    gc.freeze()


def release() -> None:
    """Search everything again: a case was closed."""
    gc.unfreeze()
