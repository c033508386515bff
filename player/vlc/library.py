"""The one module that imports `vlc` (python-vlc, LGPL-2.1-or-later): one recording, played into memory, silent.

It is loaded in child processes only: a crash of libVLC ends the child. The recording is opened by libVLC itself, for
reading; nothing else is: no play lists, no files beside it, no network address that a file names, no user settings.

Callbacks come in libVLC's own threads; what they gather is taken by the worker's thread with `take`.
"""

from __future__ import annotations

import ctypes
import os
import threading
import time
from collections import deque
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evidence.dvd import title_parts
from player.vlc.clock import Reading

OLDEST = (3, 0, 8)
_OPTIONS = (
    "--quiet", "--no-audio", "--no-spu", "--no-osd", "--no-video-title-show", "--stats", "--no-xlib", "--no-lua",
    "--no-sub-autodetect-file", "--no-metadata-network-access", "--no-media-library", "--no-auto-preparse",
    "--avcodec-hw=none", "--no-mkv-preload-local-dir", "--no-mkv-use-ordered-chapters", "--no-one-instance",
)  # fmt: skip
_BUFFER_BYTES = 96 << 20
_MOST_BUFFERS = 48
_FEWEST_BUFFERS = 10
_ORIENTATIONS = {0: 0, 1: 0, 2: 180, 3: 180, 4: 90, 5: 270, 6: 90, 7: 270}
"""libvlc_video_orient_t to degrees clockwise, without what it mirrors; VLC itself turns and mirrors the picture."""


class LibraryMissingError(Exception):
    """libVLC is not there, or cannot be used; the text says so for people, with what to install."""


class State(Enum):
    """What VLC is doing, as far as it matters here."""

    OPENING = "opening"
    PLAYING = "playing"
    PAUSED = "paused"
    ENDED = "ended"
    FAILED = "failed"


@dataclass(frozen=True, eq=False)
class ShownPicture:
    """A picture that VLC put on its screen.

    Attributes:
        at_ns: when, by the machine's monotonic clock.
        buffer: which of the player's buffers holds it; give it back with `release`.
    """

    at_ns: int
    buffer: int


@dataclass(frozen=True, slots=True)
class TrackFacts:
    """What VLC says of the picture track that it shows.

    Attributes:
        rotation: degrees clockwise by which the coded picture is turned for display.
        rate: pictures a second as stated, or None.
    """

    codec: str
    width: int
    height: int
    pixel_aspect: Fraction
    rotation: int
    rate: Fraction | None


class Library:
    """libVLC, loaded and started; the first time in a process takes a second, since it looks through its plug-ins."""

    def __init__(self) -> None:
        """Load libVLC.

        Raises:
            LibraryMissingError: it is not installed, too old, or cannot be started.
        """
        self.vlc = _load()
        self.instance: Any = self.vlc.Instance(*_OPTIONS)
        if self.instance is None:
            raise LibraryMissingError(missing_words("it is installed, but could not be started"))


class VlcPlayer:
    """Plays one file into buffers of one size. Used by one thread; libVLC's threads fill the queues."""

    def __init__(self, library: Library, path_bytes: bytes, width: int, height: int) -> None:
        """Take a file; it is opened by `start`.

        Args:
            library: libVLC.
            path_bytes: the file.
            width: of the pictures to make, in pixels.
            height: of the pictures to make, in pixels.
        """
        vlc = library.vlc
        self.size = (width, height)
        self._vlc = vlc
        self._lock = threading.Lock()
        count = max(_FEWEST_BUFFERS, min(_MOST_BUFFERS, _BUFFER_BYTES // (width * height * 4)))
        self._buffers = [np.zeros((height, width, 4), dtype=np.uint8) for _ in range(count + 1)]
        self._scratch = count
        self._free = deque(range(count))
        self._locked: int | None = None
        self._pictures: deque[ShownPicture] = deque()
        self._readings: deque[Reading] = deque()
        self.sign_ns = time.monotonic_ns()
        self._instance = library.instance
        self._parts = [os.fsdecode(part) for part in title_parts(path_bytes)]
        self._media: Any = None
        self._player = self._instance.media_player_new()
        self._callbacks = self._make_callbacks()
        vlc.libvlc_video_set_callbacks(self._player, *self._callbacks, None)
        self._player.video_set_format("RV32", width, height, width * 4)
        events = self._player.event_manager()
        events.event_attach(vlc.EventType.MediaPlayerTimeChanged, self._on_time)
        events.event_attach(vlc.EventType.MediaPlayerBuffering, self._on_sign)

    @property
    def state(self) -> State:
        """What VLC is doing."""
        states = self._vlc.State
        return {
            states.Playing: State.PLAYING,
            states.Paused: State.PAUSED,
            states.Ended: State.ENDED,
            states.Stopped: State.ENDED,
            states.Error: State.FAILED,
        }.get(self._player.get_state(), State.OPENING)

    @property
    def length_ns(self) -> int:
        """How long the recording is by VLC's word; 0 where it does not say."""
        return max(0, int(self._player.get_length())) * 1_000_000

    @property
    def is_seekable(self) -> bool:
        """Whether VLC can go to another place."""
        return bool(self._player.is_seekable())

    @property
    def lost_pictures(self) -> int:
        """How many pictures of this run VLC decoded and did not show, because they came too late."""
        stats = self._vlc.MediaStats()
        is_known = self._media is not None and self._media.get_stats(stats)
        return int(stats.lost_pictures) if is_known else 0

    @property
    def buffers(self) -> int:
        """How many pictures can be kept at once."""
        return self._scratch

    def start(self, vlc_ns: int, rate: Fraction) -> None:
        """Begin anew at a time as VLC counts it; what was shown before and not taken is dropped.

        VLC is stopped and started, not sought: after `set_time` it goes on showing a picture or two of the place that
        it left, and nothing tells those apart from the new ones. A start takes it some 30 ms.
        """
        self._player.stop()
        with self._lock:
            self._free.extend(picture.buffer for picture in self._pictures)
            self._pictures.clear()
            self._readings.clear()
        media = self._new_media()
        if vlc_ns > 0:
            media.add_option(f":start-time={vlc_ns // 1_000_000 / 1000:.3f}")
        self._player.set_media(media)
        if self._media is not None:
            self._media.release()
        self._media = media
        self._player.play()
        self._player.set_rate(float(rate))
        self.sign_ns = time.monotonic_ns()

    def set_paused(self, *, is_paused: bool) -> None:
        """Stop, or go on."""
        self._player.set_pause(int(is_paused))
        self.sign_ns = time.monotonic_ns()

    def set_rate(self, rate: Fraction) -> None:
        """Play at another speed."""
        self._player.set_rate(float(rate))

    def take(self) -> tuple[list[ShownPicture], list[Reading]]:
        """Return the pictures shown and the times told since this was asked last."""
        with self._lock:
            pictures, readings = list(self._pictures), list(self._readings)
            self._pictures.clear()
            self._readings.clear()
        return pictures, readings

    def pixels(self, picture: ShownPicture) -> NDArray[np.uint8]:
        """Return a picture's pixels, uint8[height, width, 4] blue first; valid until it is released."""
        return self._buffers[picture.buffer]

    def release(self, picture: ShownPicture) -> None:
        """Let a picture's buffer be filled again."""
        with self._lock:
            self._free.append(picture.buffer)

    def track(self) -> TrackFacts | None:
        """Return what VLC says of the picture, once it plays; None where there is no picture."""
        for track in (self._media.tracks_get() or ()) if self._media is not None else ():
            if track.type != self._vlc.TrackType.video:
                continue
            # python-vlc 3.0.21203 lays the union of the three kinds out as three pointers; the first is the union
            video = ctypes.cast(track.audio, ctypes.POINTER(self._vlc.VideoTrack)).contents
            rate = Fraction(video.frame_rate_num, video.frame_rate_den) if video.frame_rate_den else None
            aspect = Fraction(video.sar_num, video.sar_den) if video.sar_num and video.sar_den else Fraction(1)
            codec = track.codec.to_bytes(4, "little").decode("ascii", errors="replace").strip()
            rotation = _ORIENTATIONS.get(int(getattr(video.orientation, "value", video.orientation)), 0)
            return TrackFacts(codec, int(video.width), int(video.height), aspect, rotation, rate)
        return None

    def close(self) -> None:
        """Stop and let go of everything."""
        self._player.stop()
        self._player.release()
        if self._media is not None:
            self._media.release()
        self._buffers = []  # the callbacks keep this object until the next collection of garbage

    def _new_media(self) -> Any:
        if len(self._parts) == 1:
            return self._instance.media_new_path(self._parts[0])
        media = self._instance.media_new_location("concat://")
        media.add_option(f":concat-list={','.join(Path(part).absolute().as_uri() for part in self._parts)}")
        return media

    def _make_callbacks(self) -> tuple[Any, Any, Any]:
        kinds = self._vlc.CallbackDecorators

        def lock(_opaque: int | None, planes: Any) -> int:
            with self._lock:
                number = self._locked
                if number is None or number == self._scratch:
                    number = self._locked = self._free.popleft() if self._free else self._scratch
            planes[0] = self._buffers[number].ctypes.data
            return number + 1

        def display(_opaque: int | None, picture: int | None) -> None:
            now = time.monotonic_ns()
            number = (picture or 0) - 1
            with self._lock:
                self.sign_ns = now
                self._locked = None
                if 0 <= number < self._scratch:
                    self._pictures.append(ShownPicture(now, number))

        return kinds.VideoLockCb(lock), ctypes.cast(0, kinds.VideoUnlockCb), kinds.VideoDisplayCb(display)

    def _on_time(self, event: Any) -> None:
        now = time.monotonic_ns()
        with self._lock:
            self.sign_ns = now
            self._readings.append(Reading(now, int(event.u.new_time) * 1_000_000))

    def _on_sign(self, _event: Any) -> None:
        self.sign_ns = time.monotonic_ns()


def _load() -> Any:
    try:
        import vlc  # type: ignore[import-untyped]

        version = vlc.libvlc_get_version().decode("ascii", errors="replace")
    except (ImportError, OSError, NameError, AttributeError, NotImplementedError, SystemExit) as error:
        raise LibraryMissingError(missing_words("it is not installed")) from error
    number = tuple(int(part) for part in version.split()[0].split("-")[0].split(".")[:3] if part.isdecimal())
    if number < OLDEST:
        raise LibraryMissingError(missing_words(f"version {version.split()[0]} is installed, which is too old"))
    return vlc


def missing_words(what: str) -> str:
    """Say for people that libVLC cannot be used, and what to install."""
    oldest = ".".join(map(str, OLDEST))
    return (
        f"This recording is played with VLC, and libVLC cannot be used: {what}. The original is unchanged. Install VLC "
        f"{oldest} or newer (Debian, Ubuntu: libvlc5 and vlc-plugin-base; Windows, macOS: VLC from videolan.org), then "
        "start Sightline again."
    )
