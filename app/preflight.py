"""A preflight as window and command line do it: with this machine's own parts, its result kept beside the pack."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from platformdirs import user_data_path

from app.own_keys import own_keys
from courtroom.pack.layout import TAG_MANIFEST
from courtroom.pack.listing import read_tag_file
from courtroom.preflight.desk_step import Surroundings, court_screen
from courtroom.preflight.machine import read_machine
from courtroom.preflight.material import Material
from courtroom.preflight.proxies import find_proxies, make_proxies, proxy_store
from courtroom.preflight.report import Report, find_report, keep, why_not_preflighted
from courtroom.preflight.run import USUAL_SIZE, OnVerified, Parts, Request, ignore_verdict, run_preflight
from courtroom.show.source import CourtSource, load_from_pack, side_folder
from courtroom.ui.page_trial import PageTrial
from evidence.jobs import IsCancelled, Progress


def preflight_folder(source_id: str) -> Path:
    """Return the side folder of a pack: where its report, its proxies and its court log are."""
    return side_folder(user_data_path("sightline", appauthor=False), source_id)


def pack_proxies(source: CourtSource) -> Mapping[str, Path]:
    """Return the proxies that were made of a pack on this machine, by the ids of recordings."""
    return find_proxies(source, proxy_store(preflight_folder(source.id)))


def preflight(
    request: Request,
    around: Surroundings,
    progress: Progress,
    cancelled: IsCancelled,
    verified: OnVerified = ignore_verdict,
) -> Report:
    """Do a preflight on this machine. From any thread; the report is not kept yet. Raises Cancelled."""
    with _parts(request, around, verified) as parts:
        return run_preflight(request, parts, own_keys().knows, progress, cancelled)


def keep_report(report: Report) -> Path | None:
    """Keep a report in the pack's side folder; None where the pack cannot be told. Raises OSError."""
    return keep(report, preflight_folder(report.pack_id)) if report.pack_id else None


def make_item_proxies(folder: Path, places: tuple[int, ...], progress: Progress, cancelled: IsCancelled) -> int:
    """Make proxies of items of a pack, in its side folder. From any thread. Raises SightlineError."""
    source = load_from_pack(folder, own_keys().knows)
    store = proxy_store(preflight_folder(source.id))
    return make_proxies(Material(source), places, store, progress, cancelled)


def preflight_words(source: CourtSource) -> str:
    """Return why a pack does not count as preflighted on this machine, or ""."""
    side = preflight_folder(source.id)
    return why_not_preflighted(
        find_report(side),
        pack_id=source.id,
        manifest_sha256=hashlib.sha256(read_tag_file(source.folder, TAG_MANIFEST) or b"").hexdigest(),
        machine=read_machine(side).identity,
    )


@contextmanager
def _parts(request: Request, around: Surroundings, verified: OnVerified) -> Iterator[Parts]:
    screen = court_screen(around, request.display)
    size = USUAL_SIZE if screen is None else (screen.width, screen.height)
    machine = read_machine(user_data_path("sightline", appauthor=False))
    with PageTrial(size) as trial:
        yield Parts(machine, around, trial, proxies=pack_proxies, verified=verified)
