"""The graphics card and the processor draw the same picture, every pixel within two levels. Drawn by llvmpipe here."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import cycle

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from player.pixels import PixelLayout
from player.ui.canvas.cpu import CpuCanvas
from player.ui.canvas.drawing import Canvas
from player.ui.canvas.rhi import RhiCanvas
from tests.support.gallery import Gallery, Hung, hard_frame, pixels_of

pytestmark = pytest.mark.gui
_CELL = (100, 76)
_KINDS = ("yuv420p", "yuv422p", "yuv444p", "yuv411p", "yuv440p", "gray", "yuv420p10le", "yuv422p10le", "yuv444p12le",
          "gray10le")  # fmt: skip
_MATRICES = (1, 5, 9)
_MOST = 2
_FAILURES: list[str] = []


def _draw(hung: list[Hung], layout: PixelLayout, make: Callable[[Gallery, QWidget], Canvas]) -> NDArray[np.uint8]:
    gallery = Gallery(hung, layout, _CELL, 10)
    window = QWidget()
    window.resize(*gallery.size)
    canvas = make(gallery, window)
    canvas.widget.setGeometry(window.rect())
    window.show()
    assert QTest.qWaitForWindowExposed(window, 60_000)
    canvas.refresh(None)
    QApplication.processEvents()
    drawn = pixels_of(window.grab().toImage())
    window.close()
    window.deleteLater()
    gallery.close()
    return drawn


def _by_card(hung: list[Hung]) -> NDArray[np.uint8]:
    drawn = _draw(hung, PixelLayout.PLANES, lambda gallery, window: RhiCanvas(gallery, window, _FAILURES.append))
    assert not _FAILURES
    return drawn


def _by_processor(hung: list[Hung]) -> NDArray[np.uint8]:
    return _draw(hung, PixelLayout.BGRA, CpuCanvas)


def _check(hung: list[Hung], most: int = _MOST) -> None:
    card, processor = _by_card(hung), _by_processor(hung)
    assert card.shape == processor.shape
    far = np.abs(card.astype(int) - processor.astype(int)).max(axis=2)
    problems = []
    for number, one in enumerate(hung):
        x, y = number % 10 * (_CELL[0] + 2), number // 10 * (_CELL[1] + 2)
        cell = far[y : y + _CELL[1], x : x + _CELL[0]]
        seen = processor[y : y + _CELL[1], x : x + _CELL[0]]
        assert seen.std() > 5, f"{one.says}: nothing is drawn"
        if cell.max() > most:
            places = np.argwhere(cell > most)
            problems.append(f"{one.says}: {cell.max()} at {len(places)} pixels, first {places[0]}")
    assert not problems, "\n".join(problems)
    assert far.max() <= most


def _hung(size: tuple[int, int], looks: list[dict[str, object]]) -> list[Hung]:
    """Every kind of planes with every matrix and range; the looks in turn."""
    turn = cycle(looks)
    hung: list[Hung] = []
    for kind in _KINDS:
        for matrix in _MATRICES:
            for is_full in (False, True):
                look = next(turn)
                frame = hard_frame(kind, size, matrix, is_full=is_full, seed=len(hung))
                says = f"{kind} matrix {matrix} full {is_full} {size} {look}"
                hung.append(Hung(frame, says=says, **look))  # type: ignore[arg-type]
    return hung


_SMALLER: list[dict[str, object]] = [
    {"rotation": 0},
    {"rotation": 90},
    {"rotation": 180, "pixel_aspect": Fraction(64, 45)},
    {"rotation": 270},
    {"rotation": 0, "pixel_aspect": Fraction(10, 11)},
    {"rotation": 90, "pixel_aspect": Fraction(12, 11)},
    {"rotation": 180},
]


@pytest.mark.parametrize("size", [(148, 110), (200, 160), (100, 76)])
def test_pictures_that_are_shown_smaller(qapp: QApplication, size: tuple[int, int]) -> None:
    _check(_hung(size, _SMALLER))


@pytest.mark.parametrize("size", [(60, 48), (34, 25)])
def test_pictures_that_are_shown_larger(qapp: QApplication, size: tuple[int, int]) -> None:
    _check(_hung(size, _SMALLER))


def test_pictures_that_are_zoomed_into(qapp: QApplication) -> None:
    looks: list[dict[str, object]] = [
        {"zoom": 1.5, "at": (0.3, 0.6)},
        {"zoom": 0.0, "at": (0.5, 0.5)},
        {"zoom": 2.6, "at": (0.9, 0.1), "rotation": 90},
        {"zoom": 4.0, "at": (0.4, 0.4)},
        {"zoom": 7.3, "at": (0.2, 0.7), "rotation": 270, "pixel_aspect": Fraction(16, 15)},
    ]
    _check(_hung((212, 160), looks))
