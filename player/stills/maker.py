"""Has single frames decoded in a child process, so that hostile bytes can break the child and nothing else."""

from __future__ import annotations

import multiprocessing
import time
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from types import TracebackType
from typing import Self

from evidence.child_process import start_child
from evidence.errors import Cancelled, DecoderError
from evidence.jobs import IsCancelled, never_cancelled
from evidence.text import clean_text
from player.stills import child
from player.stills.messages import Busy, FromStillChild, NoPicture, StillOrder, StillPicture, ToStillChild

SILENCE_S = 60.0
"""How long the child may give no sign of life before it is held to hang; a slow drive can stall for long."""

_LOOK_EVERY_S = 0.05
_END_WAIT_S = 1.0


class StillMaker:
    """Owns the child process; use it as a context manager, from one thread at a time."""

    def __init__(self, silence_s: float = SILENCE_S) -> None:
        self._silence_s = silence_s
        self._process: SpawnProcess | None = None
        self._pipe: Connection[ToStillChild, FromStillChild] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def process_id(self) -> int | None:
        """The operating system's number of the child, or None while there is none."""
        return None if self._process is None else self._process.pid

    def make(self, order: StillOrder, cancelled: IsCancelled = never_cancelled) -> StillPicture:
        """Return the picture of one frame.

        Raises:
            DecoderError: the frame cannot be decoded, or decoding it stopped or hung the child.
            Cancelled: the user wished it.
        """
        answer = self._ask(order, cancelled)
        if isinstance(answer, StillPicture):
            if _is_whole(answer):
                return answer
            answer = NoPicture("the program that decodes it answered with a picture of another size than it said")
            self.close()
        if isinstance(answer, NoPicture):
            raise DecoderError(clean_text(answer.reason), meaning="No picture was made of this frame.")
        self.close()
        raise DecoderError(
            f"Decoding frame {order.frame:,} of {order.source.display_name} failed: {answer}.",
            meaning="The original is unchanged; no picture was made of this frame.",
            remedy="Verify the case; if the recording is as it was added, report this with the file.",
        )

    def close(self) -> None:
        """End the child; a second time does nothing."""
        process, self._process = self._process, None
        pipe, self._pipe = self._pipe, None
        if pipe is not None:
            pipe.close()
        if process is not None:
            process.kill()
            process.join(_END_WAIT_S)

    def _ask(self, order: StillOrder, cancelled: IsCancelled) -> StillPicture | NoPicture | str:
        """Return the child's answer, or in words why there is none."""
        pipe = self._started()
        try:
            pipe.send(order)
            last_sign = time.monotonic()
            while time.monotonic() - last_sign < self._silence_s:
                if cancelled():
                    self.close()
                    raise Cancelled("Making stills was cancelled.")
                if not pipe.poll(_LOOK_EVERY_S):
                    continue
                answer = pipe.recv()
                if not isinstance(answer, Busy):
                    return answer
                last_sign = time.monotonic()
        except (EOFError, OSError):
            return self._why_it_ended()
        return f"it made no progress for {self._silence_s:.0f} seconds"

    def _started(self) -> Connection[ToStillChild, FromStillChild]:
        if self._pipe is not None and self._process is not None and self._process.is_alive():
            return self._pipe
        self.close()
        ours, theirs = multiprocessing.get_context("spawn").Pipe()
        self._process = start_child(child.run, theirs, name="stills")
        theirs.close()
        self._pipe = ours
        return ours

    def _why_it_ended(self) -> str:
        assert self._process is not None
        self._process.join(_END_WAIT_S)
        code = self._process.exitcode
        if code is not None and code < 0:
            return f"the program that decodes it crashed (signal {-code})"
        return "the program that decodes it ended unexpectedly"


def _is_whole(picture: StillPicture) -> bool:
    size = picture.width * picture.height * 3 * picture.depth // 8
    return picture.depth in {8, 16} and 0 < size == len(picture.pixels)
