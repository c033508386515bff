"""What can be wrong with a shape."""

from __future__ import annotations

from evidence.errors import SightlineError


class ShapeError(SightlineError):
    """A shape cannot be what was asked, or what was read is none."""

    code = "SL-820"
