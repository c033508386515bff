"""The main loop of a decoder process: take messages, do a small step of work, tell what came of it.

The process ends when it is told to, or when the window's end of the pipe closes, which is how it learns that the
window is gone. It is one of the program's gates, which catch everything: whatever a hostile file brings about is
told to the window as a reason.
"""

from __future__ import annotations

import contextlib
from multiprocessing.connection import Connection
from typing import TypeAlias

from player.decoder.outbox import Outbox
from player.decoder.tables import read_index
from player.decoder.worker import Worker
from player.pipe_watch import PipeWatch
from player.protocol import Close, Failed, FrameReady, FromDecoder, Open, Opened, Regime, Spec, ToDecoder, Want

Pipe: TypeAlias = "Connection[FromDecoder | tuple[FrameReady, ...], ToDecoder]"


def run(pipe: Pipe) -> None:
    """Serve one camera until told to close. Runs in the child process."""
    outbox = Outbox(pipe.send)
    worker = Worker(outbox.put)
    try:
        _serve(pipe, worker, outbox)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass  # the window is gone
    except Exception as error:  # noqa: BLE001 - gate: a decoder tells the window whatever went wrong, then ends
        _last_words(pipe, error)
    finally:
        worker.close()


def _serve(pipe: Pipe, worker: Worker, outbox: Outbox) -> None:
    has_work = False
    watch = PipeWatch(pipe)
    while True:
        while not has_work or watch.has_something():
            message = pipe.recv()
            if isinstance(message, Close):
                return
            _handle(worker, outbox, message)
            has_work = True
        has_work = worker.work()
        if not has_work:
            outbox.flush()


def _handle(worker: Worker, outbox: Outbox, message: ToDecoder) -> None:
    match message:
        case Open():
            worker.open(message.source, read_index(message))
            outbox.put(Opened(message.source.key))
        case Spec():
            worker.set_spec(message)
        case Want():
            outbox.begin(is_ahead=message.regime is Regime.PLAYING)
            worker.set_want(message)
        case Close():
            pass


def _last_words(pipe: Pipe, error: Exception) -> None:
    with contextlib.suppress(OSError):
        pipe.send(Failed(None, f"The decoder met an error that it does not know ({type(error).__name__}: {error})."))
