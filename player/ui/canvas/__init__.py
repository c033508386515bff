"""Canvases: they draw all tiles of one instant in one paint, on the graphics card or by the processor.

`drawing` says what is to be drawn, and is all that the surface knows of a canvas. `cpu` copies finished pictures to the
window; `rhi` gives planes to the graphics card, with `program` (shaders) and `rhi_tile` (one tile's textures).
`adapter` finds out whether there is real graphics hardware. Both draw the same picture within two levels.
"""
