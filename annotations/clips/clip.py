"""What a clip is, and its keeping in the case: made, changed and deleted through the journal, so all can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from sqlalchemy import select

from annotations.clips.models import ClipRow
from annotations.cuts.messages import Codec, Mode
from annotations.journal import Edit, Stamp, State, Step, edit, put, remove
from annotations.row_keeper import RowKeeper
from evidence.audit import JsonValue
from evidence.case_store import CaseStore
from evidence.edits.lookup import checked_line
from evidence.errors import NoSuchItemError, UsageError
from evidence.rows import new_id
from evidence.text import clean_line
from evidence.times import IncidentRange, IncidentTime

LONGEST_NAME, LONGEST_EXHIBIT, LONGEST_NOTE = 200, 60, 4_000


@dataclass(frozen=True, slots=True)
class MadeFile:
    """One file of an export: its name, its SHA-256, and the id of the camera."""

    name: str
    sha256: str
    camera_id: str


@dataclass(frozen=True, slots=True)
class MadeExport:
    """An export that was made of a clip.

    Attributes:
        folder: where it was put, as text; it may have been moved since.
        made_ns: when, ns since the epoch by that machine's clock.
        by: who made it.
        files: what is in it.
    """

    folder: str
    made_ns: int
    by: str
    files: tuple[MadeFile, ...]


@dataclass(frozen=True)
class ClipDraft:
    """What a person says of a clip.

    Attributes:
        name: for people.
        span: the range on the common clock.
        camera_ids: the cameras, or None for all.
        mode: for all cameras that `modes` does not name.
        modes: by the id of the camera.
        codec: for what is encoded.
        is_lossless: whether encoded frames are to be equal to the original's.
        exhibit: reference with suffix, for instance `JB/1-A`, or "".
        note: anything.
    """

    name: str
    span: IncidentRange
    camera_ids: tuple[str, ...] | None = None
    mode: Mode = Mode.COPY
    modes: Mapping[str, Mode] = field(default_factory=lambda: MappingProxyType({}))
    codec: Codec = Codec.H264
    is_lossless: bool = False
    exhibit: str = ""
    note: str = ""


@dataclass(frozen=True)
class Clip:
    """A clip of the case.

    Attributes:
        id: permanent id.
        draft: what a person says of it.
        exports: what was made of it, oldest first.
        changed_by: who changed it last.
        changed_ns: when, ns since the epoch by that machine's clock.
    """

    id: str
    draft: ClipDraft
    exports: tuple[MadeExport, ...]
    changed_by: str
    changed_ns: int


class ClipKeeper(RowKeeper[ClipRow]):
    """Keeps clips for the journal; a state has the columns of the table."""

    name = "clip"
    row_class = ClipRow

    def state_of(self, row: ClipRow) -> State:
        """Return the state of a row."""
        return {
            "start_ns": row.start_ns,
            "end_ns": row.end_ns,
            "name": row.name,
            "exhibit": row.exhibit,
            "note": row.note,
            "how": row.how,
            "exports": row.exports,
        }

    def fill(self, row: ClipRow, state: State, stamp: Stamp) -> None:
        """Give a row the values of a state. Raises UsageError."""
        draft = _draft_of(state)
        row.start_ns, row.end_ns = draft.span.start, draft.span.end
        row.name, row.exhibit, row.note = draft.name, draft.exhibit, draft.note
        row.how = _how(draft)
        row.exports = [_export_state(one) for one in _exports_of(state)]
        row.changed_by, row.changed_ns = stamp.by, stamp.at_ns

    def title(self, state: State) -> str:
        """Return the clip's name for people."""
        return f"the clip “{state.get('name', '')}”"


CLIPS = ClipKeeper()


def load_clips(case: CaseStore) -> tuple[Clip, ...]:
    """Return the clips of a case by time. From any thread."""
    query = select(ClipRow).order_by(ClipRow.start_ns, ClipRow.end_ns, ClipRow.id)
    with case.reading("reading the clips") as session:
        return tuple(_clip(row) for row in session.execute(query).scalars())


def find_clip(case: CaseStore, clip_id: str) -> Clip:
    """Return a clip. Raises NoSuchItemError."""
    for clip in load_clips(case):
        if clip.id == clip_id:
            return clip
    raise no_such_clip(clip_id)


def add_clip(case: CaseStore, draft: ClipDraft, *, by: str) -> tuple[str, Step]:
    """Make a clip; return its id. Raises UsageError where its range has no length or its name is no good."""
    made_id = new_id()
    return made_id, edit(case, [put(CLIPS, made_id, _state(draft, ()))], by=by, label="new clip")


def change_clip(case: CaseStore, clip_id: str, draft: ClipDraft, *, by: str) -> Step:
    """Change a clip; what was exported of it stays noted.

    Raises:
        NoSuchItemError: there is no such clip.
        UsageError: its range has no length or its name is no good.
    """

    def make(before: State | None, _stamp: Stamp) -> State:
        if before is None:
            raise no_such_clip(clip_id)
        return _state(draft, _exports_of(before))

    return edit(case, [Edit(CLIPS, clip_id, make)], by=by, label="change of a clip")


def delete_clip(case: CaseStore, clip_id: str, *, by: str) -> Step:
    """Delete a clip; files that were exported of it stay."""
    return edit(case, [remove(CLIPS, clip_id)], by=by, label="deletion of a clip")


def note_export(case: CaseStore, clip_id: str, made: MadeExport, *, by: str) -> Step:
    """Note what was exported of a clip; nothing where it was deleted meanwhile."""

    def make(before: State | None, _stamp: Stamp) -> State | None:
        return None if before is None else _state(_draft_of(before), (*_exports_of(before), made))

    return edit(case, [Edit(CLIPS, clip_id, make)], by=by, label="export of a clip")


def no_such_clip(clip_id: str) -> NoSuchItemError:
    """Return the error for a clip that is not there."""
    return NoSuchItemError(f"The case has no clip {clip_id}.", remedy="Look at the list of clips again.")


def checked_draft(draft: ClipDraft) -> ClipDraft:
    """Return a draft as it is kept. Raises UsageError."""
    if not draft.span.duration_ns:
        raise UsageError("A clip's range has no length.", remedy="Set the out point later than the in point.")
    return replace(
        draft,
        name=checked_line(draft.name, "A clip's name", longest=LONGEST_NAME),
        exhibit=checked_line(draft.exhibit, "An exhibit reference", longest=LONGEST_EXHIBIT, may_be_empty=True),
        note=clean_line(draft.note, limit=LONGEST_NOTE),
    )


def _state(draft: ClipDraft, exports: tuple[MadeExport, ...]) -> State:
    draft = checked_draft(draft)
    return {
        "start_ns": int(draft.span.start),
        "end_ns": int(draft.span.end),
        "name": draft.name,
        "exhibit": draft.exhibit,
        "note": draft.note,
        "how": _how(draft),
        "exports": [_export_state(one) for one in exports],
    }


def _how(draft: ClipDraft) -> dict[str, JsonValue]:
    return {
        "cameras": None if draft.camera_ids is None else list(draft.camera_ids),
        "mode": draft.mode.value,
        "modes": {camera: mode.value for camera, mode in sorted(draft.modes.items())},
        "codec": draft.codec.value,
        "is_lossless": draft.is_lossless,
    }


def _export_state(made: MadeExport) -> dict[str, JsonValue]:
    files: list[JsonValue] = [[one.name, one.sha256, one.camera_id] for one in made.files]
    return {"folder": made.folder, "made_ns": made.made_ns, "by": made.by, "files": files}


def _draft_of(state: State) -> ClipDraft:
    """Return what a state says. Raises UsageError where it is none of a clip."""
    try:
        how = state["how"]
        assert isinstance(how, Mapping)
        cameras, modes = how["cameras"], how["modes"]
        assert cameras is None or isinstance(cameras, list)
        assert isinstance(modes, Mapping)
        start, end = state["start_ns"], state["end_ns"]
        assert isinstance(start, int)
        assert isinstance(end, int)
        draft = ClipDraft(
            name=str(state["name"]),
            span=IncidentRange(IncidentTime(start), IncidentTime(end)),
            camera_ids=None if cameras is None else tuple(map(str, cameras)),
            mode=Mode(str(how["mode"])),
            modes=MappingProxyType({str(camera): Mode(str(mode)) for camera, mode in modes.items()}),
            codec=Codec(str(how["codec"])),
            is_lossless=bool(how["is_lossless"]),
            exhibit=str(state["exhibit"]),
            note=str(state["note"]),
        )
    except (AssertionError, KeyError, ValueError) as error:
        raise UsageError("This is not a clip.", remedy="Make the clip anew.") from error
    return checked_draft(draft)


def _exports_of(state: State) -> tuple[MadeExport, ...]:
    exports = state.get("exports")
    return tuple(_export(one) for one in exports if isinstance(one, Mapping)) if isinstance(exports, list) else ()


def _export(state: Mapping[str, JsonValue]) -> MadeExport:
    files, made = state["files"], state["made_ns"]
    assert isinstance(files, list)
    assert isinstance(made, int)
    kept = tuple(MadeFile(*map(str, one)) for one in files if isinstance(one, list) and len(one) == 3)
    return MadeExport(str(state["folder"]), made, str(state["by"]), kept)


def _clip(row: ClipRow) -> Clip:
    state = CLIPS.state_of(row)
    return Clip(row.id, _draft_of(state), _exports_of(state), row.changed_by, row.changed_ns)
