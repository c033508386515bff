"""Names for the files of stills: camera, instant and frame number, legal on every system."""

from __future__ import annotations

import unicodedata

from evidence.times import iso_utc
from player.tracks import FrameSpot

_LONGEST_CAMERA = 40


def still_name(camera_name: str, spot: FrameSpot, taken: frozenset[str] | set[str] = frozenset()) -> str:
    """Return a file name such as `BWV-412_20260314T213207.480Z_f812.png`.

    Args:
        camera_name: what people call the camera.
        spot: the frame; the instant in the name is its start, UTC.
        taken: names in lower case (`str.casefold`) that other stills of the same run have.
    """
    instant = iso_utc(spot.frame_start).replace("-", "").replace(":", "").rstrip("Z").rstrip("0")
    whole, _, fraction = instant.partition(".")
    stem = f"{_plain(camera_name)}_{whole}.{fraction.ljust(3, '0')}Z_f{spot.frame}"
    name, number = f"{stem}.png", 1
    while name.casefold() in taken:
        number += 1
        name = f"{stem}_{number}.png"
    return name


def _plain(camera_name: str) -> str:
    """Return letters and digits of a name with single dashes between; never empty."""
    composed = unicodedata.normalize("NFC", camera_name)
    kept = "".join(character if character.isalnum() else "-" for character in composed)
    return "-".join(part for part in kept.split("-") if part)[:_LONGEST_CAMERA].rstrip("-") or "camera"
