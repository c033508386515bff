"""What a certificate says of the machine and the programs on it."""

from __future__ import annotations

import os
import platform
import sqlite3
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import av

from evidence.program import program_version


def machine_facts() -> dict[str, str]:
    """Return the machine's facts for people, each under its name, in the order in which they are printed."""
    libraries = ", ".join(
        f"{name} {'.'.join(map(str, number))}" for name, number in sorted(av.library_versions.items())
    )
    return {
        "Computer": platform.node() or "not named",
        "System": platform.platform(),
        "Processor": f"{_processor()}, {os.cpu_count()} threads",
        "Memory": _memory(),
        "Sightline": program_version(),
        "FFmpeg": av.ffmpeg_version_info,
        "FFmpeg libraries": libraries,
        "PyAV": av.__version__,
        "Python": platform.python_version(),
        "Qt for Python": _version_of("PySide6"),
        "numpy": _version_of("numpy"),
        "SQLite": sqlite3.sqlite_version,
    }


def _version_of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not known"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    named = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
    return named or platform.processor() or platform.machine()


def _memory() -> str:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return "not known"
    return f"{size / 1e9:.1f} GB"
