"""Matching by light: silent cameras meet within a frame by what happens once; strobes alone never join two nights."""

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from evidence.jobs import never_cancelled, no_progress
from evidence.observations import SyncMethod
from sync.finder import Finder
from sync.light.channels import make_channels
from sync.light.decode import read_light
from sync.light.job import LightPair, run
from sync.light.match import LightVerdict, match_light
from sync.light.observe import observe_light
from sync.pair_search import PairRequest, PairSource
from tests.support.night import as_light, film, make_lens, make_sources, write_film

_NIGHT = 6
_LENGTH_S = 90.0


def test_silent_recordings_with_strobes_meet_within_a_frame_and_a_broken_one_is_named(tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    sources = make_sources(_NIGHT, _LENGTH_S, events_per_minute=24)
    worn = make_lens(chance, "bwv", start_s=2.0, length_s=72)
    fixed = make_lens(chance, "cctv15", start_s=13.7, length_s=72)
    paths = [
        write_film(tmp_path / f"{name}.mp4", *film(number, sources, lens))
        for number, (name, lens) in enumerate((("worn", worn), ("fixed", fixed)))
    ]
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(paths[0].read_bytes()[:5000])
    files = tuple(PairSource(path.stem, path.stem, os.fsencode(path), path.name, 0) for path in (*paths, broken))
    result = run(PairRequest(files, workers=1), no_progress, never_cancelled)
    assert [name for name, _ in result.failures] == ["broken"]
    (pair,) = result.pairs
    assert pair.match.verdict is LightVerdict.FOUND, pair.match
    ids = iter("abc")
    for one in observe_light(pair, Finder("Sightline", 0, lambda: next(ids))):
        assert one.method is SyncMethod.LIGHT
        assert one.other is not None
        is_worn_first = one.one.recording_id == "worn"
        ours, theirs = (worn, fixed) if is_worn_first else (fixed, worn)
        error_ns = one.other.media_ns - theirs.device_s(ours.true_s(one.one.media_ns / 1e9)) * 1e9
        assert abs(error_ns) < 1e9 / 15
        assert abs(error_ns) < 3 * np.hypot(one.sigma_ns, one.common_sigma_ns)


def test_the_same_make_of_strobe_on_another_night_joins_nothing() -> None:
    chance = np.random.default_rng(2)
    nights = []
    for number, kind in enumerate(("bwv", "cctv25")):
        sources = make_sources(20 + number, 80.0, events_per_minute=10, strobe=3)
        nights.append(make_channels(as_light(*film(number, sources, make_lens(chance, kind, start_s=2, length_s=70)))))
    match = match_light(*nights)
    assert match.verdict is not LightVerdict.FOUND
    assert observe_light(LightPair("a", "b", match), Finder("Sightline", 0, str)) == ()


def test_one_strobe_and_nothing_else_is_ambiguous_even_where_both_saw_it() -> None:
    chance = np.random.default_rng(3)
    sources = make_sources(30, 80.0, events_per_minute=0, strobe=5)
    both = [
        make_channels(as_light(*film(number, sources, make_lens(chance, kind, start_s=2.0 + 6 * number, length_s=60))))
        for number, kind in enumerate(("bwv", "cctv12"))
    ]
    assert match_light(*both).verdict is LightVerdict.AMBIGUOUS


def test_a_camera_without_colour_as_by_infrared_light_is_matched_by_brightness() -> None:
    chance = np.random.default_rng(1)
    sources = make_sources(_NIGHT, _LENGTH_S, events_per_minute=24)
    lenses = [
        make_lens(chance, "bwv", start_s=2.0, length_s=72),
        make_lens(chance, "cctv15", start_s=13.7, length_s=72),
    ]
    worn, fixed = (as_light(*film(number, sources, lens)) for number, lens in enumerate(lenses))
    match = match_light(make_channels(worn), make_channels(replace(fixed, blue=np.zeros_like(fixed.blue))))
    assert match.verdict is LightVerdict.FOUND
    assert match.line is not None
    true_s = lenses[1].device_s(lenses[0].true_s(match.line.at_s)) - match.line.at_s
    assert abs(match.line.lag_s - true_s) < 1 / 15


def test_light_is_read_at_the_very_stamps_of_a_variable_rate_and_cells_are_where_they_are(tmp_path: Path) -> None:
    stamps = np.cumsum(np.array([0, *[40, 120, 33, 80] * 8])) * 1_000_000
    pictures = np.full((len(stamps), 32, 48, 3), 40, dtype=np.uint8)
    pictures[7, :, :24, 2] = 250
    path = write_film(tmp_path / "flash.mp4", stamps, pictures, quality=12)
    light = read_light(os.fsencode(path), path.name, 0, never_cancelled)
    assert light.starts_ns == pytest.approx(stamps, abs=12_000)
    blue = light.blue.reshape(-1, 8, 12)
    assert int(np.argmax(blue.mean(axis=(1, 2)))) == 7
    assert blue[7, :, :5].min() > 40
    assert abs(blue[7, :, 7:]).max() < 8
