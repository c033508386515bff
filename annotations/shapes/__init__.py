"""Shapes drawn on the picture of a recording: what one is, how it moves, how it is kept and written. No Qt.

A shape belongs to one recording and lies on frames of it: its range and its keyframes are stamps (pts) of that
recording's frames, so that nothing that is learnt about clocks later moves it. Its points are in the picture as it was
coded, before rotation, pixel aspect and zoom, in 1/256 of a pixel (`geometry.UNIT`), so that it is the same on every
screen, still and export (`docs/decisions/0015`).

`shape` says what one is; `geometry` and `between` where it is at a frame; `change` how it becomes another; `state` how
it is kept and checked; `frames` holds it to a recording's frame table; `on_frame` finds those of a frame; `svg` writes
one as an SVG selector; `record` keeps it in the case. The painter and the tools are in `annotations.ui`.
"""
