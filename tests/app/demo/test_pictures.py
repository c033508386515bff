"""The pictures tell the story: one scene in all cameras, lights at the same instant, people where they should be."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.demo import DemoRequest
from app.demo.lens import LENSES, Lens, axes_of
from app.demo.plan import make_plan
from app.demo.render import FrameRenderer
from app.demo.rig import CameraPose, Rig
from app.demo.script import FLASH_AT, PERSON, door_open, fall_angle, strobes

PLAN = make_plan(DemoRequest(Path("demo"), 60, "small"))
RENDERERS: dict[str, FrameRenderer] = {}
CAMERAS = ["bwv-412", "bwv-88", "bwv-31", "cctv-3", "phone", "dashcam"]


def renderer(key: str) -> FrameRenderer:
    if key not in RENDERERS:
        RENDERERS[key] = FrameRenderer(PLAN, next(file for file in PLAN.files if file.camera.key == key))
    return RENDERERS[key]


def shown(key: str, t: float) -> NDArray[np.float64]:
    return renderer(key).picture(t).astype(np.float64)


@pytest.mark.parametrize("key", CAMERAS)
def test_the_flash_lights_every_camera_at_the_same_instant(key: str) -> None:
    before, lit, after = (shown(key, FLASH_AT + shift).mean() for shift in (-0.05, 0.03, 0.15))
    assert lit > 1.04 * max(before, after)


@pytest.mark.parametrize("key", CAMERAS)
def test_the_blue_lights_are_seen_as_brightness_in_every_camera(key: str) -> None:
    blue = [shown(key, 25.0 + step / 50)[..., 0].mean() for step in range(25)]
    assert max(blue) > 1.01 * min(blue)


@pytest.mark.parametrize("key", CAMERAS)
def test_it_is_night_but_not_dark(key: str) -> None:
    for t in (21.5, 30.0, 34.0):
        picture = shown(key, t)
        assert 18 < picture.mean() < 110
        assert picture.std() > 18


def test_the_same_second_gives_the_same_picture_in_any_order() -> None:
    first = renderer("bwv-412").picture(30.0).copy()
    renderer("bwv-412").picture(12.0)
    assert np.array_equal(first, renderer("bwv-412").picture(30.0))


def test_a_point_in_space_comes_out_where_its_ray_started() -> None:
    for key in CAMERAS:
        lens = Lens(LENSES[key], 320, 180)
        rays = lens.rays(32, 18).reshape(-1, 3)
        pixels, scales = lens.project(rays * 7)
        x, y = np.meshgrid(np.arange(32) * 10 + 4.5, np.arange(18) * 10 + 4.5)
        assert np.all(scales > 0)
        assert np.abs(pixels - np.stack([x.ravel(), y.ravel()], axis=1)).max() < 0.01


def test_axes_turn_as_the_pose_says() -> None:
    right, down, forward = axes_of(CameraPose((0, 0, 0), 0.0, 0.0, 0.0))
    assert np.allclose([right, down, forward], [[0, -1, 0], [0, 0, -1], [1, 0, 0]])
    assert axes_of(CameraPose((0, 0, 0), 0.0, 0.3, 0.0))[2][2] > 0
    assert axes_of(CameraPose((0, 0, 0), np.pi / 2, 0.0, 0.0))[2][1] == pytest.approx(1)


def test_wearers_are_seen_by_others_where_their_cameras_are() -> None:
    for key in ("bwv-412", "bwv-88", "bwv-31", "phone"):
        rig = Rig(key)
        assert rig.carrier is not None
        for t in (5.0, 20.0, 33.0, 50.0):
            (x, y, _), (px, py) = rig.position(t), rig.carrier.at(t)
            assert np.hypot(x - px, y - py) < 0.6


def test_the_man_falls_and_the_door_slams_once() -> None:
    assert fall_angle(31.1) == 0
    assert fall_angle(32.0) == pytest.approx(1.5)
    assert [door_open(t) for t in (17.9, 25.0, 35.7)] == [0, 1, 0]
    assert PERSON["hoodie"].act(33.0, "fall") == 1


def test_strobes_flash_twice_each_half_second_on_either_side() -> None:
    left = [strobes(t / 100, 0.0)[0] for t in range(100)]
    assert sum(after > before for before, after in pairwise(left)) in {3, 4}
    assert strobes(0.01, 0.0) == (1.0, 0.0)
    assert strobes(0.26, 0.0) == (0.0, 1.0)
