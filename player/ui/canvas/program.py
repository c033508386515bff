"""What is the same for all tiles on the graphics card: shaders, pipelines, the rectangle that they are drawn with."""

from __future__ import annotations

import struct

from PySide6.QtCore import QSize
from PySide6.QtGui import (
    QRhi,
    QRhiBuffer,
    QRhiGraphicsPipeline,
    QRhiRenderTarget,
    QRhiResourceUpdateBatch,
    QRhiSampler,
    QRhiShaderResourceBinding,
    QRhiShaderResourceBindings,
    QRhiShaderStage,
    QRhiTexture,
    QRhiVertexInputAttribute,
    QRhiVertexInputBinding,
    QRhiVertexInputLayout,
    QShader,
)

from resources import path

TILE_BYTES = 4 * (16 + 16 + 8 * 4)
"""Length of the shaders' block `Tile`."""

OVER_BYTES = 4 * (16 + 4)
_CORNERS = struct.pack("8f", 0, 0, 1, 0, 0, 1, 1, 1)
_STAGES = QRhiShaderResourceBinding.StageFlag
_BOTH = _STAGES.VertexStage | _STAGES.FragmentStage


class ProgramError(Exception):
    """The graphics card does not take what pictures are drawn with; says which part."""


class Program:
    """Made anew for every rendering interface. Everything that Qt was given is held here for as long as it lives.

    Raises:
        ProgramError: a part of it was refused.
    """

    def __init__(self, rhi: QRhi, target: QRhiRenderTarget) -> None:
        self.rhi = rhi
        nearest, clamp = QRhiSampler.Filter.Nearest, QRhiSampler.AddressMode.ClampToEdge
        self.sampler = rhi.newSampler(nearest, nearest, QRhiSampler.Filter.None_, clamp, clamp)
        self._made(self.sampler.create(), "a sampler")
        usage = QRhiBuffer.UsageFlag.VertexBuffer
        self.corners = rhi.newBuffer(QRhiBuffer.Type.Immutable, usage, len(_CORNERS))
        self._made(self.corners.create(), "a buffer")
        self.nothing = self.texture(QRhiTexture.Format.R8, QSize(1, 1))
        self._is_filled = False
        self._target = target
        tile_buffer, over_buffer = self.uniforms(TILE_BYTES), self.uniforms(OVER_BYTES)
        self._samples = [
            self.bindings(tile_buffer, [self.nothing] * 4),
            self.bindings(over_buffer, [self.nothing]),
        ]
        self._kept: list[object] = [tile_buffer, over_buffer]
        self.tile = self._pipeline("tile", self._samples[0], is_blended=False)
        self.over = self._pipeline("over", self._samples[1], is_blended=True)

    def fill(self, batch: QRhiResourceUpdateBatch) -> None:
        """Hand over what never changes."""
        if not self._is_filled:
            self._is_filled = True
            batch.uploadStaticBuffer(self.corners, _CORNERS)

    def uniforms(self, size: int) -> QRhiBuffer:
        """Return a buffer for a block of the shaders."""
        buffer = self.rhi.newBuffer(QRhiBuffer.Type.Dynamic, QRhiBuffer.UsageFlag.UniformBuffer, size)
        self._made(buffer.create(), "a buffer")
        return buffer

    def texture(self, form: QRhiTexture.Format, size: QSize) -> QRhiTexture:
        """Return a texture."""
        if not self.rhi.isTextureFormatSupported(form):
            raise ProgramError(f"textures of the kind {form.name}")
        texture = self.rhi.newTexture(form, size)
        self._made(texture.create(), f"a texture of {size.width()} by {size.height()}")
        return texture

    def bindings(self, buffer: QRhiBuffer, textures: list[QRhiTexture]) -> QRhiShaderResourceBindings:
        """Return what a draw call reads: a block, and textures from number 1 on."""
        binding = QRhiShaderResourceBinding
        listed = [binding.uniformBuffer(0, _BOTH, buffer)]
        for number, texture in enumerate(textures, 1):
            listed.append(binding.sampledTexture(number, _STAGES.FragmentStage, texture, self.sampler))
        made = self.rhi.newShaderResourceBindings()
        made.setBindings(listed)
        self._made(made.create(), "bindings")
        return made

    def _pipeline(self, name: str, sample: QRhiShaderResourceBindings, *, is_blended: bool) -> QRhiGraphicsPipeline:
        stages = [
            QRhiShaderStage(QRhiShaderStage.Type.Vertex, _shader(f"{name}.vert")),
            QRhiShaderStage(QRhiShaderStage.Type.Fragment, _shader(f"{name}.frag")),
        ]
        layout = QRhiVertexInputLayout()
        layout.setBindings([QRhiVertexInputBinding(8)])
        layout.setAttributes([QRhiVertexInputAttribute(0, 0, QRhiVertexInputAttribute.Format.Float2, 0)])
        blend = QRhiGraphicsPipeline.TargetBlend()
        if is_blended:
            blend.enable = True
            factor = QRhiGraphicsPipeline.BlendFactor
            blend.srcColor = blend.srcAlpha = factor.One  # type: ignore[assignment]  # the stubs say int, Qt does not
            blend.dstColor = blend.dstAlpha = factor.OneMinusSrcAlpha  # type: ignore[assignment]
        passes = self._target.renderPassDescriptor()
        pipeline = self.rhi.newGraphicsPipeline()
        pipeline.setTopology(QRhiGraphicsPipeline.Topology.TriangleStrip)
        pipeline.setShaderStages(stages)
        pipeline.setVertexInputLayout(layout)
        pipeline.setTargetBlends([blend])
        pipeline.setShaderResourceBindings(sample)
        pipeline.setRenderPassDescriptor(passes)
        self._kept += [stages, layout, blend, passes]
        self._made(pipeline.create(), "shaders")
        return pipeline

    def _made(self, is_made: bool, what: str) -> None:  # noqa: FBT001 - Qt's answer, handed on
        if not is_made:
            raise ProgramError(what)


def _shader(name: str) -> QShader:
    shader = QShader.fromSerialized(path(f"shaders/{name}.qsb").read_bytes())
    if not shader.isValid():
        raise ProgramError(f"the shader {name}")
    return shader
