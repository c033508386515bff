"""Decodes a stretch of a recording's sound for looking at and listening to, each sample at its own media time."""

from __future__ import annotations

import av
import av.error
import numpy as np

from evidence.child_worker import ChildOwner, ChildWorker, Stopped
from evidence.demux import open_container
from evidence.errors import MediaError
from evidence.jobs import IsCancelled, never_cancelled
from evidence.originals import OriginalStream, open_original
from evidence.times import NS_PER_S
from sync.child_loop import Failed
from sync.sound import child
from sync.sound.decode import decoded_runs, late_by_ns, no_sound

_LONGEST_NS = 120 * NS_PER_S
_BEFORE_NS = 1_000_000_000
"""Decoding begins this much earlier: the first packets after a seek sound wrong."""

_SILENCE_S = 60.0


class ExcerptReader(ChildOwner[child.Task, object]):
    """Has excerpts decoded in a child process; use it as a context manager, from one thread at a time."""

    def __init__(self) -> None:
        super().__init__(
            ChildWorker(
                child.run, name="sound excerpts", what="the program that reads its sound", doing="Reading the sound",
                silence_s=_SILENCE_S,
            )
        )  # fmt: skip

    def read(self, task: child.ExcerptTask, cancelled: IsCancelled = never_cancelled) -> child.Excerpt:
        """Return a stretch of sound.

        Raises:
            MediaError: it has no sound there, or reading it broke the child.
            Cancelled: the user wished it.
        """
        answer: object = self._worker.ask(task, lambda message: message, cancelled=cancelled)
        if isinstance(answer, child.Excerpt):
            return answer
        reason = answer.reason if isinstance(answer, Failed | Stopped) else "no answer came"
        raise MediaError(
            f"The sound of {task.display_name} could not be read: {reason}.",
            meaning="The original is unchanged.",
        )


def read_excerpt(task: child.ExcerptTask) -> child.Excerpt:
    """Decode a stretch; silence where nothing was recorded. Runs in the child.

    Raises:
        OriginalError: the file cannot be opened.
        MediaError: it has no sound there that can be decoded.
    """
    length_ns = min(task.duration_ns, _LONGEST_NS)
    samples = np.zeros(max(1, length_ns * task.rate // NS_PER_S), dtype=np.float32)
    with open_original(task.path_bytes) as original:
        try:
            container = open_container(OriginalStream(original))
        except av.error.FFmpegError as error:
            raise no_sound(task.display_name) from error
        with container:
            stream = next((one for one in container.streams.audio if one.index == task.stream_index), None)
            if stream is None or stream.time_base is None:
                raise no_sound(task.display_name)
            rate = stream.codec_context.sample_rate or task.rate
            late_ns = late_by_ns(stream.codec_context.name, rate)
            begin_ns = task.start_ns + late_ns
            before = max(begin_ns - _BEFORE_NS, 0)
            if before > 0:
                ticks = before * stream.time_base.denominator // (stream.time_base.numerator * NS_PER_S)
                container.seek(ticks, stream=stream, backward=True)
            end_s = (begin_ns + length_ns) / NS_PER_S + 0.1
            for first, run in decoded_runs(container, stream, never_cancelled, rate=task.rate, until_s=end_s):
                place = first - begin_ns * task.rate // NS_PER_S
                left, right = max(0, place), min(len(samples), place + len(run))
                if right > left:
                    samples[left:right] = run[left - place : right - place]
    whole = np.clip(np.rint(samples * 32_767), -32_768, 32_767).astype("<i2")
    return child.Excerpt(task.start_ns, task.rate, whole.tobytes())
