"""What can be known of this machine without a window: power, disk, memory, clock, networks. Read once, then frozen."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """The machine as it is now; None stands for what it does not tell.

    Attributes:
        name: of the computer.
        system: operating system and version.
        processor: what it says of its processor.
        threads: how many of it work at once.
        memory_bytes: built in.
        free_memory_bytes: that can be had now.
        free_disk_bytes: on the disk where log and proxies are written.
        battery_percent: charge, or None where it has no battery, or does not tell.
        is_on_mains: whether power is connected, or None likewise.
        networks: interfaces that are up, beside the machine's own loop.
        now_ns: what its clock says, ns since the Unix epoch.
        utc_offset_s: by how much its local time is ahead of UTC, seconds.
        zone: name of its time zone.
    """

    name: str
    system: str
    processor: str
    threads: int
    memory_bytes: int | None
    free_memory_bytes: int | None
    free_disk_bytes: int | None
    battery_percent: int | None
    is_on_mains: bool | None
    networks: tuple[str, ...] | None
    now_ns: int
    utc_offset_s: int
    zone: str

    @property
    def identity(self) -> str:
        """What tells this machine from another, as far as a preflight is about it."""
        return f"{self.name} · {self.system} · {self.processor}, {self.threads} threads · {self.memory_bytes or 0}"


def read_machine(disk: Path) -> MachineFacts:
    """Return the facts now; `disk` is where log and proxies are written. Never raises: what is not told is None."""
    battery, memory = _battery(), _memory()
    local = datetime.now().astimezone()
    offset = local.utcoffset()
    return MachineFacts(
        name=platform.node() or "not named",
        system=platform.platform(),
        processor=_processor(),
        threads=os.cpu_count() or 1,
        memory_bytes=None if memory is None else memory[0],
        free_memory_bytes=None if memory is None else memory[1],
        free_disk_bytes=_free_bytes(disk),
        battery_percent=None if battery is None else battery[0],
        is_on_mains=None if battery is None else battery[1],
        networks=_networks(),
        now_ns=time.time_ns(),
        utc_offset_s=0 if offset is None else offset.days * 86_400 + offset.seconds,
        zone=local.tzname() or "not named",
    )


def _battery() -> tuple[int, bool | None] | None:
    try:
        found = psutil.sensors_battery()
    except (AttributeError, OSError, RuntimeError, ValueError):
        return None
    return None if found is None else (int(found.percent), found.power_plugged)


def _memory() -> tuple[int, int] | None:
    try:
        found = psutil.virtual_memory()
    except (OSError, RuntimeError, ValueError):
        return None
    return found.total, found.available


def _free_bytes(disk: Path) -> int | None:
    place = disk
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        return psutil.disk_usage(str(place)).free
    except OSError:
        return None


def _networks() -> tuple[str, ...] | None:
    try:
        found = psutil.net_if_stats()
    except (OSError, RuntimeError, ValueError):
        return None
    return tuple(sorted(name for name, facts in found.items() if facts.isup and not _is_own_loop(name)))


def _is_own_loop(name: str) -> bool:
    return name == "lo" or name.startswith("lo0") or "loopback" in name.lower()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    named = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return named or platform.processor() or platform.machine()
