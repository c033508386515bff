"""What a burnt-in clock means for the clocks of a case: what is open is said, and nothing is counted twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from evidence.observations import Observation, ObservationState, SyncMethod
from evidence.records import ClockPiece, ClockSetting, Recording
from evidence.times import NS_PER_S
from sync.overlay_clock.observe import OverlayFinding, observe_overlay
from sync.overlay_clock.read import ClockPiece as OverlayPiece
from sync.overlay_clock.read import OverlayReading, OverlayVerdict
from sync.overlay_clock.ticks import Rate, Tick
from sync.standing import Standing, StandRequest, SyncFacts, Use, find_standing
from tests.support.sync_scenes import BASE, SUMMER, facts, finder, recording, tie, to_utc

LONDON = "Europe/London"


def reading(
    starts_ns: int,
    *,
    dates: tuple[date, ...] | None = None,
    zone_minutes: int | None = None,
    seconds: int = 600,
    pieces: int = 1,
) -> OverlayReading:
    """An overlay whose digits are `starts_ns` at the first frame, read to a frame of 40 ms."""
    day = datetime.fromtimestamp(starts_ns // NS_PER_S, tz=UTC).date()
    midnight = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * NS_PER_S
    offset = starts_ns - midnight
    ticks = []
    for device in (offset // NS_PER_S + 1, offset // NS_PER_S + seconds):
        media = device * NS_PER_S - offset
        ticks.append(Tick(media - 20_000_000, media + 20_000_000, device * NS_PER_S))
    rate = Rate(0, offset, 11_500_000, 0, 1_000, tuple(ticks), 0)
    piece = OverlayPiece(0, seconds * NS_PER_S, rate, (day,) if dates is None else dates, 20, 0)
    return OverlayReading(OverlayVerdict.READ, "Read.", (piece,) * pieces, NS_PER_S, zone_minutes)


def observe(of: Recording, overlay: OverlayReading) -> OverlayFinding:
    return observe_overlay(of, overlay, LONDON, finder("Sightline"))


def accepted(found: OverlayFinding) -> list[Observation]:
    return [replace(one, state=ObservationState.ACCEPTED) for one in found.observations]


def stand(known: SyncFacts) -> Standing:
    return find_standing(StandRequest(known, by="DC Harper", now_ns=BASE))


def test_it_is_proposed_with_frames_and_readings_in_words() -> None:
    found = observe(recording("a", "A", BASE), reading(BASE + 380_000_000, zone_minutes=0))
    assert len(found.observations) == 2
    for one in found.observations:
        assert one.method is SyncMethod.BURNT_IN_CLOCK
        assert one.state is ObservationState.PROPOSED
        assert one.utc is not None
        assert abs(one.utc - one.one.media_ns - BASE - 380_000_000) < 1_000
        assert one.common_sigma_ns == 30 * NS_PER_S  # the device's own clock, and no more
    assert len({one.group for one in found.observations}) == 1
    assert "from 0.640 s on (the frame before, 0.600 s" in found.words
    assert "It names its zone: UTC" in found.words


def test_local_time_is_an_assumption_that_is_said() -> None:
    summer = SUMMER // NS_PER_S * NS_PER_S
    found = observe(recording("a", "A", summer), reading(summer + 3600 * NS_PER_S))
    assert "read as local time in Europe/London; that is an assumption" in found.words
    assert "mvhd agrees" in found.words
    utc = found.observations[0].utc
    assert utc is not None
    assert abs(utc - found.observations[0].one.media_ns - summer) < 1_000


def test_an_hour_between_overlay_and_file_is_said_and_moves_nothing_by_itself() -> None:
    summer = SUMMER // NS_PER_S * NS_PER_S
    found = observe(recording("a", "A", summer), reading(summer))
    assert "all but 1 whole hour: one of both may be in another zone" in found.words
    proposed = stand(facts([recording("a", "A", summer)], list(found.observations)))
    assert proposed.settings == ()


def test_day_and_month_are_taken_from_the_file_only_where_it_says_one_of_them() -> None:
    march = int(datetime(2026, 3, 4, 12, tzinfo=UTC).timestamp()) * NS_PER_S
    both = (date(2026, 3, 4), date(2026, 4, 3))
    known = observe(recording("a", "A", march), reading(march, dates=both))
    assert "4 March 2026 or 3 April 2026; which it is, is taken from the mvhd" in known.words
    assert abs((known.observations[0].utc or 0) - known.observations[0].one.media_ns - march) < 1_000
    for other in (recording("a", "A", None), recording("a", "A", BASE - 400 * 86_400 * NS_PER_S)):
        unknown = observe(other, reading(march, dates=both))
        assert unknown.observations == ()
        assert "nothing else says which it is, so nothing is proposed" in unknown.words


def test_without_a_date_the_day_comes_from_the_file_or_nothing_is_proposed() -> None:
    dated = observe(recording("a", "A", BASE), reading(BASE + 60 * NS_PER_S, dates=()))
    assert "the day is taken from the mvhd" in dated.words
    assert abs((dated.observations[0].utc or 0) - dated.observations[0].one.media_ns - BASE - 60 * NS_PER_S) < 1_000
    assert observe(recording("a", "A", None), reading(BASE, dates=())).observations == ()
    far = observe(recording("a", "A", BASE), reading(BASE + 10 * 3600 * NS_PER_S, dates=()))
    assert far.observations == ()


def test_a_recording_that_nothing_dates_is_placed_by_its_clock_as_surely_as_a_device_clock_is() -> None:
    known = recording("a", "A", None)
    standing = stand(facts([known], accepted(observe(known, reading(BASE + 380_000_000)))))
    (setting,) = standing.settings
    start = standing.question.placed_by_match["a"].instant_ns
    assert abs(start - BASE - 380_000_000) < 2_000_000
    assert setting.sigma_ns == pytest.approx(30 * NS_PER_S, rel=0.02)
    assert "dated by the devices' own clocks only" in setting.basis
    assert not standing.solution.clusters[0].is_anchored


def test_it_corrects_a_start_of_whole_seconds_and_makes_nothing_surer_of_true_time() -> None:
    known = recording("a", "A", BASE)
    standing = stand(facts([known], accepted(observe(known, reading(BASE + 380_000_000)))))
    (setting,) = standing.settings
    assert setting.pieces[0].incident_ns - setting.pieces[0].device_ns == pytest.approx(380e6, abs=3e6)
    assert setting.sigma_ns == pytest.approx(30 * NS_PER_S, rel=0.02)  # one witness, not two


def test_what_was_stated_of_the_clock_is_said_of_what_the_picture_shows() -> None:
    """The file's tag is of the export, 2 h later; the recorder was 432 s fast by its own picture."""
    known = recording("a", "A", BASE + 7200 * NS_PER_S)
    overlay = accepted(observe(known, reading(BASE + 432 * NS_PER_S)))
    shown = BASE + 432 * NS_PER_S
    stated = to_utc("stated", ("a", (shown - BASE - 7200 * NS_PER_S) / NS_PER_S), BASE, sigma_s=1.0)
    setting = ClockSetting("A", (ClockPiece(0, -432 * NS_PER_S, 0),), NS_PER_S, "stated", "seen", "PC 1", BASE + 1)
    for observations, settings in (([*overlay, stated], ()), (overlay, (setting,))):
        standing = stand(facts([known], observations, settings=settings))
        made = standing.settings[0].pieces[0]
        start = BASE + 7200 * NS_PER_S + made.incident_ns - made.device_ns
        assert start == pytest.approx(BASE, abs=0.05 * NS_PER_S)
        assert set(standing.solution.rejected_groups) <= {"device clock A"}  # it was 432 s wrong
        assert {one.use for one in standing.matches} == {Use.USED}


def test_what_was_stated_exactly_is_no_surer_than_the_reading_that_it_is_said_of() -> None:
    known = recording("a", "A", BASE)
    overlay = accepted(observe(known, reading(BASE + 17_000_000)))
    stated = to_utc("stated", ("a", 0), BASE, sigma_s=0.001)
    (setting,) = stand(facts([known], [*overlay, stated])).settings
    assert setting.sigma_ns is not None
    assert setting.sigma_ns >= overlay[0].sigma_ns


def test_recordings_of_one_recorder_stand_to_one_another_as_their_pictures_say() -> None:
    """Names to the minute; a second camera hears the first of them."""
    first, second = recording("a", "A", BASE), recording("b", "A", BASE + 1200 * NS_PER_S)
    minute = 60 * NS_PER_S
    first, second = (
        replace(one, claims=tuple(replace(claim, resolution_ns=minute) for claim in one.claims))
        for one in (first, second)
    )
    other = recording("x", "X", BASE)
    shown = [
        *accepted(observe(first, reading(BASE + 17 * NS_PER_S))),
        *accepted(observe(second, reading(BASE + (1200 + 41) * NS_PER_S))),
    ]
    shown = [replace(one, group="clock of A") for one in shown]
    standing = stand(facts([first, second, other], [*shown, tie("s", ("a", 100), ("x", 50))]))
    readings = {row.observation.one.recording_id: row for match in standing.matches for row in match.readings}
    assert readings["a"].at is not None
    assert readings["b"].at is not None
    apart = readings["b"].at - readings["a"].at
    media = readings["b"].observation.one.media_ns - readings["a"].observation.one.media_ns
    assert apart - media == pytest.approx(1224 * NS_PER_S, abs=0.15 * NS_PER_S)


def test_a_rejected_one_counts_for_nothing() -> None:
    known = recording("a", "A", BASE)
    found = [replace(one, state=ObservationState.REJECTED) for one in observe(known, reading(BASE + 9)).observations]
    assert stand(facts([known], found)).settings == ()


def test_pieces_are_told_and_each_stands_alone() -> None:
    found = observe(recording("a", "A", BASE), reading(BASE, zone_minutes=0, pieces=2))
    assert len({one.group for one in found.observations}) == 2
    assert "The clock was set while it recorded: part 1 of 2" in found.observations[0].evidence


def test_a_missing_reader_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from evidence.errors import UsageError
    from evidence.jobs import never_cancelled, no_progress
    from sync.overlay_clock import job

    monkeypatch.setattr(job, "find_models", lambda: None)
    with pytest.raises(UsageError, match="not installed") as refused:
        job.run(job.OverlayRequest(()), no_progress, never_cancelled)
    assert 'pip install "sightline[ocr]"' in refused.value.remedy
