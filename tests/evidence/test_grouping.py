"""Recordings join a camera only on grounds that name one device, and every choice says why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.examination import Examination
from evidence.grouping import KnownCamera, Segment, choose_camera, find_continuations, in_folder
from evidence.records import CameraKind, ClaimMeaning, ClaimOrigin, ClaimZone, DeviceHint, TimeClaim
from evidence.times import NS_PER_S


def _examined(hint: DeviceHint, path: str = "/evidence/a.mp4", *, has_picture: bool = True) -> Examination:
    path_bytes = path.encode()
    name = path.rpartition("/")[2]
    shown = 0 if has_picture else None
    return Examination(path_bytes, name, 1, 1, "0" * 64, video_stream=shown, hint=in_folder(hint, path_bytes))


def _known(examined: Examination, name: str = "Camera", kind: CameraKind | None = None) -> KnownCamera:
    return KnownCamera("id-1", name, kind or examined.hint.kind or CameraKind.OTHER, (examined.hint,))


@pytest.mark.parametrize(
    ("hint", "name"),
    [
        (DeviceHint(serial="X6039A12B", kind=CameraKind.BWV), "BWV X6039A12B"),
        (DeviceHint(wearer="PC 412", serial="X6", kind=CameraKind.BWV), "BWV PC 412"),
        (DeviceHint(group="NVR channel 3", kind=CameraKind.CCTV), "CCTV 3"),
        (DeviceHint(group="Cam03", kind=CameraKind.CCTV), "CCTV 3"),
        (DeviceHint(group="Front Door", kind=CameraKind.CCTV), "CCTV Front Door"),
        (DeviceHint(make="Apple", model="iPhone 6", kind=CameraKind.MOBILE), "Phone (iPhone 6)"),
        (DeviceHint(kind=CameraKind.MOBILE), "Phone"),
        (DeviceHint(group="rear", kind=CameraKind.DASHCAM), "Dashcam rear"),
        (DeviceHint(make="GoPro", model="HERO7"), "GoPro HERO7"),
        (DeviceHint(), "a"),
    ],
)
def test_names_are_those_that_people_use(hint: DeviceHint, name: str) -> None:
    choice = choose_camera([], _examined(hint))
    assert choice.camera_id is None
    assert choice.name == name
    assert choice.reason


def test_the_same_serial_number_is_the_same_camera() -> None:
    first = _examined(DeviceHint(serial="X1", kind=CameraKind.BWV))
    second = _examined(DeviceHint(serial="X1", kind=CameraKind.BWV), "/other/disc/b.mp4")
    choice = choose_camera([_known(first, "BWV PC 412")], second)
    assert (choice.camera_id, choice.name) == ("id-1", "BWV PC 412")
    assert "X1" in choice.reason


def test_two_serial_numbers_are_two_cameras_whatever_else_agrees() -> None:
    first = _examined(DeviceHint(serial="X1", group="same", kind=CameraKind.BWV))
    second = _examined(DeviceHint(serial="X2", group="same", kind=CameraKind.BWV))
    assert choose_camera([_known(first)], second).camera_id is None


def test_the_same_make_and_model_is_the_same_phone_in_one_folder_only() -> None:
    hint = DeviceHint(make="Apple", model="iPhone 6", kind=CameraKind.MOBILE)
    known = [_known(_examined(hint), "Phone (iPhone 6)")]
    joined = choose_camera(known, _examined(hint, "/evidence/b.mov"))
    assert joined.camera_id == "id-1"
    assert "make and model" in joined.reason
    apart = choose_camera(known, _examined(hint, "/evidence/other witness/b.mov"))
    assert apart.camera_id is None
    assert apart.name == "Phone (iPhone 6) (2)"


def test_a_wearer_has_one_camera_unless_serial_numbers_say_otherwise() -> None:
    first = DeviceHint(wearer="PC 412", kind=CameraKind.BWV)
    known = [_known(_examined(first), "BWV PC 412")]
    assert choose_camera(known, _examined(first, "/elsewhere/b.mp4")).camera_id == "id-1"
    two = [_known(_examined(DeviceHint(wearer="PC 412", serial="X1", kind=CameraKind.BWV)))]
    other = DeviceHint(wearer="PC 412", serial="X2", kind=CameraKind.BWV)
    assert choose_camera(two, _examined(other)).camera_id is None


def test_a_channel_is_a_camera_within_one_folder() -> None:
    hint = DeviceHint(group="channel 3", kind=CameraKind.CCTV)
    known = [_known(_examined(hint, "/evidence/Shop/1.mp4"))]
    assert choose_camera(known, _examined(hint, "/evidence/Shop/2.mp4")).camera_id == "id-1"
    assert choose_camera(known, _examined(hint, "/evidence/Bank/1.mp4")).camera_id is None
    other = DeviceHint(group="channel 4", kind=CameraKind.CCTV)
    assert choose_camera(known, _examined(other, "/evidence/Shop/3.mp4")).camera_id is None


def test_folders_of_days_and_hours_belong_to_one_recorder() -> None:
    hint = DeviceHint(group="channel 3", kind=CameraKind.CCTV)
    known = [_known(_examined(hint, "/disc/2026-03-14/003/dav/21/a.dav"))]
    assert choose_camera(known, _examined(hint, "/disc/2026-03-15/003/dav/07/b.dav")).camera_id == "id-1"


def test_sound_alone_is_a_recorder_of_sound() -> None:
    choice = choose_camera([], _examined(DeviceHint(), "/evidence/call.mp3", has_picture=False))
    assert (choice.kind, choice.name) == (CameraKind.AUDIO, "Sound call")


@given(names=st.lists(st.sampled_from(["Phone", "phone", "Phone (2)", "Phone (3)", "CCTV 1"]), max_size=6))
def test_a_new_name_is_unlike_all_others(names: list[str]) -> None:
    known = [KnownCamera(str(number), name, CameraKind.OTHER, ()) for number, name in enumerate(names)]
    choice = choose_camera(known, _examined(DeviceHint(kind=CameraKind.MOBILE)))
    assert choice.name.casefold() not in {name.casefold() for name in names}


def _claim(start_s: float) -> TimeClaim:
    instant = int(start_s * NS_PER_S)
    return TimeClaim(ClaimOrigin.FILE_NAME, "file name", "", instant, ClaimZone.LOCAL, ClaimMeaning.START, NS_PER_S)


def _segment(
    name: str, start_s: float | None, length_s: float = 60, number: int | None = None, camera: str = "c"
) -> Segment:
    claims = () if start_s is None else (_claim(start_s),)
    hint = DeviceHint(group="series", segment=number)
    return Segment(name, camera, hint, claims, int(length_s * NS_PER_S))


def test_what_starts_where_another_ended_continues_it() -> None:
    segments = [_segment("b", 1060), _segment("a", 1000), _segment("c", 1120.4)]
    assert find_continuations(segments) == {"b": "a", "c": "b"}


def test_a_gap_an_overlap_and_another_camera_do_not_continue() -> None:
    assert find_continuations([_segment("a", 1000), _segment("b", 1063)]) == {}
    assert find_continuations([_segment("a", 1000), _segment("b", 1050)]) == {}
    assert find_continuations([_segment("a", 1000), _segment("b", 1060, camera="d")]) == {}


def test_numbers_in_names_may_contradict_the_times() -> None:
    assert find_continuations([_segment("a", 1000, number=1), _segment("b", 1060, number=2)]) == {"b": "a"}
    assert find_continuations([_segment("a", 1000, number=1), _segment("b", 1060, number=5)]) == {}


def test_without_times_the_next_number_continues() -> None:
    segments = [_segment("b", None, number=2), _segment("a", None, number=1), _segment("d", None, number=4)]
    assert find_continuations(segments) == {"b": "a"}


@given(starts=st.lists(st.integers(0, 400), max_size=12), lengths=st.integers(1, 60))
def test_continuations_never_form_a_circle(starts: list[int], lengths: int) -> None:
    segments = [_segment(str(number), start, lengths) for number, start in enumerate(starts)]
    found = find_continuations(segments)
    assert len(set(found.values())) == len(found)
    for name in found:
        seen = {name}
        while name in found:
            name = found[name]  # noqa: PLW2901 - walks the chain
            assert name not in seen
            seen.add(name)
