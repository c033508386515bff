"""The pictures of one camera that are in the window's hands: its ring, and which frame lies in which slot.

A ring is made for a tile's size. When that changes, the old ring stays for as long as its picture is on screen.
Used on the window's thread; never waits.
"""

from __future__ import annotations

from collections.abc import Container

from player.limits import RingLimits
from player.pictures import Picture
from player.protocol import FrameReady
from player.ring import Ring
from player.runs import Key
from player.tracks import FrameSpot


class HeldPictures:
    """Frames by name, and the memory that they lie in.

    Attributes:
        ring: where new pictures are written, or None before there is one.
        shown: the picture that stands in the tile, or None before the first.
    """

    def __init__(self, limits: RingLimits) -> None:
        self._limits = limits
        self._ring_count = 0
        self._held: dict[Key, FrameReady] = {}
        self._stray: list[int] = []
        self._found: tuple[FrameSpot, FrameReady, Picture] | None = None
        self._retired: list[Ring] = []
        self.ring: Ring | None = None
        self.shown: Picture | None = None

    def __contains__(self, key: Key | None) -> bool:
        return key in self._held

    @property
    def keys(self) -> frozenset[Key]:
        """Which frames are there."""
        return frozenset(self._held)

    @property
    def slots(self) -> int:
        """How many pictures the ring holds; 0 before there is one."""
        return 0 if self.ring is None else self.ring.slots

    @property
    def is_full(self) -> bool:
        """Whether every slot is taken, also by what nobody wants any more."""
        return len(self._held) + len(self._stray) >= self.slots

    @property
    def rough(self) -> set[Key]:
        """The pictures of which a better one can be had."""
        return {key for key, held in self._held.items() if held.estimate is not None and held.estimate.is_rough}

    @property
    def last_of_old_size(self) -> Picture | None:
        """The picture in the tile where it lies in a ring that was replaced, or None."""
        return self.shown if self.shown is not None and self.shown.ring is not self.ring else None

    def renew(self, slot_bytes: int) -> Ring:
        """Make a ring of so large slots; the old one stays while its picture is on screen.

        Raises:
            DecoderError: there is no memory for it; then there is no ring.
        """
        if self.ring is not None:
            if self.shown is not None and self.shown.ring is self.ring:
                self._retired.append(self.ring)
            else:
                self.ring.close()
            self.ring = None
        self._held.clear()
        self._found = None
        self._stray.clear()
        slots = max(self._limits.fewest, min(self._limits.most, self._limits.bytes // slot_bytes))
        self._ring_count += 1
        self.ring = Ring.create(self._ring_count, slots, slot_bytes)
        return self.ring

    def note_attached(self, ring: int, slots: int) -> None:
        """The decoder has opened a ring, and found room for so many pictures: its name is not needed any more."""
        if self.ring is not None and self.ring.number == ring:
            self.ring.remove_name()
            self.ring.slots = min(self.ring.slots, slots)

    def take(self, key: Key, message: FrameReady) -> None:
        """Keep a picture of the ring that is in use; of two pictures of one frame, the better known one."""
        held = self._held.get(key)
        if held is None:
            self._held[key] = message
        elif message.estimate is not None and not message.estimate.is_rough:
            self._stray.append(held.slot)  # what takes its place is the same moment, better known
            self._held[key] = message
        else:
            self._stray.append(message.slot)

    def let_go(self, kept: Container[Key]) -> list[int]:
        """Return the slots of pictures that are neither wanted nor on screen."""
        pinned = -1
        if self.shown is not None and self.shown.ring is self.ring:
            pinned = self.shown.slot
        recycled = [slot for slot in self._stray if slot != pinned]
        self._stray = [slot for slot in self._stray if slot == pinned]
        gone = [key for key, ready in self._held.items() if key not in kept and ready.slot != pinned]
        return [*recycled, *(self._held.pop(key).slot for key in gone)]

    def picture(self, key: Key, spot: FrameSpot, *, is_proxy: bool) -> Picture | None:
        """Return a frame's picture, the same object as long as it is the same picture; None where it is not there."""
        ready = self._held.get(key)
        if ready is None or self.ring is None:
            return None
        if self._found is not None and self._found[0] is spot and self._found[1] is ready:
            return self._found[2]
        picture = Picture(
            spot,
            self.ring,
            ready.slot,
            ready.width,
            ready.height,
            ready.is_damaged,
            is_proxy,
            ready.form,
            ready.estimate,
        )
        self._found = spot, ready, picture
        return picture

    def show(self, picture: Picture | None) -> None:
        """Keep this picture's slot for as long as it stands in the tile."""
        self.shown = picture
        for ring in [ring for ring in self._retired if picture is None or ring is not picture.ring]:
            self._retired.remove(ring)
            ring.close()

    def close(self) -> None:
        """Let the memory go."""
        self.shown = None
        self._found = None
        self._held.clear()
        for ring in (*self._retired, *(() if self.ring is None else (self.ring,))):
            ring.close()
        self._retired.clear()
        self.ring = None
