"""What a still says of itself: which frame of which file it is, when that was, and what was done to the picture."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from evidence.frame_index import FrameIndex, Timing
from evidence.program import program_name
from evidence.records import CaseInfo, StreamInfo
from evidence.times import IncidentTime, half_width_95, iso_utc
from player.stills.messages import Colour, StillPicture
from player.tracks import FrameSpot

FORMAT = 1
"""Of the JSON in the text chunk `Provenance`; it rises when a field changes its meaning."""

JsonValue = str | int | bool | None | Mapping[str, "JsonValue"]

_TIMING = {
    Timing.STAMPED: "the frame's own time stamp",
    Timing.REPAIRED: "estimated: time stamps of the file were missing or ran backwards and were put right",
    Timing.ASSUMED: "assumed: the file has no time stamps, so a steady rate was taken",
}


@dataclass(frozen=True, slots=True)
class StillFacts:
    """Everything that is known of one still.

    Attributes:
        case: whose still it is.
        camera_name: what people call the camera.
        spot: the frame and when it shows.
        index: the stream's table of frames.
        stream: the stream.
        asked: the instant for which the still was asked.
        is_hash_verified: the original was read just before and had the hash with which it was added; else nobody
            looked.
        is_upright: turned and with square pixels; else as recorded.
        picture: as it was decoded.
    """

    case: CaseInfo
    camera_name: str
    spot: FrameSpot
    index: FrameIndex
    stream: StreamInfo
    asked: IncidentTime
    is_hash_verified: bool
    is_upright: bool
    picture: StillPicture


def as_document(facts: StillFacts) -> dict[str, JsonValue]:
    """Return the facts as one JSON document; nothing in it depends on when or where the still was made."""
    spot, recording = facts.spot, facts.spot.place.recording
    return {
        "format": FORMAT,
        "program": program_name(),
        "case": {"id": facts.case.id, "title": facts.case.title, "reference": facts.case.reference},
        "camera": {"id": recording.camera_id, "name": facts.camera_name},
        "source": {
            "name": recording.display_name,
            "exhibit": recording.exhibit,
            "item_class": recording.item_class.value,
            "size_bytes": recording.size_bytes,
            "sha256": recording.sha256,
            "sha256_check": "verified when this still was made" if facts.is_hash_verified else "not verified now",
            "stream": facts.stream.index,
            "codec": facts.stream.codec,
        },
        "frame": {
            "number": spot.frame,
            "counted_from": 0,
            "of": len(facts.index),
            "pts": spot.pts,
            "time_base": _fraction(facts.index.time_base),
            "stamp": _TIMING[facts.index.timing],
            "is_damaged": facts.picture.is_damaged,
        },
        "time": {
            "asked": iso_utc(facts.asked),
            "frame_starts": iso_utc(spot.frame_start),
            "frame_ends": iso_utc(frame_end(facts)),
            "standard_uncertainty_ns": spot.place.sigma_ns,
            "basis": spot.place.basis,
        },
        "picture": _picture_document(facts),
    }


def text_chunks(facts: StillFacts) -> tuple[tuple[str, str], ...]:
    """Return keyword and text of each text chunk: for people first, and the whole as JSON at the end."""
    document = as_document(facts)
    spot, recording = facts.spot, facts.spot.place.recording
    checked = "verified when this still was made" if facts.is_hash_verified else "NOT verified when it was made"
    named = f"{recording.display_name} (exhibit {recording.exhibit})" if recording.exhibit else recording.display_name
    reference = f"{facts.case.reference} {facts.case.title}".strip()
    return (
        ("Title", f"{facts.camera_name}, frame {spot.frame} of {recording.display_name}"),
        ("Software", program_name()),
        ("Source", named),
        ("Source SHA-256", f"{recording.sha256} ({checked})"),
        ("Camera", facts.camera_name),
        ("Case", reference),
        ("Frame", f"{spot.frame} of {len(facts.index)}, counted from 0"),
        ("Time stamp", f"{spot.pts} in units of {_fraction(facts.index.time_base)} s ({_TIMING[facts.index.timing]})"),
        ("Incident time", f"{iso_utc(spot.frame_start)} to {iso_utc(frame_end(facts))}"),
        ("Uncertainty", uncertainty_text(spot)),
        ("Picture", picture_text(facts)),
        ("Provenance", json.dumps(document, ensure_ascii=True, separators=(",", ":"))),
    )


def frame_end(facts: StillFacts) -> IncidentTime:
    """Return when the frame stops to show by its own stamps, exclusive, whether or not another recording covers it."""
    bounds = facts.spot.place.frame_starts(facts.index)
    if facts.spot.frame + 1 < len(bounds):
        return IncidentTime(int(bounds[facts.spot.frame + 1]))
    return facts.spot.place.incident_at_media_ns(facts.index.end.ns)


def uncertainty_text(spot: FrameSpot) -> str:
    """Return how far the incident time can be trusted, and on what it rests."""
    sigma = spot.place.sigma_ns
    amount = "not known" if sigma is None else f"plus or minus {_seconds(half_width_95(sigma))} s (95 %)"
    return f"{amount}. {spot.place.basis}"


def picture_text(facts: StillFacts) -> str:
    """Return in sentences what was done to the recorded picture."""
    picture, stream = facts.picture, facts.stream
    coded = f"{picture.coded_size[0]} by {picture.coded_size[1]} pixels as recorded"
    parts = [f"{coded}, {picture.pixel_format}.", _shape_text(facts), _colour_text(picture.colour, stream)]
    if picture.depth == 16:
        parts.append("More than 8 bits a value were recorded; 16 are kept.")
    if picture.is_interlaced:
        parts.append("Interlaced: both fields are kept as they are, so lines alternate between two instants.")
    if picture.is_damaged:
        parts.append("The decoder met errors in this frame: parts of the picture may be wrong.")
    parts.append("Nothing was sharpened, brightened or otherwise enhanced.")
    return " ".join(parts)


def _picture_document(facts: StillFacts) -> dict[str, JsonValue]:
    picture, stream = facts.picture, facts.stream
    return {
        "coded_width": picture.coded_size[0],
        "coded_height": picture.coded_size[1],
        "width": picture.width,
        "height": picture.height,
        "shown": "upright, square pixels" if facts.is_upright else "as recorded",
        "turned_clockwise_degrees": stream.rotation if facts.is_upright else 0,
        "to_be_turned_clockwise_degrees": 0 if facts.is_upright else stream.rotation,
        "recorded_pixel_aspect": _fraction(stream.pixel_aspect),
        "is_resampled": facts.is_upright and stream.pixel_aspect != 1,
        "recorded_format": picture.pixel_format,
        "bits_a_value": picture.depth,
        "matrix": picture.colour.matrix,
        "is_matrix_assumed": picture.colour.is_matrix_assumed,
        "range": picture.colour.range,
        "is_range_assumed": picture.colour.is_range_assumed,
        "transfer": stream.color_transfer or "not stated",
        "is_interlaced": picture.is_interlaced,
        "converted_by": "FFmpeg swscale, bicubic chroma, accurate rounding, bit-exact",
    }


def _shape_text(facts: StillFacts) -> str:
    stream = facts.stream
    if not facts.is_upright:
        turn = f"; for display it is to be turned by {stream.rotation} degrees" if stream.rotation else ""
        aspect = (
            f"; its pixels are {_fraction(stream.pixel_aspect)} as wide as high" if stream.pixel_aspect != 1 else ""
        )
        return f"Every recorded pixel as it lies, neither turned nor stretched{turn}{aspect}."
    parts = []
    if stream.pixel_aspect != 1:
        parts.append(f"stretched for square pixels (recorded {_fraction(stream.pixel_aspect)})")
    if stream.rotation:
        parts.append(f"turned clockwise by {stream.rotation} degrees")
    return f"For display {' and '.join(parts)}." if parts else "Not resized, not turned."


def _colour_text(colour: Colour, stream: StreamInfo) -> str:
    if colour.matrix == "RGB":
        return "Recorded as red, green and blue."
    matrix = f"{colour.matrix} matrix ({'assumed by size' if colour.is_matrix_assumed else 'stated by the file'})"
    range_ = f"{colour.range} range ({'assumed' if colour.is_range_assumed else 'stated by the file'})"
    transfer = f" Transfer {stream.color_transfer}, not changed." if stream.color_transfer else ""
    return f"Made red, green and blue by the {matrix}, {range_}.{transfer}"


def _fraction(value: Fraction) -> str:
    return f"{value.numerator}/{value.denominator}"


def _seconds(ns: int) -> str:
    text = f"{ns // 1_000_000_000}.{ns % 1_000_000_000:09d}".rstrip("0")
    return text + "0" if text.endswith(".") else text
