"""Makes streets and traps on disk, once, and reads them back with their truth: `python -m tests.bench.streets.made`."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.bench.streets.street import Recorder, make_street, make_trap
from tests.support.sound_files import write_sound

TRAPS = ("alarm", "loop", "song", "none")


@dataclass(frozen=True)
class MadeRecorder:
    """A recorder's file and its truth; times in true seconds."""

    path: Path
    place: tuple[float, float]
    start_s: float
    end_s: float
    rate_ppm: float
    is_worn: bool

    def device_s(self, true_s: float) -> float:
        """Return the file's own time at a true time."""
        return (true_s - self.start_s) * (1 + self.rate_ppm * 1e-6)


@dataclass(frozen=True)
class MadeStreet:
    """A street on disk; `sources` are places with the true time from and until when they sounded."""

    recorders: tuple[MadeRecorder, ...]
    sources: tuple[tuple[tuple[float, float], float, float], ...]


def street_on_disk(folder: Path, seed: int) -> MadeStreet:
    """Return a street of 2 to 8 recorders, made where it is not there."""
    home = folder / f"street-{seed:03d}"
    if not (home / "truth.json").exists():
        street = make_street(seed, recorders=2 + seed % 7)
        _write(home, street.recorders, street.sources)
    return _read(home)


def long_street_on_disk(folder: Path, seed: int) -> MadeStreet:
    """Return a street of four recorders of 15 to 18 minutes, made where it is not there; most overlap 10 minutes."""
    home = folder / f"long-{seed:03d}"
    if not (home / "truth.json").exists():
        street = make_street(seed, recorders=4, span_s=1200.0, shortest_s=900.0, longest_s=1080.0)
        _write(home, street.recorders, street.sources)
    return _read(home)


def trap_on_disk(folder: Path, kind: str, seed: int, nights: int = 2) -> MadeStreet:
    """Return recordings of different nights, made where they are not there."""
    home = folder / (f"{kind}-{seed:03d}" if nights == 2 else f"{kind}-{seed:03d}-{nights}")
    if not (home / "truth.json").exists():
        _write(home, make_trap(seed, kind, nights=nights), ())
    return _read(home)


def _write(
    home: Path, recorders: tuple[Recorder, ...], sources: tuple[tuple[tuple[float, float], float, float], ...]
) -> None:
    home.mkdir(parents=True, exist_ok=True)
    rows = []
    for number, one in enumerate(recorders):
        path = write_sound(one.samples, one.codec, home / f"recorder-{number}")
        rows.append([path.name, one.place, one.start_s, one.end_s, one.rate_ppm, one.is_worn])
    (home / "truth.json").write_text(json.dumps({"recorders": rows, "sources": sources}))


def _read(home: Path) -> MadeStreet:
    truth = json.loads((home / "truth.json").read_text())
    recorders = tuple(
        MadeRecorder(home / name, (place[0], place[1]), start, end, rate, is_worn)
        for name, place, start, end, rate, is_worn in truth["recorders"]
    )
    return MadeStreet(recorders, tuple(((x, y), begin, end) for (x, y), begin, end in truth["sources"]))


def main(folder: Path, streets: int, traps: int) -> None:
    """Make everything ahead of time."""
    for seed in range(max(streets, traps)):
        if seed < streets:
            street_on_disk(folder, seed)
        if seed < traps:
            for kind in TRAPS:
                trap_on_disk(folder, kind, seed)
        sys.stderr.write(f"made {seed + 1}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
