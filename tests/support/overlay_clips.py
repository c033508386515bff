"""Makes recordings with a clock burnt in whose truth is known to the nanosecond: eight styles, day and night."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from evidence.times import NS_PER_S

_FOLDER = Path("/usr/share/fonts/truetype/dejavu")
Picture = np.ndarray


@dataclass(frozen=True)
class OverlayStyle:
    """How a recorder writes its clock.

    Attributes:
        lines: makes the lines of the overlay of a moment of the device's clock.
        font: a font of the system, else OpenCV's own.
        size: height of the letters as a share of the picture's height.
        corner: "tl", "tr", "bl", "br".
        box: colour behind the letters, or None.
        outline: colour around the letters, or None.
    """

    name: str
    lines: Callable[[datetime], tuple[str, ...]]
    font: str
    size: float
    corner: str
    colour: tuple[int, int, int] = (255, 255, 255)
    box: tuple[int, int, int] | None = None
    outline: tuple[int, int, int] | None = None


STYLES = (
    OverlayStyle(
        "axon", lambda at: (f"{at:%Y-%m-%d} T{at:%H:%M:%S}Z", "AXON BODY 3 X6039A1B2"), "DejaVuSans", 0.036, "tr",
        outline=(0, 0, 0),
    ),
    OverlayStyle(
        "motorola", lambda at: (f"{at:%d/%m/%Y %H:%M:%S} VB400",), "DejaVuSansMono", 0.035, "bl", box=(0, 0, 0)
    ),
    OverlayStyle(
        "reveal", lambda at: ("RS3-SX 004512", f"{at:%Y-%m-%d %H:%M:%S}"), "DejaVuSans-Bold", 0.034, "tl",
        colour=(0, 230, 255), box=(60, 60, 60),
    ),
    OverlayStyle(
        "hikvision", lambda at: (f"{at:%d-%m-%Y %a %H:%M:%S}",), "DejaVuSansMono", 0.045, "tl", outline=(0, 0, 0)
    ),
    OverlayStyle("dahua", lambda at: (f"{at:%Y-%m-%d %H:%M:%S}",), "", 0.036, "tr", outline=(30, 30, 30)),
    OverlayStyle(
        "american", lambda at: (f"{at:%m/%d/%Y %I:%M:%S %p}",), "DejaVuSansMono-Bold", 0.036, "br",
        colour=(0, 0, 0), box=(255, 255, 255),
    ),
    OverlayStyle(
        "fractions", lambda at: (f"CAM 03 {at:%Y/%m/%d %H:%M:%S}.{at.microsecond // 10000:02d}",),
        "DejaVuSansCondensed", 0.038, "bl", colour=(80, 255, 80), outline=(0, 0, 0),
    ),
    OverlayStyle(
        "two lines", lambda at: (f"{at:%a %d %b %Y}".upper(), f"{at:%H:%M:%S}"), "DejaVuSerif-Bold", 0.040, "tl",
        colour=(0, 255, 255),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class OverlayClip:
    """What is to be recorded.

    Attributes:
        start: what the device's clock reads at the first frame.
        seconds: how long it is.
        rate: frames a second.
        drift_ppm: how much the device's clock gains on the file's own time.
        height: of the picture; it is 16 to 9.
        is_night: dark and noisy.
        is_variable: frames come at irregular times, some left out.
        bitrate: bits a second.
        jump_at_s: media time at which the clock is set forward by `jump_s`.
    """

    style: OverlayStyle
    start: datetime = datetime(2026, 3, 14, 21, 30, 7, 380_000, tzinfo=UTC)
    seconds: float = 12.0
    rate: int = 25
    drift_ppm: float = 0.0
    height: int = 720
    is_night: bool = False
    is_variable: bool = False
    bitrate: int = 600_000
    jump_at_s: float | None = None
    jump_s: float = 0.0
    seed: int = 1

    def device_ns(self, media_ns: int) -> int:
        """Return what the device's clock reads, digits as ns since the epoch."""
        start_ns = round((self.start - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1_000_000) * 1000
        gained = media_ns * round(self.drift_ppm * 1000) // 1_000_000_000
        jumped = self.jump_at_s is not None and media_ns >= self.jump_at_s * NS_PER_S
        return start_ns + media_ns + gained + (round(self.jump_s * NS_PER_S) if jumped else 0)


def write_clip(clip: OverlayClip, path: Path) -> None:
    """Record it with H.264."""
    chance = random.Random(clip.seed)
    width = clip.height * 16 // 9 // 2 * 2
    scene = _Scene(width, clip.height, clip.is_night, clip.seed)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=clip.rate)
        stream.width, stream.height, stream.pix_fmt = width, clip.height, "yuv420p"
        stream.bit_rate = clip.bitrate
        stream.time_base = Fraction(1, 90_000)
        stream.codec_context.time_base = Fraction(1, 90_000)
        stream.options = {"preset": "veryfast", "threads": "1", "g": str(clip.rate * 2)}
        number = 0
        while number < clip.seconds * clip.rate:
            pts = number * 90_000 // clip.rate
            if clip.is_variable and number:
                pts += chance.randint(-900, 900)
            picture = scene.draw(number)
            at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(
                microseconds=clip.device_ns(pts * NS_PER_S // 90_000) // 1000
            )
            burn_in(picture, clip.style, at)
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = pts, Fraction(1, 90_000)
            container.mux(stream.encode(frame))
            number += chance.choice((1, 1, 1, 2, 3)) if clip.is_variable else 1
        container.mux(stream.encode(None))


def burn_in(picture: Picture, style: OverlayStyle, at: datetime) -> None:
    """Write the clock into a picture."""
    height, width = picture.shape[:2]
    font = _FOLDER / f"{style.font}.ttf"
    face = cv2.FontFace(str(font) if style.font and font.exists() else "sans")
    size = max(9, round(height * style.size))
    margin, step = round(height * 0.03), round(size * 1.45)
    lines = style.lines(at)
    y = margin + size if style.corner[0] == "t" else height - margin - step * (len(lines) - 1)
    for text in lines:
        x0, _, wide, _ = cv2.getTextSize((width, height), text, (0, 0), face, size)
        x = margin if style.corner[1] == "l" else width - margin - wide
        if style.box is not None:
            cv2.rectangle(picture, (x - 6, y - size - 2), (x + wide + 6, y + round(size * 0.35)), style.box, -1)
        if style.outline is not None:
            for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
                cv2.putText(picture, text, (x - x0 + dx, y + dy), style.outline, face, size)
        cv2.putText(picture, text, (x - x0, y), style.colour, face, size)
        y += step


class _Scene:
    """A street that the camera pans over, with somebody who walks through it."""

    def __init__(self, width: int, height: int, is_night: bool, seed: int) -> None:
        self._size = (width, height)
        self._is_night = is_night
        chance = np.random.default_rng(seed)
        coarse = chance.integers(0, 256, (height // 40, width // 20, 3), dtype=np.uint8)
        wall = cv2.resize(coarse, (width * 2, height), interpolation=cv2.INTER_CUBIC)
        for _ in range(30):
            x, y = int(chance.integers(0, width * 2)), int(chance.integers(0, height))
            colour = tuple(int(one) for one in chance.integers(0, 256, 3))
            cv2.rectangle(
                wall, (x, y), (x + int(chance.integers(10, 120)), y + int(chance.integers(10, 120))), colour, -1
            )
        wall = (0.4 * wall + 0.6 * wall.mean(axis=2, keepdims=True)).astype(np.uint8)
        self._wall = (wall * (0.12 if is_night else 0.9)).astype(np.uint8)
        self._noise = chance.normal(0, 9 if is_night else 2, (4, height, width, 1)).astype(np.int16)

    def draw(self, number: int) -> Picture:
        width, height = self._size
        at = number * 2 % width
        picture = self._wall[:, at : at + width].astype(np.int16) + self._noise[number % 4]
        picture = np.clip(picture, 0, 255).astype(np.uint8)
        x = (number * 5) % width
        cv2.rectangle(picture, (x, height // 3), (x + height // 10, height), (40, 50, 70), -1)
        return np.ascontiguousarray(picture)
