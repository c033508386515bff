"""Has single frames decoded in a child process, so that hostile bytes can break the child and nothing else."""

from __future__ import annotations

from evidence.child_worker import ChildOwner, ChildWorker, Stopped
from evidence.errors import DecoderError
from evidence.jobs import IsCancelled, never_cancelled
from evidence.text import clean_text
from player.stills import child
from player.stills.messages import Busy, FromStillChild, NoPicture, StillOrder, StillPicture, ToStillChild

SILENCE_S = 60.0
"""How long the child may give no sign of life before it is held to hang; a slow drive can stall for long."""


class StillMaker(ChildOwner[ToStillChild, FromStillChild]):
    """Owns the child process; use it as a context manager, from one thread at a time."""

    def __init__(self, silence_s: float = SILENCE_S) -> None:
        super().__init__(
            ChildWorker(
                child.run, name="stills", what="the program that decodes it", doing="Making stills", silence_s=silence_s
            )
        )

    def make(self, order: StillOrder, cancelled: IsCancelled = never_cancelled) -> StillPicture:
        """Return the picture of one frame.

        Raises:
            DecoderError: the frame cannot be decoded, or decoding it stopped or hung the child.
            Cancelled: the user wished it.
        """
        answer: StillPicture | NoPicture | Stopped = self._worker.ask(order, _take, cancelled=cancelled)
        if isinstance(answer, StillPicture):
            if _is_whole(answer):
                return answer
            answer = NoPicture("the program that decodes it answered with a picture of another size than it said")
            self.close()
        if isinstance(answer, NoPicture):
            raise DecoderError(clean_text(answer.reason), meaning="No picture was made of this frame.")
        raise DecoderError(
            f"Decoding frame {order.frame:,} of {order.source.display_name} failed: {answer.reason}.",
            meaning="The original is unchanged; no picture was made of this frame.",
            remedy="Verify the case; if the recording is as it was added, report this with the file.",
        )


def _take(message: FromStillChild) -> StillPicture | NoPicture | None:
    return None if isinstance(message, Busy) else message


def _is_whole(picture: StillPicture) -> bool:
    size = picture.width * picture.height * 3 * picture.depth // 8
    return picture.depth in {8, 16} and 0 < size == len(picture.pixels)
