"""Asks audio-offset-finder and audalign how recordings stand; runs in a Python of its own that has them.

They need an older NumPy than Sightline: make a virtual environment, `pip install audio-offset-finder audalign`, and
name its Python in `SIGHTLINE_SYNC_PEERS`. Called with the name of a peer and WAV files in pairs; prints `lag accepted`
a line.
"""

from __future__ import annotations

import importlib
import sys


def offset_finder(first: str, second: str) -> tuple[float, bool]:
    """Return the lag (second less first) and whether its own documentation calls the score good (10 or more)."""
    finder = importlib.import_module("audio_offset_finder.audio_offset_finder")
    found = finder.find_offset_between_files(first, second, trim=3600)
    return -float(found["time_offset"]), float(found["standard_score"]) >= 10


def audalign_correlation(first: str, second: str) -> tuple[float, bool]:
    """Return the lag by audalign's correlation; it gives one whenever it finds a peak."""
    audalign = importlib.import_module("audalign")
    found = audalign.align_files(first, second, recognizer=audalign.CorrelationRecognizer()) or {}
    names = [path.rsplit("/", 1)[-1] for path in (first, second)]
    if not all(name in found for name in names):
        return 0.0, False
    return float(found[names[0]]) - float(found[names[1]]), True


PEERS = {"audio-offset-finder": offset_finder, "audalign": audalign_correlation}

if __name__ == "__main__":
    ask = PEERS[sys.argv[1]]
    for one, other in zip(sys.argv[2::2], sys.argv[3::2], strict=True):
        try:
            lag, accepted = ask(one, other)
        except Exception as error:  # noqa: BLE001 - a peer that fails has found nothing
            sys.stderr.write(f"{error}\n")
            lag, accepted = 0.0, False
        sys.stdout.write(f"{lag!r} {int(accepted)}\n")
        sys.stdout.flush()
