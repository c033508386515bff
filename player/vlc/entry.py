"""Where libVLC's processes begin: light to import, so that neither the window nor the other decoders load libVLC."""

from __future__ import annotations

from multiprocessing.connection import Connection
from typing import Any

from evidence.examination import Examination
from player.protocol import FromDecoder, ToDecoder


def run(pipe: Connection[FromDecoder, ToDecoder]) -> None:
    """Serve one camera until told to close. Runs in the child process."""
    from player.vlc import process

    process.run(pipe)


def run_probe(pipe: Connection[Any, Examination]) -> None:
    """Tell of files whether libVLC plays them, until the pipe closes. Runs in the child process."""
    from player.vlc import probe_child

    probe_child.run(pipe)
