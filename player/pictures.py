"""What a tile shows at an instant, and how it says so: frozen answers of the presenter to whoever paints."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from player.pixels import BGRA_FORM, PictureForm
from player.protocol import Estimate
from player.ring import Ring
from player.tracks import FrameSpot, Gap


class TileState(StrEnum):
    """Whether a tile shows the frame of the common instant; if not, it says why."""

    SHOWN = "shown"
    """The picture is the frame that covers the instant."""

    LOADING = "loading"
    """No picture of this camera has been made yet."""

    LATE = "late"
    """The frame of the instant is not there yet; an older picture stands in, marked."""

    NOT_RECORDING = "not recording"
    SOUND_ONLY = "sound only"
    FAILED = "failed"
    """The frame, or all of the recording, cannot be shown; the reason is told."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One decoded frame in a ring. It stays valid until the next pump of the engine.

    Attributes:
        spot: which frame it is, and when that shows.
        ring: where its pixels are.
        slot: in which slot.
        width: in device pixels.
        height: in device pixels.
        is_damaged: the decoder met errors in it.
        is_proxy: it is the small copy of the frame; the original is on its way.
        form: how it lies in its slot.
        estimate: None where it is exactly the frame; else when it was, as far as that is known.
    """

    spot: FrameSpot
    ring: Ring
    slot: int
    width: int
    height: int
    is_damaged: bool
    is_proxy: bool = False
    form: PictureForm = BGRA_FORM
    estimate: Estimate | None = None

    @property
    def pixels(self) -> memoryview:
        """A finished picture's bytes: rows from the top, four bytes a pixel (blue, green, red, 255), no padding."""
        return self.ring.slot(self.slot)[: self.width * self.height * 4]


@dataclass(frozen=True, slots=True)
class TilePicture:
    """What one camera's tile shows.

    Attributes:
        state: whether `picture` is the frame of the instant.
        spot: the frame that covers the instant, or None in a gap.
        picture: what there is to paint; not the frame of the instant unless `state` is SHOWN.
        gap: since when and until when the camera has nothing to show, in a gap.
        reason: why it failed, in words for people; else "".
    """

    camera_id: str
    state: TileState
    spot: FrameSpot | None
    picture: Picture | None
    gap: Gap | None
    reason: str = ""

    @property
    def is_exact(self) -> bool:
        """Whether the tile knows which frame it is about, rather than a moment of what libVLC plays."""
        if self.picture is not None and self.picture.estimate is not None:
            return False
        return self.spot is None or not self.spot.place.recording.is_approximate
