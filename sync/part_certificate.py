"""The sync certificate of a part of a case, as a court pack holds it: nothing that names the rest is in it.

The clocks were solved from everything, and so are the residuals: what is left behind still counts in them. Only what
lies within the part is shown: its cameras, its recordings, the observations that tie nothing else. Words that name
something left behind are replaced, and where observations were left out the certificate says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from evidence.case import Case
from evidence.extract import ForeignWords
from evidence.observations import Observation
from sync.case_clocks import solve_case
from sync.certificate import CertifiedClock, SyncCertificate, certificate_of
from sync.standing import CameraStanding, MatchRow, Standing
from sync.words import Saying

LEFT_OUT = (
    "The clocks also rest on observations of cameras or recordings that are not part of this pack. They count in the "
    "figures here and are not shown; the certificate of the whole case holds them."
)


@dataclass(frozen=True)
class CertifiedPart:
    """What a certificate is about.

    Attributes:
        camera_ids: ids of the cameras.
        recording_ids: ids of their recordings.
        words: knows what is left behind.
    """

    camera_ids: frozenset[str]
    recording_ids: frozenset[str]
    words: ForeignWords


def make_part_certificate(
    case: Case, part: CertifiedPart, commands: tuple[str, ...], *, by: str, now_ns: int
) -> SyncCertificate:
    """Return the sync certificate of a part of a case; nothing is changed. From any thread.

    Args:
        case: open, read-only too.
        part: what it is about.
        commands: how to check it.
        by: who makes it.
        now_ns: when, ns since the epoch.

    Raises:
        CaseDamagedError: the case cannot be read.
    """
    whole = solve_case(case, by=by)
    shown = _part_of(whole, part)
    made = certificate_of(case.info(), shown, commands, by=by, now_ns=now_ns)
    told = made.sayings if shown.matches else ()
    if len(shown.matches) < len(whole.matches):
        told = (*told, Saying(LEFT_OUT, "caution"))
    elif not told:
        told = (Saying("Nothing was observed of these clocks: each is taken at its word, or as it was set."),)
    return replace(
        made,
        clocks=tuple(_clean_clock(one, part.words) for one in made.clocks),
        sayings=tuple(replace(one, text=part.words.replace(one.text), doubt=None) for one in told),
    )


def _part_of(whole: Standing, part: CertifiedPart) -> Standing:
    cameras, recordings = part.camera_ids, part.recording_ids
    facts, question, solution = whole.request.facts, whole.question, whole.solution
    matches = tuple(_clean_match(one, part.words) for one in whole.matches if _is_within(one, part))
    groups = {one.group for one in matches} | {
        side
        for sides in solution.conflicts
        for side in sides
        if side not in whole.match_by_group and side.rpartition(" ")[2] in cameras
    }
    clusters = tuple(
        replace(one, clocks=kept) for one in solution.clusters if (kept := tuple(c for c in one.clocks if c in cameras))
    )
    return replace(
        whole,
        request=replace(
            whole.request,
            facts=replace(
                facts,
                cameras=tuple(one for one in facts.cameras if one.id in cameras),
                recordings=tuple(one for one in facts.recordings if one.id in recordings),
                settings=tuple(one for one in facts.settings if one.camera_id in cameras),
                observations=tuple(reading.observation for match in matches for reading in match.readings),
            ),
        ),
        question=replace(question, stretches=tuple(one for one in question.stretches if one.key in recordings)),
        solution=replace(
            solution,
            conflicts=tuple(sides for sides in solution.conflicts if groups.issuperset(sides)),
            steps=tuple(one for one in solution.steps if one.clock in cameras),
            clusters=clusters,
        ),
        matches=matches,
        cameras=tuple(_clean_camera(one, cameras) for one in whole.cameras if one.camera.id in cameras),
        doubts=tuple(
            one
            for one in whole.doubts
            if one.camera_id in cameras and one.recording_id in recordings and cameras >= set(one.against)
        ),
    )


def _is_within(match: MatchRow, part: CertifiedPart) -> bool:
    seen = {key for reading in match.readings for key in _recordings_of(reading.observation)}
    return part.camera_ids >= set(match.cameras) and part.recording_ids >= seen


def _recordings_of(one: Observation) -> tuple[str, ...]:
    return (one.one.recording_id,) if one.other is None else (one.one.recording_id, one.other.recording_id)


def _clean_match(match: MatchRow, words: ForeignWords) -> MatchRow:
    def clean(one: Observation) -> Observation:
        return replace(
            one,
            evidence=words.replace(one.evidence),
            found_by=words.replace(one.found_by),
            decided_by=words.replace(one.decided_by),
        )

    return replace(match, readings=tuple(replace(one, observation=clean(one.observation)) for one in match.readings))


def _clean_camera(one: CameraStanding, cameras: frozenset[str]) -> CameraStanding:
    is_beside = one.beside in cameras
    return replace(
        one,
        beside=one.beside if is_beside else "",
        half_beside_ns=one.half_beside_ns if is_beside else None,
        without_time=0,
        by_match=0,
    )


def _clean_clock(one: CertifiedClock, words: ForeignWords) -> CertifiedClock:
    return replace(
        one,
        setting=words.replace(one.setting),
        set_by=words.replace(one.set_by),
        recordings=tuple(replace(recording, claim=words.replace(recording.claim)) for recording in one.recordings),
    )
