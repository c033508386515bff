"""Every colour of the program, by role: the one palette that widgets, style sheet, tiles and timeline share.

Data only. The lane colours are those of Okabe and Ito ("Color Universal Design", 2008), which people with the common
kinds of colour blindness can tell apart; black is left out, as it cannot be seen on a dark ground.
"""

from __future__ import annotations

from dataclasses import dataclass

LANES = (
    "#56b4e9",  # sky blue
    "#e69f00",  # orange
    "#009e73",  # bluish green
    "#cc79a7",  # reddish purple
    "#f0e442",  # yellow
    "#0072b2",  # blue
    "#d55e00",  # vermilion
)


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme by role, each `#rrggbb`.

    Attributes:
        window: behind everything.
        panel: panels, bars and menus.
        raised: buttons and fields on a panel.
        line: borders and rulers.
        text: what is read.
        dim: what is read second; at least 4.5:1 on `panel` and `window`.
        faint: what cannot be used now.
        accent: what has the focus, is chosen or plays.
        on_accent: text on `accent`.
        good: verified, done.
        caution: not as usual (a speed that is not 1x, a warning).
        bad: wrong, mismatch, refused.
    """

    name: str
    window: str
    panel: str
    raised: str
    line: str
    text: str
    dim: str
    faint: str
    accent: str
    on_accent: str
    good: str
    caution: str
    bad: str


DARK = Palette(
    name="dark",
    window="#1b1d1f",
    panel="#232629",
    raised="#2d3135",
    line="#33383d",
    text="#e6e8ea",
    dim="#9aa3ab",
    faint="#5d656c",
    accent="#4da3ff",
    on_accent="#0b1016",
    good="#4cc38a",
    caution="#f0b03f",
    bad="#ff7066",
)

LIGHT = Palette(
    name="light",
    window="#eceef0",
    panel="#f8f9fa",
    raised="#ffffff",
    line="#c4cad0",
    text="#1b1d1f",
    dim="#59626a",
    faint="#9aa3ab",
    accent="#0b62c4",
    on_accent="#ffffff",
    good="#14713f",
    caution="#8a5700",
    bad="#b3261e",
)


def lane_colour(number: int) -> str:
    """Return the colour of camera number `number` (`Camera.colour`); they repeat after the last."""
    return LANES[number % len(LANES)]
