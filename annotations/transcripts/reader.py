"""Reads transcript files in a child process, so that hostile bytes can break the child and nothing else."""

from __future__ import annotations

import os

from annotations.transcripts import reader_child
from annotations.transcripts.read_records import NotRead, ReadTranscript
from annotations.transcripts.reader_child import FromReader, ToReader
from evidence.child_worker import ChildOwner, ChildWorker, Stopped
from evidence.errors import SightlineError
from evidence.jobs import IsCancelled, never_cancelled
from evidence.text import display_name

SILENCE_S = 60.0
"""How long the child may work on one file; the largest that it reads takes a few seconds."""


class TranscriptNotReadError(SightlineError):
    """A file cannot be understood as a transcript."""

    code = "SL-410"


class TranscriptReader(ChildOwner[ToReader, FromReader]):
    """Owns the child process; use it as a context manager, from one thread at a time."""

    def __init__(self, silence_s: float = SILENCE_S) -> None:
        super().__init__(
            ChildWorker(
                reader_child.run,
                name="transcript reader",
                what="the program that reads transcripts",
                doing="Reading a transcript",
                silence_s=silence_s,
            )
        )

    def read(self, path_bytes: bytes, cancelled: IsCancelled = never_cancelled) -> ReadTranscript:
        """Return what a file says.

        Raises:
            TranscriptNotReadError: nothing in it can be read; the text says why.
            Cancelled: the user wished it.
        """
        path_bytes = os.path.abspath(path_bytes)  # noqa: PTH100 - a bytes path
        name = display_name(path_bytes)
        answer: FromReader | Stopped = self._worker.ask(path_bytes, lambda message: message, cancelled=cancelled)
        if isinstance(answer, ReadTranscript):
            return answer
        if isinstance(answer, Stopped):
            answer = NotRead(f"Reading it was stopped: {answer.reason}.", "Ask for it in another form.")
        first = next(iter(answer.problems), None)
        tried = f" Line {first.line:,}: {first.reason} “{first.text}”" if first is not None else ""
        raise TranscriptNotReadError(
            f"“{name}” was not imported. {answer.happened}{tried}",
            meaning="Nothing was added to the case.",
            remedy=answer.remedy,
        )


def read_transcript_file(path_bytes: bytes, cancelled: IsCancelled = never_cancelled) -> ReadTranscript:
    """Read one file in a child of its own. Raises as `TranscriptReader.read`."""
    with TranscriptReader() as reader:
        return reader.read(path_bytes, cancelled)
