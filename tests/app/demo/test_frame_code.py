from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.demo import frame_code
from app.demo.frame_code import FrameCode

codes = st.builds(FrameCode, st.integers(0, 15), st.integers(0, 3), st.integers(0, 65_535))
sizes = st.sampled_from(
    [(200, 112), (200, 113), (320, 180), (63, 112), (180, 320), (704, 576), (1280, 720), (405, 720)]
)


def picture(width: int, height: int, seed: int = 0) -> np.ndarray:
    chance = np.random.default_rng(seed)
    rough = chance.integers(0, 255, (max(2, height // 24), max(2, width // 24)), dtype=np.uint8)
    return np.asarray(cv2.resize(rough, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.uint8)


@given(codes, sizes)
def test_what_is_drawn_is_read_back(code: FrameCode, size: tuple[int, int]) -> None:
    drawn = picture(*size)
    frame_code.draw(drawn, code)
    assert frame_code.read(drawn) == code


@given(codes, st.sampled_from([(1280, 720), (720, 1280), (1920, 1080)]), st.integers(0, 5))
def test_it_is_read_from_a_small_noisy_tile_in_a_screenshot(code: FrameCode, size: tuple[int, int], seed: int) -> None:
    full = picture(*size, seed)
    frame_code.draw(full, code)
    height = 112
    width = round(height * size[0] / size[1])
    tile = cv2.resize(full, (width, height), interpolation=cv2.INTER_AREA)
    screen = np.zeros((300, 400, 3), dtype=np.uint8)
    noise = np.random.default_rng(seed).normal(0, 12, (height, width, 1))
    screen[41 : 41 + height, 77 : 77 + width] = np.clip(tile[..., np.newaxis] + noise, 0, 255)
    screen[41:63, 77 : 77 + width] = 30  # a label strip at the top of the tile
    screen[41 + height - 22 : 41 + height, 77 : 77 + width] = 30  # and one at its bottom
    assert frame_code.read(screen, (77, 41, width, height)) == code


@given(st.integers(0, 2**32))
def test_a_picture_without_a_code_yields_none(seed: int) -> None:
    assert frame_code.read(picture(320, 180, seed)) is None


@given(codes, st.integers(1, 23))
def test_a_single_wrong_cell_is_noticed(code: FrameCode, place: int) -> None:
    drawn = np.full((720, 1280), 90, dtype=np.uint8)
    frame_code.draw(drawn, code)
    left, top, cell = frame_code._place(1280, 720)
    row, column = divmod(place, 8)
    y, x = round(top + row * cell), round(left + column * cell)
    patch = drawn[y : y + round(cell), x : x + round(cell)]
    patch[:] = 235 if patch.mean() < 128 else 16
    assert frame_code.read(drawn) is None


def test_grey_cells_leave_a_doubt_and_yield_none() -> None:
    drawn = np.zeros((180, 320), dtype=np.uint8)
    frame_code.draw(drawn, FrameCode(3, 1, 700))
    assert frame_code.read(np.asarray(drawn // 6 + 100, dtype=np.uint8)) is None


@pytest.mark.parametrize("rect", [(0, 0, 4, 4), (300, 0, 100, 100), (-1, 0, 100, 100), (0, 100, 100, 100)])
def test_a_rectangle_outside_of_the_image_yields_none(rect: tuple[int, int, int, int]) -> None:
    assert frame_code.read(picture(320, 180), rect) is None


@pytest.mark.parametrize(("camera", "part", "number"), [(16, 0, 0), (0, 4, 0), (0, 0, 65_536), (-1, 0, 0)])
def test_numbers_that_do_not_fit_are_refused(camera: int, part: int, number: int) -> None:
    with pytest.raises(ValueError, match="cannot hold"):
        FrameCode(camera, part, number)
