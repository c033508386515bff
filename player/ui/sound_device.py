"""The sound devices of the machine: which there are, which is used, and samples to one of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QIODevice, QObject, Signal
from PySide6.QtMultimedia import QAudioDevice, QAudioFormat, QAudioSink, QMediaDevices, QtAudio

from evidence.text import clean_line
from player.sound_heard import HeardCount
from player.sound_protocol import BYTES_PER_SAMPLE, SOUND_RATE

_BUFFER_MS = 80

NO_DEVICE = "No sound device was found."


@dataclass(frozen=True, slots=True)
class SoundDevice:
    """One device.

    Attributes:
        key: the system's own name for it, as text.
        name: for people.
        is_default: whether the system plays on it where nothing else is said.
    """

    key: str
    name: str
    is_default: bool


class Sink(Protocol):
    """A device that plays, as far as it is used here; `QtSink` is one, tests have another."""

    def start(self) -> bool:
        """Begin to play; return False where that cannot be."""
        ...

    def stop(self) -> None:
        """Fall silent at once and forget what was written."""
        ...

    def free_samples(self) -> int:
        """Return how many samples can be written without waiting."""
        ...

    def write(self, pcm: bytes) -> int:
        """Write samples; return how many bytes were taken."""
        ...

    def played_samples(self) -> int:
        """Return how many samples have been heard since `start`, as well as that is known."""
        ...

    def trouble(self) -> str:
        """Return why it does not play, for people, or ""."""
        ...


class SoundDevices(QObject):
    """The machine's devices. Lives on the UI thread; Qt's part is loaded when it is first needed.

    Signals:
        changed: devices came or went, or another is the default.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._watch: QMediaDevices | None = None

    def devices(self) -> tuple[SoundDevice, ...]:
        """Return the devices that sound can be played on now, the default first."""
        self._begin()
        found = [
            SoundDevice(_key(device), clean_line(device.description(), limit=80), device.isDefault())
            for device in QMediaDevices.audioOutputs()
        ]
        return tuple(sorted(found, key=lambda device: not device.is_default))

    def make_sink(self, key: str) -> Sink:
        """Return a way to the device of that key; to the default where there is none of that key."""
        self._begin()
        chosen = next((device for device in QMediaDevices.audioOutputs() if key and _key(device) == key), None)
        return QtSink(chosen or QMediaDevices.defaultAudioOutput())

    def _begin(self) -> None:
        if self._watch is None:
            self._watch = QMediaDevices(self)
            self._watch.audioOutputsChanged.connect(self.changed)


class OneDevice(SoundDevices):
    """A way to the speakers that is given from outside, where the machine's own devices are not to be used."""

    def __init__(self, make_sink: Callable[[], Sink]) -> None:
        super().__init__()
        self._make_sink = make_sink

    def devices(self) -> tuple[SoundDevice, ...]:
        """Return no devices: there is nothing to choose."""
        return ()

    def make_sink(self, key: str) -> Sink:
        """Return the way that was given."""
        del key
        return self._make_sink()


class QtSink:
    """A device that Qt plays on."""

    def __init__(self, device: QAudioDevice | None = None) -> None:
        shape = QAudioFormat()
        shape.setSampleRate(SOUND_RATE)
        shape.setChannelCount(2)
        shape.setSampleFormat(QAudioFormat.SampleFormat.Int16)
        self._device = device or QMediaDevices.defaultAudioOutput()
        self._sink: QAudioSink | None = None if self._device.isNull() else QAudioSink(self._device, shape)
        self._stream: QIODevice | None = None
        self._heard = HeardCount()
        if self._sink is not None:
            self._sink.setBufferSize(SOUND_RATE * BYTES_PER_SAMPLE * _BUFFER_MS // 1000)

    def start(self) -> bool:
        """Begin to play."""
        self._heard = HeardCount()
        self._stream = None if self._sink is None else self._sink.start()
        return self._stream is not None and not self.trouble()

    def stop(self) -> None:
        """Fall silent at once."""
        if self._sink is not None:
            self._sink.reset()
        self._stream = None

    def free_samples(self) -> int:
        """Return how many samples fit into the device's buffer."""
        return 0 if self._sink is None else self._sink.bytesFree() // BYTES_PER_SAMPLE

    def write(self, pcm: bytes) -> int:
        """Write samples."""
        return 0 if self._stream is None else max(0, self._stream.write(pcm))

    def played_samples(self) -> int:
        """Return how much has been heard, by the device's clock; Qt tells what the device has taken."""
        if self._sink is None:
            return 0
        return self._heard.heard(self._sink.processedUSecs() * SOUND_RATE // 1_000_000, time.monotonic_ns())

    def trouble(self) -> str:
        """Return why it does not play."""
        if self._sink is None:
            return NO_DEVICE
        failed = self._sink.error() not in (QtAudio.Error.NoError, QtAudio.Error.UnderrunError)
        return f"The sound device {self._device.description()} does not play." if failed else ""


def _key(device: QAudioDevice) -> str:
    return clean_line(bytes(device.id().data()).decode("utf-8", "backslashreplace"), limit=200)
