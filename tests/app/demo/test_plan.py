from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.demo.plan import CAMERAS, INCIDENT_NS, DemoRequest, Plan, make_plan
from app.demo.script import DOOR_SHUT, FALL_BEGIN, FLASH_AT, true_events
from evidence.errors import UsageError
from evidence.times import NS_PER_S, DeviceTime, ticks_to_ns
from sync.clock_map import ClockMap

requests = st.builds(DemoRequest, st.just(Path("demo")), st.integers(6, 120), st.just("small"), seed=st.integers(0, 9))


@settings(max_examples=30, deadline=None)
@given(requests)
def test_every_frame_is_where_its_cameras_clock_map_puts_it(request: DemoRequest) -> None:
    for file in make_plan(request).files:
        clock, base = ClockMap(file.clock), file.camera.coding.time_base
        for number in {0, len(file.pts) // 2, len(file.pts) - 1}:
            elapsed = ticks_to_ns(file.pts[number], base) - ticks_to_ns(file.pts[0], base)
            assert file.incident_ns[number] == clock.to_incident(DeviceTime(file.device_start_ns + elapsed))
        assert list(file.incident_ns) == sorted(set(file.incident_ns))
        assert file.end_pts > file.pts[-1]


@settings(max_examples=30, deadline=None)
@given(requests)
def test_every_clock_reads_a_whole_step_at_a_first_frame(request: DemoRequest) -> None:
    for file in make_plan(request).files:
        assert file.device_start_ns % file.camera.start_ns_step == 0


@settings(max_examples=30, deadline=None)
@given(requests)
def test_the_cctv_has_two_files_with_a_gap_and_the_incident_is_covered(request: DemoRequest) -> None:
    plan = make_plan(request)
    first, second = (file for file in plan.files if file.camera.key == "cctv-3")
    assert second.incident_ns[0] > first.instant_of(first.end_pts)
    for file in plan.files:
        assert plan.start_ns - NS_PER_S < file.incident_ns[0] < plan.end_ns
        assert file.incident_ns[-1] < plan.end_ns + 2 * NS_PER_S


@pytest.mark.parametrize("duration_s", [6, 8, 10, 30, 60, 120])
def test_even_the_shortest_incident_has_the_fall_and_the_flash(duration_s: int) -> None:
    plan: Plan = make_plan(DemoRequest(Path("demo"), duration_s, "small"))
    start, end = ((moment - INCIDENT_NS) / NS_PER_S for moment in (plan.start_ns, plan.end_ns))
    assert start <= FALL_BEGIN < FLASH_AT < end
    assert {"fall", "flash", "strobe"} <= {event.key for event in true_events(plan)}
    assert duration_s < 10 or start < DOOR_SHUT < end


def test_clocks_drift_by_no_more_than_60_ppm_and_the_cctv_is_7_min_12_s_fast() -> None:
    assert all(abs(camera.rate_ppb) <= 60_000 for camera in CAMERAS)
    assert {camera.key: camera.error_ns for camera in CAMERAS}["cctv-3"] // NS_PER_S == 7 * 60 + 12


def test_one_camera_has_a_variable_rate_and_is_turned_and_some_use_b_frames() -> None:
    phone = next(camera for camera in CAMERAS if camera.key == "phone")
    pts = next(file.pts for file in make_plan(DemoRequest(Path("demo"))).files if file.camera is phone)
    assert phone.rotation == 90
    assert len({after - before for before, after in pairwise(pts)}) > 50
    assert {camera.coding.b_frames > 0 for camera in CAMERAS} == {True, False}


def test_a_default_demo_has_the_rates_that_it_promises() -> None:
    rates = {camera.key: 1 / (camera.step * camera.coding.time_base) for camera in CAMERAS if camera.step}
    assert rates["bwv-412"] == rates["bwv-31"] == 30
    assert rates["bwv-88"] * 1001 == 30_000
    assert rates["cctv-3"] * 2 == 25


@pytest.mark.parametrize("wrong", [{"duration_s": 5}, {"duration_s": 121}, {"size": "4k"}])
def test_what_cannot_be_made_is_refused_in_words(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="cannot"):
        DemoRequest(Path("demo"), **wrong)  # type: ignore[arg-type] # wrong on purpose
