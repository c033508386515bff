"""Where a decoder process begins: light to import, so that the window does not load what only decoders need."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
from multiprocessing.connection import Connection

from player.protocol import FrameReady, FromDecoder, ToDecoder
from player.sound_protocol import FromSoundDecoder, ToSoundDecoder

_BELOW_NORMAL = 0x4000
"""BELOW_NORMAL_PRIORITY_CLASS of the Windows API."""

_NICENESS = 3


def run(pipe: Connection[FromDecoder | tuple[FrameReady, ...], ToDecoder]) -> None:
    """Serve one camera until told to close. Runs in the child process."""
    from player.decoder import process

    _let_the_window_go_first()
    gc.freeze()  # what was loaded stays: looking through it again and again finds nothing
    process.run(pipe)


def run_sound(pipe: Connection[FromSoundDecoder, ToSoundDecoder]) -> None:
    """Serve the sound of one camera until told to close. Runs in the child process."""
    from player.decoder import sound

    sound.run(pipe)


def _let_the_window_go_first() -> None:
    """Take a little less than the window where both want the processor: a message to a decoder must not hold it up."""
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), _BELOW_NORMAL)
        return
    with contextlib.suppress(OSError):
        os.nice(_NICENESS)
