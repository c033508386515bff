"""The claim of last resort: when the file system says that the file was last changed."""

from __future__ import annotations

from evidence.claims import clock_text
from evidence.claims.source import ClaimSource, Found, claim
from evidence.records import ClaimMeaning, ClaimOrigin, ClaimZone


def collect(source: ClaimSource) -> Found:
    """Collect the time of last change."""
    stated = claim(
        ClaimOrigin.FILE_SYSTEM,
        "file system, last change",
        clock_text.written_utc(source.mtime_ns),
        source.mtime_ns,
        ClaimZone.UTC,
        meaning=ClaimMeaning.END,
        resolution_ns=1,
        note="Copying, downloading or unpacking may change it; it cannot place a recording by itself.",
    )
    return Found((stated,))
