"""What the solver says of the clocks, in sentences for people: the sync view, the command line and the certificate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evidence.observations import ObservationState, SyncMethod
from evidence.time_text import LocalTimes, at_most_text, duration_text, error_text
from evidence.times import NS_PER_S, DurationNs, half_width_95
from sync.doubts import HourDoubt
from sync.standing import CameraStanding, MatchRow, Standing, Use

METHOD_WORDS = {
    SyncMethod.SOUND: "Sound",
    SyncMethod.TWO_WAY_SOUND: "Two-way sound",
    SyncMethod.LIGHT: "Light",
    SyncMethod.MOVEMENT: "Movement",
    SyncMethod.MARKED_EVENT: "Marked event",
    SyncMethod.BURNT_IN_CLOCK: "Burnt-in clock",
    SyncMethod.STATED_ERROR: "Stated error",
    SyncMethod.GPS: "GPS",
    SyncMethod.DEVICE_CLOCK: "Device clock",
    SyncMethod.REFERENCE: "Reference",
    SyncMethod.BY_HAND: "By hand",
    SyncMethod.TIME_ZONE: "Time zone",
}


@dataclass(frozen=True, slots=True)
class Saying:
    """One sentence.

    Attributes:
        text: the sentence.
        role: "", "good", "caution" or "bad" of the style sheet.
        doubt: what may be accepted with it, or None.
    """

    text: str
    role: str = ""
    doubt: HourDoubt | None = None


def clock_words(error_ns: DurationNs | None) -> str:
    """Return by how much a clock is wrong: `+3.208 s` (fast), `−00:07:12.004` (slow), or a dash."""
    if error_ns is None:
        return "–"
    if abs(error_ns) < 60 * NS_PER_S:
        return f"{'−' if error_ns < 0 else '+'}{abs(error_ns) / NS_PER_S:.3f} s"
    return error_text(error_ns).replace("-", "−")


def speed_words(error_ns: DurationNs | None) -> str:
    """Return how a clock is wrong as people say it: `3.208 s fast`, `00:07:12.004 slow`, or a dash."""
    words = clock_words(error_ns)
    return words if error_ns is None else f"{words[1:]} {'slow' if error_ns < 0 else 'fast'}"


def small_words(length_ns: DurationNs | None) -> str:
    """Return a small signed length with the digits that it deserves: `+0.42 ms`, `-31 ms`, `+2.310 s`."""
    if length_ns is None:
        return "–"
    size = abs(length_ns)
    sign = "+" if length_ns >= 0 else "−"
    if size < 10_000_000:
        return f"{sign}{size / 1e6:.2f} ms"
    if size < 1_000_000_000:
        return f"{sign}{size / 1e6:.0f} ms"
    return f"{sign}{size / 1e9:.3f} s"


def half_words(half_ns: DurationNs | None) -> str:
    """Return half of a 95 % interval: `±40 ms`, or that it is not known."""
    return "± not known" if half_ns is None else f"±{at_most_text(half_ns)}"


def within_words(sigma_ns: DurationNs) -> str:
    """Return half of a match's 95 % interval with the digits that it deserves: `7.30 ms`, `95 ms`, `2.000 s`."""
    half = half_width_95(sigma_ns)
    step = 10_000 if half < 10_000_000 else 1_000_000
    return small_words(-(-half // step) * step)[1:]


def drift_words(drift_ppb: int, sigma_ppb: int) -> str:
    """Return a drift with half its 95 % interval: `+58.2 ± 12 ppm`."""
    return f"{drift_ppb / 1000:+.1f} ± {half_width_95(sigma_ppb) / 1000:.1f} ppm".replace("-", "−")


def tie_words(match: MatchRow, names: Mapping[str, str]) -> str:
    """Return which clocks a match ties: `BWV 412 – CCTV 3`, `CCTV 3 – UTC`."""
    known = [names.get(one, "?") for one in match.cameras]
    return " – ".join(known if len(known) > 1 else [*known, "UTC"])


def doubt_words(doubt: HourDoubt, names: Mapping[str, str]) -> str:
    """Return the question that a doubt asks."""
    why = "British Summer Time read as UTC?" if doubt.is_summer else "summer time left on, or another zone?"
    against = f" against {_listed([names.get(one, '?') for one in doubt.against])}" if doubt.against else ""
    speed = "fast" if doubt.hours > 0 else "slow"
    rest_ns = (abs(doubt.rest_ns) + 50_000_000) // 100_000_000 * 100_000_000
    rest = f", to {duration_text(rest_ns)}" if rest_ns else ""
    return (
        f"{names.get(doubt.camera_id, '?')} may be exactly one hour {speed}{against}{rest}: {doubt.source}. "
        f"Is it the time zone ({why.rstrip('?')})? Nothing was moved by this."
    )


def sayings(standing: Standing, times: LocalTimes) -> tuple[Saying, ...]:
    """Return what the solver has to say, the troubles first."""
    names = {one.camera.id: one.camera.name for one in standing.cameras}
    found = [Saying(_conflict_words(standing, sides, names), "bad") for sides in standing.solution.conflicts]
    for match in standing.matches:
        if match.use is Use.OUTLIER:
            worst = max((one.residual_ns or 0 for one in match.readings), key=abs)
            found.append(
                Saying(
                    f"Left out: {METHOD_WORDS[match.method].lower()} {tie_words(match, names)} is {small_words(worst)} "
                    f"from all the rest ({match.sigmas:.1f} σ). Look at it, and reject it or what contradicts it.",
                    "bad",
                )
            )
    found += [Saying(doubt_words(one, names), "caution", one) for one in standing.doubts]
    for step in standing.solution.steps:
        solved = standing.solution.clock(step.clock)
        at = solved.map.to_incident(step.middle_ns)  # type: ignore[arg-type]
        found.append(
            Saying(
                f"The clock of {names[step.clock]} jumped by {small_words(step.step_ns)} near {times.full(at, 0)}: "
                "it was set, or lost its power.",
                "caution",
            )
        )
    found += _group_sayings(standing, names)
    without = [one for one in standing.cameras if one.without_time]
    if without:
        listed = _listed([f"{one.camera.name} ({one.without_time})" for one in without])
        found.append(
            Saying(
                f"No time yet: {listed}. Match it, mark an event in it and in another camera, or place it.", "caution"
            )
        )
    by_match = [one for one in standing.cameras if one.by_match]
    if by_match:
        listed = _listed([one.camera.name for one in by_match])
        found.append(Saying(f"Placed by a match alone, once it is applied: {listed}.", "caution"))
    if not standing.matches:
        found.append(Saying("Nothing ties these clocks yet: each is taken at its word. Press “Sync everything”."))
    elif not any(one.role == "bad" for one in found):
        found.append(_agreement_saying(standing))
    return tuple(found)


def _agreement_saying(standing: Standing) -> Saying:
    """Say that what counts agrees, and apart from it how much does not count yet."""
    used = sum(one.use is Use.USED for one in standing.matches)
    waiting = sum(one.use is not Use.USED and one.state is ObservationState.PROPOSED for one in standing.matches)
    left = f" {waiting} more {'is' if waiting == 1 else 'are'} proposed and not counted." if waiting else ""
    possible = sum(one.state is ObservationState.POSSIBLE for one in standing.matches)
    if possible:
        verb, them = ("is", "it") if possible == 1 else ("are", "them")
        left += f" {possible} {verb} possible: look and listen before you accept {them}."
    if used == 0:
        return Saying(f"Nothing is counted yet: accept matches, or count proposals too.{left}")
    agreeing = (
        "1 match counts, and nothing contradicts it."
        if used == 1
        else (f"{used} matches count, and hold together without contradiction.")
    )
    return Saying(f"{agreeing}{left}", "good")


def _group_sayings(standing: Standing, names: Mapping[str, str]) -> list[Saying]:
    clusters = standing.solution.clusters
    if not clusters or not any(one.observed_by for one in standing.cameras):
        return []
    found = []
    if len(clusters) > 1:
        groups = "; ".join(_listed([names[clock] for clock in one.clocks]) for one in clusters)
        found.append(
            Saying(
                f"Not connected: {len(clusters)} groups of cameras that no match joins ({groups}). Between groups, "
                "only the devices' own clocks say how they stand.",
                "caution",
            )
        )
    loose = [one for one in clusters if not one.is_anchored and len(one.clocks) > 1]
    for one in loose:
        listed = _listed([names[clock] for clock in one.clocks])
        found.append(
            Saying(f"{listed} are tied to one another; only the devices' own clocks tie them to true time.", "caution")
        )
    return found


def _conflict_words(standing: Standing, sides: Sequence[str], names: Mapping[str, str]) -> str:
    told = []
    for group in sides:
        match = standing.match_by_group.get(group)
        if match is None:
            kind, _, camera = group.rpartition(" ")
            told.append(f"{kind} of {names.get(camera, camera)}")
            continue
        worst = max((one.residual_ns or 0 for one in match.readings), key=abs)
        told.append(f"{METHOD_WORDS[match.method].lower()} {tie_words(match, names)} ({small_words(worst)})")
    return (
        f"In conflict, and nothing tells which is wrong: {' against '.join(told)}. All count, with less weight, until "
        "one is rejected."
    )


def camera_words(one: CameraStanding, *, is_short: bool = False) -> str:
    """Return in one line how a camera's clock would be set; in short without where it lies in its group."""
    if one.cluster < 0:
        return "No time yet"
    if one.error_after_ns is None and one.after is None:
        return "Own clock only"
    beside = "" if is_short or one.half_beside_ns is None else f", group {half_words(one.half_beside_ns)}"
    return f"{speed_words(one.error_after_ns)}  {half_words(one.half_after_ns)}{beside}"


def after_words(one: CameraStanding, standing: Standing) -> str:
    """Return in full what a camera's clock would be: by how much it is wrong, how sure that is (95 %), its drift."""
    if one.after is None:
        return "left as it is"
    error = "placed by matches alone" if one.error_after_ns is None else speed_words(one.error_after_ns)
    words = f"{error}, {half_words(one.half_after_ns)}, drift {drift_words(one.drift_ppb, one.drift_sigma_ppb)}"
    if not one.beside:
        return words
    return f"{words}; {half_words(one.half_beside_ns)} beside {standing.camera_by_id[one.beside].camera.name}"


def _listed(names: Sequence[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"
