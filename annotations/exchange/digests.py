"""Digests of what a mark said, by which two copies of a case know each other's versions of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from sqlalchemy import select

from annotations.journal import State
from annotations.mark_states import MARKS
from annotations.models import HistoryRow
from evidence.case_store import CaseStore

_MOST_AT_ONCE = 500
_LENGTH = 32
DELETED = "deleted"
"""Stands for a version in which there was no such mark."""


def digest(state: State, sha256_of: Mapping[str, str]) -> str:
    """Return the digest of a mark's state: the same in every copy of the case, whatever it calls its recordings.

    Args:
        state: as `annotations.mark_states` writes it.
        sha256_of: SHA-256 of recordings by their id.
    """
    picture = state["picture"]
    if isinstance(picture, Mapping):
        recording = str(picture["recording"])
        picture = {**picture, "recording": sha256_of.get(recording, recording)}
    text = json.dumps({**state, "picture": picture}, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_LENGTH]


def versions_of(case: CaseStore, mark_ids: Iterable[str], sha256_of: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the digests of the states that marks had before, oldest first, by their id; `DELETED` for none."""
    ids = list(mark_ids)
    found: dict[str, list[str]] = {}
    with case.reading("reading the history") as session:
        for start in range(0, len(ids), _MOST_AT_ONCE):
            some = ids[start : start + _MOST_AT_ONCE]
            query = (
                select(HistoryRow.item_id, HistoryRow.before, HistoryRow.after)
                .where(HistoryRow.item_id.in_(some), HistoryRow.kind == MARKS.name)
                .order_by(HistoryRow.position)
            )
            for item_id, before, after in session.execute(query):
                own = found.setdefault(item_id, [])
                own += [digest(before, sha256_of)] if before is not None and not own else []
                own.append(DELETED if after is None else digest(after, sha256_of))
    return found
