"""The recogniser of the library faster-whisper, on the processor, from a local folder and from nowhere else.

Whisper writes words into silence ("You", "Thank you") and lets a sentence last until the next one begins. So only
stretches with a voice in them are listened to (Silero VAD, which the library brings; set to miss little), and times are
those of the words. What is dots and dashes only is no speech.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotations.speech.recogniser import LIBRARY, Segment

_NS = 1_000_000_000
VOICE = {"threshold": 0.3, "speech_pad_ms": 600}
"""Lower and wider than the library's own 0.5 and 400 ms: a missed shout is worse than a stretch listened to in vain."""


class Whisper:
    """Implements `Recogniser`. Made in the child process: loading a model takes seconds and much memory."""

    def __init__(self, model_folder: str) -> None:
        """Load the model. Raises ImportError, RuntimeError, ValueError or OSError where that fails."""
        os.environ["HF_HUB_OFFLINE"] = "1"
        _take_no_semaphore()
        library: Any = importlib.import_module(LIBRARY)
        folder = Path(model_folder).expanduser()
        self._name = f"faster-whisper {getattr(library, '__version__', '')}, {folder.name}".strip()
        self._language = ""
        self._whisper = library.WhisperModel(str(folder), device="cpu", compute_type="int8", local_files_only=True)

    @property
    def model(self) -> str:
        """Name of the model."""
        return self._name

    @property
    def language(self) -> str:
        """The language in which it listened last: found out, or that of a model that knows no other."""
        return self._language

    def recognise(self, samples: NDArray[np.float32], language: str) -> Iterator[Segment]:
        """Yield what is said, as it is heard."""
        found, info = self._whisper.transcribe(
            samples,
            language=language or None,
            beam_size=5,
            condition_on_previous_text=False,
            word_timestamps=True,
            vad_filter=True,
            vad_parameters=VOICE,
        )
        self._language = str(getattr(info, "language", "") or "")
        latest = 0
        for one in found:
            text = str(one.text).strip()
            start = latest = max(latest, round(float(one.start) * _NS))
            if any(letter.isalnum() for letter in text):
                yield Segment(start, max(round(float(one.end) * _NS), start + 1), text)


def _take_no_semaphore() -> None:
    """Keep tqdm, which the library imports, from a semaphore of the system that would be left when we are ended."""
    with contextlib.suppress(ImportError):
        bars: Any = importlib.import_module("tqdm")
        bars.tqdm.set_lock(threading.RLock())
