"""The console's colours and sizes: dark in every theme, since it stands in a dim room, and dimmer on request."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from courtroom.show.state import Screen as CourtSees
from courtroom.show.state import ShowState
from resources.palette import DARK, Palette

LIVE, COVERED, PRIVATE = "#d92d20", "#6b737b", "#4da3ff"
_DIMMED = 0.55


def console_style(*, is_dimmed: bool) -> str:
    """Return the style sheet."""
    palette = DARK
    text, dim, raised, line = (
        _darker(colour) if is_dimmed else colour for colour in (palette.text, palette.dim, palette.raised, palette.line)
    )
    accent, caution, bad, good = (
        _darker(colour) if is_dimmed else colour
        for colour in (palette.accent, palette.caution, palette.bad, palette.good)
    )
    return f"""
    QWidget {{ background: #111315; color: {text}; font-size: 11pt; }}
    QLabel[role="dim"] {{ color: {dim}; }}
    QLabel[role="big"] {{ font-size: 22pt; }}
    QLabel[role="head"] {{ font-size: 15pt; font-weight: 600; }}
    QLabel[role="good"] {{ color: {good}; font-size: 13pt; }}
    QLabel[role="wait"] {{ color: {caution}; font-size: 13pt; }}
    QPlainTextEdit {{ font-size: 16pt; border: 1px solid {line}; border-radius: 4px; background: #16181a; }}
    QListWidget {{ border: 1px solid {line}; border-radius: 4px; background: #16181a; outline: 0; }}
    QListWidget::item {{ padding: 4px; border-radius: 4px; }}
    QListWidget::item:selected {{ background: {raised}; border: 2px solid {accent}; color: {text}; }}
    QPushButton {{ background: {raised}; border: 1px solid {line}; border-radius: 4px; padding: 4px 10px; }}
    QPushButton:checked {{ border: 2px solid {accent}; }}
    QPushButton[role="key"] {{ font-size: 17pt; font-weight: 600; min-height: 62px; }}
    QPushButton:disabled {{ color: {palette.faint}; }}
    QFrame#trouble {{ background: #3a2a12; border-radius: 4px; }}
    QFrame#trouble[role="stop"] {{ background: #4a1714; }}
    QFrame#trouble QLabel {{ background: transparent; font-size: 13pt; color: {caution}; }}
    QFrame#trouble[role="stop"] QLabel {{ color: {bad}; }}
    QProgressBar {{ border: 1px solid {line}; border-radius: 2px; background: #16181a; }}
    QProgressBar::chunk {{ background: {good}; }}
    """


def frame_of(state: ShowState, *, is_seen: bool, is_black: bool) -> tuple[str, str]:
    """Return the word and the colour of the frame around the mirror.

    Args:
        state: what was asked for.
        is_seen: the court has a display.
        is_black: it is black there: a picture that was asked for may not be there yet.
    """
    if not is_seen:
        return "NOT SEEN · the court's display is gone", COVERED
    if state.is_private:
        sees = "BLACK" if state.screen is CourtSees.BLACK else "HELD"
        return f"PRIVATE · the court sees {sees}", PRIVATE
    if state.screen is CourtSees.LIVE and is_black:
        return "BLACK · the picture is on its way", COVERED
    return {
        CourtSees.LIVE: ("LIVE", LIVE),
        CourtSees.BLACK: ("BLACK · B shows the picture", COVERED),
        CourtSees.HELD: ("HELD · full stop lets it go", COVERED),
    }[state.screen]


def set_style(widget: QWidget, sheet: str) -> None:
    """Give a widget a style sheet of its own, where that is another: Qt paints all in it anew each time."""
    if widget.styleSheet() != sheet:
        widget.setStyleSheet(sheet)


def _darker(colour: str) -> str:
    parts = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{int(part * _DIMMED):02x}" for part in parts)


PALETTE: Palette = DARK
