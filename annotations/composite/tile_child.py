"""The child process that decodes one camera of a video, so that a file that breaks its decoder costs its tile alone.

Light to import. It opens originals read-only, writes into shared memory and nowhere else, and ends with its pipe.
"""

from __future__ import annotations

import contextlib
from multiprocessing.connection import Connection
from typing import TypeAlias

from annotations.composite.tile_messages import FromTile, Recycled, TilePicture, TileRefused, TileWork, ToTile
from evidence.child_process import limit_this_process

Pipe: TypeAlias = "Connection[FromTile, ToTile]"


def run(pipe: Pipe) -> None:
    """Decode what is ordered until the pipe closes. Runs in the child process."""
    limit_this_process()
    with contextlib.suppress(EOFError, OSError):
        work: ToTile | None = None
        while True:
            work = pipe.recv() if work is None else work
            work = _decode(work, pipe) if isinstance(work, TileWork) else None


def _decode(work: TileWork, pipe: Pipe) -> ToTile | None:
    """Send the frames of a work; return the work that took its place, if one did."""
    from annotations.composite.feeds import tile_frames
    from evidence.errors import SightlineError
    from player.ring import Ring

    ring = Ring.attach(0, work.ring, work.slots, work.slot_bytes)
    free = list(range(ring.slots))
    try:
        for made in tile_frames(work.sources, [(int(one), int(frame)) for one, frame in work.wanted], work):
            while not free or pipe.poll():
                told = pipe.recv()
                if not isinstance(told, Recycled):
                    return told
                free.append(told.slot)
            if made.planes is None:
                pipe.send(TilePicture(made.shown, None))
                continue
            slot, place = free.pop(), 0
            room = ring.samples(slot)
            for plane in made.planes:
                room[place : place + plane.size].reshape(plane.shape)[:] = plane
                place += plane.size
            height, width = made.planes[0].shape
            del room
            pipe.send(TilePicture(made.shown, slot, width, height, made.is_damaged))
    except SightlineError as error:
        pipe.send(TileRefused(error.happened, error.remedy))
    finally:
        ring.close()
    return None
