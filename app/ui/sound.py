"""Which camera is heard."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class CameraSound(QObject):
    """Hears one camera, or none.

    Signals:
        heard_changed: id of the camera that is heard, or None.
        failed: why nothing is heard, in words for people.
    """

    heard_changed = Signal(object)
    failed = Signal(str)

    def toggle(self, camera_id: str | None) -> None:
        """Hear a camera; nothing where it is heard already."""

    def reload(self) -> None:
        """The timeline is another one."""

    def silence(self) -> None:
        """Hear nothing."""
