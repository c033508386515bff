"""The picture of what stands still on the timeline, kept from paint to paint: moved along and filled up at its edges.

Lives on the UI thread. Bars come first and at once; thumbnails and waveforms are put into them lane by lane, for a few
milliseconds in each paint.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QFont, QPainter, QPixmap

from player.ui.timeline.look import BAR_MARGIN, Look
from player.ui.timeline.painter import paint_scene
from player.ui.timeline.preview_painter import LEAST_WIDTH, PreviewTiles
from player.ui.timeline.scene import Scene

_BUDGET_NS = 4_000_000
"""How long a paint may take for previews to be put in as well; what is left comes with the next."""

_LEAST_NS = 500_000
"""What previews may take in any case, so that they come at last."""


class StillPicture:
    """Everything of the timeline but what `overlay` draws.

    Attributes:
        painted_pixels: how much was drawn so far, previews apart.
    """

    def __init__(self) -> None:
        self._picture = QPixmap()
        self._scene: Scene | None = None
        self._look: Look | None = None
        self._tiles: PreviewTiles | None = None
        self._waiting: list[int] = []
        self._is_behind = False
        self._version = 0
        self.painted_pixels = 0

    @property
    def is_waiting(self) -> bool:
        """Whether previews are still to come."""
        return bool(self._waiting)

    def forget(self) -> None:
        """Draw everything anew next time."""
        self._scene = None

    def look_for_previews(self) -> None:
        """Try again, in the next paint, what previews were not there."""
        self._is_behind = bool(self._waiting)

    def up_to_date(
        self, scene: Scene, look: Look, tiles: PreviewTiles | None, font: QFont, ratio: float = 1.0
    ) -> QPixmap:
        """Return the picture of `scene`, in `ratio` device pixels a pixel."""
        begin = time.perf_counter_ns()
        wanted = QSize(round(scene.size[0] * ratio), round(scene.size[1] * ratio))
        if self._picture.size() != wanted or look is not self._look or tiles is not self._tiles:
            self._picture, self._look, self._tiles, self._scene = QPixmap(wanted), look, tiles, None
            self._picture.setDevicePixelRatio(ratio)
        if tiles is not None and tiles.source.version != self._version:
            self._version, self._scene = tiles.source.version, None
        before, self._scene = self._scene, scene
        stale = [scene.rect] if before is None else _stale_parts(before, scene, look, ratio)
        if stale or self._is_behind:
            if before is not None and stale != [scene.rect]:
                self._move(before, scene, ratio)
            painter = QPainter(self._picture)
            painter.setFont(font)
            for part in stale:
                paint_scene(painter, scene, look, part)
                self.painted_pixels += part.width() * part.height()
            if tiles is not None and scene.lanes.span is not None:
                lanes = _LanePreviews(painter, scene, look, tiles)
                self._paint_previews(lanes, stale, begin + _BUDGET_NS)
            painter.end()
        return self._picture

    def _move(self, before: Scene, scene: Scene, ratio: float) -> None:
        """Move what stays on screen to its new place."""
        right, down = scene.view.pixels_panned(before.view) or 0, scene.top - before.top
        if right:
            self._picture.scroll(round(-right * ratio), 0, _in_device_pixels(scene.time_rect, ratio))
        if down:
            self._picture.scroll(0, round(-down * ratio), _in_device_pixels(scene.lanes_rect, ratio))

    def _paint_previews(self, lanes: _LanePreviews, stale: list[QRect], until_ns: int) -> None:
        """Put previews into the bars that came into view, then into those that wait for them, for a while."""
        scene, tiles = lanes.scene, lanes.tiles
        bars, shown = scene.bars_rect, scene.shown_lanes
        parts = [part & bars for part in stale if part.intersects(bars)]
        is_new = bars in parts
        waiting = list(shown) if is_new else [number for number in self._waiting if number in shown]
        left: set[int] = set()
        tiles.begin(scene.view, scene.left)
        for part in [] if is_new else parts:
            lanes.painter.setClipRect(part)
            some = [number for number in scene.lanes_in(part) if number not in waiting]
            left.update(number for number in some if not lanes.paint(number, part))
        lanes.painter.setClipRect(bars)
        until_ns = max(until_ns, time.perf_counter_ns() + _LEAST_NS)
        for place, number in enumerate(waiting):
            if time.perf_counter_ns() > until_ns:
                left.update(waiting[place:])
                tiles.is_behind = True
                break
            if not lanes.paint(number, bars):
                left.add(number)
        tiles.end()
        self._waiting, self._is_behind = sorted(left), False


class _LanePreviews:
    """Draws thumbnails and waveforms into the bars of lanes, a pixel inside of their edges.

    Attributes:
        painter: of the picture.
        scene: what is on screen.
        tiles: the pictures of parts of bars.
    """

    def __init__(self, painter: QPainter, scene: Scene, look: Look, tiles: PreviewTiles) -> None:
        self.painter, self.scene, self._look, self.tiles = painter, scene, look, tiles
        bars = scene.lanes.wide_bars(scene.view, scene.shown_lanes, LEAST_WIDTH)
        self._bars: dict[int, list[tuple[int, int, int]]] = {}
        rows = zip(bars.lane.tolist(), bars.left.tolist(), bars.right.tolist(), bars.first.tolist(), strict=True)
        for lane, left, right, number in rows:
            self._bars.setdefault(lane, []).append((left, right, number))

    def paint(self, number: int, part: QRect) -> bool:
        """Draw those of a lane that touch `part`; return whether nothing is left to come."""
        scene, lane = self.scene, self.scene.lanes.lanes[number]
        rows = (scene.lane_top(number) + BAR_MARGIN + 1, scene.bar_height - 2)
        ground = self._look.lane(lane.colour)
        first, last = part.left() - scene.left, part.right() - scene.left
        is_whole = True
        for left, right, one in self._bars.get(number, ()):
            if left <= last and right > first:
                is_whole &= self.tiles.paint(self.painter, lane.placed[one], (left, right), rows, ground)
        return is_whole


def _stale_parts(before: Scene, scene: Scene, look: Look, ratio: float) -> list[QRect]:
    """Return what must be drawn after what can be kept was moved: nothing, the edges that came into view, or all."""
    if before is scene:
        return []
    pixels, down = scene.view.pixels_panned(before.view), scene.top - before.top
    is_other = (before.lanes, before.size, before.lane_height) != (scene.lanes, scene.size, scene.lane_height)
    is_other = is_other or before.sizes != scene.sizes
    is_between_pixels = ratio != int(ratio) and bool(pixels or down)
    if is_other or before.view.width != scene.view.width or is_between_pixels:
        return [scene.rect]
    if pixels is not None and look.times.offset_ns(before.view.start_ns) != look.times.offset_ns(scene.view.start_ns):
        pixels = None  # the clocks were changed in between: the ruler's ticks are others
    stale = _changed_lanes(before, scene)
    stale += _edge(scene.time_rect, scene.view.width if pixels is None else pixels, is_across=True)
    stale += _edge(scene.lanes_rect, down, is_across=False)
    return stale if scene.view == before.view else [*stale, QRect(0, 0, scene.left, scene.ruler)]


def _changed_lanes(before: Scene, scene: Scene) -> list[QRect]:
    """Return where the lanes lie that gained or lost the focus or the loudspeaker."""
    changed = {before.focus, scene.focus} if before.focus != scene.focus else set()
    if before.heard != scene.heard:
        changed |= before.heard ^ scene.heard
    lanes = scene.lanes.lanes
    numbers = [number for number in scene.shown_lanes if lanes[number].camera_id in changed] if changed else []
    return [scene.lane_rect(number) & scene.lanes_rect for number in numbers]


def _edge(rect: QRect, pixels: int, *, is_across: bool) -> list[QRect]:
    """Return what of `rect` comes into view when what it shows goes `pixels` to the left (`is_across`) or up."""
    length = rect.width() if is_across else rect.height()
    if not pixels or not length:
        return []
    many = min(abs(pixels), length)
    begin = length - many if pixels > 0 else 0
    if is_across:
        return [QRect(rect.left() + begin, rect.top(), many, rect.height())]
    return [QRect(rect.left(), rect.top() + begin, rect.width(), many)]


def _in_device_pixels(rect: QRect, ratio: float) -> QRect:
    return QRect(*(round(side * ratio) for side in (rect.x(), rect.y(), rect.width(), rect.height())))
