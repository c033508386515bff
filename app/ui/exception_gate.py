"""The gate for what goes wrong in the window itself: it is told in plain words and logged, and the window stays."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal

from evidence.errors import SightlineError

_LOG = logging.getLogger(__name__)


class ExceptionGate(QObject):
    """Takes the place of `sys.excepthook` while the window runs.

    Signals:
        caught: a `SightlineError` in words for people; arrives on the UI thread, whichever thread failed.
    """

    caught = Signal(object)
    _raised = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._before: Callable[..., object] | None = None
        self._raised.connect(self.caught, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Begin to catch."""
        self._before = sys.excepthook
        sys.excepthook = self._on_exception

    def remove(self) -> None:
        """Give the place back."""
        if self._before is not None:
            sys.excepthook = self._before
            self._before = None

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        _LOG.error("a fault in the window", exc_info=(kind, error, trace))
        self._raised.emit(error if isinstance(error, SightlineError) else in_words(error))


def in_words(error: BaseException) -> SightlineError:
    """Return a fault of the program as people should hear of it."""
    return SightlineError(
        f"Sightline has a fault; what you just asked for may not have happened ({type(error).__name__}: {error}).",
        meaning="Originals are untouched, and what was confirmed before is kept.",
        remedy="Go on working; if it comes back, close the case and open it again, and report it with the log.",
    )
