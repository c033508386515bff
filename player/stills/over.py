"""A second picture beside a still: the same frame with something drawn over it, clearly named and said to be so."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from player.stills.png import encode_png
from player.stills.provenance import JsonValue, StillFacts, as_document, text_chunks


@dataclass(frozen=True, slots=True)
class DrawnOver:
    """A frame with something drawn over it, as large as the still.

    Attributes:
        pixels: rows from the top, red, green, blue, 8 bits each, no padding.
        suffix: goes into the name of the file, for instance `with-shapes`.
        words: what was drawn, a sentence for people.
        document: the same for machines.
    """

    pixels: bytes
    suffix: str
    words: str
    document: JsonValue


DrawOver = Callable[[StillFacts], DrawnOver | None]
"""Draws over a still; None where there is nothing to draw."""


def over_name(still_name: str, over: DrawnOver) -> str:
    """Return the name of the second file beside a still: `…_f812_with-shapes.png`."""
    return f"{still_name.removesuffix('.png')}_{over.suffix}.png"


def encode_over(facts: StillFacts, over: DrawnOver, still_name: str, still_sha256: str) -> bytes:
    """Return the PNG file of a frame that was drawn over; it says so, and from which still it was made."""
    picture = facts.picture
    depth = " Of more than 8 bits a value the most significant 8 are kept here." if picture.depth == 16 else ""
    said = f"{over.words} The frame without them is {still_name} (SHA-256 {still_sha256}).{depth}"
    document = {
        **as_document(facts),
        "drawn_over": {"what": over.document, "made_from": {"name": still_name, "sha256": still_sha256}},
    }
    texts = []
    for keyword, text in text_chunks(facts):
        if keyword == "Title":
            texts += [(keyword, f"{text}, drawn over"), ("Drawn over", said)]
        elif keyword == "Provenance":
            texts.append((keyword, json.dumps(document, ensure_ascii=True, separators=(",", ":"))))
        else:
            texts.append((keyword, text))
    aspect = Fraction(1) if facts.is_upright else facts.stream.pixel_aspect
    return encode_png(picture.width, picture.height, 8, over.pixels, texts=texts, pixel_aspect=aspect)
