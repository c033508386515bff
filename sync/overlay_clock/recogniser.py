"""Finds lines of text in a picture and reads them, with the models of the package rapidocr, on this machine alone.

Of that package only the two model files that lie in it are used, by their paths; none of its code is imported, and
nothing is ever fetched. They are PP-OCRv6 models (PaddleOCR, Apache-2.0): a detector of differentiable binarisation
(Liao et al. 2020) and a recogniser with connectionist temporal classification (Graves et al. 2006).
"""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from evidence.errors import UsageError

Picture = NDArray[np.uint8]
"""uint8[height, width, 3], blue green red."""

_DETECTOR, _READER = "*_det_*.onnx", "*_rec_*.onnx"
_LONG_SIDE = 1280
_TEXT_THRESHOLD = 0.3
_BOX_THRESHOLD = 0.5
_GROW = 1.6
_MOST_LINES = 48
_READER_HEIGHT = 48
_WIDEST = 1600


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of a picture, pixels; right and bottom are beyond it."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def height(self) -> int:
        """Its height in pixels."""
        return self.bottom - self.top

    @property
    def middle(self) -> float:
        """Where its middle is from the top, pixels."""
        return (self.top + self.bottom) / 2

    def joined(self, other: Box) -> Box:
        """Return the rectangle around both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text.

    Attributes:
        box: where it is.
        untrusted_text: what it says.
        sureness: mean probability of its characters, 0 to 1.
    """

    box: Box
    untrusted_text: str
    sureness: float


def find_models() -> tuple[Path, Path] | None:
    """Return the files of detector and reader, or None where they or what runs them are not installed."""
    if importlib.util.find_spec("onnxruntime") is None:
        return None
    found = importlib.util.find_spec("rapidocr")
    if found is None or not found.submodule_search_locations:
        return None
    folder = Path(next(iter(found.submodule_search_locations))) / "models"
    detectors, readers = sorted(folder.glob(_DETECTOR)), sorted(folder.glob(_READER))
    return (detectors[-1], readers[-1]) if detectors and readers else None


class Recogniser:
    """Reads text in pictures. Use it in a child process: pictures of evidence are not trusted."""

    def __init__(self, threads: int = 1) -> None:
        """Load the models.

        Raises:
            UsageError: they are not installed.
        """
        models = find_models()
        if models is None:
            raise missing()
        onnxruntime = importlib.import_module("onnxruntime")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3

        def load(path: Path) -> Any:
            return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])

        self._detector, self._reader = (load(path) for path in models)
        named = self._reader.get_modelmeta().custom_metadata_map["character"]
        self._characters = ["", *named.splitlines(), " "]
        self._is_plain = np.array([one.isascii() for one in self._characters])

    def find_lines(self, picture: Picture) -> tuple[Line, ...]:
        """Return the lines of a picture, from top to bottom."""
        boxes = self._detect(picture)[:_MOST_LINES]
        lines = [Line(box, *self.read(picture, box)) for box in boxes]
        return tuple(sorted((one for one in lines if one.untrusted_text), key=lambda one: (one.box.top, one.box.left)))

    def read(self, picture: Picture, box: Box) -> tuple[str, float]:
        """Return what one line says and how sure that is; only ASCII characters are looked for."""
        part = picture[max(0, box.top) : box.bottom, max(0, box.left) : box.right]
        if part.shape[0] < 4 or part.shape[1] < 4:
            return "", 0.0
        width = min(_WIDEST, max(16, round(part.shape[1] * _READER_HEIGHT / part.shape[0])))
        scaled = cv2.resize(part, (width, _READER_HEIGHT), interpolation=cv2.INTER_CUBIC)
        answer = self._reader.run(None, {"x": _as_input(scaled, right=32)})[0][0]
        probable = np.where(self._is_plain[: answer.shape[1]], answer, 0.0)
        best = probable.argmax(axis=1)
        is_new = np.concatenate(([True], best[1:] != best[:-1])) & (best != 0)
        text = "".join(self._characters[one] for one in best[is_new])
        sure = probable[np.arange(len(best)), best][is_new]
        return text, float(sure.mean()) if len(sure) else 0.0

    def _detect(self, picture: Picture) -> list[Box]:
        height, width = picture.shape[:2]
        scale = min(2.0, _LONG_SIDE / max(height, width))
        size = (max(32, round(width * scale / 32) * 32), max(32, round(height * scale / 32) * 32))
        scaled = cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR if scale >= 1 else cv2.INTER_AREA)
        chances = self._detector.run(None, {"x": _as_input(scaled)})[0][0, 0]
        count, labels, stats, _ = cv2.connectedComponentsWithStats((chances > _TEXT_THRESHOLD).astype(np.uint8))
        found: list[tuple[float, Box]] = []
        for number in range(1, count):
            left, top, wide, high, area = (int(value) for value in stats[number])
            if high < 3 or wide < high or area < 12:
                continue
            inside = labels[top : top + high, left : left + wide] == number
            sure = float(chances[top : top + high, left : left + wide][inside].mean())
            if sure < _BOX_THRESHOLD:
                continue
            grow = _GROW * wide * high / (2 * (wide + high))
            x, y = width / size[0], height / size[1]
            box = Box(
                max(0, int((left - grow) * x)),
                max(0, int((top - grow) * y)),
                min(width, int((left + wide + grow) * x) + 1),
                min(height, int((top + high + grow) * y) + 1),
            )
            found.append((wide * high * sure, box))
        return [box for _, box in sorted(found, key=lambda one: -one[0])]


@cache
def shared_recogniser() -> Recogniser:
    """Return this process's recogniser. Raises UsageError."""
    return Recogniser()


def missing() -> UsageError:
    """Return the error of a program without models."""
    return UsageError(
        "Burnt-in clocks cannot be read: the part of the program that reads text in pictures is not installed.",
        meaning="Nothing was read and nothing was changed; all other methods work.",
        remedy='Install it with: pip install "sightline[ocr]" (about 150 MB; nothing is fetched when it runs).',
    )


def _as_input(picture: NDArray[Any], right: int = 0) -> NDArray[np.float32]:
    scaled = (picture.astype(np.float32) / 127.5 - 1.0).transpose(2, 0, 1)[None]
    return np.pad(scaled, ((0, 0), (0, 0), (0, 0), (0, right))) if right else scaled
