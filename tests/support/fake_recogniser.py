"""A recogniser that hears nothing and says what its orders tell, and the child process that runs it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from multiprocessing.connection import Connection

import numpy as np
from numpy.typing import NDArray

from annotations.speech.recogniser import RATE, Segment
from annotations.speech.speech_child import FromSpeech, SpeechOrder, serve


class FakeRecogniser:
    """Says each second how loud it was; the folder of its model tells it to fail or to hang instead."""

    def __init__(self, model_folder: str) -> None:
        self._wish = model_folder
        self._language = ""
        if model_folder == "broken":
            raise RuntimeError("Unable to open file 'model.bin'")

    @property
    def model(self) -> str:
        """Name of the model."""
        return "fake 1"

    @property
    def language(self) -> str:
        """What the folder's name says that it found, else what was wished."""
        return self._wish.removeprefix("finds ") if self._wish.startswith("finds ") else self._language

    def recognise(self, samples: NDArray[np.float32], language: str) -> Iterator[Segment]:
        """Yield a segment for each second."""
        self._language = language
        for second in range(len(samples) // RATE):
            part = samples[second * RATE : (second + 1) * RATE]
            loud = "loud" if float(np.abs(part).max()) > 0.05 else "quiet"
            yield Segment(second * 10**9, (second + 1) * 10**9, f"{loud} {language}".strip())
            if self._wish == "slow":
                time.sleep(60)


def run(pipe: Connection[FromSpeech, SpeechOrder]) -> None:
    """Serve in a child process."""
    serve(pipe, FakeRecogniser)
