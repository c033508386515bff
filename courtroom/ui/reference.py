"""The line at the bottom left of the court's picture: exhibit reference, local time, and that a proxy is shown."""

from __future__ import annotations

from collections.abc import Callable

from courtroom.ui.court_picture import CourtPicture
from evidence.times import IncidentTime

TimeText = Callable[[IncidentTime], str]
"""Writes an instant as local time."""

PROXY_LABEL = "Proxy: a smaller copy of these frames"
"""What the court reads while a derivative stands in for an original that would come late."""


def proxy_words(picture: CourtPicture) -> str:
    """Return what must be said of the picture whatever the presenter switched off, or ""."""
    return PROXY_LABEL if any(frame.is_proxy for frame in picture.frames) else ""


def reference_words(picture: CourtPicture, time_text: TimeText) -> str:
    """Return all that the line says of a picture."""
    when = "" if picture.at is None else f"{time_text(picture.at)} {picture.uncertainty}".rstrip()
    return "  ".join(words for words in (proxy_words(picture), picture.cue.exhibit, when) if words)
