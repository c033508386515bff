"""Tells which displays there are, and when that changes. Lives on the UI thread."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication, QScreen

from courtroom.show.displays import Display


class DisplayWatch(QObject):
    """Follows Qt's screens.

    Signals:
        changed: a display came, went, or has another size or place. Sent before Qt moves windows of one that went.
    """

    changed = Signal()

    def __init__(self, application: QGuiApplication) -> None:
        super().__init__()
        self._application = application
        self._gone: set[int] = set()
        for screen in application.screens():
            self._follow(screen)
        application.screenAdded.connect(self._on_added)
        application.screenRemoved.connect(self._on_removed)
        application.primaryScreenChanged.connect(self._on_primary)

    def displays(self) -> tuple[Display, ...]:
        """Return the displays that there are now."""
        primary = self._application.primaryScreen()
        return tuple(
            _display(screen, is_primary=screen is primary)
            for screen in self._application.screens()
            if id(screen) not in self._gone and screen.geometry().width() > 0
        )

    def _follow(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._on_geometry)

    def _on_added(self, screen: QScreen) -> None:
        self._gone.discard(id(screen))
        self._follow(screen)
        self.changed.emit()

    def _on_removed(self, screen: QScreen) -> None:
        self._gone.add(id(screen))
        self.changed.emit()
        self._gone.discard(id(screen))

    def _on_geometry(self, *_geometry: object) -> None:
        self.changed.emit()

    def _on_primary(self, *_screen: object) -> None:
        self.changed.emit()


def _display(screen: QScreen, *, is_primary: bool) -> Display:
    place = screen.geometry()
    parts = (screen.manufacturer(), screen.model(), screen.serialNumber())
    identity = " ".join(part.strip() for part in parts if part.strip()) if screen.serialNumber().strip() else ""
    return Display(screen.name(), identity, place.x(), place.y(), place.width(), place.height(), is_primary)
