"""Which camera is heard: one, or none. It asks the player's way to the speakers and says in words why it is silent."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from player.ui.sound_output import SoundOutput


class CameraSound(QObject):
    """Hears one camera, or none. Lives on the UI thread.

    Signals:
        changed: another camera is heard, or there is another reason for silence.
    """

    changed = Signal()

    def __init__(self, output: SoundOutput) -> None:
        super().__init__()
        self._output = output
        output.state_changed.connect(lambda _words: self.changed.emit())

    @property
    def camera(self) -> str | None:
        """The camera that is heard, or None."""
        return self._output.camera

    @property
    def words(self) -> str:
        """Why it is silent although a camera is to be heard, or ""."""
        return self._output.state

    def hear(self, camera_id: str | None) -> None:
        """Hear a camera from now on; None for silence."""
        self._output.set_camera(camera_id)
        self.changed.emit()

    def toggle(self, camera_id: str | None) -> None:
        """Hear a camera; nothing where it is heard already."""
        self.hear(None if camera_id == self.camera else camera_id)

    def reload(self) -> None:
        """Hear the same camera anew: its recordings lie elsewhere now."""
        camera = self.camera
        self._output.set_camera(None)
        self._output.set_camera(camera)

    def close(self) -> None:
        """Fall silent for good."""
        self._output.close()
