"""Whether the system has muted its default sound device, and how loud it is set, as the system's own tools tell.

Qt tells neither. PulseAudio and PipeWire are asked with `pactl`, else `wpctl`; macOS with `osascript`. Where none of
them answers within a moment, nothing is known, and that is said.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

_PATIENCE_S = 1.5
_LONGEST = 10_000

Ask = Callable[..., str | None]
"""Runs a tool with arguments; returns what it printed, or None where it is not there or failed."""


@dataclass(frozen=True, slots=True)
class SoundLevel:
    """How the default device is set; None where the system does not tell.

    Attributes:
        is_muted: whether it is switched off.
        percent: of its loudest channel; above 100 where the system makes it louder than recorded.
    """

    is_muted: bool | None = None
    percent: int | None = None


def read_level(ask: Ask | None = None) -> SoundLevel:
    """Return how the default device is set now. Takes some seconds at the most; never raises."""
    asked = ask or _ask
    for read in (_from_pactl, _from_wpctl, _from_macos):
        found = read(asked)
        if found != SoundLevel():
            return found
    return SoundLevel()


def _from_pactl(ask: Ask) -> SoundLevel:
    """`Mute: yes`, and `Volume: front-left: 42000 /  64% / -11.59 dB,   front-right: …`."""
    mute = ask("pactl", "get-sink-mute", "@DEFAULT_SINK@") or ""
    volume = ask("pactl", "get-sink-volume", "@DEFAULT_SINK@") or ""
    said = re.search(r"Mute:\s*(yes|no)", mute)
    levels = [int(level) for level in re.findall(r"(\d{1,4})%", volume.partition("\n")[0])]
    return SoundLevel(None if said is None else said[1] == "yes", max(levels, default=None))


def _from_wpctl(ask: Ask) -> SoundLevel:
    """`Volume: 0.64`, or `Volume: 0.64 [MUTED]`."""
    text = ask("wpctl", "get-volume", "@DEFAULT_AUDIO_SINK@") or ""
    said = re.search(r"Volume:\s*(\d{1,3})\.(\d\d)(\s*\[MUTED\])?", text)
    return SoundLevel() if said is None else SoundLevel(bool(said[3]), int(said[1]) * 100 + int(said[2]))


def _from_macos(ask: Ask) -> SoundLevel:
    """`output volume:64, input volume:50, alert volume:100, output muted:false`."""
    text = ask("osascript", "-e", "get volume settings") or ""
    volume = re.search(r"output volume:(\d{1,3})", text)
    muted = re.search(r"output muted:(true|false)", text)
    return SoundLevel(None if muted is None else muted[1] == "true", None if volume is None else int(volume[1]))


def _ask(tool: str, *arguments: str) -> str | None:
    path = shutil.which(tool)
    if path is None:
        return None
    environment = {**os.environ, "LC_ALL": "C"}
    try:
        found = subprocess.run(
            [path, *arguments], capture_output=True, timeout=_PATIENCE_S, env=environment, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return found.stdout[:_LONGEST].decode(errors="replace") if found.returncode == 0 else None
