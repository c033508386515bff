"""What a device does to its picture after the lens: exposure, grain, vignette, burnt-in clock, compression's planes.

Work is done on I420 planes, where grain costs half as much as in colour. Machine-readable codes are drawn last, so
that nothing blurs them but the encoder.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from app.demo import frame_code
from app.demo.frame_code import FrameCode
from app.demo.labels import burnt_in_lines
from app.demo.plan import FilePlan
from evidence.records import CameraKind

_FIELD_SPARE = 97
_GREY = 128


@dataclass(frozen=True, slots=True)
class Look:
    """How a device renders light.

    Attributes:
        gain: exposure, 1 as the scene was painted.
        gamma: below 1 lifts shadows.
        grain: standard deviation of noise at 720 lines, in levels.
        vignette: share of light lost in the corners.
        saturation: of colour, 1 unchanged.
        green: levels by which the picture leans to green.
        lift: level of black.
        soft: width of the lens's blur at 720 lines, in pixels; 0 for none.
    """

    gain: float
    gamma: float
    grain: float
    vignette: float
    saturation: float
    green: int = 0
    lift: int = 2
    soft: float = 0.0


LOOKS = {
    "bwv-412": Look(1.12, 0.82, 3.6, 0.42, 1.0),
    "bwv-88": Look(0.98, 0.86, 4.2, 0.40, 0.96),
    "bwv-31": Look(1.22, 0.80, 4.8, 0.50, 0.88, lift=5),
    "cctv-3": Look(1.45, 0.74, 3.2, 0.26, 0.55, green=2, lift=8, soft=1.0),
    "phone": Look(1.18, 0.82, 2.8, 0.18, 1.14),
    "dashcam": Look(1.10, 0.84, 3.4, 0.34, 0.92, lift=4),
}


class Finish:
    """The last stage of one camera's pictures.

    Args:
        file: whose pictures.
        seed: of the grain.
        with_codes: whether to write the frame's number for machines.
    """

    def __init__(self, file: FilePlan, seed: int, *, with_codes: bool) -> None:
        self._file, self._with_codes = file, with_codes
        self._look = LOOKS[file.camera.key]
        self._width, self._height = file.shown_size
        chance = np.random.default_rng([seed, file.camera.code, file.number])
        shape = (self._height + _FIELD_SPARE, self._width + _FIELD_SPARE)
        self._scale = min(self._width, self._height) / 720
        grain = self._look.grain * max(0.5, min(1.0, self._scale))
        noise = chance.normal(0, grain, shape).astype(np.float32)
        noise = cv2.GaussianBlur(noise, (0, 0), 0.55) * 1.5
        self._middle = round(4 * grain)
        self._grain = np.clip(noise + self._middle, 0, 255).astype(np.uint8)
        self._places = chance.integers(0, _FIELD_SPARE, (len(file.pts), 2))
        self._vignette = _vignette(self._width, self._height, self._look.vignette)
        self._curve = _curve(self._look)
        self._planes = np.empty((self._height * 3 // 2, self._width), dtype=np.uint8)
        self._chroma = _chroma_curve(self._look.saturation, self._look.green)

    def planes(self, picture: NDArray[np.uint8], frame: int) -> NDArray[np.uint8]:
        """Return the stored picture of a frame.

        Args:
            picture: BGR, uint8[height, width, 3], upright.
            frame: its number.

        Returns:
            I420, uint8[stored height * 3 / 2, stored width].
        """
        if self._look.soft and self._scale > 0.5:
            cv2.GaussianBlur(picture, (0, 0), self._look.soft * self._scale, dst=picture)
        planes = self._planes
        cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420, dst=planes)
        luma = planes[: self._height]
        cv2.LUT(luma, self._curve, dst=luma)
        cv2.multiply(luma, self._vignette, dst=luma, scale=1 / 255)
        dy, dx = self._places[frame]
        cv2.add(luma, self._grain[dy : dy + self._height, dx : dx + self._width], dst=luma)
        cv2.subtract(luma, float(self._middle), dst=luma)  # type: ignore[call-overload] # scalar operand
        chroma = planes[self._height :]
        cv2.LUT(chroma, self._chroma, dst=chroma)
        self._burn_in(luma, frame)
        if self._with_codes:
            self._draw_code(planes, frame)
        return _turned_back(planes, self._width, self._height) if self._file.camera.rotation == 90 else planes

    def _burn_in(self, luma: NDArray[np.uint8], frame: int) -> None:
        kind = self._file.camera.kind
        size = self._height / 720
        lines = burnt_in_lines(self._file, frame)
        for place, text in enumerate(lines):
            step = 30 * size * (place + 1)
            if kind is CameraKind.CCTV:
                at = (
                    round(22 * size),
                    round(12 * size + step * 1.15) if place == 0 else self._height - round(22 * size),
                )
            elif kind is CameraKind.BWV:
                wide = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 0.72 * size, 1)[0][0]
                at = (self._width - wide - round(22 * size), round(10 * size + step))
            else:
                at = (round(20 * size), self._height - round(18 * size))
            _write(luma, text, at, (0.95 if kind is CameraKind.CCTV else 0.72) * size, size)

    def _draw_code(self, planes: NDArray[np.uint8], frame: int) -> None:
        code = FrameCode(self._file.camera.code, self._file.number, frame)
        x, y, width, height = frame_code.draw(planes[: self._height], code)
        half = planes[self._height :].reshape(2, self._height // 2, self._width // 2)
        half[:, y // 2 : (y + height + 1) // 2, x // 2 : (x + width + 1) // 2] = _GREY


def _write(luma: NDArray[np.uint8], text: str, at: tuple[int, int], scale: float, size: float) -> None:
    thick = max(1, round(1.7 * size))
    if size > 0.5:
        cv2.putText(luma, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, (20,), thick + 2, cv2.LINE_AA)
    cv2.putText(luma, text, at, cv2.FONT_HERSHEY_SIMPLEX, scale, (228,), thick, cv2.LINE_AA)


def _turned_back(planes: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Return an upright picture's planes as a sensor stores them that is held a quarter turn anticlockwise."""
    stored = np.empty((width * 3 // 2, height), dtype=np.uint8)
    stored[:width] = np.rot90(planes[:height])
    halves = planes[height:].reshape(2, height // 2, width // 2)
    stored[width:].reshape(2, width // 2, height // 2)[:] = np.rot90(halves, axes=(1, 2))
    return stored


def _vignette(width: int, height: int, loss: float) -> NDArray[np.uint8]:
    x = np.linspace(-1, 1, width, dtype=np.float32)[np.newaxis]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, np.newaxis]
    far = (x * x * 0.62 + y * y * 0.38) ** 1.35
    return np.asarray((1 - loss * far) * 255, dtype=np.uint8)


def _curve(look: Look) -> NDArray[np.uint8]:
    """Return the tone curve on limited-range luma."""
    share = np.clip((np.arange(256) - 16) / 219, 0, 1) * look.gain
    bright = share**look.gamma
    bright = np.where(bright > 0.72, 0.72 + 0.28 * np.tanh((bright - 0.72) / 0.28), bright)
    return np.asarray(np.clip(16 + look.lift + bright * (219 - look.lift), 16, 235), dtype=np.uint8)


def _chroma_curve(saturation: float, green: int) -> NDArray[np.uint8]:
    levels: NDArray[Any] = (np.arange(256) - _GREY) * saturation + _GREY - green
    return np.asarray(np.clip(levels, 16, 240), dtype=np.uint8)
