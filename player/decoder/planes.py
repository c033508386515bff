"""The planes of a decoded frame, as they were coded: which frames have plain ones, and how they are copied out."""

from __future__ import annotations

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from player.pixels import PictureForm, PixelLayout, Plane

_MOST_DEPTH = 16
_PROBE = 32
_LOW, _HIGH = 16, 240
_PROBE_FORMATS = {(1, 1): "yuv420p", (1, 0): "yuv422p", (0, 1): "yuv440p", (2, 0): "yuv411p", (2, 2): "yuv410p"}
"""By how many halvings the chroma planes are smaller, across and down."""


def rows_of(frame: av.VideoFrame, number: int) -> NDArray[np.uint8]:
    """Return the bytes of a plane, uint8[rows, stride], without copying."""
    plane = frame.planes[number]
    packed = np.frombuffer(plane, dtype=np.uint8)  # type: ignore[call-overload]
    rows: NDArray[np.uint8] = packed[: plane.line_size * plane.height].reshape(-1, plane.line_size)
    return rows


def is_plain(frame: av.VideoFrame) -> bool:
    """Tell whether the frame is luma, or luma and two chroma planes, of whole samples in little-endian order."""
    form = frame.format
    if form.is_rgb or form.is_big_endian or form.has_palette or form.is_bit_stream:
        return False
    components = form.components
    depth = components[0].bits
    if not 8 <= depth <= _MOST_DEPTH or any(one.bits != depth for one in components):
        return False
    if len(components) == 1:
        return form.name.startswith("gray") and not form.name.startswith("grayf")
    is_three = len(components) == 3 and len(frame.planes) == 3
    return is_three and form.name.startswith("yuv") and "msb" not in form.name


def planes_form(frame: av.VideoFrame) -> PictureForm:
    """Return how a plain frame's planes lie in a slot, one after another; matrix, range and turn are not in it yet."""
    depth = frame.format.components[0].bits
    planes: list[Plane] = []
    offset = 0
    for plane in frame.planes:
        stride = -(-plane.width * (1 if depth == 8 else 2) // 4) * 4
        planes.append(Plane(offset, plane.width, plane.height, stride))
        offset += stride * plane.height
    siting = chroma_siting(frame) if len(planes) == 3 else (0.5, 0.5)
    return PictureForm(PixelLayout.PLANES, tuple(planes), depth, siting=siting)


def copy_planes(frame: av.VideoFrame, form: PictureForm, slot: NDArray[np.uint8]) -> None:
    """Copy a frame's planes into a slot, as `form` says."""
    for number, plane in enumerate(form.planes):
        length = plane.width * (1 if form.depth == 8 else 2)
        target = slot[plane.offset : plane.offset + plane.stride * plane.height].reshape(plane.height, plane.stride)
        target[:, :length] = rows_of(frame, number)[: plane.height, :length]


def chroma_siting(frame: av.VideoFrame) -> tuple[float, float]:
    """Return where FFmpeg takes the frame's chroma samples to lie, right and down, in chroma samples.

    PyAV does not hand on `AVFrame.chroma_location`, so this looks at what the scaler does with an edge in chroma, in a
    small picture that carries the frame's own properties.
    """
    shifts = tuple(_halvings(frame, number) for number in (0, 1))
    kind = _PROBE_FORMATS.get((shifts[0], shifts[1]))
    if kind is None:
        return (0.5, 0.5)
    probe = _convert(frame, kind)
    if probe is frame:
        return (0.5, 0.5)
    return (_edge(probe, shifts[0], axis=1), _edge(probe, shifts[1], axis=0))


def _halvings(frame: av.VideoFrame, axis: int) -> int:
    """Return by how many halvings chroma is smaller than luma, across (0) or down (1)."""
    plane = frame.planes[1]
    luma, chroma = ((frame.width, plane.width), (frame.height, plane.height))[axis]
    return max(0, round(np.log2(luma / chroma))) if chroma else 0


def _edge(probe: av.VideoFrame, shift: int, *, axis: int) -> float:
    if shift == 0:
        return 0.5
    for number, level in ((0, 128), (1, _LOW), (2, 128)):
        rows_of(probe, number)[:] = level
    half = (_PROBE >> shift) // 2
    chroma = rows_of(probe, 1)
    if axis == 1:
        chroma[:, half:] = _HIGH
    else:
        chroma[half:] = _HIGH
    across = rows_of(_convert(probe, "yuv444p"), 1)[:_PROBE, :_PROBE]
    line = across[_PROBE // 2] if axis == 1 else across[:, _PROBE // 2]
    for at, value in enumerate(line):
        share = (int(value) - _LOW) / (_HIGH - _LOW)
        if 0.05 < share < 0.95:
            return round(((at + 0.5) / (1 << shift) - (half - 1) - share) * 16) / 16
    return 0.5


def _convert(frame: av.VideoFrame, kind: str) -> av.VideoFrame:
    return VideoReformatter().reformat(
        frame,
        _PROBE,
        _PROBE,
        kind,
        src_colorspace=Colorspace.ITU709,
        dst_colorspace=Colorspace.ITU709,
        src_color_range=ColorRange.MPEG,
        dst_color_range=ColorRange.MPEG,
        interpolation=Interpolation.AREA | Interpolation.ACCURATE_RND,
        threads=1,
    )
