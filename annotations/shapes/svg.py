"""A shape as an SVG selector of the W3C Web Annotation Data Model (4.2.7): what other programs can draw.

Its coordinates are pixels of the picture as coded, with up to eight binary places written out exactly. Everything that
Sightline needs beyond that travels as the shape's own state (`state`).
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from annotations.shapes.between import geometry_at
from annotations.shapes.geometry import UNIT, Geometry, Kind, Point, bounds_of, inset_bounds
from annotations.shapes.shape import Drawn

NAMESPACE = "http://www.w3.org/2000/svg"


def svg_of(drawn: Drawn, pts: int | None = None) -> str:
    """Return a shape at a frame, or where it starts, as an SVG document of one element."""
    geometry = geometry_at(drawn.keyframes, drawn.start_pts if pts is None else pts)
    width, height = drawn.frame_size
    look = drawn.look
    fill = look.colour if look.is_filled else "none"
    style = (
        f'fill="{fill}" stroke="{look.colour}" stroke-width="{_number(look.line_width)}" '
        f'opacity="{look.opacity // 100}.{look.opacity % 100:02d}"'
    )
    return f'<svg xmlns="{NAMESPACE}" viewBox="0 0 {width} {height}"><g {style}>{_element(drawn, geometry)}</g></svg>'


def _element(drawn: Drawn, geometry: Geometry) -> str:
    kind = drawn.kind
    if kind is Kind.BOX:
        return _rectangle(geometry)
    if kind in {Kind.ELLIPSE, Kind.SPOTLIGHT}:
        left, top, right, bottom = bounds_of(geometry)
        middle = f'cx="{_number(left + right, 2)}" cy="{_number(top + bottom, 2)}"'
        return f'<ellipse {middle} rx="{_number(right - left, 2)}" ry="{_number(bottom - top, 2)}"/>'
    if kind is Kind.MAGNIFIER:
        left, top, right, bottom = inset_bounds(geometry, drawn.look.power)
        return _rectangle(geometry[:2]) + _rectangle(((left, top), (right, bottom)))
    if kind is Kind.TEXT:
        x, y = (_number(one) for one in geometry[0])
        size = f'font-size="{_number(drawn.look.text_size)}" text-anchor="middle"'
        return f'<text x="{x}" y="{y}" {size}>{escape(drawn.text)}</text>'
    if kind is Kind.POLYGON:
        return f"<polygon points={quoteattr(_points(geometry))}/>"
    return f"<polyline points={quoteattr(_points(geometry))}/>"


def _rectangle(corners: Geometry) -> str:
    left, top, right, bottom = bounds_of(corners)
    size = f'width="{_number(right - left)}" height="{_number(bottom - top)}"'
    return f'<rect x="{_number(left)}" y="{_number(top)}" {size}/>'


def _points(geometry: tuple[Point, ...]) -> str:
    return " ".join(f"{_number(x)},{_number(y)}" for x, y in geometry)


def _number(units: int, of: int = 1) -> str:
    """Return units (or a half of them, with `of` 2) as pixels, exactly: `12.5`."""
    whole, rest = divmod(abs(units), UNIT * of)
    places = f"{rest * 10**9 // (UNIT * of):09d}".rstrip("0")
    return f"{'-' if units < 0 else ''}{whole}{'.' + places if places else ''}"
