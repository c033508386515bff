"""The child process that reads transcript files: takes paths from a pipe, answers with what they say.

Light to import; it ends when the pipe closes. Hostile bytes can break it and nothing else: it writes nothing.
"""

from __future__ import annotations

import contextlib
from multiprocessing.connection import Connection

from annotations.transcripts.read_records import MOST_FILE_BYTES, NotRead, ReadTranscript
from evidence.child_process import limit_this_process

FromReader = ReadTranscript | NotRead
ToReader = bytes
"""A path to read."""


def run(pipe: Connection[FromReader, ToReader]) -> None:
    """Read what is asked for until the pipe closes. Runs in the child process."""
    limit_this_process()
    with contextlib.suppress(EOFError, OSError):
        while True:
            path_bytes = pipe.recv()
            try:
                answer = _read(path_bytes)
            except Exception as error:  # noqa: BLE001 - gate: whatever a hostile file brings about becomes a refusal
                answer = NotRead(f"Reading it met an error ({type(error).__name__}).", "Ask for it in another form.")
            pipe.send(answer)


def _read(path_bytes: bytes) -> FromReader:
    from annotations.transcripts.reading import read_transcript, too_large
    from evidence.errors import OriginalError
    from evidence.originals import open_original

    try:
        with open_original(path_bytes) as file:
            if file.size_bytes > MOST_FILE_BYTES:
                return too_large(file.size_bytes)
            return read_transcript(file.read_at(0, MOST_FILE_BYTES + 1))
    except OriginalError as error:
        return NotRead(error.happened, error.remedy)
