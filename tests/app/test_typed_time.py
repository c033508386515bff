"""What people type means one exact instant, or is refused in words."""

from __future__ import annotations

import contextlib
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.time_text import LocalTimes, offset_text
from app.typed_time import TYPED_FORMS, TypedTimeContext, parse_duration, parse_time
from evidence.errors import NoTimeError
from evidence.times import IncidentRange, IncidentTime

S = 1_000_000_000
LONDON = ZoneInfo("Europe/London")
NEAR = IncidentTime(1_773_523_927 * S + 480_000_000)
CONTEXT = TypedTimeContext(LONDON, NEAR, NEAR, None, lambda frame: IncidentTime(NEAR + frame) if frame < 900 else None)
ZONES = st.sampled_from(["Europe/London", "UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"])


def _read(text: str, context: TypedTimeContext = CONTEXT) -> str:
    return LocalTimes(context.zone).full(parse_time(text, context).instant, 9)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("21:32:07.48", "Sat 14 Mar 2026 21:32:07.480000000 GMT"),
        ("213207", "Sat 14 Mar 2026 21:32:07.000000000 GMT"),
        ("213207,5", "Sat 14 Mar 2026 21:32:07.500000000 GMT"),
        ("2132", "Sat 14 Mar 2026 21:32:00.000000000 GMT"),
        ("9:32 pm", "Sat 14 Mar 2026 21:32:00.000000000 GMT"),
        ("12:00 am", "Sun 15 Mar 2026 00:00:00.000000000 GMT"),
        ("+12.5", "Sat 14 Mar 2026 21:32:19.980000000 GMT"),
        ("-1:30", "Sat 14 Mar 2026 21:30:37.480000000 GMT"),
        ("+2 min", "Sat 14 Mar 2026 21:34:07.480000000 GMT"),
        ("f812", "Sat 14 Mar 2026 21:32:07.480000812 GMT"),
        ("frame 3", "Sat 14 Mar 2026 21:32:07.480000003 GMT"),
        ("2026-03-14T21:32:07.5Z", "Sat 14 Mar 2026 21:32:07.500000000 GMT"),
        ("2026-03-14 21:32:07+01:00", "Sat 14 Mar 2026 20:32:07.000000000 GMT"),
        ("14/03/2026 21:32", "Sat 14 Mar 2026 21:32:00.000000000 GMT"),
        ("Sat 14 Mar 2026 21:32:07.123456789 GMT", "Sat 14 Mar 2026 21:32:07.123456789 GMT"),
        ("14 march 2026, 2132", "Sat 14 Mar 2026 21:32:00.000000000 GMT"),
        ("21.32.07", "Sat 14 Mar 2026 21:32:07.000000000 GMT"),
        ("21.32.07.48", "Sat 14 Mar 2026 21:32:07.480000000 GMT"),
        ("21.32", "Sat 14 Mar 2026 21:32:00.000000000 GMT"),
        ("9.32pm", "Sat 14 Mar 2026 21:32:00.000000000 GMT"),
        ("21 32 07", "Sat 14 Mar 2026 21:32:07.000000000 GMT"),
        ("21h32", "Sat 14 Mar 2026 21:32:00.000000000 GMT"),
        ("21h32m07s", "Sat 14 Mar 2026 21:32:07.000000000 GMT"),
        ("2132 hrs", "Sat 14 Mar 2026 21:32:00.000000000 GMT"),
        ("21:32hrs", "Sat 14 Mar 2026 21:32:00.000000000 GMT"),
        ("at 21:32:7", "Sat 14 Mar 2026 21:32:07.000000000 GMT"),
        ("21:32:07 GMT", "Sat 14 Mar 2026 21:32:07.000000000 GMT"),
        ("22:32 UTC+1", "Sat 14 Mar 2026 21:32:00.000000000 GMT"),
        ("2026-03-14T16:32:07-05", "Sat 14 Mar 2026 21:32:07.000000000 GMT"),
        ("14/3 21:32", "Sat 14 Mar 2026 21:32:00.000000000 GMT"),
        ("21:32 14/3", "Sat 14 Mar 2026 21:32:00.000000000 GMT"),
        ("14/03/26 21:32", "Sat 14 Mar 2026 21:32:00.000000000 GMT"),
        ("14-03-2026 213207", "Sat 14 Mar 2026 21:32:07.000000000 GMT"),
        ("2026/03/14 21:32", "Sat 14 Mar 2026 21:32:00.000000000 GMT"),
        ("20260314T213207Z", "Sat 14 Mar 2026 21:32:07.000000000 GMT"),
        ("20260314_213207", "Sat 14 Mar 2026 21:32:07.000000000 GMT"),
        ("20260314213207", "Sat 14 Mar 2026 21:32:07.000000000 GMT"),
        ("14 Mar 21:32", "Sat 14 Mar 2026 21:32:00.000000000 GMT"),
        ("March 14, 2026 9:32 PM", "Sat 14 Mar 2026 21:32:00.000000000 GMT"),
        ("21:32 on 14th March", "Sat 14 Mar 2026 21:32:00.000000000 GMT"),
        ("21:32:07 14 Mar 2026", "Sat 14 Mar 2026 21:32:07.000000000 GMT"),
        ("Sunday 00:20", "Sun 15 Mar 2026 00:20:00.000000000 GMT"),
        ("Sat 21:32", "Sat 14 Mar 2026 21:32:00.000000000 GMT"),
        ("+90s", "Sat 14 Mar 2026 21:33:37.480000000 GMT"),
        ("-2m", "Sat 14 Mar 2026 21:30:07.480000000 GMT"),
        ("T+90", "Sat 14 Mar 2026 21:33:37.480000000 GMT"),
        ("+.5", "Sat 14 Mar 2026 21:32:07.980000000 GMT"),
        ("f 812", "Sat 14 Mar 2026 21:32:07.480000812 GMT"),
        ("#812", "Sat 14 Mar 2026 21:32:07.480000812 GMT"),
        ("812f", "Sat 14 Mar 2026 21:32:07.480000812 GMT"),
    ],
)
def test_each_form(typed: str, meant: str) -> None:
    assert _read(typed) == meant


@pytest.mark.parametrize("typed", TYPED_FORMS)
def test_every_example_that_people_are_shown_can_be_typed(typed: str) -> None:
    parse_time(typed, CONTEXT)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "soon",
        "12",
        "24:00",
        "21:60",
        "21:32:60",
        "2026-02-30",
        "31/04/2026",
        "13:00 pm",
        "f",
        "+",
        "+x",
        "1 Foo 2026",
        "21:32+15:00",
        "2132.5",
        "21:32:07:12",
        "21:32 XYZ",
        "14/13 21:32",
        "30/2 21:32",
        "14 Mar 21",
        "Someday 21:32",
        "+.",
        "٢١:٣٢",
    ],
)
def test_what_is_no_time_is_refused_with_a_way_on(typed: str) -> None:
    with pytest.raises(NoTimeError) as refusal:
        parse_time(typed, CONTEXT)
    assert refusal.value.happened
    assert refusal.value.remedy


def test_a_frame_that_is_not_there_is_refused() -> None:
    with pytest.raises(NoTimeError, match="no frame 900"):
        parse_time("f900", CONTEXT)


def test_an_hour_that_comes_twice_is_said() -> None:
    found = parse_time("2026-10-25 01:30", CONTEXT)
    assert LocalTimes(LONDON).zone_name(found.instant) == "BST"
    assert "comes twice" in found.note
    second = parse_time("2026-10-25 01:30 GMT", CONTEXT)
    assert second.instant - found.instant == 3_600 * S
    assert second.note == ""


def test_an_hour_that_never_was_is_refused() -> None:
    with pytest.raises(NoTimeError, match="does not exist"):
        parse_time("2026-03-29 01:30", CONTEXT)


def test_a_clock_without_a_date_is_on_the_day_of_the_incident() -> None:
    midnight = 1_773_532_800 * S
    span = IncidentRange(IncidentTime(midnight - 3_600 * S), IncidentTime(midnight + 3_600 * S))
    before = TypedTimeContext(LONDON, span.start, span.start, span)
    assert _read("00:20", before) == "Sun 15 Mar 2026 00:20:00.000000000 GMT"
    assert (
        _read("23:20", TypedTimeContext(LONDON, span.end, span.end, span)) == "Sat 14 Mar 2026 23:20:00.000000000 GMT"
    )


def test_another_day_of_a_case_of_several_days_can_be_named_shortly() -> None:
    day = 86_400 * S
    start = IncidentTime(NEAR - 3 * day)
    context = TypedTimeContext(LONDON, NEAR, NEAR, IncidentRange(start, IncidentTime(NEAR + day)))
    assert _read("12/3 10:00", context) == "Thu 12 Mar 2026 10:00:00.000000000 GMT"
    assert _read("Thursday 10:00", context) == "Thu 12 Mar 2026 10:00:00.000000000 GMT"
    assert _read("Fri 23:59:59", context) == "Fri 13 Mar 2026 23:59:59.000000000 GMT"


def test_a_day_without_its_year_is_in_the_year_of_the_case() -> None:
    new_year = IncidentTime(1_767_225_600 * S)
    context = TypedTimeContext(LONDON, new_year, new_year, IncidentRange(IncidentTime(new_year - 600 * S), new_year))
    assert _read("31/12 23:55", context) == "Wed 31 Dec 2025 23:55:00.000000000 GMT"
    assert _read("1 Jan 00:00", context) == "Thu 1 Jan 2026 00:00:00.000000000 GMT"


def test_zone_names_are_those_of_the_place() -> None:
    context = TypedTimeContext(ZoneInfo("Europe/Paris"), NEAR, NEAR)
    assert _read("22:32 CET", context) == "Sat 14 Mar 2026 22:32:00.000000000 CET"
    with pytest.raises(NoTimeError, match="not one of Europe/London"):
        parse_time("22:32 CET", CONTEXT)


def test_the_clocks_change_also_without_a_year() -> None:
    october = IncidentTime(1_792_886_400 * S)
    context = TypedTimeContext(LONDON, october, october)
    found = parse_time("25/10 01:30", context)
    assert "comes twice" in found.note
    assert parse_time("25/10 01:30 GMT", context).instant - found.instant == 3_600 * S
    with pytest.raises(NoTimeError, match="does not exist"):
        parse_time("29/3/26 01:30", context)


@given(st.text(max_size=60))
@example("9" * 60)
@example("+" + "9" * 40)
@example("99999999 d")
@example("0001-01-01 00:00+14:00")
@example("9999-12-31 23:59:59")
def test_no_text_does_worse_than_be_refused(typed: str) -> None:
    with contextlib.suppress(NoTimeError):
        parse_time(typed, CONTEXT)


@given(
    st.integers(365 * 86_400 * S, 130 * 366 * 86_400 * S),
    ZONES,
)
def test_what_is_written_in_full_reads_back_as_the_same_instant(instant: int, zone: str) -> None:
    times = LocalTimes(ZoneInfo(zone))
    context = TypedTimeContext(times.zone, IncidentTime(instant), IncidentTime(0))
    face = times.face(instant)
    assert face is not None
    offset = face.strftime("%z")
    typed = f"{face:%Y-%m-%d} {times.clock(instant, 9)}"
    assert parse_time(typed + offset[:5], context).instant == instant
    found = parse_time(typed, context)
    assert found.instant == instant or found.note
    clock_alone = parse_time(times.clock(instant, 9), context)
    assert clock_alone.instant == instant or clock_alone.note


@given(st.integers(-(10**9), 10**9))
def test_a_length_reads_back(milliseconds: int) -> None:
    assert parse_duration(offset_text(milliseconds * 1_000_000)) == milliseconds * 1_000_000


@pytest.mark.parametrize(
    ("typed", "length"),
    [
        ("12.5", 12.5),
        ("7:12", 432),
        ("00:07:12.250", 432.25),
        ("7 min 12 s", 432),
        ("500ms", 0.5),
        ("1h2m3s", 3723),
        ("-2 min", -120),
        ("−5", -5),
        ("1 d", 86_400),
    ],
)
def test_lengths_that_people_type(typed: str, length: float) -> None:
    assert parse_duration(typed) == round(length * S)


@pytest.mark.parametrize("typed", ["", "x", "1:99", "1:60:00", "5 parsecs", "--5", "1.2.3"])
def test_what_is_no_length_is_refused(typed: str) -> None:
    with pytest.raises(NoTimeError):
        parse_duration(typed)
