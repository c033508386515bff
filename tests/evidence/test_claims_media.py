"""What is known of real recordings is what is found in them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from evidence.examination import Examination
from evidence.examine import examine_file
from evidence.frame_index import FrameIndex
from evidence.records import CameraKind, ClaimMeaning, ClaimOrigin, ClaimZone, TimeClaim
from evidence.times import NS_PER_S
from sync.placement import find_start
from tests.conftest import MEDIA

_LONDON = ZoneInfo("Europe/London")
_SHOTS = "shotspotter/ChicagoILDistrict7_312 2022-09-21 015200--Request 4072698"


def _examine(path: Path) -> Examination:
    return examine_file(bytes(path), lambda _count: None)


def _ns(text: str) -> int:
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000) * (NS_PER_S // 1000)


def _first(examined: Examination, origin: ClaimOrigin) -> TimeClaim:
    return next(claim for claim in examined.claims if claim.origin is origin)


def _strongest(examined: Examination) -> TimeClaim:
    start = find_start(examined.claims, examined.duration_ns, _LONDON)
    assert start is not None
    return start.claim


@pytest.fixture(scope="module")
def known() -> dict[str, dict[str, object]]:
    """What is known about the real recordings."""
    content: dict[str, dict[str, object]] = json.loads((MEDIA / "ground_truth.json").read_text())
    return content


@pytest.mark.media
def test_neon_ends_when_its_container_says(known: dict[str, dict[str, int]]) -> None:
    name = "pl-neon-recording/Neon Scene Camera v1 ps1.mp4"
    examined, truth = _examine(MEDIA / name), known[name]
    container = _first(examined, ClaimOrigin.CONTAINER)
    assert container.meaning is ClaimMeaning.END
    assert container.instant_ns == _ns("2024-10-10T07:41:53Z")
    assert _strongest(examined).instant_ns == truth["first_frame_ns_utc"]
    assert abs(container.instant_ns - examined.duration_ns - truth["first_frame_ns_utc"]) < 1.1 * NS_PER_S
    assert examined.frame_index is not None
    assert len(FrameIndex.from_bytes(examined.frame_index)) == truth["frames"]


@pytest.mark.media
def test_the_three_clocks_of_a_gopro(known: dict[str, dict[str, object]]) -> None:
    truth = known["gpmf-parser/hero7.mp4"]
    examined = _examine(MEDIA / "gpmf-parser/hero7.mp4")
    gps = _first(examined, ClaimOrigin.GPS)
    assert gps is _strongest(examined)
    assert gps.instant_ns == _ns(str(truth["gps_utc_first_payload"]))
    assert gps.offset_ns == 0
    container = _first(examined, ClaimOrigin.CONTAINER)
    assert (container.zone, container.instant_ns) == (ClaimZone.LOCAL, _ns("2019-05-06T11:13:28Z"))
    assert "A time zone of 7 h would explain it, but for 1 min 39 s" in container.note
    assert _first(examined, ClaimOrigin.TIMECODE).raw == truth["timecode"]
    (place,) = [finding for finding in examined.findings if finding.code == "place"]
    assert "33.1268" in place.happened
    assert "117.3274" in place.happened


@pytest.mark.media
def test_a_conflict_is_shown_and_not_resolved() -> None:
    examined = _examine(MEDIA / "osxphotos/IMG_2908.MOV")
    apple, container = _first(examined, ClaimOrigin.QUICKTIME_TAG), _first(examined, ClaimOrigin.CONTAINER)
    assert apple.instant_ns == _ns("2017-02-01T11:15:00-08:00")
    assert container.instant_ns == _ns("2020-01-11T15:39:15Z")
    assert "cannot both be right" in container.note


_STRONGEST = [
    ("metadata-extractor-images/with-gps.mov", ClaimOrigin.QUICKTIME_TAG, "2019-07-24T08:25:40Z"),
    ("osxphotos/B60C31AC-BE86-42C5-A383-A0A5710B18AE_3.mov", ClaimOrigin.QUICKTIME_TAG, "2025-08-06T22:14:21Z"),
    ("metadata-extractor-images/Sony ILCE-7M3 (A7M3).mts", ClaimOrigin.MAKER_TAG, "2019-04-24T22:24:00+02:00"),
    ("opensoundscape/1min.wav", ClaimOrigin.MAKER_TAG, "2018-05-04T09:32:00Z"),
    ("opensoundscape/LOCA_2021_09_24_652_8_late_start.wav", ClaimOrigin.MAKER_TAG, "2021-09-24T06:52:00.100Z"),
    ("opensoundscape/LOCA_2021_09_24_652_8.wav", ClaimOrigin.MAKER_TAG, "2021-09-24T06:52:00Z"),
    ("file-type/fixture2.3gp", ClaimOrigin.CONTAINER, "2018-02-07T15:15:30Z"),
    ("metadata-extractor-images/FLIR Thermal.mp4", ClaimOrigin.CONTAINER, "2021-05-16T19:27:55Z"),
    ("metadata-extractor-images/ftyp3gp5.mp4", ClaimOrigin.CONTAINER, "2020-10-23T20:27:29Z"),
]


@pytest.mark.media
@pytest.mark.parametrize(("name", "origin", "instant"), _STRONGEST)
def test_the_strongest_claims_of_real_recordings(name: str, origin: ClaimOrigin, instant: str) -> None:
    claim = _strongest(_examine(MEDIA / name))
    assert (claim.origin, claim.instant_ns) == (origin, _ns(instant))


@pytest.mark.media
def test_export_dates_place_nothing() -> None:
    for number in range(1, 5):
        examined = _examine(MEDIA / f"pose2sim/Demo_MultiPerson/cam0{number}.mp4")
        assert find_start(examined.claims, examined.duration_ns, _LONDON) is None
        assert _first(examined, ClaimOrigin.CONTAINER).meaning is ClaimMeaning.UNRELATED


@pytest.mark.media
def test_acoustic_sensors_start_together_and_know_their_places(known: dict[str, dict[str, object]]) -> None:
    files = known["shotspotter/ChicagoILDistrict7_312"]["files"]
    assert isinstance(files, dict)
    serials = set()
    for name, truth in files.items():
        examined = _examine(MEDIA / _SHOTS / name)
        assert _strongest(examined).instant_ns == _ns(truth["start_utc"])
        assert abs(examined.duration_ns - truth["duration_s"] * NS_PER_S) < NS_PER_S // 100
        (place,) = [finding for finding in examined.findings if finding.code == "place"]
        assert f"{truth['lat']:.5f}" in place.happened
        serials.add(examined.hint.serial)
        assert examined.hint.kind is CameraKind.AUDIO
    assert len(serials) == len(files)


@pytest.mark.media
def test_nought_nought_is_not_shown_as_a_place() -> None:
    examined = _examine(MEDIA / "metadata-extractor-images/ftyp3gp5.mp4")
    assert [finding.code for finding in examined.findings] == ["place-empty"]


@pytest.mark.media
@pytest.mark.parametrize(
    ("name", "rotation", "is_interlaced", "is_variable", "aspect"),
    [
        ("androidx-media/sample_edit_list.mp4", 90, False, False, "1"),
        ("metadata-extractor-images/ftyp3gp5.mp4", 90, False, True, "1"),
        ("metadata-extractor-images/with-gps.mov", 90, False, False, "1"),
        ("metadata-extractor-images/FLIR Thermal.mp4", 0, False, True, "1"),
        ("metadata-extractor-images/Sony ILCE-7M3 (A7M3).mts", 0, True, False, "1"),
        ("file-type/fixture2.3gp", 0, False, False, "12/11"),
        ("pl-neon-recording/Neon Scene Camera v1 ps1.mp4", 0, False, True, "1"),
    ],
)
def test_pictures_of_real_recordings(
    name: str, rotation: int, *, is_interlaced: bool, is_variable: bool, aspect: str
) -> None:
    examined = _examine(MEDIA / name)
    video = next(stream for stream in examined.streams if stream.index == examined.video_stream)
    found = (video.rotation, video.is_interlaced, video.is_variable_rate, str(video.pixel_aspect))
    assert found == (rotation, is_interlaced, is_variable, aspect)
