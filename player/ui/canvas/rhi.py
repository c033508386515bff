"""Draws the tiles on the graphics card, through Qt's rendering interface: Direct3D, Metal, Vulkan or OpenGL.

Planes are handed over as they were coded, and only when a tile's picture is another. All tiles and what lies over them
are drawn in one pass.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QColor,
    QRegion,
    QRhiCommandBuffer,
    QRhiDepthStencilClearValue,
    QRhiResourceUpdateBatch,
    QRhiShaderResourceBindings,
    QRhiViewport,
)
from PySide6.QtWidgets import QRhiWidget, QWidget

from player.pixels import PixelLayout
from player.ui.canvas.drawing import OnFailure, SceneSource, TileDrawing
from player.ui.canvas.program import Program, ProgramError
from player.ui.canvas.rhi_over import RhiOver
from player.ui.canvas.rhi_tile import RhiTile, TileBlock
from player.ui.tile_view import Area, Size

_WORDS = (
    "The graphics card cannot draw the pictures{reason}. The processor draws them now: they are the same, but many "
    "cameras at once may be slower. To leave it so, choose “the processor” in the settings."
)


class _Made:
    """What was made on the graphics card. It must go with the canvas.

    A wrapper of the rendering interface that outlives it may be handed out by PySide in place of what comes to lie at
    its address next: a screen that is plugged in was one, in a test.
    """

    def __init__(self) -> None:
        self.program: Program | None = None
        self.tiles: dict[str, RhiTile] = {}
        self.over: RhiOver | None = None
        self.kept: list[object] = []

    def forget(self) -> None:
        """Let all go."""
        self.program = None
        self.over = None
        self.tiles.clear()
        self.kept.clear()


class RhiCanvas(QRhiWidget):
    """The tiles, drawn by a graphics card."""

    def __init__(self, source: SceneSource, parent: QWidget, on_failure: OnFailure) -> None:
        super().__init__()
        self.layout_wanted = PixelLayout.PLANES
        self.is_accelerated = True
        self._source = source
        self._on_failure = on_failure
        self._made = _Made()
        self._dirty: QRegion | None = None
        self._has_failed = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.renderFailed.connect(self._on_render_failed)
        self.destroyed.connect(self._made.forget)
        self.setParent(parent)  # only so does a window that is shown already get a rendering interface

    @property
    def widget(self) -> QWidget:
        """The widget that is drawn into."""
        return self

    def refresh(self, region: QRegion | None) -> None:
        """Draw this part anew soon, in logical pixels; None for all."""
        self._dirty = QRegion(self.rect()) if region is None else (self._dirty or QRegion()).united(region)
        self.update()

    def initialize(self, _cb: QRhiCommandBuffer) -> None:
        """Make what is drawn with, where the interface is new."""
        rhi = self.rhi()
        if self._has_failed or (self._made.program is not None and self._made.program.rhi is rhi):
            return
        self._made.forget()
        try:
            self._made.program = Program(rhi, self.renderTarget())
        except ProgramError as error:
            self._fail(str(error))

    def releaseResources(self) -> None:
        """The interface is about to go."""
        self._made.forget()

    def render(self, cb: QRhiCommandBuffer) -> None:  # type: ignore[override]  # Qt has two methods of this name
        """Draw all tiles in one pass."""
        clear = QRhiDepthStencilClearValue(1.0, 0)
        drawings = list(self._source.drawings())
        colour = QColor(self._source.gap_colour)
        if self._made.program is None:
            cb.beginPass(self.renderTarget(), colour, clear)
            cb.endPass()
            return
        try:
            self._draw(cb, self._made.program, drawings, colour, clear)
        except ProgramError as error:
            self._fail(str(error))
            return
        self._source.note_painted(drawings)

    def _draw(
        self,
        cb: QRhiCommandBuffer,
        program: Program,
        drawings: list[TileDrawing],
        colour: QColor,
        clear: QRhiDepthStencilClearValue,
    ) -> None:
        target = self.renderTarget()
        size = target.pixelSize()
        batch = program.rhi.nextResourceUpdateBatch()
        program.fill(batch)
        clip = tuple(program.rhi.clipSpaceCorrMatrix().data())
        bound: list[QRhiShaderResourceBindings] = []
        self._drop_gone(drawings)
        for drawing in drawings:
            bound += self._bind(program, drawing, clip, Size(size.width(), size.height()), batch)
        over = self._over_for(program)
        over.paint(self._source, drawings, self._dirty or QRegion(), clip, batch)
        self._dirty = None
        viewport = QRhiViewport(0, 0, size.width(), size.height())
        corners = [(program.corners, 0)]
        self._made.kept = [viewport, corners, clear, colour, bound]
        cb.beginPass(target, colour, clear, batch)
        cb.setGraphicsPipeline(program.tile)
        cb.setViewport(viewport)
        for bindings in bound:
            cb.setShaderResources(bindings)
            cb.setVertexInput(0, corners)
            cb.draw(4)
        cb.setGraphicsPipeline(program.over)
        cb.setViewport(viewport)
        cb.setShaderResources(over.bindings)
        cb.setVertexInput(0, corners)
        cb.draw(4)
        cb.endPass()

    def _bind(
        self,
        program: Program,
        drawing: TileDrawing,
        clip: tuple[float, ...],
        surface: Size,
        batch: QRhiResourceUpdateBatch,
    ) -> list[QRhiShaderResourceBindings]:
        """Hand over a tile's picture; return what each of its draw calls reads."""
        camera = drawing.scene.label.camera_id
        tile = self._made.tiles.get(camera)
        if tile is None:
            tile = self._made.tiles[camera] = RhiTile(program)
        colour = QColor(self._source.ground_colour)
        ground = (colour.redF(), colour.greenF(), colour.blueF())
        if drawing.pictures:
            tile.take(drawing.pictures[0], batch)
        windows: list[Area] = [drawing.window, *(picture.window for picture in drawing.pictures[1:])]
        pictures = drawing.pictures or (None,)
        return [
            tile.bind(number, picture, TileBlock(clip, surface, window, ground), batch)
            for number, (window, picture) in enumerate(zip(windows, pictures, strict=True))
        ]

    def _over_for(self, program: Program) -> RhiOver:
        size, ratio = self.renderTarget().pixelSize(), self.devicePixelRatioF()
        if self._made.over is None or self._made.over.size != size or self._made.over.ratio != ratio:
            self._made.over = RhiOver(program, size, ratio)
        return self._made.over

    def _drop_gone(self, drawings: list[TileDrawing]) -> None:
        there = {drawing.scene.label.camera_id for drawing in drawings}
        self._made.tiles = {camera: tile for camera, tile in self._made.tiles.items() if camera in there}

    def _on_render_failed(self) -> None:
        self._fail("")

    def _fail(self, reason: str) -> None:
        if not self._has_failed:
            self._has_failed = True
            self._made.forget()
            self._on_failure(_WORDS.format(reason=f" ({reason})" if reason else ""))
