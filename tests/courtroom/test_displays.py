"""Which display is whose: the court's picture is never on the presenter's display, nor the console on the court's."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from courtroom.show.displays import Display, DisplayPlan

LAPTOP = Display("eDP-1", "", 0, 0, 1366, 768, is_primary=True)
COURT = Display("HDMI-1", "Sony TV 0815", 1366, 0, 1920, 1080)
OTHER = Display("DP-2", "Dell U2 4711", 3286, 0, 1280, 720)
TWIN = replace(COURT, name="HDMI-2", x=5000)


def test_the_second_display_is_the_courts_unless_another_is_named() -> None:
    assert DisplayPlan().place([LAPTOP, COURT]).court == COURT
    assert DisplayPlan("DP-2").place([LAPTOP, COURT, OTHER]).court == OTHER
    shared = DisplayPlan().place([LAPTOP])
    assert (shared.court, shared.console, shared.is_shared) == (LAPTOP, LAPTOP, True)


def test_it_is_found_again_on_another_socket_and_of_twins_on_its_own() -> None:
    plan = DisplayPlan()
    plan.place([LAPTOP, COURT])
    assert plan.place([LAPTOP, replace(COURT, name="HDMI-3")]).court == replace(COURT, name="HDMI-3")
    plan = DisplayPlan()
    plan.place([LAPTOP, COURT])
    assert plan.place([LAPTOP, TWIN, COURT]).court == COURT


def test_the_presenter_can_take_another_one() -> None:
    plan = DisplayPlan()
    plan.place([LAPTOP, COURT])
    assert plan.place([LAPTOP, OTHER]).court is None
    assert plan.choose_another([LAPTOP, OTHER])
    assert plan.place([LAPTOP, OTHER]).court == OTHER
    assert plan.choose_another([LAPTOP])
    assert plan.place([LAPTOP]).is_shared


def test_where_the_presenters_display_alone_is_gone_the_next_press_shares_the_courts() -> None:
    plan = DisplayPlan()
    plan.place([LAPTOP, COURT])
    assert plan.place([COURT]).console is None
    assert plan.choose_another([COURT])
    placement = plan.place([COURT])
    assert (placement.court, placement.console, placement.is_shared) == (COURT, COURT, True)
    assert not plan.choose_another([COURT]), "there is no other"


@given(
    st.lists(st.lists(st.sampled_from([LAPTOP, COURT, OTHER, TWIN]), unique=True, max_size=4), min_size=1, max_size=8)
)
def test_whatever_comes_and_goes_nobody_gets_the_others_display(story: list[list[Display]]) -> None:
    plan = DisplayPlan()
    first = plan.place([LAPTOP, COURT])
    assert first.court == COURT
    for displays in story:
        placement = plan.place(displays)
        assert placement.court is None or placement.court.identity == COURT.identity
        assert placement.court is None or placement.court != placement.console
        assert placement.console != COURT or COURT not in displays or placement.court is not None
        assert not placement.is_shared
