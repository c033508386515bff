"""Pictures for the sync certificate: both cameras' frames at a matched moment, both sounds, and how sure a clock is.

Frames and sound are decoded in child processes. A picture that cannot be made is left out and its reason kept: a
certificate without pictures is still one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from annotations.paper import Picture
from evidence.case import Case
from evidence.errors import Cancelled, SightlineError
from evidence.jobs import IsCancelled, Progress, ProgressReport
from evidence.records import Recording
from evidence.times import NS_PER_S, DurationNs
from player.protocol import Source
from player.stills.maker import StillMaker
from player.stills.messages import StillOrder
from player.stills.png import encode_png
from resources.palette import lane_colour
from sync.certificate import CertifiedClock, CertifiedMoment, SyncCertificate
from sync.sound.child import Excerpt, ExcerptTask
from sync.sound.excerpt import ExcerptReader

MOST_MOMENTS = 12
"""Of more matches than this no pictures are made."""

_STILL_WIDTH = 640
_SOUND_NS = 3 * NS_PER_S
_SOUND_RATE = 8_000
_WAVE = (860, 64)
_PLOT = (860, 100)

Pixels = NDArray[np.uint8]


@dataclass(frozen=True)
class SyncPictures:
    """What was made.

    Attributes:
        pictures: by name: `still <match> <side>`, `sound <match>`, `clock <camera id>`.
        frames: by the same names as the stills, number of the frame that is shown.
        reasons: by name, why a picture is missing.
    """

    pictures: Mapping[str, Picture]
    frames: Mapping[str, int]
    reasons: Mapping[str, str]


def make_pictures(case: Case, certificate: SyncCertificate, progress: Progress, cancelled: IsCancelled) -> SyncPictures:
    """Make every picture of a certificate, for `MOST_MOMENTS` matches at most. From any thread.

    Raises:
        Cancelled: as asked.
    """
    recordings = {one.id: one for one in case.recordings()}
    colours = {one.id: one.colour for one in case.cameras()}
    made: dict[str, Picture] = {}
    frames: dict[str, int] = {}
    reasons: dict[str, str] = {}
    moments = certificate.moments[:MOST_MOMENTS]
    with ExitStack() as stack:
        stills = stack.enter_context(StillMaker())
        sounds = stack.enter_context(ExcerptReader())
        for number, moment in enumerate(moments):
            progress(ProgressReport(number, len(moments), "", f"Pictures of match {moment.number}"))
            own = [recordings[key] for key in moment.recordings]
            for side, (recording, media_ns) in enumerate(zip(own, moment.media_ns, strict=True)):
                name = f"still {moment.number} {side}"
                try:
                    frame, picture = _still(case, recording, media_ns, stills, cancelled)
                except Cancelled:
                    raise
                except SightlineError as error:
                    reasons[name] = error.happened
                else:
                    made[name], frames[name] = picture, frame
            try:
                made[f"sound {moment.number}"] = _sounds(
                    own,
                    [case.find_original(one) for one in own],
                    moment,
                    [colours.get(one.camera_id, 0) for one in own],
                    lambda task: sounds.read(task, cancelled),
                )
            except Cancelled:
                raise
            except SightlineError as error:
                reasons[f"sound {moment.number}"] = error.happened
    for clock in certificate.clocks:
        if clock.uncertainty:
            made[f"clock {clock.camera_id}"] = _plot(clock, colours.get(clock.camera_id, 0))
    progress(ProgressReport(len(moments), len(moments), "", "Pictures"))
    return SyncPictures(made, frames, reasons)


def _still(
    case: Case, recording: Recording, media_ns: int, maker: StillMaker, cancelled: IsCancelled
) -> tuple[int, Picture]:
    stream, index, place = recording.video, case.frame_index(recording.id), case.find_original(recording)
    if stream is None or index is None or recording.is_approximate:
        raise SightlineError(f"{recording.display_name} has no exact picture there.")
    if place is None:
        raise SightlineError(f"{recording.display_name} is not there.")
    frame = max(0, int(np.searchsorted(index.start_ns, media_ns, side="right")) - 1)
    source = Source(
        key=0,
        path_bytes=os.fsencode(place),
        display_name=recording.display_name,
        stream_index=stream.index,
        rotation=stream.rotation,
        pixel_aspect=stream.pixel_aspect,
        color_space=stream.color_space,
        color_range=stream.color_range,
    )
    still = maker.make(StillOrder(source, index, frame, is_upright=True), cancelled)
    values = np.frombuffer(still.pixels, dtype=np.uint8)
    values = values[::2] if still.depth == 16 else values  # the more significant byte comes first
    pixels: Pixels = values.reshape(still.height, still.width, 3)
    if still.width > _STILL_WIDTH:
        size = (_STILL_WIDTH, max(1, still.height * _STILL_WIDTH // still.width))
        pixels = np.asarray(
            cv2.resize(np.ascontiguousarray(pixels), size, interpolation=cv2.INTER_AREA), dtype=np.uint8
        )
    return frame, _picture(pixels, f"Frame {frame} of {recording.display_name}")


def _sounds(
    own: Sequence[Recording],
    places: Sequence[Path | None],
    moment: CertifiedMoment,
    colours: Sequence[int],
    read: Callable[[ExcerptTask], Excerpt],
) -> Picture:
    bands = []
    for recording, place, media_ns, colour in zip(own, places, moment.media_ns, colours, strict=True):
        if recording.audio_stream is None or place is None:
            raise SightlineError(f"{recording.display_name} has no sound.")
        task = ExcerptTask(
            path_bytes=os.fsencode(place),
            display_name=recording.display_name,
            stream_index=recording.audio_stream,
            start_ns=media_ns - _SOUND_NS // 2,
            duration_ns=_SOUND_NS,
            rate=_SOUND_RATE,
        )
        bands.append(_wave(np.frombuffer(read(task).samples, dtype="<i2"), lane_colour(colour)))
    whole = np.vstack(bands)
    whole[:, _WAVE[0] // 2] = (179, 38, 30)
    names = " and ".join(one.display_name for one in own)
    seconds = _SOUND_NS // NS_PER_S
    return _picture(whole, f"Sound of {names}, {seconds} s around the matched moment, which the red line marks")


def _wave(samples: NDArray[np.int16], colour: str) -> Pixels:
    """Draw a sound: each column from its lowest to its highest sample."""
    width, height = _WAVE
    image = np.full((height, width, 3), 250, dtype=np.uint8)
    edges = np.linspace(0, len(samples), width + 1).astype(int)
    loudest = max(1, int(np.abs(samples.astype(int)).max(initial=1)))
    middle = height // 2
    for column in range(width):
        part = samples[edges[column] : max(edges[column] + 1, edges[column + 1])]
        if len(part):
            low, high = int(part.min()), int(part.max())
            top, bottom = middle - high * (middle - 2) // loudest, middle - low * (middle - 2) // loudest
            image[top : bottom + 1, column] = _rgb(colour)
    image[-1] = 200
    return image


def _plot(clock: CertifiedClock, colour: int) -> Picture:
    """Draw half the 95 % interval along a camera's recordings, with the times when it was recording below."""
    width, height = _PLOT
    image = np.full((height, width, 3), 255, dtype=np.uint8)
    left, right, top, bottom = 92, width - 12, 12, height - 26
    times = [at for at, _ in clock.uncertainty]
    halves = [half for _, half in clock.uncertainty]
    highest, span = max(1, *halves), max(1, times[-1] - times[0])
    cv2.line(image, (left, bottom), (right, bottom), (120, 120, 120), 1)
    cv2.line(image, (left, top), (left, bottom), (120, 120, 120), 1)
    points = np.array(
        [
            (left + (right - left) * (at - times[0]) // span, bottom - (bottom - top) * half // highest)
            for at, half in zip(times, halves, strict=True)
        ],
        dtype=np.int32,
    )
    area = np.vstack([points, [[right, bottom], [left, bottom]]]).astype(np.int32)
    tint = image.copy()
    cv2.fillPoly(tint, [area], _rgb(lane_colour(colour)))
    image = cv2.addWeighted(tint, 0.35, image, 0.65, 0).astype(np.uint8)
    cv2.polylines(image, [points], isClosed=False, color=(40, 40, 40), thickness=1, lineType=cv2.LINE_AA)
    for words, place in (
        (_milliseconds(highest), (4, top + 6)),
        ("0", (left - 14, bottom + 4)),
        ("0 s", (left, height - 8)),
        (f"{span // NS_PER_S} s", (right - 60, height - 8)),
    ):
        cv2.putText(image, words, place, cv2.FONT_HERSHEY_SIMPLEX, 0.42, (60, 60, 60), 1, cv2.LINE_AA)
    reach = f"from {_milliseconds(min(halves))} to {_milliseconds(highest)}"
    return _picture(image, f"Uncertainty (95 %) of the clock of {clock.name}: {reach}")


def _milliseconds(half_ns: DurationNs) -> str:
    return f"{half_ns / 1e9:.2f} s" if half_ns >= NS_PER_S else f"{half_ns / 1e6:.1f} ms"


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _picture(pixels: Pixels, alt: str) -> Picture:
    height, width = pixels.shape[:2]
    content = encode_png(width, height, 8, np.ascontiguousarray(pixels).tobytes())
    return Picture("image/png", width, height, content, alt)
