"""In which zone times are shown: the case's, this computer's, or UTC."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from PySide6.QtCore import QTimeZone

from app.settings import ZoneChoice

_UTC = "UTC"


def display_zone(choice: str, case_zone: str | None) -> ZoneInfo:
    """Return the zone that the setting asks for; UTC where it cannot be had."""
    if choice == ZoneChoice.MACHINE:
        return _zone(bytes(QTimeZone.systemTimeZoneId().data()).decode())
    if choice == ZoneChoice.CASE and case_zone is not None:
        return _zone(case_zone)
    return ZoneInfo(_UTC)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(_UTC)
