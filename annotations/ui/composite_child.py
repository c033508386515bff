"""The child process that composes videos: takes orders from a pipe, makes what was ordered, checks it, and answers.

Light to import: Qt, which draws the labels, is loaded in the child. It ends when the pipe closes. Hostile bytes can
break it and nothing else: it opens originals read-only and writes only the file that it was told to write.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from annotations.composite.messages import ComposeAdvanced, FromComposer, NotComposed, PreviewOrder, ToComposer
from evidence.child_process import limit_this_process

if TYPE_CHECKING:
    from annotations.composite.far_feed import TilePipe

_TELL_EVERY_S = 0.1


def run(pipe: Connection[FromComposer, ToComposer], decoders: Sequence[TilePipe] = ()) -> None:
    """Make what is ordered until the pipe closes. Runs in the child process.

    Args:
        pipe: to whoever orders.
        decoders: to the processes that decode the cameras of a video, in the order of its tiles.
    """
    limit_this_process()
    os.environ["QT_HASH_SEED"] = "0"
    if sys.platform != "win32":
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtGui import QGuiApplication

    application = QGuiApplication.instance() or QGuiApplication(["sightline"])
    with contextlib.suppress(EOFError, OSError):
        while True:
            order = pipe.recv()
            try:
                pipe.send(_answer(order, _Teller(pipe), decoders))
            except BrokenPipeError:
                raise
            except Exception as error:  # noqa: BLE001 - gate: whatever a hostile file brings about is told
                pipe.send(NotComposed(f"Composing met an error ({type(error).__name__}: {error})."))
    del application


def _answer(order: ToComposer, teller: _Teller, decoders: Sequence[TilePipe]) -> FromComposer:
    from annotations.composite.making import compose, preview
    from annotations.ui.composite_lettering import QtLettering

    if isinstance(order, PreviewOrder):
        return preview(order, QtLettering(order.order.height))
    return compose(order, QtLettering(order.height), teller, decoders)


class _Teller:
    """Tells the parent how far it is, some ten times a second."""

    def __init__(self, pipe: Connection[FromComposer, ToComposer]) -> None:
        self._pipe = pipe
        self._next = 0.0

    def __call__(self, done: int, total: int, doing: str) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _TELL_EVERY_S
            self._pipe.send(ComposeAdvanced(done, total, doing))
