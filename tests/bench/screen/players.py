"""Four cameras in one kind of player, told what to do in the same words: ours, an ideal painter, mpv and libVLC.

To add a player: 1. write a `Player`; 2. add it to `KINDS`; 3. where it lacks something on this machine, `missing` says
what, and the benchmark goes on without it.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from ctypes.util import find_library
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.bench.child import Child
from tests.bench.screen.grid import TILES
from tests.support.clips import Clip

_PATIENCE_S = 30.0
Environment = Mapping[str, str]


class Player(Protocol):
    """Plays the four clips together. Instants are ns from the clips' beginning."""

    @property
    def roots(self) -> list[int]:
        """The processes that it consists of; their children count too."""
        ...

    def play(self) -> None:
        """Play, or go on."""
        ...

    def pause(self) -> None:
        """Stand."""
        ...

    def seek(self, instant_ns: int) -> None:
        """Go to an instant, all cameras."""
        ...

    def set_rate(self, rate: float) -> bool:
        """Play at this speed; return False where the player cannot."""
        ...

    def close(self) -> None:
        """End."""
        ...


class ChildPlayer:
    """A player in one process that takes commands by lines."""

    def __init__(
        self, module: str, clips: Sequence[Clip], environment: Environment, *, is_silent: bool = False
    ) -> None:
        paths = [os.fspath(clip.path) for clip in clips]
        self._child = Child(f"screen.{module}", paths, environment, is_silent=is_silent)

    @property
    def roots(self) -> list[int]:
        """One process."""
        return [self._child.process_id]

    def play(self) -> None:
        """Play, or go on."""
        self._child.tell("play")

    def pause(self) -> None:
        """Stand."""
        self._child.tell("pause")

    def seek(self, instant_ns: int) -> None:
        """Go to an instant."""
        self._child.tell("seek", instant_ns)

    def set_rate(self, rate: float) -> bool:
        """Play at this speed, or tell that it cannot."""
        return self._child.tell("rate", rate) != "cannot"

    def close(self) -> None:
        """Let it end."""
        self._child.close()


class FourMpv:
    """Four mpv windows, told over their sockets one right after the other."""

    def __init__(self, clips: Sequence[Clip], environment: Environment, folder: Path) -> None:
        self._processes: list[subprocess.Popen[bytes]] = []
        self._sockets: list[socket.socket] = []
        for number, (clip, tile) in enumerate(zip(clips, TILES, strict=True)):
            address = folder / f"mpv-{number}"
            self._processes.append(
                subprocess.Popen([*_MPV, _geometry(tile), f"--input-ipc-server={address}", os.fspath(clip.path)],
                    env=dict(environment), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            )  # fmt: skip
        for number in range(len(clips)):
            self._sockets.append(_connected(folder / f"mpv-{number}"))

    @property
    def roots(self) -> list[int]:
        """Four processes."""
        return [process.pid for process in self._processes]

    def play(self) -> None:
        """Play, or go on."""
        self._tell("set_property", "pause", False)

    def pause(self) -> None:
        """Stand."""
        self._tell("set_property", "pause", True)

    def seek(self, instant_ns: int) -> None:
        """Go to an instant, exactly."""
        self._tell("seek", instant_ns / 1e9, "absolute+exact")

    def set_rate(self, rate: float) -> bool:
        """Play at this speed; backwards where that is below zero."""
        self._tell("set_property", "play-direction", "forward" if rate > 0 else "backward")
        self._tell("set_property", "speed", abs(rate))
        return True

    def close(self) -> None:
        """End all four."""
        for one in self._sockets:
            one.close()
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(_PATIENCE_S)

    def _tell(self, *command: object) -> None:
        line = (json.dumps({"command": command}) + "\n").encode()
        for one in self._sockets:
            one.sendall(line)
            _forget_what_was_said(one)


_MPV = (
    "mpv", "--no-config", "--no-terminal", "--really-quiet", "--vo=x11", "--pause", "--keep-open=yes", "--no-border",
    "--osc=no", "--osd-level=0", "--no-input-default-bindings", "--cursor-autohide=no", "--no-audio", "--hr-seek=yes",
    "--title=peer", "--x11-bypass-compositor=no",
)  # fmt: skip


def _geometry(tile: tuple[int, int, int, int]) -> str:
    x, y, width, height = tile
    return f"--geometry={width}x{height}+{x}+{y}"


def _connected(address: Path) -> socket.socket:
    end = time.monotonic() + _PATIENCE_S
    while True:
        one = socket.socket(socket.AF_UNIX)
        try:
            one.connect(os.fspath(address))
        except OSError:
            one.close()
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            one.setblocking(True)
            return one


def _forget_what_was_said(one: socket.socket) -> None:
    """Read answers and events away, so that mpv never waits to be heard."""
    one.setblocking(False)
    try:
        while one.recv(65_536):
            pass
    except BlockingIOError:
        pass
    finally:
        one.setblocking(True)


@dataclass(frozen=True)
class Kind:
    """A player that can be measured.

    Attributes:
        missing: says what this machine lacks for it, or "".
    """

    name: str
    missing: Callable[[], str]
    start: Callable[[Sequence[Clip], Environment, Path], Player]


def _nothing() -> str:
    return ""


def _mpv_missing() -> str:
    return "" if shutil.which("mpv") else "mpv is not installed (Debian: mpv)"


def _vlc_missing() -> str:
    if find_library("vlc") is None:
        return "libVLC is not installed (Debian: libvlc5, vlc-plugin-base, vlc-plugin-video-output)"
    folders = [*Path("/usr/lib").glob("*/vlc/plugins/video_output"), *Path("/usr/lib").glob("vlc/plugins/video_output")]
    if folders and not any((folder / "libxcb_x11_plugin.so").exists() for folder in folders):
        return "libVLC cannot draw to X (Debian: vlc-plugin-video-output)"
    return ""


OURS = Kind("Sightline", _nothing, lambda clips, environment, _: ChildPlayer("child_ours", clips, environment))
IDEAL = Kind("ideal painter", _nothing, lambda clips, environment, _: ChildPlayer("child_ideal", clips, environment))
MPV = Kind("mpv x4", _mpv_missing, FourMpv)
LIBVLC = Kind(
    "libVLC x4",
    _vlc_missing,
    lambda clips, environment, _: ChildPlayer("child_vlc", clips, environment, is_silent=True),
)
KINDS = (OURS, IDEAL, MPV, LIBVLC)
