"""The child process that writes down speech: takes one order from a pipe, tells each segment. Light to import.

It reads originals read-only and writes nothing. It ends when the pipe closes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING

from evidence.child_process import limit_this_process

if TYPE_CHECKING:
    from annotations.speech.recogniser import Recogniser


@dataclass(frozen=True, slots=True)
class SpeechOrder:
    """Which sound is to be written down.

    Attributes:
        path_bytes: the recording.
        display_name: its name for people.
        stream_index: its sound.
        model_folder: where the model is.
        language: of two letters, or "" to find out.
    """

    path_bytes: bytes
    display_name: str
    stream_index: int
    model_folder: str
    language: str


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that was said, in media time, and how much of the sound is done. Also a sign of life."""

    start_ns: int
    end_ns: int
    text: str


@dataclass(frozen=True, slots=True)
class Listening:
    """The sound is read and the model loaded.

    Attributes:
        model: its name.
        start_ns: media time of the first sample.
        end_ns: media time of the end.
    """

    model: str
    start_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True)
class AllHeard:
    """Everything was listened to, as for speech in `language`, of two letters, or "" where that is not known."""

    language: str = ""


@dataclass(frozen=True, slots=True)
class CannotHear:
    """It could not be done; `reason` says why, for people."""

    reason: str


FromSpeech = Heard | Listening | AllHeard | CannotHear


def run(pipe: Connection[FromSpeech, SpeechOrder]) -> None:
    """Write down what is ordered, with faster-whisper. Runs in the child process."""
    from annotations.speech.whisper import Whisper

    serve(pipe, Whisper)


def serve(pipe: Connection[FromSpeech, SpeechOrder], make: Callable[[str], Recogniser]) -> None:
    """Write down what is ordered until the pipe closes.

    Args:
        pipe: to whoever orders.
        make: makes the recogniser from the folder of its model.
    """
    limit_this_process()
    with contextlib.suppress(EOFError, OSError):
        while True:
            order = pipe.recv()
            try:
                _listen(order, pipe, make)
            except BrokenPipeError:
                raise
            except Exception as error:  # noqa: BLE001 - gate: whatever a file or a library brings about becomes a reason
                pipe.send(CannotHear(f"{type(error).__name__}: {error}"))


def _listen(order: SpeechOrder, pipe: Connection[FromSpeech, SpeechOrder], make: Callable[[str], Recogniser]) -> None:
    from annotations.speech.recogniser import RATE
    from annotations.speech.sound import read_speech
    from evidence.times import NS_PER_S

    start_ns, samples = read_speech(order.path_bytes, order.display_name, order.stream_index)
    recogniser = make(order.model_folder)
    pipe.send(Listening(recogniser.model, start_ns, start_ns + len(samples) * NS_PER_S // RATE))
    for one in recogniser.recognise(samples, order.language):
        pipe.send(Heard(start_ns + one.start_ns, start_ns + one.end_ns, one.text))
    pipe.send(AllHeard(recogniser.language))
