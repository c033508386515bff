"""A sheet of pictures: cells with what each shows, ready to be drawn, and the provenance of every one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from annotations.reports.facts import CaseFacts
from annotations.reports.small_picture import as_array, made_small
from annotations.sheets.frame_taker import FrameTaker
from evidence.errors import Cancelled
from evidence.jobs import IsCancelled, Progress, ProgressReport
from evidence.text import clean_text
from evidence.time_text import LocalTimes, sigma_text
from evidence.times import IncidentTime
from player.stills.messages import StillPicture
from player.stills.provenance import JsonValue, StillFacts, as_document, uncertainty_text
from player.tracks import FrameSpot, Gap, Track

COMPARISON_PX = 1280
CONTACT_PX = 480


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a picture comes from, in words.

    Attributes:
        camera: its name.
        file: exhibit reference and name of the recording.
        sha256: of the recording, as it was added.
        check: whether that was compared with the file now.
        sureness: how sure the camera's time is, and on what that rests.
        frame: number of the frame, and of how many.
        stamp: its own time stamp and the unit of that.
        time: when it began to show, local.
        picture: its size, and what was done to it.
    """

    camera: str
    file: str
    sha256: str
    check: str
    sureness: str
    frame: str
    stamp: str
    time: str
    picture: str

    @property
    def source(self) -> tuple[str, str, str, str, str]:
        """What it shares with other frames of the same recording."""
        return self.camera, self.file, self.sha256, self.check, self.sureness


@dataclass(frozen=True, slots=True)
class Cell:
    """One picture of a sheet, or why there is none.

    Attributes:
        camera: its name.
        lines: what stands below: local time and uncertainty, frame.
        words: what stands where the picture would be, or "".
        picture: a PNG of ours, or None.
        size: of the PNG, in pixels.
        origin: where the frame comes from, or None where there is none.
        document: the same for machines, or None.
    """

    camera: str
    lines: tuple[str, ...]
    words: str = ""
    picture: Path | None = None
    size: tuple[int, int] = (0, 0)
    origin: Origin | None = None
    document: Mapping[str, JsonValue] | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet.

    Attributes:
        title: what it is.
        lines: what is said at its top.
        columns: how many cells stand side by side.
        cells: row by row.
    """

    title: str
    lines: tuple[str, ...]
    columns: int
    cells: tuple[Cell, ...]

    @property
    def taken(self) -> int:
        """How many cells have a picture."""
        return sum(one.picture is not None for one in self.cells)

    @property
    def failed(self) -> int:
        """How many frames there were that could not be taken."""
        return sum(one.picture is None and one.document is not None for one in self.cells)


@dataclass(frozen=True, slots=True)
class Look:
    """One camera at one instant."""

    track: Track
    instant: IncidentTime


class CellMaker:
    """Makes cells of looks; used by one thread while the case is open."""

    def __init__(self, facts: CaseFacts, times: LocalTimes, folder: Path, most_px: int, *, verifies: bool) -> None:
        """Make a maker.

        Args:
            facts: of the case.
            times: writes local times.
            folder: takes the pictures; they must stay until the sheet is written.
            most_px: how wide a picture may be; it is never enlarged.
            verifies: whether the taker compares originals with their hash.
        """
        self._facts = facts
        self._times = times
        self._folder = folder
        self._most = (most_px, most_px * 3 // 4)
        self._verifies = verifies
        self._made = 0

    def cells(
        self, looks: Sequence[Look], taker: FrameTaker, progress: Progress, cancelled: IsCancelled
    ) -> tuple[Cell, ...]:
        """Make the cells. Raises Cancelled; OSError where the folder does not take them."""
        found: list[Cell] = []
        for number, look in enumerate(looks):
            if cancelled():
                raise Cancelled("Making the sheet was cancelled.", meaning="Nothing was written.")
            progress(ProgressReport(number, len(looks), "pictures", look.track.camera.camera.name))
            found.append(self._cell(look, taker))
        return tuple(found)

    def _cell(self, look: Look, taker: FrameTaker) -> Cell:
        name, spot = look.track.camera.camera.name, look.track.at(look.instant)
        if isinstance(spot, Gap):
            return Cell(name, (self._times.clock(look.instant),), self._gap_words(spot))
        picture = taker.take(spot)
        if isinstance(picture, str):
            words = "No picture could be made. " + picture
            return Cell(name, self._lines(spot), words, document={"frame": spot.frame, "reason": picture})
        return self._taken(look, spot, picture)

    def _taken(self, look: Look, spot: FrameSpot, picture: StillPicture) -> Cell:
        recording = spot.place.recording
        stream, index = recording.video, self._facts.index_of(recording.id)
        assert stream is not None
        assert index is not None
        small = made_small(as_array(picture), self._most)
        is_packed, packed = cv2.imencode(".png", np.ascontiguousarray(small[:, :, ::-1]))
        assert is_packed
        file = self._folder / f"cell-{self._made}.png"
        self._made += 1
        file.write_bytes(packed.tobytes())
        facts = StillFacts(
            case=self._facts.info,
            camera_name=look.track.camera.camera.name,
            spot=spot,
            index=index,
            stream=stream,
            asked=look.instant,
            is_hash_verified=self._verifies,
            is_upright=True,
            picture=picture,
        )
        size = (small.shape[1], small.shape[0])
        shown = {"width": size[0], "height": size[1], "is_reduced": size != (picture.width, picture.height)}
        return Cell(
            camera=facts.camera_name,
            lines=self._lines(spot),
            picture=file,
            size=size,
            origin=self._origin(facts, size),
            document={**as_document(facts), "shown_here": shown},
        )

    def _lines(self, spot: FrameSpot) -> tuple[str, ...]:
        time = f"{self._times.clock(spot.frame_start)} {sigma_text(spot.place.sigma_ns)}"
        recording = spot.place.recording
        frame = "approximate" if recording.is_approximate else f"frame {spot.frame:,}"
        return (time, " · ".join(filter(None, (frame, recording.exhibit))))

    def _gap_words(self, gap: Gap) -> str:
        if gap.is_sound_only:
            return "sound only"
        until = "" if gap.end is None else f"\nfrom {self._times.clock(gap.end)}"
        since = "" if gap.start is None else f"\nstopped at {self._times.clock(gap.start)}"
        return f"not recording{since}{until}"

    def _origin(self, facts: StillFacts, size: tuple[int, int]) -> Origin:
        spot, recording, picture = facts.spot, facts.spot.place.recording, facts.picture
        whole = f"{picture.width} × {picture.height}"
        reduced = "" if size == (picture.width, picture.height) else f", here {size[0]} × {size[1]}"
        base = facts.index.time_base
        return Origin(
            camera=facts.camera_name,
            file=" · ".join(filter(None, (recording.exhibit, recording.display_name))),
            sha256=recording.sha256,
            check="compared with the file just before" if facts.is_hash_verified else "not compared with the file now",
            sureness=uncertainty_text(spot),
            frame=f"{spot.frame:,} of {len(facts.index):,}",
            stamp=f"{spot.pts} × {base.numerator}/{base.denominator} s",
            time=self._times.full(spot.frame_start),
            picture=f"{whole}{reduced}",
        )


def text_chunks(sheet: Sheet, facts: CaseFacts, made_line: str) -> tuple[tuple[str, str], ...]:
    """Return what the PNG of a sheet says of itself: for people first, and the whole as JSON at the end."""
    document = {
        "format": 1,
        "sheet": sheet.title,
        "case": {"id": facts.info.id, "title": facts.info.title, "reference": facts.info.reference},
        "made": made_line,
        "columns": sheet.columns,
        "cells": [
            {"camera": one.camera, "says": list(one.lines), "instead": one.words, "frame": one.document}
            for one in sheet.cells
        ],
    }
    head = [
        ("Title", sheet.title),
        ("Software", made_line),
        ("Case", f"{facts.info.reference} {facts.info.title}".strip()),
        ("Description", " ".join(sheet.lines)),
    ]
    shown = tuple((name, clean_text(text)) for name, text in head)
    return (*shown, ("Provenance", json.dumps(document, ensure_ascii=True, separators=(",", ":"))))
