"""What this program is called in records, logs and exports."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version


@cache
def program_version() -> str:
    """Return the version, as it was installed; "0+unknown" when run from a bare source tree."""
    try:
        return version("sightline")
    except PackageNotFoundError:
        return "0+unknown"


def program_name() -> str:
    """Return name and version, for instance `Sightline 0.1.0`."""
    return f"Sightline {program_version()}"
