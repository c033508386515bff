"""Makes a composite in a process of its own, so that a test can kill it at any moment."""

from __future__ import annotations

import time
from fractions import Fraction
from multiprocessing.connection import Connection
from pathlib import Path

from annotations.reports.scope import Maker
from app.composite_job import CompositeRequest, make_composite
from app.composite_plan import CompositeWish
from evidence.case import Case
from evidence.jobs import never_cancelled, no_progress
from evidence.times import NS_PER_S, IncidentRange

MADE_NS = 1_773_560_000 * NS_PER_S


def compose(case_folder: Path, span: IncidentRange, out: Path, told: Connection) -> None:
    """Send `begun`, make a small composite, and send how many seconds that took."""
    with Case.open(case_folder) as case:
        told.send("begun")
        begun = time.monotonic()
        wish = CompositeWish(span, size=(320, 180), rate=Fraction(25))
        request = CompositeRequest(wish, out, Maker("killed", MADE_NS), verifies=False)
        make_composite(case, request, no_progress, never_cancelled)
        told.send(time.monotonic() - begun)
