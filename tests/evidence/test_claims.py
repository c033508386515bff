"""Every sort of claim, from bytes and tags made here; and that no bytes break a collector."""

from __future__ import annotations

import json
import struct
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.claims import (
    COLLECTORS,
    avchd,
    clock_text,
    collect_claims,
    container_tags,
    gpmf,
    gps_lines,
    places,
    riff,
    sidecars,
)
from evidence.claims.source import ClaimSource, StreamTags, TelemetryPacket
from evidence.records import CameraKind, ClaimMeaning, ClaimOrigin, ClaimZone, StreamKind
from evidence.times import NS_PER_S

_AT = "2026-03-14T21:32:07"
_BLANK = ClaimSource(
    path_bytes=b"/evidence/IMG_0001.MOV",
    mtime_ns=1_790_000_000 * NS_PER_S,
    container="mov,mp4,m4a,3gp,3g2,mj2",
    duration_ns=60 * NS_PER_S,
    has_video=True,
    tags={},
    streams=(StreamTags(0, StreamKind.VIDEO, "", {}),),
    telemetry=(),
    messages=(),
    read_at=lambda _offset, _length: b"",
    size_bytes=1_000,
)


def _ns(text: str) -> int:
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return int(moment.timestamp()) * NS_PER_S + moment.microsecond * 1000


# Written times


@pytest.mark.parametrize(
    ("text", "instant", "zone", "step"),
    [
        ("2026-03-14T21:32:07.000000Z", _AT, ClaimZone.UTC, 1000),
        ("2026:03:14 21:32:07", _AT, ClaimZone.LOCAL, NS_PER_S),
        ("2026/03/14 21:32:07", _AT, ClaimZone.LOCAL, NS_PER_S),
        ("2017.08.05 14:11:51", "2017-08-05T14:11:51", ClaimZone.LOCAL, NS_PER_S),
        ("2026-03-14T21:32:07.480+01:00", "2026-03-14T20:32:07.480", ClaimZone.STATED, NS_PER_S // 1000),
        ("2026-03-14T21:32:07-0530", "2026-03-15T03:02:07", ClaimZone.STATED, NS_PER_S),
        ("2026-03-14 21:32", "2026-03-14T21:32:00", ClaimZone.LOCAL, 60 * NS_PER_S),
    ],
)
def test_written_times(text: str, instant: str, zone: ClaimZone, step: int) -> None:
    moment = clock_text.parse_written(text)
    assert moment is not None
    assert (moment.instant_ns, moment.zone, moment.resolution_ns) == (_ns(instant), zone, step)


@pytest.mark.parametrize(
    "text", ["", "2026-03-14", "14/03/2026 21:32:07", "2026-13-14 21:32:07", "1904-01-01T00:00:00Z", "soon", "٢٠٢٦"]
)
def test_what_is_no_sure_time_is_none(text: str) -> None:
    assert clock_text.parse_written(text) is None


@given(st.text(max_size=60))
def test_no_text_breaks_the_reader_of_times(text: str) -> None:
    clock_text.parse_written(text)


# Tags


def _with(tags: dict[str, str], *streams: dict[str, str]) -> ClaimSource:
    listed = tuple(StreamTags(number, StreamKind.VIDEO, "", one) for number, one in enumerate(streams or ({},)))
    return replace(_BLANK, tags=tags, streams=listed)


@pytest.mark.parametrize(
    ("source", "meaning", "zone"),
    [
        (_with({"creation_time": f"{_AT}Z", "com.android.version": "13"}), ClaimMeaning.END, ClaimZone.UTC),
        (_with({"creation_time": f"{_AT}Z", "com.apple.quicktime.make": "Apple"}), ClaimMeaning.START, ClaimZone.UTC),
        (_with({"creation_time": f"{_AT}Z"}, {"handler_name": "\x0bGoPro AVC"}), ClaimMeaning.START, ClaimZone.LOCAL),
        (_with({"creation_time": f"{_AT}Z"}), ClaimMeaning.START_OR_END, ClaimZone.ASSERTED_UTC),
    ],
)
def test_what_a_creation_time_means_depends_on_the_maker(
    source: ClaimSource, meaning: ClaimMeaning, zone: ClaimZone
) -> None:
    (stated,) = container_tags.collect(source).claims
    assert (stated.instant_ns, stated.meaning, stated.zone) == (_ns(_AT), meaning, zone)
    assert stated.note


def test_apples_own_key_comes_first_and_keeps_its_zone() -> None:
    found = container_tags.collect(
        _with(
            {
                "com.apple.quicktime.creationdate": "2019-07-24T11:25:40+0300",
                "creation_time": "2019-07-24T08:25:57Z",
                "com.apple.quicktime.model": "iPhone 6",
                "com.apple.quicktime.make": "Apple",
            }
        )
    )
    first, second = found.claims
    assert (first.origin, first.zone) == (ClaimOrigin.QUICKTIME_TAG, ClaimZone.STATED)
    assert first.instant_ns == _ns("2019-07-24T08:25:40")
    assert second.origin is ClaimOrigin.CONTAINER
    assert (found.hint.make, found.hint.model, found.hint.kind) == ("Apple", "iPhone 6", CameraKind.MOBILE)


def test_a_stream_with_another_time_is_a_claim_of_its_own() -> None:
    source = _with(
        {"creation_time": f"{_AT}Z"}, {"creation_time": f"{_AT}Z"}, {"creation_time": "2026-03-14T22:00:00Z"}
    )
    assert [claim.source for claim in container_tags.collect(source).claims] == [
        "creation_time (unknown maker)", "stream 1 creation_time (unknown maker)",
    ]  # fmt: skip


def test_a_converters_date_does_not_place_the_recording() -> None:
    (stated,) = container_tags.collect(_with({"date": "2024/07/02 12:59:22", "encoder": "Lavf58.33.100"})).claims
    assert stated.meaning is ClaimMeaning.UNRELATED


def test_a_timecode_takes_its_date_from_beside_it() -> None:
    source = _with({"creation_time": f"{_AT}Z"}, {"timecode": "21:31:00:12"})
    timecode = container_tags.collect(source).claims[-1]
    assert timecode.origin is ClaimOrigin.TIMECODE
    assert timecode.instant_ns == _ns("2026-03-14T21:31:00")
    assert container_tags.collect(_with({}, {"timecode": "21:31:00:12"})).claims == ()
    assert len(container_tags.collect(_with({"creation_time": f"{_AT}Z"}, {"timecode": "00:00:00:00"})).claims) == 1


# Places


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("+51.5033-000.1196+018.0/", "51.50330° N, 0.11960° W"),
        ("+3212.5-08723.25/", "32.20833° N, 87.38750° W"),
        ("-330000+1510000/", "33.00000° S, 151.00000° E"),
    ],
)
def test_places_are_noted(tag: str, words: str) -> None:
    (finding,) = places.collect(_with({"location": tag})).findings
    assert finding.code == "place"
    assert words in finding.happened


def test_nought_nought_is_no_place() -> None:
    (finding,) = places.collect(_with({"location": "+00.0000+000.0000/"})).findings
    assert finding.code == "place-empty"


# Telemetry


def _klv(key: bytes, kind: str, size: int, data: bytes) -> bytes:
    padding = -len(data) % 4
    return struct.pack(">4sBBH", key, ord(kind) if kind else 0, size, len(data) // size) + data + bytes(padding)


def _nest(key: bytes, *items: bytes) -> bytes:
    data = b"".join(items)
    return struct.pack(">4sBBH", key, 0, 1, len(data)) + data


def _gps5(fix: int) -> bytes:
    stream = _nest(
        b"STRM",
        _klv(b"GPSF", "L", 4, struct.pack(">I", fix)),
        _klv(b"GPSU", "U", 16, b"260314213207.480"),
        _klv(b"SCAL", "l", 4, struct.pack(">5i", 10**7, 10**7, 1000, 1000, 100)),
        _klv(b"GPS5", "l", 20, struct.pack(">5i", 515_033_000, -1_196_000, 18_000, 0, 0)),
    )
    return _nest(b"DEVC", _klv(b"DVNM", "c", 1, b"Hero7 Black"), stream)


def _packet(payload: bytes, offset_s: int, telemetry: str = "gpmf") -> TelemetryPacket:
    return TelemetryPacket(3, telemetry, offset_s * NS_PER_S, payload)


def test_gopro_time_is_believed_once_there_is_a_fix() -> None:
    source = replace(_BLANK, telemetry=(_packet(_gps5(0), 0), _packet(_gps5(3), 1)))
    found = gpmf.collect(source)
    (stated,) = found.claims
    assert (stated.origin, stated.zone, stated.meaning) == (ClaimOrigin.GPS, ClaimZone.UTC, ClaimMeaning.AT_OFFSET)
    assert stated.instant_ns == _ns(_AT + ".480")
    assert stated.offset_ns == NS_PER_S
    assert found.hint.model == "Hero7 Black"
    assert "51.50330° N" in found.findings[0].happened
    assert gpmf.collect(replace(_BLANK, telemetry=(_packet(_gps5(0), 0),))).claims == ()


def test_gopro_time_of_newer_cameras() -> None:
    days = (datetime(2026, 3, 14, tzinfo=UTC) - datetime(2000, 1, 1, tzinfo=UTC)).days
    of_day_ms = ((21 * 60 + 32) * 60 + 7) * 1000 + 480
    values = struct.pack(">7i2H", 515_033_000, -1_196_000, 0, 0, 0, days, of_day_ms, 120, 3)
    stream = _nest(
        b"STRM",
        _klv(b"TYPE", "c", 1, b"lllllllSS"),
        _klv(b"SCAL", "l", 4, struct.pack(">9i", 10**7, 10**7, 1000, 1000, 100, 1, 1000, 100, 1)),
        _klv(b"GPS9", "?", 32, values),
    )
    reading = gpmf.read_gps(_nest(b"DEVC", stream))
    assert reading is not None
    assert reading.instant_ns == _ns(_AT + ".480")
    assert reading.latitude == pytest.approx(51.5033)


@given(data=st.binary(max_size=400), cut=st.integers(0, 300), place=st.integers(0, 150))
def test_no_bytes_break_the_reader_of_gopro_telemetry(data: bytes, cut: int, place: int) -> None:
    gpmf.read_gps(data)
    whole = _gps5(3)
    gpmf.read_gps(whole[:cut])
    gpmf.read_gps(whole[:place] + data + whole[place:])


_RMC = "$GPRMC,213207.480,A,5130.1980,N,00007.1760,W,0.0,0.0,140326,,,A"


def _sum(body: str) -> str:
    total = 0
    for character in body[1:]:
        total ^= ord(character)
    return f"{body}*{total:02X}"


def test_nmea_sentences_are_satellite_time() -> None:
    reading = gps_lines.read_line(f"\x00\x40{_sum(_RMC)}\r\n")
    assert reading is not None
    assert (reading.origin, reading.zone) == (ClaimOrigin.GPS, ClaimZone.UTC)
    assert reading.instant_ns == _ns(_AT + ".480")
    assert reading.resolution_ns == NS_PER_S // 1000
    assert reading.latitude == pytest.approx(51.5033)
    assert reading.longitude == pytest.approx(-0.1196)


def test_nmea_without_a_fix_or_with_a_wrong_sum_is_not_believed() -> None:
    assert gps_lines.read_line(_sum(_RMC.replace(",A,5130", ",V,5130"))) is None
    assert gps_lines.read_line(_RMC + "*00") is None


def test_drone_lines_are_the_controllers_clock() -> None:
    reading = gps_lines.read_line("HOME(149.0251,-20.2532) 2017.08.05 14:11:51\nGPS(149.0251,-20.2533,16) BARO:1.9")
    assert reading is not None
    assert (reading.origin, reading.zone) == (ClaimOrigin.TELEMETRY, ClaimZone.LOCAL)
    assert reading.instant_ns == _ns("2017-08-05T14:11:51")
    assert (reading.latitude, reading.longitude) == (-20.2533, 149.0251)
    newer = gps_lines.read_line("2026-03-14 21:32:07.480\n[latitude: 51.50330] [longitude: -0.11960] [altitude: 18]")
    assert newer is not None
    assert newer.instant_ns == _ns(_AT + ".480")


def test_words_in_a_subtitle_are_no_claim() -> None:
    assert gps_lines.read_line("He said 2026-03-14 21:32:07 was the time") is None


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader_of_lines(text: str) -> None:
    gps_lines.read_line(text)
    gps_lines.read_line(f"$GPRMC,{text}")


# Pictures, chunks, sidecars


def test_camcorder_messages() -> None:
    tags = {0x18: bytes((0x44, 0x20, 0x26, 0x03)), 0x19: bytes((0x14, 0x21, 0x32, 0x07)), 0xE0: b"\x01\x08\x31\x00"}
    body = b"".join(bytes((tag,)) + value for tag, value in tags.items())
    message = bytes.fromhex("17ee8c60f84d11d98cd60800200c9a66") + b"MDPM" + bytes((len(tags),)) + body
    found = avchd.collect(replace(_BLANK, messages=((0, b"other"), (80_000_000, message))))
    (stated,) = found.claims
    assert stated.instant_ns == _ns(f"{_AT}+02:00")
    assert (stated.zone, stated.offset_ns) == (ClaimZone.STATED, 80_000_000)
    assert found.hint.make == "Sony"
    for length in range(len(message)):
        avchd.collect(replace(_BLANK, messages=((0, message[:length]),)))


def _wav(*chunks: tuple[bytes, bytes]) -> ClaimSource:
    data = b"RIFF\x00\x00\x00\x00WAVE"
    for name, payload in chunks:
        data += name + len(payload).to_bytes(4, "little") + payload + bytes(len(payload) % 2)
    return replace(_BLANK, container="wav", read_at=lambda offset, length: data[offset : offset + length])


def test_acoustic_sensors() -> None:
    content = {
        "serialNumber": "SCP-1",
        "startTimeUTC": f"{_AT}.000Z",
        "geolocation": {"latitude": 41.5, "longitude": -87.6},
    }
    payload = zlib.compress(json.dumps(content).encode())
    found = riff.collect(_wav((b"fmt ", bytes(16)), (b"odd ", b"x"), (b"smj0", payload)))
    assert found.claims[0].instant_ns == _ns(_AT)
    assert found.hint.serial == "SCP-1"
    assert found.findings[0].code == "place"


@given(payload=st.binary(max_size=100))
def test_no_chunk_breaks_the_reader(payload: bytes) -> None:
    riff.collect(_wav((b"smj0", payload)))
    riff.collect(_wav((b"smj0", zlib.compress(payload))))


@pytest.mark.parametrize(
    ("comment", "instant"),
    [
        ("Recorded at 09:32:00 04/05/2018 (UTC) by AudioMoth 0FE081F80FE081F0 at gain", "2018-05-04T09:32:00"),
        ("Recorded at 09:32:00.250 04/05/2018 (UTC-5) by AudioMoth 0FE081F80FE081F0", "2018-05-04T14:32:00.250"),
        ("Recorded at 09:32:00 04/05/2018 (UTC+5:30) by AudioMoth 0FE081F80FE081F0", "2018-05-04T04:02:00"),
    ],
)
def test_audiomoth_writes_the_day_first(comment: str, instant: str) -> None:
    found = riff.collect(replace(_wav(), tags={"comment": comment}))
    assert found.claims[0].instant_ns == _ns(instant)
    assert found.hint.serial == "0FE081F80FE081F0"


def test_sidecars_are_read_where_their_form_is_known(tmp_path: Path) -> None:
    source = replace(_BLANK, path_bytes=bytes(tmp_path / "DJI_0001.MP4"))
    assert sidecars.collect(source).claims == ()
    block = "1\n00:00:01,000 --> 00:00:02,000\nHOME(149.0,-20.2) 2017.08.05 14:11:51\nGPS(149.0251,-20.2533,16)\n\n"
    (tmp_path / "DJI_0001.SRT").write_text(block)
    (stated,) = sidecars.collect(source).claims
    assert (stated.origin, stated.offset_ns) == (ClaimOrigin.SIDECAR, NS_PER_S)
    assert stated.instant_ns == _ns("2017-08-05T14:11:51")
    (tmp_path / "DJI_0001.SRT").write_text("1\n00:00:01,000 --> 00:00:02,000\nWho goes there?\n\n")
    assert sidecars.collect(source).claims == ()


def test_a_table_of_frame_times_must_look_like_one(tmp_path: Path) -> None:
    source = replace(_BLANK, path_bytes=bytes(tmp_path / "scene.mp4"), duration_ns=3 * NS_PER_S)
    table = tmp_path / "scene.time"
    times = [_ns(_AT) + number * NS_PER_S for number in range(4)]
    table.write_bytes(struct.pack("<4q", *times))
    assert sidecars.collect(source).claims[0].instant_ns == times[0]
    for wrong in (
        times[::-1],
        [number + 1 for number in range(4)],
        [times[0] + number * 10**12 for number in range(4)],
    ):
        table.write_bytes(struct.pack("<4q", *wrong))
        assert sidecars.collect(source).claims == ()
    table.write_bytes(b"notes about the scene")
    assert sidecars.collect(source).claims == ()


def test_sonys_description(tmp_path: Path) -> None:
    source = replace(_BLANK, path_bytes=bytes(tmp_path / "C0001.MP4"))
    (tmp_path / "C0001M01.XML").write_text(
        f'<x><CreationDate value="{_AT}+00:00"/><Device manufacturer="Sony" modelName="ILCE" serialNo="42"/></x>'
    )
    found = sidecars.collect(source)
    assert found.claims[0].instant_ns == _ns(_AT)
    assert found.hint.serial == "42"


# All together


def test_contradictions_are_noted_at_the_weaker_claim() -> None:
    source = _with({"com.apple.quicktime.creationdate": f"{_AT}+0000", "creation_time": "2026-03-20T10:00:00Z"})
    first, second, *_rest = collect_claims(source).claims
    assert "cannot both be right" not in first.note
    assert "5 d 12 h later than quicktime tag" in second.note
    assert "cannot both be right" in second.note


def test_a_time_zone_is_offered_as_the_explanation_where_it_can_be_one() -> None:
    source = replace(
        _with({"creation_time": "2026-03-14T14:30:28Z"}, {"handler_name": "GoPro AVC"}),
        telemetry=(_packet(_gps5(3), 0),),
    )
    gps, container, *_rest = collect_claims(source).claims
    assert gps.origin is ClaimOrigin.GPS
    assert "A time zone of 7 h would explain it, but for 1 min 39 s." in container.note


def test_the_file_system_comes_last_and_is_always_there() -> None:
    claims = collect_claims(_with({"creation_time": f"{_AT}Z"})).claims
    assert claims[-1].origin is ClaimOrigin.FILE_SYSTEM


_TEXTS = st.text(max_size=40)


@given(
    tags=st.dictionaries(
        st.sampled_from(["creation_time", "date", "location", "comment", "timecode", "com.apple.quicktime.creationdate",
                         "com.apple.quicktime.make", "major_brand", "encoder", "firmware"]), _TEXTS),
    payload=st.binary(max_size=200), kind=st.sampled_from(["gpmf", "nmea", "", "gps-text"]),
    name=st.binary(min_size=1, max_size=40).filter(lambda name: b"\x00" not in name),
    container=st.sampled_from(["wav", "mov", "mpegts"]), offset=st.integers(-(2**62), 2**62),
)  # fmt: skip
def test_nothing_untrusted_breaks_a_collector(
    tags: dict[str, str], payload: bytes, kind: str, name: bytes, container: str, offset: int
) -> None:
    source = replace(
        _BLANK, path_bytes=b"/no/such/" + name, container=container, tags=tags,
        streams=(StreamTags(0, StreamKind.DATA, kind, tags),),
        telemetry=(TelemetryPacket(0, kind, offset, payload),), messages=((offset, payload),),
        read_at=lambda place, length: payload[place : place + length],
    )  # fmt: skip
    assert len(COLLECTORS) == 9
    for stated in collect_claims(source).claims:
        assert stated.raw.isprintable()
        assert stated.source.isprintable()
