"""What is heard of a case, and on which device: keeps the mix of every case while the window is open."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from app.settings import SOUND_DEVICE, Settings
from player.sound_mix import SoundMix
from player.ui.sound_device import Sink, SoundDevice, SoundDevices
from player.ui.sound_output import SoundOutput


class CameraSound(QObject):
    """Hears a mix of cameras, one, or none. Lives on the UI thread.

    Signals:
        changed: something else is heard, or there is another reason for silence.
        devices_changed: devices came or went, or another one is used.
    """

    changed = Signal()
    devices_changed = Signal()

    def __init__(self, output: SoundOutput, devices: SoundDevices, settings: Settings) -> None:
        super().__init__()
        self._output = output
        self._devices = devices
        self._settings = settings
        self._case = ""
        self._mixes: dict[str, SoundMix] = {}
        self._used: str | None = None
        output.change_device(self._make_sink)
        output.state_changed.connect(self.changed)
        devices.changed.connect(self._on_devices_changed)
        settings.changed.connect(self._on_setting_changed)

    # What is heard

    @property
    def mix(self) -> SoundMix:
        """The mix in force."""
        return self._output.mix

    @property
    def heard(self) -> tuple[str, ...]:
        """The cameras that are heard."""
        return self._output.heard

    @property
    def words(self) -> str:
        """Why it is silent although cameras are to be heard, or ""."""
        return self._output.state

    @property
    def troubles(self) -> dict[str, str]:
        """Why single cameras are silent, by their ids, in words for people."""
        return self._output.troubles

    @property
    def turned_down(self) -> float:
        """What everything is multiplied by now so that it does not clip; 1 where it fits."""
        return self._output.turned_down

    def take_peaks(self) -> dict[str, float]:
        """Return each camera's loudest sample since this was asked last, full scale 1."""
        return self._output.take_peaks()

    def open_case(self, case: str, cameras: Sequence[str], first: str | None) -> None:
        """Hear a case: the mix that it had before in this window, or else one camera."""
        self._case = case
        self._output.set_cameras(cameras)
        before = self._mixes.get(case)
        start = SoundMix() if first is None else SoundMix().hear_alone(first)
        self.set_mix(before or start)

    def close_case(self) -> None:
        """Hear nothing any more; the mix is kept."""
        self._case = ""
        self._output.set_cameras(())
        self._output.set_mix(SoundMix())
        self.changed.emit()

    def reload(self, cameras: Sequence[str]) -> None:
        """Hear the same mix anew: cameras came, or recordings lie elsewhere now."""
        self._output.set_cameras(cameras)
        self.changed.emit()

    def set_mix(self, mix: SoundMix) -> None:
        """Hear this mix from now on."""
        if self._case:
            self._mixes[self._case] = mix
        self._output.set_mix(mix)
        self.changed.emit()

    def toggle_alone(self, camera_id: str | None) -> None:
        """Hear a camera alone; nothing where it is heard alone already."""
        if camera_id is None:
            return
        mix = self.mix
        is_alone = mix.solo == {camera_id} and not mix.is_silent and not mix.level(camera_id).is_muted
        self.set_mix(mix.hear_nothing() if is_alone else mix.hear_alone(camera_id))

    def toggle_all(self) -> None:
        """Hear all that is not muted; nothing where that is heard already."""
        is_all = not self.mix.solo and not self.mix.is_silent
        self.set_mix(self.mix.hear_nothing() if is_all else self.mix.hear_all())

    def close(self) -> None:
        """Fall silent for good."""
        self._output.close()

    # On what it is heard

    @property
    def chosen_device(self) -> str:
        """Key of the device that the user chose, or "" for the system's default."""
        return self._settings.get(SOUND_DEVICE)

    def devices(self) -> tuple[SoundDevice, ...]:
        """Return the devices that there are now."""
        return self._devices.devices()

    def choose_device(self, key: str) -> None:
        """Play on this device from now on, "" for the system's default. Raises OSError where it cannot be kept."""
        self._settings.set(SOUND_DEVICE, key)

    def make_sink(self) -> Sink:
        """Return a way of its own to the device in use, for a window that plays by itself."""
        return self._devices.make_sink(self._fitting())

    def _make_sink(self) -> Sink:
        self._used = self._fitting()
        return self._devices.make_sink(self._used)

    def _fitting(self) -> str:
        """Return the key of the device to use: the chosen one where it is there, or else the default, or ""."""
        devices = self._devices.devices()
        chosen = next((device for device in devices if device.key == self.chosen_device), None)
        default = next((device for device in devices if device.is_default), None)
        found = chosen or default
        return "" if found is None else found.key

    def _on_devices_changed(self) -> None:
        if self._used is not None and self._fitting() != self._used:
            self._output.change_device()
        self.devices_changed.emit()

    def _on_setting_changed(self, option_id: str) -> None:
        if option_id == SOUND_DEVICE.id:
            self._on_devices_changed()
