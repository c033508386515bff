"""A screen of the benchmark's own: Xvfb without a window manager, so that windows lie where they were put."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.screen import is_there, screen_environment, start_screen

_SIZE = (1600, 900)
"""Large enough for the pointer, which stands in its middle at first, to be clear of the pictures."""


def has_display() -> bool:
    """Tell whether a screen can be made here."""
    return is_there()


@contextmanager
def own_display(size: tuple[int, int] = _SIZE) -> Iterator[dict[str, str]]:
    """Yield the environment of programs that are to be shown on a screen of this size."""
    screen = start_screen(f"{size[0]}x{size[1]}x24")
    try:
        yield screen_environment(screen)
    finally:
        screen.close()
