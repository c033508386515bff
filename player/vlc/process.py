"""The main loop of libVLC's decoder process: take messages, let VLC play, hand its pictures over.

It ends as every decoder does: when told to, or when the window's end of the pipe closes. It is a gate that catches
everything, since VLC reads untrusted bytes; what VLC itself cannot survive ends the process, and the window is told.
"""

from __future__ import annotations

import contextlib
import os
from multiprocessing.connection import Connection

from evidence.child_process import limit_this_process
from player.decoder.tables import read_index
from player.protocol import Close, Failed, FromDecoder, Open, Opened, Spec, ToDecoder, Want
from player.vlc.library import Library, LibraryMissingError
from player.vlc.worker import VlcWorker


def run(pipe: Connection[FromDecoder, ToDecoder]) -> None:
    """Serve one camera until told to close. Runs in the child process."""
    limit_this_process()
    silence_the_library()
    worker = VlcWorker(pipe.send, load())
    try:
        _serve(pipe, worker)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        pass  # the window is gone
    except Exception as error:  # noqa: BLE001 - gate: a decoder tells the window whatever went wrong, then ends
        with contextlib.suppress(OSError):
            pipe.send(
                Failed(None, f"VLC's decoder met an error that it does not know ({type(error).__name__}: {error}).")
            )
    finally:
        worker.close()


def load() -> Library | str:
    """Load libVLC, or say why not; before the first message, while the window still allows for a slow start."""
    try:
        return Library()
    except LibraryMissingError as error:
        return str(error)


def silence_the_library() -> None:
    """Let libVLC's plug-ins, which write to the error output whatever their options, write nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)


def _serve(pipe: Connection[FromDecoder, ToDecoder], worker: VlcWorker) -> None:
    wait_s: float | None = None
    while True:
        while pipe.poll(wait_s):
            message = pipe.recv()
            if isinstance(message, Close):
                return
            _handle(pipe, worker, message)
            wait_s = 0
        wait_s = worker.work()


def _handle(pipe: Connection[FromDecoder, ToDecoder], worker: VlcWorker, message: ToDecoder) -> None:
    match message:
        case Open():
            worker.open(message.source, read_index(message))
            pipe.send(Opened(message.source.key))
        case Spec():
            worker.set_spec(message)
        case Want():
            worker.set_want(message)
        case Close():
            pass
