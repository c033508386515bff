"""Keeps a fault of PySide6 6.12.0 from ending the program: on Python before 3.12 it gives `None` and `True` away.

Every call of Qt that returns nothing takes one reference to `None` too many, every emitted signal one to `True`. After
some tens of thousands of calls, a few seconds of painting, Python ends with "Fatal Python error: none_dealloc" or
"bool_dealloc". Python 3.12 made them immortal (PEP 683) and does not mind; 6.11 does not do it. Where the fault is
there, they are given so many references that they last for centuries, which is what 3.12 does.
"""

from __future__ import annotations

import ctypes
import sys

from PySide6.QtCore import QRect

_TRIES = 200
_FOR_EVER = 1 << 60
_PLAUSIBLE = 10_000


def keep_none_alive() -> bool:
    """Make `None` last where PySide6 wears it out; return whether that was needed. Doing so twice is no fault."""
    if sys.version_info >= (3, 12) or sys.implementation.name != "cpython" or not loses_none():
        return False
    for constant in (None, True, False):
        counter = ctypes.c_ssize_t.from_address(id(constant))
        if abs(counter.value - sys.getrefcount(constant)) < _PLAUSIBLE and counter.value < _FOR_EVER // 2:
            counter.value += _FOR_EVER
    return True


def loses_none() -> bool:
    """Tell whether calls of Qt that return nothing take references to `None` with them."""
    rect = QRect()
    before = sys.getrefcount(None)
    for _ in range(_TRIES):
        rect.setX(1)
    return before - sys.getrefcount(None) > _TRIES // 2
