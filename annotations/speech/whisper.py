"""The recogniser of the library faster-whisper, on the processor, from a local folder and from nowhere else."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotations.speech.recogniser import LIBRARY, Segment

_NS = 1_000_000_000


class Whisper:
    """Implements `Recogniser`. Made in the child process: loading a model takes seconds and much memory."""

    def __init__(self, model_folder: str) -> None:
        """Load the model. Raises ImportError, RuntimeError, ValueError or OSError where that fails."""
        os.environ["HF_HUB_OFFLINE"] = "1"
        library: Any = importlib.import_module(LIBRARY)
        folder = Path(model_folder).expanduser()
        self._name = f"faster-whisper {getattr(library, '__version__', '')}, {folder.name}".strip()
        self._whisper = library.WhisperModel(str(folder), device="cpu", compute_type="int8", local_files_only=True)

    @property
    def model(self) -> str:
        """Name of the model."""
        return self._name

    def recognise(self, samples: NDArray[np.float32], language: str) -> Iterator[Segment]:
        """Yield what is said, as it is heard."""
        found, _info = self._whisper.transcribe(
            samples, language=language or None, beam_size=5, condition_on_previous_text=False
        )
        for one in found:
            start, end = round(float(one.start) * _NS), round(float(one.end) * _NS)
            yield Segment(start, max(end, start + 1), str(one.text).strip())
