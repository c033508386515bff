"""The pages of a pack that any browser shows: what is in it and how to check it, and how the clocks were set.

Plain HTML without script; every text is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from zoneinfo import ZoneInfo

from courtroom.pack.bag import BagFile
from courtroom.pack.layout import CLOCKS, MANIFEST, PUBLIC_KEY, RUN_SHEET, SIGNATURE, TAG_MANIFEST
from courtroom.run_sheet import Card, DocumentPage, Image, Item, Moving, RunSheet, Still
from evidence.records import CaseInfo, ClockPiece
from evidence.time_text import LocalTimes, sigma_text
from sync.timeline import CameraTimeline, PlacedRecording, Timeline

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1d1f; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; vertical-align: top; padding: .3rem .6rem;
border-bottom: 1px solid #ccc; } code, td.hash { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
pre { background: #f2f3f4; padding: .8rem; overflow-x: auto; }
"""


@dataclass(frozen=True, slots=True)
class PackFacts:
    """What the pages tell of a pack.

    Attributes:
        version: number of the run sheet's version, 0 where it was not kept in the case.
        made_ns: ns since the epoch by the machine that made it.
        fingerprint: of the key that signs it, or "".
        media: the recordings: name for people, exhibit and file of each.
        certificate: the files of the sync certificate.
        no_pdf: why it was not printed, or "".
    """

    info: CaseInfo
    sheet: RunSheet
    version: int
    made_by: str
    made_ns: int
    program: str
    fingerprint: str
    media: tuple[tuple[str, str, BagFile], ...]
    documents: tuple[tuple[str, BagFile], ...]
    certificate: tuple[str, ...] = ()
    no_pdf: str = ""


def index_page(facts: PackFacts, timeline: Timeline) -> bytes:
    """Return `index.html`."""
    zone = ZoneInfo(facts.info.time_zone)
    names = {row.camera.id: row.camera.name for row in timeline.cameras}
    rows = [
        ("Case", f"{facts.info.title}, {facts.info.reference}".rstrip(", ")),
        ("Run sheet", f"{facts.sheet.title}, version {facts.version}" if facts.version else facts.sheet.title),
        ("Made", f"{_full(facts.made_ns, zone)} by {facts.made_by} with {facts.program}"),
        ("Signed with the key", facts.fingerprint or "none: this pack is not signed"),
    ]
    items = [
        (str(place), item.kind.value, item.exhibit, item.title, _item_words(item, names, zone))
        for place, item in enumerate(facts.sheet.items, start=1)
    ]
    media = [(name, exhibit, file.path, f"{file.size_bytes:,}", file.sha256) for name, exhibit, file in facts.media]
    papers = [(name, "", file.path, f"{file.size_bytes:,}", file.sha256) for name, file in facts.documents]
    return _page(
        f"Court pack: {facts.sheet.title}",
        _table((), rows),
        "<p>Open this folder with Sightline to show it in court: <code>sightline open FOLDER</code>. It needs no "
        "network and changes nothing in this folder.</p>",
        "<h2>What is shown</h2>",
        _table(("No.", "Kind", "Exhibit", "Title", "What"), items),
        "<h2>Files of the recordings and documents</h2>",
        "<p>Every recording is here as it was added to the case, byte for byte.</p>",
        _table(("Name", "Exhibit", "File", "Bytes", "SHA-256"), [*media, *papers]),
        f'<p><a href="{CLOCKS}">How the clocks of the cameras were set</a>, and how sure that is. '
        f'<a href="{RUN_SHEET}">The run sheet</a> for machines.</p>',
        _certificate_words(facts),
        "<h2>How to check it without Sightline</h2>",
        "<p>This folder is a BagIt bag (RFC 8493). Nothing may be missing, added or changed. In this folder:</p>",
        f"<pre>sha256sum -c {MANIFEST}\nsha256sum -c {TAG_MANIFEST}\n{_openssl()}</pre>",
        "<p>The first line checks every file under <code>data</code>, the second checks the first list, the third the "
        "signature. Then compare the key's fingerprint above with what the maker of the pack tells you on another way. "
        "With Sightline: <code>sightline verify FOLDER</code>.</p>",
    )


def clocks_page(info: CaseInfo, timeline: Timeline) -> bytes:
    """Return the statement of the clocks: each camera's map, its uncertainty, its grounds, its recordings' places."""
    zone = ZoneInfo(info.time_zone)
    parts = [part for row in timeline.cameras for part in _clock_parts(row, zone)]
    return _page(
        "How the clocks were set",
        "<p>Each camera has a clock of its own. Here is how each was set against the common clock, on what grounds, "
        "and how sure that is: ± is half of the 95 % interval.</p>",
        *parts,
    )


def _certificate_words(facts: PackFacts) -> str:
    if not facts.certificate:
        return ""
    page, *others = facts.certificate
    forms = {".pdf": "to print", ".json": "for machines"}
    also = "".join(f', <a href="{path}">{forms[path[path.rindex(".") :]]}</a>' for path in others)
    missing = f" It could not be printed: {escape(facts.no_pdf)}" if facts.no_pdf else ""
    return (
        f'<p><a href="{page}">The sync certificate</a> of the cameras in this pack: what their clocks rest on, with '
        f"every match and its residuals{also}.{missing}</p>"
    )


def _clock_parts(row: CameraTimeline, zone: ZoneInfo) -> list[str]:
    setting = row.setting
    rows = [("Camera", f"{row.camera.name} ({row.camera.kind.value})")]
    if setting is None:
        rows.append(("Clock", "not set: what its files say of the time is taken at its word"))
    else:
        rows += [
            ("Clock", f"{setting.method}, set by {setting.by} on {_full(setting.set_ns, zone)}"),
            ("Grounds", setting.basis),
            ("Uncertainty", sigma_text(setting.sigma_ns)),
        ]
        rows += [
            (
                "Piece",
                _piece_words(piece, zone),
            )
            for piece in setting.pieces
        ]
    return ["<h2>" + escape(row.camera.name) + "</h2>", _table((), rows), _placed_table(row.placed, zone)]


def _piece_words(piece: ClockPiece, zone: ZoneInfo) -> str:
    device, incident = _full(piece.device_ns, zone), _full(piece.incident_ns, zone)
    return f"when the device said {device} it was {incident}; it gains {piece.rate_ppb:,} ns a second from there"


def _placed_table(placed: Sequence[PlacedRecording], zone: ZoneInfo) -> str:
    rows = [
        (
            one.recording.display_name,
            _full(one.span.start, zone),
            _full(one.span.end, zone),
            sigma_text(one.sigma_ns),
            one.basis,
        )
        for one in placed
    ]
    return _table(("Recording", "From", "To", "Uncertainty", "Rests on"), rows)


def _item_words(item: Item, names: dict[str, str], zone: ZoneInfo) -> str:
    match item.content:
        case Moving(span, view):
            seen = ", ".join(names.get(one, "?") for one in view.camera_ids)
            return f"{_full(span.start, zone)} to {_full(span.end, zone)}: {seen}"
        case Still(instant, view):
            return f"{_full(instant, zone)}: {', '.join(names.get(one, '?') for one in view.camera_ids)}"
        case Card(lines):
            return " / ".join(lines)
        case DocumentPage(file, page):
            return f"{file.name}, page {page} of {file.pages}"
        case Image(file):
            return file.name
        case _:
            return "black"


def _full(instant: int, zone: ZoneInfo) -> str:
    return LocalTimes(zone).full(instant)


def _openssl() -> str:
    return f"openssl pkeyutl -verify -rawin -pubin -inkey {PUBLIC_KEY} -in {TAG_MANIFEST} -sigfile {SIGNATURE}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["<table>"]
    if head:
        lines.append("<tr>" + "".join(f"<th>{escape(text)}</th>" for text in head) + "</tr>")
    lines += ["<tr>" + "".join(f"<td>{escape(text)}</td>" for text in row) + "</tr>" for row in rows]
    return "\n".join([*lines, "</table>"])


def _page(title: str, *parts: str) -> bytes:
    head = f'<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8"><title>{escape(title)}</title>'
    body = "\n".join(
        [f"<style>{_STYLE}</style></head><body>", f"<h1>{escape(title)}</h1>", *parts, "</body></html>", ""]
    )
    return f"{head}\n{body}".encode()
