"""Makes the demo incident: two worker processes film, the truth is written last, and the folder appears at once.

Work happens in a folder beside the wanted one, under a temporary name that is renamed at the end; so a folder that
is there is whole. A folder that already holds what is asked for is returned as it is.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import cast

from app.demo.film import film
from app.demo.plan import GENERATOR, DemoRequest, Plan, frame_count, make_plan
from app.demo.script import true_events
from app.demo.truth import TRUTH_NAME, TrueCamera, TrueFile, Truth, load_truth, save_truth
from evidence.errors import Cancelled, SightlineError, StorageError, UsageError
from evidence.jobs import IsCancelled, Progress, ProgressReport
from evidence.records import CameraKind, ClockPiece

_WORKERS = 2
_REPORT_EVERY = 8
_POLL_S = 0.1
_STALE_S = 3600
_TEXT = "Making the demo incident"


@dataclass(frozen=True, slots=True)
class DemoFile:
    """One recording of the demo, as a case wants to take it in.

    Attributes:
        path: where it is.
        exhibit: exhibit reference.
    """

    path: Path
    exhibit: str


@dataclass(frozen=True, slots=True)
class DemoCamera:
    """One camera of the demo, as a case wants to know it.

    Attributes:
        clock: its real clock, to be set "from the demo's truth file".
        clock_text: the clock's error in words.
        files: its recordings in order of time.
    """

    name: str
    kind: CameraKind
    owner: str
    make: str
    model: str
    serial: str
    clock: tuple[ClockPiece, ...]
    clock_text: str
    files: tuple[DemoFile, ...]


@dataclass(frozen=True)
class DemoResult:
    """A demo incident on disk.

    Attributes:
        folder: where it is.
        cameras: in the order of their tiles, with all that a case needs.
        truth: what really happened.
        was_cached: whether it was there already.
    """

    folder: Path
    cameras: tuple[DemoCamera, ...]
    truth: Truth
    was_cached: bool


def make_demo(request: DemoRequest, progress: Progress, cancelled: IsCancelled) -> DemoResult:
    """Make the demo incident, or find it made.

    Args:
        request: what to make, and where.
        progress: told of frames.
        cancelled: asked ten times a second.

    Raises:
        Cancelled: the user stopped it; nothing is left.
        UsageError: the folder holds something else.
        StorageError: the disk did not take it, or a worker failed.
    """
    folder = request.folder.absolute()
    found = find_demo(replace(request, folder=folder))
    if found is not None:
        return found
    _check_free(folder)
    plan = make_plan(replace(request, folder=folder))
    with _workplace(folder) as work:
        files = _film_all(plan, work, progress, cancelled)
        truth = Truth(
            generator=GENERATOR,
            request=dict(request.traits),
            start_ns=plan.start_ns,
            end_ns=plan.end_ns,
            cameras=_true_cameras(plan),
            files=files,
            events=true_events(plan),
        )
        save_truth(truth, work)
        _put_in_place(work, folder)
    return _result(folder, truth, was_cached=False)


def find_demo(request: DemoRequest) -> DemoResult | None:
    """Return the demo incident where the folder already holds exactly what is asked for, else None."""
    try:
        truth = load_truth(request.folder)
    except (OSError, ValueError):
        return None
    if truth.generator != GENERATOR or truth.request != request.traits:
        return None
    for file in truth.files:
        path = request.folder / file.path
        if not path.is_file() or path.stat().st_size != file.size_bytes:
            return None
    return _result(request.folder, truth, was_cached=True)


def _result(folder: Path, truth: Truth, *, was_cached: bool) -> DemoResult:
    cameras = tuple(
        DemoCamera(
            name=camera.name,
            kind=camera.kind,
            owner=camera.owner,
            make=camera.make,
            model=camera.model,
            serial=camera.serial,
            clock=camera.clock,
            clock_text=camera.clock_text,
            files=tuple(DemoFile(folder / file.path, file.exhibit) for file in truth.files_of(camera.key)),
        )
        for camera in truth.cameras
    )
    return DemoResult(folder, cameras, truth, was_cached)


def _true_cameras(plan: Plan) -> tuple[TrueCamera, ...]:
    clocks = {file.camera.key: file.clock for file in plan.files}
    return tuple(
        TrueCamera(
            key=camera.key,
            code=camera.code,
            name=camera.name,
            kind=camera.kind,
            owner=camera.owner,
            make=camera.make,
            model=camera.model,
            serial=camera.serial,
            clock=clocks[camera.key],
            clock_text=camera.clock_text,
        )
        for camera in plan.cameras
    )


def _check_free(folder: Path) -> None:
    """Refuse a folder that holds anything but another demo incident."""
    if not folder.exists() or (folder / TRUTH_NAME).is_file():
        return
    if not folder.is_dir() or any(folder.iterdir()):
        raise UsageError(
            f"{folder} holds something that is not a demo incident.",
            meaning="Nothing in it was touched.",
            remedy="Choose a folder that is empty or not there yet.",
        )


@contextmanager
def _workplace(folder: Path) -> Iterator[Path]:
    """Give a temporary folder beside the wanted one, which is gone afterwards whatever happens."""
    work = folder.with_name(f".{folder.name}.making-{os.getpid()}")
    try:
        _sweep(folder)
        work.mkdir(parents=True)
        yield work
    except OSError as error:
        raise StorageError(
            f"The demo incident could not be written to {folder.parent}: {error.strerror or error}.",
            meaning="Nothing of it was kept.",
            remedy="Make room (the full demo takes about 200 MB) or choose another folder.",
        ) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Take away what earlier runs left that were killed: nobody works on a demo for an hour."""
    if not folder.parent.is_dir():
        return
    for left in folder.parent.iterdir():
        is_ours = left.name.startswith((f".{folder.name}.making-", f".{folder.name}.old-"))
        if is_ours and time.time() - left.stat().st_mtime > _STALE_S:
            shutil.rmtree(left, ignore_errors=True)


def _put_in_place(work: Path, folder: Path) -> None:
    old = folder.with_name(f".{folder.name}.old-{os.getpid()}")
    if folder.exists():
        folder.rename(old)
    work.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _film_all(plan: Plan, work: Path, progress: Progress, cancelled: IsCancelled) -> tuple[TrueFile, ...]:
    """Film every file in worker processes; end them all, whatever happens."""
    context = multiprocessing.get_context("spawn")
    shares = _share_out(plan)
    links: list[tuple[BaseProcess, Connection]] = []
    try:
        for share in shares:
            ours, theirs = context.Pipe()
            process: BaseProcess = context.Process(target=work_off, args=(theirs, plan, share, work), daemon=True)
            process.start()
            theirs.close()
            links.append((process, ours))
        found = _gather([link for _, link in links], frame_count(plan), progress, cancelled)
    finally:
        for process, link in links:
            process.terminate()
            process.join()
            link.close()
    return tuple(found[number] for number in range(len(plan.files)))


def _share_out(plan: Plan) -> list[list[int]]:
    """Deal the files out to the workers, the longest first, each to whoever has least to do."""
    shares: list[list[int]] = [[] for _ in range(_WORKERS)]
    load = [0] * _WORKERS
    for number in sorted(range(len(plan.files)), key=lambda number: -len(plan.files[number].pts)):
        least = load.index(min(load))
        shares[least].append(number)
        load[least] += len(plan.files[number].pts)
    return shares


def _gather(links: list[Connection], total: int, progress: Progress, cancelled: IsCancelled) -> dict[int, TrueFile]:
    """Take in what the workers say until each of them is through."""
    done, found = 0, dict[int, TrueFile]()
    progress(ProgressReport(0, total, "frames", _TEXT))
    open_links = list(links)
    while open_links:
        if cancelled():
            raise Cancelled("Making the demo incident was cancelled.", meaning="Nothing of it was kept.")
        for link in wait(open_links, timeout=_POLL_S):
            message = _receive(cast("Connection", link))
            if message is None:
                open_links.remove(cast("Connection", link))
            elif isinstance(message, int):
                done += message
                progress(ProgressReport(done, total, "frames", _TEXT))
            else:
                found[message[0]] = message[1]
    return found


def _receive(link: Connection) -> int | tuple[int, TrueFile] | None:
    """Return a worker's next message: frames made, a finished file, or None once it is through."""
    try:
        message = link.recv()
    except EOFError as error:
        raise _worker_failed("it stopped without a word") from error
    if isinstance(message, SightlineError):
        raise message
    if isinstance(message, str):
        raise _worker_failed(message)
    return cast("int | tuple[int, TrueFile] | None", message)


def _worker_failed(how: str) -> StorageError:
    return StorageError(
        f"A process that makes the demo incident failed: {how}.",
        meaning="Nothing of it was kept.",
        remedy="See that there is room on the disk and try again.",
    )


def work_off(link: Connection, plan: Plan, numbers: list[int], work: Path) -> None:
    """Film some files of a plan; the life of a worker process, which ends when its parent does.

    Args:
        link: takes frame counts, `(number, TrueFile)`, and None at the end; a SightlineError or text on failure.
        plan: the incident.
        numbers: places in `plan.files`.
        work: folder to write below.
    """
    pending = 0

    def on_frame() -> None:
        nonlocal pending
        pending += 1
        if pending == _REPORT_EVERY:
            link.send(pending)
            pending = 0

    with suppress(BrokenPipeError):
        try:
            for number in numbers:
                link.send((number, film(plan, plan.files[number], work, on_frame)))
            link.send(pending)
            link.send(None)
        except BrokenPipeError:
            raise
        except SightlineError as error:
            link.send(error)
        except Exception:  # noqa: BLE001 - the job runner's gate, on the far side of a process boundary
            link.send(traceback.format_exc(limit=-3).strip().replace("\n", " | "))
