"""The child process that decodes pictures and compares their light. Light to import."""

from __future__ import annotations

from multiprocessing.connection import Connection

from sync.child_loop import Do, serve
from sync.pair_search import MatchTask, PrepareTask

Task = PrepareTask | MatchTask


def run(pipe: Connection[object, Task]) -> None:
    """Do what is asked for until the pipe closes. Runs in the child process."""
    serve(pipe, _find_do)


def _find_do() -> Do[Task]:
    from sync.light import shelf

    return shelf.do
