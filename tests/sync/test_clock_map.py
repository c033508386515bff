"""Clock maps are exact, increasing, and the same one by one as all at once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.records import ClockPiece
from evidence.times import DeviceTime, IncidentTime
from sync.clock_map import PPB, ClockMap

ABOUT_2026 = st.integers(1_700_000_000 * 10**9, 1_900_000_000 * 10**9)
RATES = st.integers(-500_000, 500_000)


@st.composite
def maps(draw: st.DrawFn) -> ClockMap:
    device = draw(ABOUT_2026)
    incident = device + draw(st.integers(-(10**13), 10**13))
    pieces = []
    for _ in range(draw(st.integers(1, 4))):
        pieces.append(ClockPiece(device, incident, draw(RATES)))
        step = draw(st.integers(1, 10**13))
        device, incident = device + step, incident + step + 10**10
    return ClockMap(tuple(pieces))


@given(maps(), ABOUT_2026)
def test_there_and_back_is_the_same_nanosecond_or_the_one_before(clock: ClockMap, device: int) -> None:
    if len(clock.pieces) > 1:
        clock = ClockMap(clock.pieces[:1])
    back = clock.to_device(clock.to_incident(DeviceTime(device)))
    assert device - 2 <= back <= device


@given(maps(), st.lists(ABOUT_2026, min_size=1, max_size=40))
def test_arrays_give_what_single_values_give(clock: ClockMap, devices: list[int]) -> None:
    array = clock.to_incident_array(np.array(devices, dtype=np.int64))
    assert array.tolist() == [clock.to_incident(DeviceTime(one)) for one in devices]


@given(maps(), ABOUT_2026, st.integers(0, 10**12))
def test_later_on_the_device_is_never_earlier_in_the_incident(clock: ClockMap, device: int, step: int) -> None:
    one = ClockMap(clock.pieces[:1])
    assert one.to_incident(DeviceTime(device)) <= one.to_incident(DeviceTime(device + step))


def test_a_clock_that_is_seven_minutes_fast_is_put_back() -> None:
    clock = ClockMap.from_offset(432 * 10**9)
    assert clock.to_incident(DeviceTime(10**18)) == 10**18 - 432 * 10**9
    assert clock.to_device(IncidentTime(10**18)) == 10**18 + 432 * 10**9
    assert clock.error_at(DeviceTime(10**18)) == 432 * 10**9


def test_sixty_ppm_gain_three_point_six_milliseconds_in_a_minute() -> None:
    clock = ClockMap((ClockPiece(0, 0, 60_000),))
    device = DeviceTime(60 * 10**9 + 3_600_000)
    assert clock.to_incident(device) == 60 * 10**9


def test_a_map_needs_pieces_in_order_and_sane_rates() -> None:
    with pytest.raises(ValueError, match="at least one"):
        ClockMap(())
    with pytest.raises(ValueError, match="follow"):
        ClockMap((ClockPiece(5, 0, 0), ClockPiece(5, 1, 0)))
    with pytest.raises(ValueError, match="backwards"):
        ClockMap((ClockPiece(0, 0, PPB),))
