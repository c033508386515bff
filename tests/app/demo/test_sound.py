"""Sound is where the truth says: decoded, compared with what left the source, within a millisecond."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from app.demo import DemoRequest, DemoResult
from app.demo.microphone import SPEED_OF_SOUND, hear, record_sound, sources
from app.demo.plan import make_plan
from app.demo.rig import Rig
from app.demo.script import NOISES
from app.demo.sounds import RATE, make_speech
from app.demo.truth import TrueFile
from evidence.times import NS_PER_S

TEMPLATES = {noise.key: source.samples for noise, source in zip(NOISES, sources(1), strict=False)}
BANDS = {"thud": (60, 3000), "slam": (300, 4000)}


def decoded(path: Path) -> NDArray[np.float32]:
    with av.open(str(path)) as container:
        frames = list(container.decode(audio=0))
    assert frames[0].pts == 0
    return np.concatenate([frame.to_ndarray()[0] for frame in frames])


def lag_ms(sound: NDArray[np.float32], key: str, expected: float) -> float | None:
    """Return how much later than expected (in samples) a known sound is, or None too near to an edge."""
    template = TEMPLATES[key]
    begin = int(expected) - 480
    part = sound[max(0, begin) : begin + len(template) + 960]
    if begin < 0 or len(part) < len(template) + 960:
        return None
    size = 1 << (len(part) + len(template)).bit_length()
    frequency = np.fft.rfftfreq(size, 1 / RATE)
    low, high = BANDS.get(key, (500, 4000))
    product = np.fft.rfft(part, size) * np.conj(np.fft.rfft(template, size)) * ((frequency > low) & (frequency < high))
    return float(np.argmax(np.fft.irfft(product)[:961]) + begin - expected) / RATE * 1000


def expected_sample(file: TrueFile, incident_ns: int, rate_ppb: int) -> float:
    return (incident_ns - file.incident_ns[0]) / NS_PER_S * (1 + rate_ppb / 1e9) * RATE


def test_short_sounds_arrive_within_a_tenth_of_a_millisecond_of_the_truth(demo: DemoResult) -> None:
    checked = 0
    for file in demo.truth.files:
        if not file.sample_rate:
            continue
        sound = decoded(demo.folder / file.path)
        rate = demo.truth.camera(file.camera).clock[0].rate_ppb
        for heard in file.heard:
            lag = lag_ms(sound, heard.event, expected_sample(file, heard.incident_ns, rate))
            if lag is not None:
                assert abs(lag) < (0.1 if "clap" in heard.event else 1.0), (file.camera, heard.event)
                checked += 1
    assert checked >= 10


def test_delays_are_distances_over_the_speed_of_sound(demo: DemoResult) -> None:
    events = {event.key: event for event in demo.truth.events}
    for file in demo.truth.files:
        for heard in file.heard:
            event = events[heard.event]
            assert heard.incident_ns - heard.delay_ns == event.start_ns
            t = (heard.incident_ns - 1_773_523_910 * NS_PER_S) / NS_PER_S
            metres = float(np.linalg.norm(np.subtract(Rig(file.camera).position(t), event.position)))
            assert heard.delay_ns / NS_PER_S * SPEED_OF_SOUND == pytest.approx(metres, abs=0.002)


def test_a_drifting_clock_stretches_the_sound() -> None:
    plan = make_plan(DemoRequest(Path("demo"), 60, "small"))
    (marsh,) = (file for file in plan.files if file.camera.key == "bwv-31")
    rate = marsh.clock[0].rate_ppb
    sound = record_sound(plan, marsh)
    assert abs(len(sound) - marsh.duration_ns * RATE / NS_PER_S) <= 1
    found = {}
    for heard in hear(plan, marsh):
        elapsed = (heard.incident_ns - marsh.incident_ns[0]) / NS_PER_S
        found[heard.event] = [lag_ms(sound, heard.event, elapsed * (1 + ppb / 1e9) * RATE) for ppb in (rate, 0)]
    with_drift, without = found["clap-4"]
    assert with_drift is not None
    assert without is not None
    assert abs(with_drift) < 0.05
    assert without > 0.5


def test_every_microphone_hears_something_of_its_own_and_nothing_clips_hard() -> None:
    plan = make_plan(DemoRequest(Path("demo"), 10, "small"))
    sounds = [record_sound(plan, file) for file in plan.files if file.camera.coding.sound_rate_bits]
    assert all(0.005 < float(sound.std()) < 0.5 for sound in sounds)
    assert all(float(np.abs(sound).max()) < 0.9 for sound in sounds)
    shortest = min(len(sound) for sound in sounds)
    together = np.corrcoef([sound[:shortest] for sound in sounds])
    assert np.abs(together - np.eye(len(sounds))).max() < 0.5


def test_speech_has_the_pitch_and_the_formants_of_a_voice() -> None:
    speech = make_speech(np.random.default_rng(5), 12, 120.0)
    spectrum = np.abs(np.fft.rfft(speech)) ** 2
    frequency = np.fft.rfftfreq(len(speech), 1 / RATE)
    share = spectrum[(frequency > 80) & (frequency < 4000)].sum() / spectrum.sum()
    assert share > 0.85
    envelope = np.convolve(speech**2, np.ones(2400) / 2400, mode="same")
    assert envelope.max() > 20 * np.percentile(envelope, 5)
