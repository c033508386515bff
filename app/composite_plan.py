"""What a video of several cameras is to be, and its plan: who is shown where, who is heard, frame by frame."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from zoneinfo import ZoneInfo

from annotations.composite.messages import Box, Burn, CompositeOrder, SoundOrder
from annotations.composite.plan import frame_count, layout_box, plan_tile, usual_rate
from annotations.composite.scene import line_height
from annotations.reports.facts import CaseFacts, read_facts
from annotations.reports.scope import Scope
from app.composite_extras import extras_of
from evidence.case import Case
from evidence.errors import OriginalMissingError, UsageError
from evidence.program import program_name
from evidence.records import Recording
from evidence.times import IncidentRange, iso_utc
from player.sound_pieces import sound_pieces
from player.sound_protocol import SoundVoice
from player.tracks import Track
from player.ui.layout import LayoutKind, lay_out
from sync.timeline import PlacedRecording

SIZES = {"720p": (1280, 720), "1080p": (1920, 1080), "4K": (3840, 2160)}
MIX = "mix"
MOST_CAMERAS = 16
USUAL_BURNS = frozenset({Burn.NAME, Burn.TIME, Burn.FRAME, Burn.EXHIBIT, Burn.TITLE})


@dataclass(frozen=True, slots=True)
class CompositeWish:
    """What a video is to be.

    Attributes:
        span: the range on the common clock.
        camera_ids: the cameras in the order of their tiles, or None for all.
        layout: how they are laid out.
        focus: the camera that is large where one is, or None for the first.
        size: width and height in pixels, both even.
        rate: frames a second, or None for the highest of the cameras.
        sound: id of the camera that is heard, `MIX` for all, or "" for none.
        gains_db: by camera id, decibels of a mix; 0 where a camera is not named.
        burns: what is written beside the pictures and drawn over them.
        title: stands at the top; "" for the case's.
    """

    span: IncidentRange
    camera_ids: tuple[str, ...] | None = None
    layout: LayoutKind = LayoutKind.AUTO
    focus: str | None = None
    size: tuple[int, int] = SIZES["1080p"]
    rate: Fraction | None = None
    sound: str = MIX
    gains_db: Mapping[str, int] = field(default_factory=dict)
    burns: frozenset[Burn] = USUAL_BURNS
    title: str = ""


@dataclass(frozen=True, eq=False)
class Planned:
    """A video as it will be made.

    Attributes:
        order: without the file's place.
        facts: the case.
        places: for each tile, its recordings on the common clock.
        layout: in words.
        heard: in words.
        heard_recordings: whose sound is in it.
        recordings: every original that is read, each once.
    """

    order: CompositeOrder
    facts: CaseFacts
    places: tuple[tuple[PlacedRecording, ...], ...]
    layout: str
    heard: str
    heard_recordings: tuple[Recording, ...]
    recordings: tuple[Recording, ...]


def plan_composite(case: Case, wish: CompositeWish) -> Planned:
    """Plan a video; no original is read. Raises UsageError, OriginalMissingError."""
    facts = read_facts(case, Scope(None, wish.camera_ids))
    tracks = _chosen(facts, wish)
    zone = ZoneInfo(facts.info.time_zone)
    width, height = wish.size
    if min(wish.size) < 64 or width % 2 or height % 2:
        raise UsageError(f"{width} × {height} is no size for a video.", remedy="Choose 720p, 1080p or 4K.")
    rate = wish.rate or usual_rate(tracks, wish.span)
    head = Box(0, 0, width, line_height(height)) if Burn.TITLE in wish.burns else None
    top = 0 if head is None else head.height
    focus = wish.focus if wish.focus is not None else tracks[0].camera_id
    places = lay_out(wish.layout, [one.camera_id for one in tracks], focus, width, height - top)
    boxes = {one.camera_id: layout_box(one.x, one.y + top, one.width, one.height) for one in places}
    shown = [track for track in tracks if track.camera_id in boxes]
    extras = extras_of(case, facts, wish.span, wish.burns)
    tiles = tuple(
        plan_tile(
            track, boxes[track.camera_id], wish.span, rate, zone=zone, path_of=partial(path_of, case), extras=extras
        )
        for track in shown
    )
    if all((tile.source_of < 0).all() for tile in tiles):
        raise UsageError(
            "None of the chosen cameras has a picture in this range.",
            remedy="Choose another range or other cameras; the timeline shows who was recording when.",
        )
    tile_places = tuple(tuple(facts.places[one.recording_id] for one in tile.sources) for tile in tiles)
    sound, heard, heard_recordings = _sound(case, facts, tracks, wish)
    order = CompositeOrder(
        width=width,
        height=height,
        rate=rate,
        start=wish.span.start,
        frames=frame_count(wish.span, rate),
        tiles=tiles,
        burns=wish.burns,
        head=head,
        title=wish.title or " ".join(filter(None, (facts.info.reference, facts.info.title))),
        zone=facts.info.time_zone,
        sound=sound,
        out_path=b"",
        metadata={},
    )
    seen = [place.recording for own in tile_places for place in own]
    recordings = tuple({one.id: one for one in (*seen, *heard_recordings)}.values())
    order = replace(order, metadata=_metadata(order, len(recordings), wish))
    layout = _layout_words(wish, shown, focus)
    return Planned(order, facts, tile_places, layout, heard, heard_recordings, recordings)


def path_of(case: Case, recording: Recording) -> bytes:
    """Return where an original is. Raises OriginalMissingError."""
    place = case.find_original(recording)
    if place is None:
        raise OriginalMissingError(
            f"{recording.display_name} is not there.",
            meaning="It was moved, renamed or deleted, or its drive is not connected.",
            remedy="Connect the drive, say where the file is now with `sightline relocate`, or leave its camera out.",
        )
    return os.fsencode(place)


def _chosen(facts: CaseFacts, wish: CompositeWish) -> list[Track]:
    """Return the cameras in the order that was asked for; without one, those that recorded anything of the range."""
    tracks = list(facts.tracks)
    if wish.camera_ids is None:
        tracks = [one for one in tracks if any(one.stretches(wish.span.start, wish.span.end))]
    else:
        order = {camera_id: number for number, camera_id in enumerate(wish.camera_ids)}
        tracks.sort(key=lambda one: order[one.camera_id])
    if not tracks:
        raise UsageError(
            "None of the chosen cameras recorded anything in this range.",
            remedy="Choose another range or other cameras; the timeline shows who was recording when.",
        )
    if len(tracks) > MOST_CAMERAS:
        raise UsageError(f"{len(tracks)} cameras are too many.", remedy=f"Choose {MOST_CAMERAS} at most.")
    return tracks


def _sound(
    case: Case, facts: CaseFacts, tracks: Sequence[Track], wish: CompositeWish
) -> tuple[SoundOrder | None, str, tuple[Recording, ...]]:
    """Return who is heard; the same in words; and which recordings that are."""
    if not wish.sound:
        return None, "", ()
    heard = [one for one in tracks if wish.sound in (MIX, one.camera_id)]
    if not heard:
        heard = [track for track in _every(facts, case) if track.camera_id == wish.sound]
    paths = {one.path_bytes: one for one in facts.recordings}
    voices: list[SoundVoice] = []
    names: list[str] = []
    recordings: dict[str, Recording] = {}
    for track in heard:
        pieces = sound_pieces(track, wish.span.start, wish.span.end)
        if not pieces:
            continue
        own = {piece.path_bytes: paths[piece.path_bytes] for piece in pieces}
        recordings |= {one.id: one for one in own.values()}
        where = {key: path_of(case, one) for key, one in own.items()}
        voices.append(
            SoundVoice(track.camera_id, tuple(replace(one, path_bytes=where[one.path_bytes]) for one in pieces))
        )
        gain = wish.gains_db.get(track.camera_id, 0)
        names.append(f"{track.camera.camera.name} ({gain:+d} dB)" if gain else track.camera.camera.name)
    if not voices:
        return None, "", ()
    words = f"{names[0]} alone" if len(names) == 1 else f"mix of {', '.join(names)}"
    return SoundOrder(tuple(voices), dict(wish.gains_db)), words, tuple(recordings.values())


def _every(facts: CaseFacts, case: Case) -> Sequence[Track]:
    del facts
    return read_facts(case, Scope()).tracks


def _layout_words(wish: CompositeWish, tracks: Sequence[Track], focus: str) -> str:
    names = ", ".join(one.camera.camera.name for one in tracks)
    kinds = {
        LayoutKind.AUTO: "grid",
        LayoutKind.ONE: "one camera",
        LayoutKind.FOCUS_STRIP: "focus and strip",
        LayoutKind.TWO_BY_TWO: "two by two",
        LayoutKind.THREE_BY_THREE: "three by three",
    }
    large = next((one.camera.camera.name for one in tracks if one.camera_id == focus), "")
    lead = f", {large} large" if wish.layout is LayoutKind.FOCUS_STRIP and large else ""
    return f"{kinds[wish.layout]}{lead}: {names}"


def _metadata(order: CompositeOrder, recordings: int, wish: CompositeWish) -> dict[str, str]:
    start, end = iso_utc(wish.span.start, digits=3), iso_utc(wish.span.end, digits=3)
    kind = f"MULTI-SOURCE COMPOSITE of {recordings} recordings" if recordings > 1 else "Single source, encoded anew"
    return {
        "title": order.title,
        "comment": f"{kind}, {start} to {end}, made by {program_name()}. Not an original recording; the report "
        "beside it names the frame of every camera for every frame.",
    }
