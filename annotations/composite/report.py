"""The report of a video as JSON: enough to say what every frame of it shows, and to make the same bytes again."""

from __future__ import annotations

import json
from dataclasses import asdict

from annotations.composite.facts import MULTI_SOURCE, SINGLE_SOURCE, CompositeFacts, Run, runs_of
from annotations.composite.messages import Box, Tile
from evidence.program import program_name
from evidence.records import Recording
from evidence.times import iso_utc
from sync.timeline import PlacedRecording

FORMAT = 1
"""Of the document; it rises when a field changes its meaning."""


def report_bytes(facts: CompositeFacts) -> bytes:
    """Return the report as JSON in UTF-8."""
    return (json.dumps(as_document(facts), indent=1, ensure_ascii=False) + "\n").encode()


def as_document(facts: CompositeFacts) -> dict[str, object]:
    """Return the report as plain values."""
    order, check = facts.order, facts.composed.check
    return {
        "format": FORMAT,
        "kind": "sightline composite report",
        "program": program_name(),
        "made": {"at": iso_utc(facts.made_ns), "by": facts.by},
        "case": {"id": facts.info.id, "title": facts.info.title, "reference": facts.info.reference},
        "source": "multi-source" if facts.is_multi_source else "single source",
        "what_that_means": MULTI_SOURCE if facts.is_multi_source else SINGLE_SOURCE,
        "asked": {"from": iso_utc(facts.span.start), "to": iso_utc(facts.span.end), "to_is_exclusive": True},
        "file": {"name": facts.file_name, "sha256": facts.sha256, "size_bytes": facts.size_bytes},
        "video": {
            "width": order.width,
            "height": order.height,
            "frames": order.frames,
            "frames_counted_from": 0,
            "rate": _rate(order.rate.numerator, order.rate.denominator),
            "instant_of_frame_k": f"from + k * {order.rate.denominator}/{order.rate.numerator} s, rounded down to ns",
            "title": order.title,
            "layout": facts.layout,
            "written_or_drawn": sorted(one.value for one in order.burns),
            "time_zone": order.zone,
            "metadata": dict(order.metadata),
        },
        "sound": facts.heard or "none",
        "originals": [_original(one, facts) for one in facts.recordings],
        "cameras": [_camera(tile, places) for tile, places in zip(order.tiles, facts.places, strict=True)],
        "operation": {"encoder": facts.composed.encoder, "versions": dict(facts.composed.libraries)},
        "check": {
            "how": "opened anew and decoded from start to end; every stamp compared; frames spread over it compared "
            "with what was encoded; some of them, and sound, made anew from the originals and compared",
            **asdict(check),
            "frames_not_decodable": facts.composed.missing_count,
            "not_decodable": [asdict(one) for one in facts.composed.missing],
            "decoders_failed": [asdict(one) for one in facts.composed.failed],
            "sound_not_readable": list(facts.composed.unheard),
        },
    }


def _original(recording: Recording, facts: CompositeFacts) -> dict[str, object]:
    return {
        "id": recording.id,
        "name": recording.display_name,
        "exhibit": recording.exhibit,
        "sha256": recording.sha256,
        "sha256_check": "verified just before" if facts.verifies else "not verified now",
        "size_bytes": recording.size_bytes,
        "is_seen": any(place.recording.id == recording.id for places in facts.places for place in places),
        "is_heard": any(one.id == recording.id for one in facts.heard_recordings),
    }


def _camera(tile: Tile, places: tuple[PlacedRecording, ...]) -> dict[str, object]:
    return {
        "id": tile.camera_id,
        "name": tile.name,
        "tile": _box(tile.box),
        "recordings": [
            {
                "id": place.recording.id,
                "name": place.recording.display_name,
                "standard_uncertainty_ns": place.sigma_ns,
                "basis": place.basis,
            }
            for place in places
        ],
        "shows": [_run(run, tile, places) for run in runs_of(tile)],
    }


def _run(run: Run, tile: Tile, places: tuple[PlacedRecording, ...]) -> dict[str, object]:
    where: dict[str, object] = {"video_frames": [run.first, run.last]}
    if run.source < 0:
        return where | {"instead": ": ".join(filter(None, tile.gaps[run.gap]))}
    index = tile.sources[run.source].index
    return where | {
        "recording": places[run.source].recording.id,
        "first_frame": run.first_frame,
        "first_pts": int(index.pts[run.first_frame]),
        "last_frame": run.last_frame,
        "last_pts": int(index.pts[run.last_frame]),
        "time_base": _rate(index.time_base.numerator, index.time_base.denominator),
        "steps": " ".join(f"{step}" if times == 1 else f"{step}x{times}" for step, times in run.steps),
    }


def _box(box: Box) -> dict[str, int]:
    return {"x": box.x, "y": box.y, "width": box.width, "height": box.height}


def _rate(numerator: int, denominator: int) -> str:
    return f"{numerator}/{denominator}"
