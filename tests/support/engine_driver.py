"""Drives an engine as a window would, and reads from the pixels which frames it shows."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from app.demo.frame_code import FrameCode, read
from player.engine import Engine
from player.pictures import TilePicture, TileState

PATIENCE_S = 60.0


def code_in(tile: TilePicture) -> FrameCode | None:
    """Read the frame code out of a tile's pixels."""
    assert tile.picture is not None
    pixels = np.frombuffer(tile.picture.pixels, dtype=np.uint8)
    return read(pixels.reshape(tile.picture.height, tile.picture.width, 4))


def check_pictures(engine: Engine) -> dict[TileState, int]:
    """Check that every tile that claims to show the instant's frame does, by its pixels; return how many say what."""
    states: dict[TileState, int] = {}
    for tile in engine.pictures():
        states[tile.state] = states.get(tile.state, 0) + 1
        if tile.state is TileState.SHOWN:
            assert tile.spot is not None
            assert tile.spot.start <= engine.position < tile.spot.end
            code = code_in(tile)
            assert code is not None, f"no code can be read in {tile.camera_id}"
            assert (code.number, f"camera-{code.camera}") == (tile.spot.frame, tile.camera_id)
    return states


def summary(engine: Engine) -> str:
    """Say shortly what every tile shows."""
    tiles = [
        f"{tile.camera_id} {tile.state} wants {tile.spot and tile.spot.frame}"
        f" shows {tile.picture and tile.picture.spot.frame} {tile.reason}"
        for tile in engine.pictures()
    ]
    return f"at {engine.position} for {engine.target}: {'; '.join(tiles)}"


def pump_until(engine: Engine, is_done: Callable[[], bool]) -> None:
    """Pump as the window's timer does until something holds, checking every refresh."""
    end = time.monotonic() + PATIENCE_S
    while True:
        engine.pump()
        check_pictures(engine)
        if is_done():
            return
        assert time.monotonic() < end, f"it never came to that: {summary(engine)}"
        time.sleep(0.002)


def is_settled(engine: Engine) -> bool:
    """Tell whether every tile shows the instant that was asked for, or says why it never will."""
    final = {TileState.SHOWN, TileState.NOT_RECORDING, TileState.FAILED, TileState.SOUND_ONLY}
    return engine.target == engine.position and all(tile.state in final for tile in engine.pictures())


def settle(engine: Engine) -> None:
    """Pump until every tile has settled."""
    pump_until(engine, lambda: is_settled(engine))


def play_for(engine: Engine, seconds: float, until: Callable[[], bool] = lambda: True) -> dict[TileState, int]:
    """Play for a while, and until something holds; return how often tiles said what, over all refreshes."""
    seen: dict[TileState, int] = {}
    begun = time.monotonic()
    while (time.monotonic() - begun < seconds or not until()) and engine.is_playing:
        assert time.monotonic() - begun < PATIENCE_S, f"it never came to that: {summary(engine)}"
        engine.pump()
        for state, count in check_pictures(engine).items():
            seen[state] = seen.get(state, 0) + count
        time.sleep(1 / 120)
    return seen


def pump_for(engine: Engine, seconds: float) -> None:
    """Pump for a while at the window's pace."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        engine.pump()
        check_pictures(engine)
        time.sleep(0.004)
