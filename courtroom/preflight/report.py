"""What came of a preflight: kept as JSON in the pack's side folder, bound to this pack, this machine, this program."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path

from courtroom.preflight.checks import Check, Outcome, Result, worst_outcome
from courtroom.preflight.pace import Pace
from evidence.atomic_file import write_bytes
from evidence.program import program_name

FILE_NAME = "preflight.json"
FORMAT = 1
_LARGEST_BYTES = 50_000_000


@dataclass(frozen=True)
class Report:
    """One preflight.

    Attributes:
        pack_id: permanent id of the pack, "" where it cannot be opened.
        manifest_sha256: what stands for the whole pack as it lay there.
        folder: where that was, for people.
        title: of the run sheet.
        case_title: of the case.
        reference: of the case.
        zone: of local times, an IANA name.
        machine: what tells the machine from another.
        program: name and version of the program.
        made_ns: when it was done, ns since the Unix epoch.
        took_ns: how long it took.
        by: who did it.
        is_quick: samples only were looked at.
        items: titles of the items, in order.
        results: by check.
        paces: of each item that plays.
    """

    pack_id: str
    manifest_sha256: str
    folder: str
    title: str
    case_title: str
    reference: str
    zone: str
    machine: str
    program: str
    made_ns: int
    took_ns: int
    by: str
    is_quick: bool
    items: tuple[str, ...]
    results: tuple[Result, ...]
    paces: tuple[Pace, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """PASS or FAIL."""
        return worst_outcome(self.results)

    @property
    def open_places(self) -> tuple[int, ...]:
        """Numbers of items of which it is not known whether this machine holds real time, as it was busy."""
        return tuple(pace.place for pace in self.paces if pace.is_open)

    @property
    def is_good(self) -> bool:
        """Whether nothing failed and nothing was left open: what an exit code of 0 says."""
        return self.outcome is Outcome.PASS and not self.open_places

    @property
    def words(self) -> str:
        """The outcome in a sentence or two."""
        fails = sum(one.outcome is Outcome.FAIL for one in self.results)
        notes = sum(one.outcome is Outcome.NOTE for one in self.results)
        told = f" {notes:,} to read." if notes else ""
        if fails:
            what = "1 thing stands" if fails == 1 else f"{fails:,} things stand"
            return f"FAILED: {what} in the way.{told}"
        if self.open_places:
            return (
                f"NOT ALL KNOWN: nothing wrong was found, but {_items(self.open_places)} could not be timed: other "
                f"programs kept this machine busy. Close them and check again.{told}"
            )
        if self.is_quick:
            return f"SAMPLE PASSED: nothing wrong was found in what was looked at. This is no full preflight.{told}"
        return f"PASSED: everything was checked on this machine, from start to end.{told}"

    def of_item(self, place: int) -> tuple[Result, ...]:
        """Return what is said of an item, 0 for the pack and the machine; the worst first."""
        order = (Outcome.FAIL, Outcome.NOTE, Outcome.PASS)
        return tuple(
            sorted((one for one in self.results if one.place == place), key=lambda one: order.index(one.outcome))
        )


def why_not_preflighted(report: Report | None, *, pack_id: str, manifest_sha256: str, machine: str) -> str:
    """Return in words why a pack does not count as preflighted here, or "" where it does.

    Args:
        report: what is kept, or None.
        pack_id: of the pack that is to be shown.
        manifest_sha256: what stands for it as it lies there now.
        machine: what tells this machine from another.
    """
    if report is None or report.pack_id != pack_id:
        return "This pack was not preflighted on this machine."
    if report.manifest_sha256 != manifest_sha256:
        return "The pack was changed since it was preflighted."
    if report.machine != machine:
        return "This pack was preflighted on another machine, or this one has been changed since."
    if report.program != program_name():
        return f"This pack was preflighted with {report.program}; this is {program_name()}."
    if report.outcome is Outcome.FAIL:
        return "This pack failed its preflight on this machine."
    if report.is_quick:
        return "Only a sample of this pack was preflighted on this machine."
    if report.open_places:
        return f"Whether this machine holds {_items(report.open_places)} is not known: it was busy at the preflight."
    return ""


def _items(places: tuple[int, ...]) -> str:
    numbers = ", ".join(map(str, places[:5])) + (" …" if len(places) > 5 else "")
    return f"item {numbers}" if len(places) == 1 else f"items {numbers}"


def keep(report: Report, folder: Path) -> Path:
    """Write a report into a pack's side folder in one step, and return where it is. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    write_bytes(path, json.dumps(as_document(report), indent=1, ensure_ascii=False).encode() + b"\n")
    return path


def find_report(folder: Path) -> Report | None:
    """Return the report that is kept in a side folder, or None where there is none that can be read."""
    path = folder / FILE_NAME
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            return None
        return from_document(json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def as_document(report: Report) -> dict[str, object]:
    """Return it as one JSON document; what follows from the rest is in it too, for whoever reads it."""
    return {
        "format": FORMAT,
        "outcome": report.outcome.value,
        "words": report.words,
        **{one.name: getattr(report, one.name) for one in dataclasses.fields(report)},
        "results": [_result_as_document(one) for one in report.results],
        "paces": [{**dataclasses.asdict(one), "percent": one.percent} for one in report.paces],
    }


def from_document(document: object) -> Report:
    """Return the report that a document holds. Raises ValueError, TypeError or KeyError where it holds none."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ValueError("this is no preflight report of a form that is known here")
    values = {one.name: document[one.name] for one in dataclasses.fields(Report)}
    results = tuple(_result_of(one) for one in document["results"])
    paces = tuple(
        Pace(**{one.name: pace[one.name] for one in dataclasses.fields(Pace) if one.name in pace})
        for pace in document["paces"]
    )
    values |= {"items": tuple(map(str, document["items"])), "results": results, "paces": paces}
    return Report(**values)


def _result_as_document(result: Result) -> dict[str, object]:
    values: dict[str, object] = {one.name: getattr(result, one.name) for one in dataclasses.fields(result)}
    about = {"number": result.check.number, "title": result.check.title}
    return {**values, "check": result.check.identity, "outcome": result.outcome.value, **about}


def _result_of(document: dict[str, object]) -> Result:
    values = {one.name: document[one.name] for one in dataclasses.fields(Result)}
    values |= {"check": Check.named(str(document["check"])), "outcome": Outcome(str(document["outcome"]))}
    return Result(**values)  # type: ignore[arg-type]
