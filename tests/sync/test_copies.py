"""A recording and its copy have one microphone: no way of the sound lies between them; two that heard the same do."""

from __future__ import annotations

import os

import pytest

from evidence.jobs import never_cancelled, no_progress
from sync.finder import Finder
from sync.pair_search import PairRequest, PairSource
from sync.sound.copies import SameSound
from sync.sound.job import SoundPair, run
from sync.sound.observe import observe_match
from tests.support.sound_files import RATE, write_sound
from tests.support.talk import heard, talk


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, SoundPair]:
    """A minute of talk as one device kept it, copies of a part of it, a clip of it, and what another device heard."""
    folder, words = tmp_path_factory.mktemp("copies"), talk(41, 80)
    original = heard(words, start_s=0, seconds=60, ppm=30, noise=0.05, seed=1)
    part = original[round(4.2 * RATE) : 55 * RATE]
    sounds = {
        "original": (original, "wav"),
        "copy": (part, "aac64"),
        "late": (part, "mp2"),
        "clip": (original[20 * RATE : 26 * RATE], "aac64"),
        "other": (heard(words, start_s=3, seconds=50, ppm=-40, noise=0.05, seed=2), "wav"),
    }
    sources = []
    for name, (samples, codec) in sounds.items():
        path = write_sound(samples, codec, folder / name)
        sources.append(PairSource(name, name, os.fsencode(path), path.name, 0))
    result = run(PairRequest(tuple(sources), workers=2), no_progress, never_cancelled)
    return {"-".join(sorted((one.first, one.second))): one for one in result.pairs}


@pytest.mark.parametrize("pair", ["copy-original", "late-original", "clip-original", "copy-late"])
def test_a_copy_is_told_from_what_another_device_heard(compared: dict[str, SoundPair], pair: str) -> None:
    assert compared[pair].match.both_ways == SameSound()
    observed = observe_match(compared[pair], Finder("program", 0, lambda: "id"))
    assert "hold the same sound" in observed[0].evidence


@pytest.mark.parametrize("pair", ["original-other", "copy-other"])
def test_what_two_devices_heard_is_no_copy(compared: dict[str, SoundPair], pair: str) -> None:
    assert not isinstance(compared[pair].match.both_ways, SameSound)
    (first, *_) = observe_match(compared[pair], Finder("program", 0, lambda: "id"))
    assert first.common_sigma_ns > 20e6


def test_the_way_of_the_sound_between_a_file_and_its_copy_is_nothing(compared: dict[str, SoundPair]) -> None:
    first, last = observe_match(compared["copy-original"], Finder("program", 0, lambda: "id"))
    assert first.common_sigma_ns < 4e6
    for one in (first, last):
        assert one.other is not None
        moments = {one.one.recording_id: one.one.media_ns, one.other.recording_id: one.other.media_ns}
        assert abs(moments["original"] - moments["copy"] - 4_200_000_000) < 1e6
        assert one.sigma_ns < 1e6
