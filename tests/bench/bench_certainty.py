"""Whether what is stated as a 95 % interval holds the truth: by each method alone, and after the solver.

Everything has a known truth: marked events and clocks made up at random, generated streets by sound, generated nights
by light, and a minute of the demo incident with all of its clocks cleared. Between 93 and 99 % should lie inside: less
is a false certainty, more a needless doubt. `SIGHTLINE_CERTAINTY` says how many streets, and half of how many nights
(6 where it does not say). Burnt-in clocks are judged by `bench_overlay`, which needs the extra `ocr`.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, count
from pathlib import Path

import numpy as np

from app.demo.truth import Truth, load_truth
from app.demo_case import DemoSize, make_demo_case
from evidence.case import Case
from evidence.jobs import never_cancelled, no_progress
from evidence.observations import Observation
from evidence.times import NS_PER_S, DeviceTime, IncidentTime, half_width_95
from sync.case_clocks import Sense, find_matches, solve_case
from sync.clock_map import ClockMap
from sync.finder import Finder
from sync.light.match import match_light
from sync.light.observe import observe_light
from sync.marked import EventMark, observe_event
from sync.pair_search import ComparedPair
from sync.solver import solve
from sync.sound.match import match_sounds
from sync.sound.observe import observe_match
from sync.sound.prepared import prepare
from sync.standing import Basis, Standing, StandRequest, find_standing
from tests.bench.bench_light import lenses_of, seen_by
from tests.bench.bench_sync import STREETS
from tests.bench.measurement import Measurement, is_quick, stays_below
from tests.bench.streets.made import MadeRecorder, street_on_disk
from tests.bench.streets.matching import sound_of
from tests.support.clock_scenes import BASE, random_scene
from tests.support.night import Lens, make_sources
from tests.support.sync_scenes import facts, recording

_LEAST, _MOST = 93.0, 99.0
_FARTHEST = 2.5
"""In half widths: of 600 misses that are as likely as stated, one beyond comes once in a thousand runs."""

_FEWEST = 40
"""Of fewer cases the share says little: their target is only that few lie outside."""

_SPAN_S = 260.0
_Device = MadeRecorder | Lens


def measure() -> Iterator[Measurement]:
    """Yield the measurements."""
    many = int(os.environ.get("SIGHTLINE_CERTAINTY", "1" if is_quick() else "6"))
    yield _share("marked events, 5 to 60 frames a second", _events(400))
    for words, false in (("true time of any clock", 0), ("the same, one match in ten false", 2)):
        misses = _solved(20 if is_quick() else 600, false=false)
        yield _share(f"solver: {words}", misses)
        yield stays_below(f"solver: {words}, farthest out", max(misses), unit="half widths", bound=_FARTHEST, beside={})
    alone, solved = _streets(many)
    yield _share("sound, each match", alone)
    yield _share("sound, after the solver, beside one another", solved)
    alone, solved = _nights(many)
    yield _share("light, each match", alone)
    yield _share("light, after the solver, beside one another", solved)
    true, beside = _demo(20 if is_quick() else 60)
    yield _share("demo incident: true time", true)
    yield _share("demo incident: beside one another", beside)


def _share(name: str, misses: Sequence[float]) -> Measurement:
    """Return how many of the misses, each in half widths of its 95 % interval, lie inside."""
    inside = sum(one <= 1 for one in misses)
    share = 100 * inside / max(1, len(misses))
    is_met = len(misses) - inside <= max(1, 0.1 * len(misses)) if len(misses) < _FEWEST else _LEAST <= share <= _MOST
    root_mean_square = 1.96 * float(np.sqrt(np.mean(np.square(misses)))) if misses else float("nan")
    target = f"{_LEAST:g} to {_MOST:g} %" if len(misses) >= _FEWEST else "few outside"
    return Measurement(
        name,
        share,
        root_mean_square,
        "% inside",
        f"root mean square in sigmas, of {len(misses)}",
        inside,
        target,
        is_met,
    )


def _events(number: int) -> list[float]:
    """Mark events in two cameras of different rates, in the very frame in which each happens."""
    chance, ids = np.random.default_rng(7), count()
    misses = []
    for _ in range(number):
        lengths = [round(NS_PER_S / float(chance.choice((5, 12.5, 15, 25, 30, 60)))) for _ in range(2)]
        into = [int(chance.uniform(0, length)) for length in lengths]  # how far into its frame the event falls
        marks = [
            EventMark(name, name, 100 * length + length // 2, length // 2)
            for name, length in zip("ab", lengths, strict=True)
        ]
        (one,) = observe_event(marks, Finder("me", 0, lambda: str(next(ids))))
        assert one.other is not None
        true_lag = (100 * lengths[1] + into[1]) - (100 * lengths[0] + into[0])
        miss = abs(one.other.media_ns - one.one.media_ns - true_lag)
        misses.append(miss / half_width_95(_sigma(one)))
    return misses


def _solved(number: int, *, false: int) -> list[float]:
    """Ask solved clocks for the true time at the start, the middle and the end; a scene's clocks share much of it."""
    misses = []
    for seed in range(number):
        scene = random_scene(seed, count=4 + seed % 9, extra=10, false=false)
        solution = solve(scene.stretches, scene.ties)
        chance = np.random.default_rng(seed)
        clock = solution.clocks[int(chance.integers(len(solution.clocks)))]  # one a scene: independent
        device = scene.clocks[clock.clock].read(BASE + int(chance.uniform(0, 1800)) * NS_PER_S)
        instant = clock.map.to_incident(device)
        miss = abs(scene.clocks[clock.clock].read(instant) - device)
        misses.append(miss / half_width_95(clock.sigma_at(device)))
    return misses


def _streets(number: int) -> tuple[list[float], list[float]]:
    alone: list[float] = []
    solved: list[float] = []
    for seed in range(number):
        street = street_on_disk(STREETS, seed)
        heard = [prepare(sound_of(one)) for one in street.recorders]
        finder = _finder()
        found = [
            one
            for first, second in combinations(range(len(heard)), 2)
            for one in observe_match(
                ComparedPair(f"r{first}", f"r{second}", match_sounds(heard[first], heard[second]), 1_000_000), finder
            )
        ]
        devices = {f"r{place}": one for place, one in enumerate(street.recorders)}
        alone += _each(found, devices)
        solved += _beside(found, devices, seed)
    return alone, solved


def _nights(number: int) -> tuple[list[float], list[float]]:
    alone: list[float] = []
    solved: list[float] = []
    for seed in range(2 * number):
        lenses = lenses_of(seed)
        sources = make_sources(seed, _SPAN_S)
        match = match_light(*(seen_by(2 * seed + place, sources, lens) for place, lens in enumerate(lenses)))
        found = observe_light(ComparedPair("r0", "r1", match), _finder())
        devices = {f"r{place}": one for place, one in enumerate(lenses)}
        alone += _each(found, devices)
        solved += _beside(found, devices, seed)
    return alone, solved


def _each(found: Sequence[Observation], devices: Mapping[str, _Device]) -> list[float]:
    """Return the miss of each match, at its first reading: those of one match are not independent."""
    misses = {}
    for one in found:
        if one.group not in misses:
            assert one.other is not None
            true_s = _true_s(devices[one.one.recording_id], one.one.media_ns / NS_PER_S)
            miss = abs(one.other.media_ns - devices[one.other.recording_id].device_s(true_s) * NS_PER_S)
            misses[one.group] = miss / half_width_95(_sigma(one))
    return list(misses.values())


def _beside(found: Sequence[Observation], devices: Mapping[str, _Device], seed: int) -> list[float]:
    """Solve recordings whose claims are wrong by half a minute; compare each with the one that most matches hold."""
    if not found:
        return []
    chance = np.random.default_rng([seed, 77])
    claims = {name: BASE + int((one.start_s + chance.normal(0, 20)) * NS_PER_S) for name, one in devices.items()}
    made = [recording(name, f"of {name}", claims[name], seconds=_seconds(one)) for name, one in devices.items()]
    standing = find_standing(StandRequest(facts(made, list(found)), Basis.PROPOSED_TOO))

    def solved_s(name: str, true_s: float) -> float:
        """Return where the solution puts a true instant, by this recording."""
        clock = standing.solution.clock(f"of {name}")
        device = DeviceTime(claims[name] + round(devices[name].device_s(true_s) * NS_PER_S))
        return (clock.map.to_incident(device) - BASE) / NS_PER_S

    misses = []
    for one in standing.cameras:
        if one.beside and one.half_beside_ns is not None:
            name, other = one.camera.id.removeprefix("of "), one.beside.removeprefix("of ")
            true_s = _true_s(devices[name], _seconds(devices[name]) / 2)
            miss = abs(solved_s(name, true_s) - solved_s(other, true_s))
            misses.append(miss * NS_PER_S / one.half_beside_ns)
    return misses


def _demo(seconds: int) -> tuple[list[float], list[float]]:
    """Solve the demo incident from nothing but its files, by sound and light, all proposals counted."""
    with tempfile.TemporaryDirectory(prefix="bench-certainty-") as folder:
        demo = make_demo_case(Path(folder), DemoSize.SMALL, no_progress, never_cancelled, duration_s=seconds)
        truth = load_truth(demo.truth_file.parent)
        with Case.open(demo.case_folder) as case:
            for camera in case.cameras():
                case.clear_clock(camera.id, by="bench")
            find_matches(case, set(Sense), by="bench", progress=no_progress, cancelled=never_cancelled)
            standing = solve_case(case, by="bench", basis=Basis.PROPOSED_TOO)
    return _demo_misses(standing, truth)


def _demo_misses(standing: Standing, truth: Truth) -> tuple[list[float], list[float]]:
    real = {one.name: ClockMap(one.clock) for one in truth.cameras}
    keys = {one.name: one.key for one in truth.cameras}
    maps = {one.clock: one for one in standing.solution.clocks}
    true: list[float] = []
    beside: list[float] = []
    for one in standing.cameras:
        if one.after is None:
            continue
        file = truth.files_of(keys[one.camera.name])[0]
        instant = file.incident_ns[len(file.incident_ns) // 2]

        def error_ns(camera_id: str, name: str, at: IncidentTime = instant) -> int:
            return maps[camera_id].map.to_incident(real[name].to_device(at)) - at

        device = real[one.camera.name].to_device(instant)
        own = error_ns(one.camera.id, one.camera.name)
        true.append(abs(own) / half_width_95(maps[one.camera.id].sigma_at(device)))
        if one.beside and one.half_beside_ns:
            other = standing.camera_by_id[one.beside].camera.name
            beside.append(abs(own - error_ns(one.beside, other)) / one.half_beside_ns)
    return true, beside


def _true_s(device: _Device, device_s: float) -> float:
    return device.start_s + device_s / (1 + _ppm(device) * 1e-6)


def _ppm(device: _Device) -> float:
    return device.rate_ppm if isinstance(device, MadeRecorder) else device.ppm


def _seconds(device: _Device) -> int:
    return int(device.end_s - device.start_s) if isinstance(device, MadeRecorder) else int(device.length_s)


def _finder() -> Finder:
    ids = count()
    return Finder("Sightline", BASE, lambda: f"id-{next(ids):04d}")


def _sigma(one: Observation) -> int:
    return round(float(np.hypot(one.sigma_ns, one.common_sigma_ns)))
