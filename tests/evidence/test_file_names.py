"""File names of common makers are read as their recorders meant them; unknown ones yield nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.claims import file_names
from evidence.claims.source import ClaimSource, Found
from evidence.records import CameraKind, ClaimMeaning, ClaimZone
from evidence.times import NS_PER_S


def _collect(path: str | bytes) -> Found:
    path_bytes = path if isinstance(path, bytes) else path.encode()
    source = ClaimSource(path_bytes, 0, "", 0, True, {}, (), (), (), lambda _offset, _length: b"", 0)
    return file_names.collect(source)


def _ns(text: str) -> int:
    moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    return int(moment.timestamp()) * NS_PER_S + moment.microsecond * 1000


_BWV, _CCTV, _PHONE, _DASH = CameraKind.BWV, CameraKind.CCTV, CameraKind.MOBILE, CameraKind.DASHCAM
_AT = "2026-03-14T21:32:07"

_KNOWN = [
    ("X6039A12B_20260314_213207_0413.mp4", _AT, _BWV, "X6039A12B", "", 413),
    ("AXON_Body_3_Video_2026-03-14_2132_X60391234.mp4", "2026-03-14T21:32:00", _BWV, "X60391234", "", None),
    ("Axon Body 2 Video 2026-03-14 2132.mp4", "2026-03-14T21:32:00", _BWV, "", "", None),
    ("VB-320-123456_2026-03-14_21-32-07.mp4", _AT, _BWV, "VB-320-123456", "", None),
    ("PC412_20260314_213207.mp4", _AT, _BWV, "", "", None),
    ("PC 412 X6039A12B 20260314 213207 2.mp4", _AT, _BWV, "X6039A12B", "", 2),
    ("NVR_ch3_main_20260314213207_20260314214000.mp4", _AT, _CCTV, "", "NVR channel 3", None),
    ("ch12_20260314213207.mp4", _AT, _CCTV, "", "channel 12", None),
    ("192.168.1.64_01_20260314213207123.mp4", _AT + ".123", _CCTV, "", "192.168.1.64 channel 1", None),
    ("IPCamera 04_20260314213207_20260314214000.mp4", _AT, _CCTV, "", "IPCamera 04", None),
    ("Shop front_ch2_20260314213207_20260314214000.dav", _AT, _CCTV, "", "Shop front channel 2", None),
    ("RecM01_20260314_213207_213240_6D28808_1A2B3C.mp4", _AT, _CCTV, "", "channel 1", None),
    ("Camera 3 - 2026-03-14 21.32.07.mkv", _AT, _CCTV, "", "Camera 3", None),
    ("Cam03_20260314_213207.mp4", _AT, _CCTV, "", "Cam03", None),
    ("Front Door-20260314-213207-1773523927.mp4", _AT, _CCTV, "", "Front Door", None),
    ("2026_0314_213207_0001F.MP4", _AT, _DASH, "", "front", 1),
    ("20260314213207_000123R.MP4", _AT, _DASH, "", "rear", 123),
    ("20260314_213207_NF.mp4", _AT, _DASH, "", "front", None),
    ("260314_213207_012_FH.MP4", _AT, _DASH, "", "front", 12),
    ("REC_2026_03_14_21_32_07_R.MP4", _AT, _DASH, "", "rear", None),
    ("NO20260314-213207-000123F.MP4", _AT, _DASH, "", "front", 123),
    ("2026-03-14_21-32-07-left_repeater.mp4", _AT, _DASH, "", "left repeater", None),
    ("20260314_213207_000031F.MP4", _AT, _DASH, "", "front", 31),
    ("PXL_20260314_213207480.mp4", _AT + ".480", _PHONE, "", "", None),
    ("PXL_20260314_213207480.LS.mp4", _AT + ".480", _PHONE, "", "", None),
    ("VID_20260314_213207.mp4", _AT, _PHONE, "", "", None),
    ("Screen_Recording_20260314-213207_Chrome.mp4", _AT, _PHONE, "", "", None),
    ("DJI_20260314213207_0001_D.MP4", _AT, None, "", "", 1),
    ("20260314_213207.mp4", _AT, None, "", "", None),
    ("2026-03-14 21-32-07.mkv", _AT, None, "", "", None),
    ("Till_2026-03-14_21-32-07.mp4", _AT, None, "", "Till", None),
    ("Lobby 14-03-2026 21-32-07.mp4", _AT, None, "", "Lobby", None),
]


@pytest.mark.parametrize(("name", "start", "kind", "serial", "group", "segment"), _KNOWN, ids=str)
def test_known_names(
    name: str, start: str, kind: CameraKind | None, serial: str, group: str, segment: int | None
) -> None:
    found = _collect(f"/evidence/{name}")
    first = found.claims[0]
    assert first.instant_ns == _ns(start)
    assert first.meaning is ClaimMeaning.START
    assert first.zone is (ClaimZone.UTC if name.startswith("PXL") else ClaimZone.LOCAL)
    hint = found.hint
    assert (hint.kind, hint.serial, hint.group, hint.segment) == (kind, serial, group, segment)


def test_a_name_with_an_end_dates_both() -> None:
    claims = _collect("NVR_ch3_main_20260314213207_20260314214000.mp4").claims
    assert [claim.meaning for claim in claims] == [ClaimMeaning.START, ClaimMeaning.END]
    assert claims[1].instant_ns == _ns("2026-03-14T21:40:00")


def test_resolution_is_that_of_the_digits() -> None:
    steps = {
        "AXON_Body_3_Video_2026-03-14_2132.mp4": 60 * NS_PER_S,
        "VID_20260314_213207.mp4": NS_PER_S,
        "PXL_20260314_213207480.mp4": NS_PER_S // 1000,
        "VID-20260314-WA0003.mp4": 86_400 * NS_PER_S,
    }
    assert {name: _collect(name).claims[0].resolution_ns for name in steps} == steps


@pytest.mark.parametrize(
    "name",
    ["VID-20260314-WA0003.mp4", "WhatsApp Video 2026-03-14 at 21.32.07.mp4", "signal-2026-03-14-213207.mp4",
     "video_2026-03-14_21-32-07.mp4"],
)  # fmt: skip
def test_the_time_of_a_message_does_not_place_a_recording(name: str) -> None:
    found = _collect(name)
    assert {claim.meaning for claim in found.claims} == {ClaimMeaning.UNRELATED}
    assert found.hint.kind is CameraKind.MOBILE


@pytest.mark.parametrize(
    "name",
    ["IMG_4187.MOV", "C0001.MP4", "00001.MTS", "hiv00012.mp4", "clip.mp4", "1773523927.mp4", "20261314_213207.mp4",
     "20260231_213207.mp4", "20260314_256099.mp4", "05-03-2026 21-32-07.mp4", "Lobby 03-04-2026 21-32-07.mp4",
     "LOCA_2021_09_24_652_8.wav", "1330ddc276d8c69d5a02e0aed61a3acabcf83ce9.wav", "20260314.mp4", "-.mp4", ".mp4",
     "0123456789012345678901234567890123456789.mp4"],
)  # fmt: skip
def test_names_that_say_no_sure_time_yield_none(name: str) -> None:
    assert _collect(f"/evidence/{name}").claims == ()


@pytest.mark.parametrize(
    "name", ["PC412_20260314_213207.mp4", "pc-0412 20260314 213207.mp4", "PC_412_20260314_213207.mp4"]
)
def test_wearers_are_written_one_way(name: str) -> None:
    assert _collect(name).hint.wearer == "PC 412"


def test_gopro_chapters_are_a_series() -> None:
    first, second = _collect("GH010123.MP4").hint, _collect("GH020123.MP4").hint
    assert first.group == second.group == "GoPro 0123"
    assert (first.segment, second.segment) == (1, 2)


def test_dahua_cards_keep_the_day_in_a_folder() -> None:
    found = _collect("/disc/2026-03-14/003/dav/21/21.32.07-21.40.00[M][0@0][0].dav")
    assert [claim.instant_ns for claim in found.claims] == [_ns(_AT), _ns("2026-03-14T21:40:00")]
    assert found.hint.group == "channel 3"
    assert _collect("/disc/elsewhere/21.32.07-21.40.00[M].dav").claims == ()


@given(name=st.binary(max_size=80).filter(lambda name: b"\x00" not in name))
def test_any_bytes_are_a_name(name: bytes) -> None:
    for claim in _collect(b"/evidence/" + name).claims:
        assert claim.raw.isprintable()


@given(
    stem=st.from_regex(r"[A-Za-z0-9_. -]{0,30}20[0-9]{2}[-_]?[0-9]{2}[-_]?[0-9]{2}[-_T ]?[0-9]{4,9}", fullmatch=True)
)
def test_digits_either_make_a_real_time_or_nothing(stem: str) -> None:
    for claim in _collect(f"{stem}.mp4").claims:
        assert _ns("1990-01-01T00:00:00") <= claim.instant_ns < _ns("2100-12-31T23:59:59")
