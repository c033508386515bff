"""What a recogniser of speech is, and whether this machine has one. No heavy imports."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
"""Samples a second that recognisers take."""

LIBRARY = "faster_whisper"
_NEEDED = ("model.bin", "config.json", "tokenizer.json")
_VOCABULARY = ("vocabulary.json", "vocabulary.txt")
"""One of them. The library would look for a tokenizer on the network where there is none in the folder."""


@dataclass(frozen=True, slots=True)
class Segment:
    """What was heard, in ns from the first sample: `[start_ns, end_ns)`."""

    start_ns: int
    end_ns: int
    text: str


class Recogniser(Protocol):
    """Writes down what it hears."""

    @property
    def model(self) -> str:
        """Name of the model, for the record."""
        ...

    @property
    def language(self) -> str:
        """The language in which it listened last, of two letters, or "" where it cannot tell."""
        ...

    def recognise(self, samples: NDArray[np.float32], language: str) -> Iterator[Segment]:
        """Yield what is said, in order of time.

        Args:
            samples: float32[n], one channel at `RATE`, -1 to 1.
            language: of two letters, or "" to find out.
        """
        ...


@dataclass(frozen=True, slots=True)
class SpeechState:
    """Whether speech can be written down on this machine.

    Attributes:
        is_ready: whether it can.
        happened: why not, in words for people; "" where it can.
        remedy: exactly what to do.
    """

    is_ready: bool
    happened: str = ""
    remedy: str = ""


def speech_state(model_folder: str, *, has_library: bool | None = None) -> SpeechState:
    """Say whether the library and a model are there, and if not how to get them.

    Args:
        model_folder: what the user set, or "".
        has_library: for tests; None to look.
    """
    if not (importlib.util.find_spec(LIBRARY) is not None if has_library is None else has_library):
        return SpeechState(
            False,
            "Speech to text needs the library faster-whisper, which is not installed.",
            "Install it beside Sightline: pip install “sightline[speech]”. Then get a model and name its folder in the "
            "settings.",
        )
    how = (
        "On a machine with a network get a faster-whisper model in CTranslate2 form, for instance "
        "“Systran/faster-whisper-small” from the Hugging Face hub (all its files, about 500 MB), copy the folder to "
        "this machine, and name it under Settings, Transcripts, Folder of the speech model, or with --model FOLDER. "
        "Sightline never downloads."
    )
    if not model_folder.strip():
        return SpeechState(False, "No speech model is set.", how)
    folder = Path(model_folder).expanduser()
    missing = [name for name in _NEEDED if not (folder / name).is_file()]
    if not any((folder / name).is_file() for name in _VOCABULARY):
        missing.append(_VOCABULARY[0])
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        return SpeechState(False, f"There is no speech model in {folder}: {', '.join(missing)} {verb} missing.", how)
    return SpeechState(True)
