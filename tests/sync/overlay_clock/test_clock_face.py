"""What overlays say: every usual form is read to the second, what is ambiguous stays so, and no text breaks it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.times import NS_PER_S
from sync.overlay_clock.clock_face import parse_face

FORMS: dict[str, Callable[[datetime], str]] = {
    "Axon": lambda at: f"{at:%Y-%m-%d} T{at:%H:%M:%S}Z",
    "Axon without blanks": lambda at: f"{at:%Y-%m-%d}T{at:%H:%M:%S}Z AXON BODY 3 X6039A1B2",
    "Motorola": lambda at: f"VB-400 {at:%d/%m/%Y %H:%M:%S}",
    "glued": lambda at: f"{at:%Y-%m-%d%H:%M:%S}",
    "year first, slashes": lambda at: f"CAM 03 {at:%Y/%m/%d %H:%M:%S}.48",
    "weekday": lambda at: f"{at:%d-%m-%Y %a %H:%M:%S}",
    "long weekday": lambda at: f"{at:%A %d-%m-%Y %H:%M:%S}",
    "American": lambda at: f"{at:%m/%d/%Y %I:%M:%S %p}",
    "American, glued": lambda at: f"{at:%m/%d/%Y %I:%M:%S%p}",
    "named month": lambda at: f"{at:%d %b %Y %H:%M:%S}".upper(),
    "month first": lambda at: f"{at:%B %d, %Y %H:%M:%S}",
    "time first": lambda at: f"{at:%H:%M:%S %d-%m-%Y}",
    "dots": lambda at: f"{at:%d.%m.%Y %H.%M.%S}",
    "zone": lambda at: f"{at:%Y-%m-%d %H:%M:%S}+01:00",
    "two-digit year": lambda at: f"{at:%d-%m-%y %H:%M:%S}",
}
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31))  # noqa: DTZ001 - digits of a clock


@given(MOMENTS, st.sampled_from(sorted(FORMS)))
def test_every_form_gives_its_second_and_its_date(at: datetime, form: str) -> None:
    face = parse_face(FORMS[form](at))
    assert face is not None
    assert face.time_ns == (at.hour * 3600 + at.minute * 60 + at.second) * NS_PER_S
    assert at.date() in face.dates
    assert (face.step_ns, face.is_mended) == (NS_PER_S, False)


@given(MOMENTS)
def test_without_seconds_the_step_is_a_minute(at: datetime) -> None:
    face = parse_face(f"{at:%Y-%m-%d %H:%M}")
    assert face is not None
    assert (face.time_ns, face.step_ns) == ((at.hour * 60 + at.minute) * 60 * NS_PER_S, 60 * NS_PER_S)


def test_day_and_month_that_could_be_swapped_stay_both_unless_the_weekday_says() -> None:
    both = parse_face("03/04/2026 21:30:07")
    assert both is not None
    assert set(both.dates) == {date(2026, 4, 3), date(2026, 3, 4)}
    said = parse_face("03/04/2026 FRI 21:30:07")
    assert said is not None
    assert said.dates == (date(2026, 4, 3),)


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("21:30:07Z", 0), ("21:30:07 UTC", 0), ("21:30:07 BST", 60), ("21:30:07 -05:30", -330), ("21:30:07", None)],
)
def test_zones_are_told_where_they_are_named(text: str, minutes: int | None) -> None:
    face = parse_face(f"2026-03-14 {text}")
    assert face is not None
    assert face.zone_minutes == minutes


@pytest.mark.parametrize(
    "text",
    ["", "SHOP", "25:00:00", "21:61:07", "21:30:77", "13:00:00 PM", "1:2:3:4", "12345678", "192.168.1.10", "121:30:07"],
)
def test_what_is_no_time_gives_none(text: str) -> None:
    face = parse_face(text)
    assert face is None or face.time_ns is None


def test_letters_are_taken_for_digits_only_when_asked_and_say_so() -> None:
    assert parse_face("2O:3O:O7") is None
    mended = parse_face("2O:3O:O7", mend=True)
    assert mended is not None
    assert mended.is_mended
    assert mended.time_ns == (20 * 3600 + 30 * 60 + 7) * NS_PER_S


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=40), st.booleans())
def test_no_text_breaks_it(text: str, mend: bool) -> None:
    face = parse_face(text, mend=mend)
    if face is not None and face.time_ns is not None:
        assert 0 <= face.time_ns < 86_400 * NS_PER_S


@given(st.text(alphabet="0123456789:/-. APMZTOIB|", max_size=60))
def test_no_jumble_of_clock_characters_breaks_it(text: str) -> None:
    face = parse_face(text, mend=True)
    assert face is None or face.time_ns is None or face.step_ns in {NS_PER_S, 60 * NS_PER_S}


def test_zone_of_an_aware_time_is_read_as_written() -> None:
    at = datetime(2026, 3, 14, 21, 30, 7, tzinfo=timezone(timedelta(hours=2)))
    face = parse_face(at.isoformat(sep=" "))
    assert face is not None
    assert face.time_ns is not None
    assert face.zone_minutes is not None
    instant = datetime(2026, 3, 14, tzinfo=UTC) + timedelta(seconds=face.time_ns // NS_PER_S)
    assert instant - timedelta(minutes=face.zone_minutes) == at
