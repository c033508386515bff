"""A child that does what its orders say, to test who drives it."""

from __future__ import annotations

import os
import signal
import time
from multiprocessing.connection import Connection


def run(pipe: Connection[str, str]) -> None:
    """Answer each order: `echo`, `count N`, `crash`, `leave`, `hang`, `wait`."""
    pipe.send("ready")
    try:
        while True:
            _obey(pipe, pipe.recv())
    except (EOFError, OSError):
        return


def _obey(pipe: Connection[str, str], order: str) -> None:
    verb, _space, rest = order.partition(" ")
    if verb == "echo":
        pipe.send(f"answer {rest}")
    elif verb == "count":
        for number in range(int(rest)):
            pipe.send(f"{number}")
        pipe.send("answer counted")
    elif verb == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    elif verb == "leave":
        os._exit(0)
    elif verb == "hang":
        time.sleep(60)
    elif verb == "wait":
        pipe.send(f"answer after {pipe.recv()}")
