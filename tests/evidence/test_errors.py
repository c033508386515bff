"""The tree of errors: stable codes, and whole across a process boundary."""

from __future__ import annotations

import pickle
from collections.abc import Iterator

from evidence.errors import CaseBusyError, SightlineError


def _all_kinds(kind: type[SightlineError] = SightlineError) -> Iterator[type[SightlineError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _all_kinds(below)


def test_every_kind_of_error_has_a_code_of_its_own() -> None:
    kinds = list(_all_kinds())
    codes = {kind.code for kind in kinds}
    assert len(codes) == len(kinds)


def test_an_error_crosses_to_another_process_with_all_it_says() -> None:
    error = CaseBusyError("A.", meaning="B.", remedy="C.")
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is CaseBusyError
    assert (again.happened, again.meaning, again.remedy) == ("A.", "B.", "C.")
    assert str(again) == "A. B. C."
