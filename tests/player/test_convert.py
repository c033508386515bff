"""Colours, shapes and rotation come out as the stream says."""

from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from player.decoder.convert import Converter
from player.decoder.interleave import Interleaver
from player.pixels import fitted_size
from player.protocol import Source

_WEIGHTS = {1: (0.2126, 0.0722), 5: (0.299, 0.114), 6: (0.299, 0.114), 9: (0.2627, 0.0593)}
_COLOURS = [(81, 90, 200), (145, 54, 34), (60, 200, 110), (16, 128, 128), (235, 128, 128), (120, 128, 128)]


def _frame(colour: tuple[int, int, int], width: int, height: int, matrix: int, *, is_full: bool) -> av.VideoFrame:
    planes = np.empty((height * 3 // 2, width), dtype=np.uint8)
    planes[:height] = colour[0]
    planes[height : height + height // 4] = colour[1]
    planes[height + height // 4 :] = colour[2]
    frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
    frame.colorspace = matrix
    frame.color_range = 2 if is_full else 1
    return frame


def _expected(colour: tuple[int, int, int], matrix: int, *, is_full: bool) -> list[float]:
    """Return blue, green, red by ITU-T H.273."""
    red, blue = _WEIGHTS[matrix]
    luma = colour[0] / 255 if is_full else (colour[0] - 16) / 219
    scale = 255 if is_full else 224
    cb, cr = (colour[1] - 128) / scale, (colour[2] - 128) / scale
    r, b = luma + 2 * (1 - red) * cr, luma + 2 * (1 - blue) * cb
    g = (luma - red * r - blue * b) / (1 - red - blue)
    return [min(255.0, max(0.0, value * 255)) for value in (b, g, r)]


def _picture(frame: av.VideoFrame, source: Source, box: tuple[int, int]) -> NDArray[np.uint8]:
    converter = Converter(source, *box)
    width, height = converter.size_of(frame)
    target = np.zeros((height, width, 4), dtype=np.uint8)
    converter.write(converter.finish(frame), target.reshape(-1))
    assert (target[:, :, 3] == 255).all()
    return target


def _source(rotation: int = 0, pixel_aspect: Fraction = Fraction(1)) -> Source:
    return Source(0, b"", "x", 0, rotation, pixel_aspect)


@pytest.mark.parametrize("matrix", [1, 5, 6, 9])
@pytest.mark.parametrize("is_full", [False, True])
def test_colours_are_those_of_the_standard_within_three_levels(matrix: int, is_full: bool) -> None:
    for colour in _COLOURS:
        for box in ((640, 360), (320, 180), (201, 113)):
            picture = _picture(_frame(colour, 640, 360, matrix, is_full=is_full), _source(), box)
            expected = _expected(colour, matrix, is_full=is_full)
            assert np.abs(picture[:, :, :3].astype(float) - expected).max() <= 3.3


@pytest.mark.parametrize(("height", "matrix"), [(480, 5), (576, 5), (720, 1), (1080, 1)])
def test_an_unsaid_matrix_is_that_of_the_pictures_size(height: int, matrix: int) -> None:
    frame = _frame((81, 90, 200), 640, height, 2, is_full=False)
    picture = _picture(frame, _source(), (320, 240))
    assert np.abs(picture[0, 0, :3] - np.array(_expected((81, 90, 200), matrix, is_full=False))).max() <= 3.3


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_picture_is_turned_clockwise(rotation: int) -> None:
    frame = _frame((16, 128, 128), 320, 180, 1, is_full=False)
    luma = np.frombuffer(memoryview(frame.planes[0]), dtype=np.uint8).reshape(180, frame.planes[0].line_size).copy()
    luma[:90, :160] = 235
    frame.planes[0].update(luma.tobytes())
    picture = _picture(frame, _source(rotation), (320, 320))
    assert picture.shape[:2] == ((180, 320) if rotation in {0, 180} else (320, 180))
    half_y, half_x = picture.shape[0] // 4, picture.shape[1] // 4
    corners = {0: (half_y, half_x), 90: (half_y, -half_x), 180: (-half_y, -half_x), 270: (-half_y, half_x)}
    for turn, (y, x) in corners.items():
        assert (picture[y, x, 0] > 128) is np.True_ if turn == rotation else picture[y, x, 0] < 128


def test_pixel_aspect_and_rotation_decide_the_shape() -> None:
    assert fitted_size((720, 576), (1024, 1024), Fraction(64, 45), 0) == (1024, 576)
    assert fitted_size((1920, 1080), (300, 300), Fraction(1), 90) == (168, 300)
    assert fitted_size((1920, 1080), (1, 1), Fraction(1), 0) == (1, 1)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (3, 7), (97, 701), (2, 70_001)])
def test_planes_become_pixels_of_any_size(height: int, width: int) -> None:
    samples = np.random.default_rng(height).integers(0, 256, (3, height, width + 5), dtype=np.uint8)
    blue, green, red = samples[:, :, :width]
    target = np.zeros(height * width * 4, dtype=np.uint8)
    Interleaver().write(blue, green, red, target)
    assert (target.reshape(height, width, 4) == np.dstack([blue, green, red, np.full_like(red, 255)])).all()
