"""What libVLC's pictures say of their time against the frame numbers in them: `python -m tests.bench.vlc_uncertainty`.

For each container it asks libVLC's decoder for moments as the window does (at rest, while a hand scrubs, while it
plays), reads the frame's number from each picture, and prints how far the estimates were off and what they stated.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import time
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import numpy as np

from app.demo.frame_code import read
from evidence.foreign import moments_of
from evidence.times import NS_PER_S
from player.decoder_link import VlcLink
from player.protocol import FrameMissing, FrameReady, Open, Regime, Run, Source, SourceForm, Spec, Want
from player.ring import Ring
from tests.support.clips import ClipPlan, make_clip
from tests.support.libvlc import why_no_libvlc

SIZE = (320, 180)
FRAMES, RATE = 375, 25
SLOT_BYTES = SIZE[0] * SIZE[1] * 4
PLACES = 8
PATIENCE_S = 20.0
CONTAINERS = {
    "MP4, H.264": ("libx264", ".mp4"),
    "Matroska, H.264": ("libx264", ".mkv"),
    "AVI, MPEG-4": ("mpeg4", ".avi"),
    "VOB, MPEG-2": ("mpeg2video", ".vob"),
    "transport stream, H.264": ("libx264", ".ts"),
}


@dataclass
class Errors:
    """Off, stated, and how long the first took, in ms; and how many never came."""

    off: list[float] = field(default_factory=list)
    stated: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    missing: int = 0


class Probe:
    """Asks one decoder."""

    def __init__(self, path: Path) -> None:
        self.link = VlcLink()
        self.ring = Ring.create(1, 24, SLOT_BYTES)
        self.link.send(Spec(1, self.ring.name, self.ring.slots, SLOT_BYTES, *SIZE))
        source = Source(1, os.fsencode(path), path.name, 0, form=SourceForm.VLC, size=SIZE)
        length_ns = FRAMES * NS_PER_S // RATE
        self.link.send(Open(source, "", 0, moments_of(length_ns, Fraction(RATE))))
        self._back: tuple[int, ...] = ()
        self._generation = 0

    def ask(self, moments: list[int], regime: Regime, errors: Errors) -> None:
        """Ask for moments and note how far off the best answer for each is."""
        self._generation += 1
        runs = (Run(1, tuple(moments)),)
        self.link.send(Want(self._generation, regime, runs, 1, self._back))
        begun = time.monotonic()
        owed, taken = set(moments), []
        while owed and time.monotonic() - begun < PATIENCE_S:
            for one in self.link.receive():
                if isinstance(one, FrameMissing) and one.frame in owed:
                    errors.missing += 1
                    owed.discard(one.frame)
                if not isinstance(one, FrameReady) or one.generation != self._generation:
                    taken += [one.slot] if isinstance(one, FrameReady) else []
                    continue
                taken.append(one.slot)
                if not taken[1:]:
                    errors.waits.append((time.monotonic() - begun) * 1_000)
                assert one.estimate is not None
                if one.estimate.is_rough and regime is Regime.RESTING:
                    continue
                owed.discard(one.frame)
                code = read(np.array(self.ring.picture(one.slot, *SIZE)))
                if code is not None:
                    errors.off.append(abs(code.number * 1_000 / RATE - one.estimate.media_ns / 1e6))
                    errors.stated.append(one.estimate.within_ns / 1e6)
            time.sleep(0.002)
        errors.missing += len(owed)
        self._back = tuple(taken)

    def close(self) -> None:
        """End it."""
        self.link.kill()
        self.link.join()
        self.ring.close()


def measure(path: Path) -> dict[str, Errors]:
    """Return what was found, by what the pictures were wanted for."""
    found = {"at rest": Errors(), "scrubbing": Errors(), "playing": Errors()}
    rng = random.Random(4)
    probe = Probe(path)
    try:
        probe.ask([0], Regime.RESTING, Errors())
        for _ in range(PLACES):
            place = rng.randrange(10, FRAMES - 40)
            probe.ask([*range(place, place + 6), *range(place - 1, place - 6, -1)], Regime.RESTING, found["at rest"])
        for _ in range(PLACES):
            probe.ask([rng.randrange(10, FRAMES - 40)], Regime.SCRUBBING, found["scrubbing"])
        place = 60
        for _ in range(6):
            probe.ask(list(range(place, place + 15)), Regime.PLAYING, found["playing"])
            place += 15
    finally:
        probe.close()
    return found


def main() -> int:
    """Print the table."""
    if reason := why_no_libvlc():
        print(reason)
        return 1
    print("| recording | wanted | off, median / most | stated, median / most | outside | missing | first after |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, (codec, suffix) in CONTAINERS.items():
            plan = ClipPlan(
                frames=FRAMES, size=SIZE, time_base=Fraction(1, RATE), step=1, gop=25, codec=codec, suffix=suffix
            )
            for wanted, one in measure(make_clip(Path(folder), plan).path).items():
                outside = sum(off > stated for off, stated in zip(one.off, one.stated, strict=True))
                print(
                    f"| {name} | {wanted} | {np.median(one.off):.0f} / {max(one.off):.0f} ms"
                    f" | ±{np.median(one.stated):.0f} / {max(one.stated):.0f} ms | {outside} of {len(one.off)}"
                    f" | {one.missing} | {np.median(one.waits):.0f} ms |",
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
