"""Puts one palette on everything: Qt's own palette, the style sheet, the font."""

from __future__ import annotations

import re
from html import escape
from importlib import resources
from pathlib import Path
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from app.settings import TEXT_SIZE, THEME, Settings, ThemeChoice
from app.ui.icons import make_icon
from resources.palette import DARK, LIGHT, Palette

_BASE_POINTS = 10.0


class Theme(QObject):
    """The look in force; follows the settings. Lives on the UI thread.

    Signals:
        changed: colours or sizes are others now; whoever drew an icon or a colour draws it again.
    """

    changed = Signal()

    def __init__(self, application: QApplication, settings: Settings) -> None:
        super().__init__()
        self._application = application
        self._settings = settings
        self._family = application.font().family()
        self._palette = DARK
        settings.changed.connect(self._on_setting_changed)
        application.styleHints().colorSchemeChanged.connect(self._on_scheme_changed)
        self._apply()

    @property
    def palette(self) -> Palette:
        """The colours in force."""
        return self._palette

    def icon(self, name: str, role: str = "text") -> QIcon:
        """Return an icon in the colours in force."""
        return make_icon(name, self._palette, role)

    def _on_setting_changed(self, option_id: str) -> None:
        if option_id in {THEME.id, TEXT_SIZE.id}:
            self._apply()

    def _on_scheme_changed(self) -> None:
        if self._settings.get(THEME) == ThemeChoice.SYSTEM:
            self._apply()

    def _chosen_palette(self) -> Palette:
        choice = self._settings.get(THEME)
        if choice == ThemeChoice.SYSTEM:
            is_light = self._application.styleHints().colorScheme() == Qt.ColorScheme.Light
            return LIGHT if is_light else DARK
        return LIGHT if choice == ThemeChoice.LIGHT else DARK

    def _apply(self) -> None:
        self._palette = self._chosen_palette()
        percent = self._settings.get(TEXT_SIZE)
        self._application.setStyle("Fusion")
        self._application.setPalette(_qt_palette(self._palette))
        self._application.setFont(_font(self._family, _BASE_POINTS * percent / 100))
        self._application.setStyleSheet(style_sheet(self._palette, percent))
        self.changed.emit()


def style_sheet(palette: Palette, percent: int = 100) -> str:
    """Return the style sheet with the palette's colours in it, and its few own sizes at `percent`."""
    template = resources.files("resources.styles").joinpath("app.qss").read_text(encoding="utf-8")
    roles = {name: getattr(palette, name) for name in Palette.__slots__}
    sizes = {"title_points": f"{15 * percent / 100:.1f}", "playhead_points": f"{17 * percent / 100:.1f}"}
    icons = {"icons": Path(str(resources.files("resources.icons"))).as_posix()}
    return Template(template).substitute(roles | sizes | icons)


def set_role(widget: QWidget, role: str) -> None:
    """Give a widget a role of the style sheet, and draw it so at once."""
    if widget.property("role") != role:
        widget.setProperty("role", role)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def tip(text: str) -> str:
    """Return text for a tool tip; Qt would take what looks like HTML in a file's name for HTML."""
    lines = escape(text).replace("\n", "<br>")
    return f"<qt>{lines}</qt>" if text else ""


def breakable(text: str) -> str:
    """Return a file's name with places at which a label may break it, so that it never makes its panel wide.

    A zero-width space stands after each separator, and within what is long without one.
    """
    return re.sub(r"([^\w\s]|_|\w{12}(?=\w))", "\\1\u200b", text)


def tabular(font: QFont) -> QFont:
    """Return the font with figures that are all of one width, for times and frame numbers."""
    changed = QFont(font)
    changed.setFeature(QFont.Tag("tnum"), 1)
    return changed


def fixed_font() -> QFont:
    """Return the system's font of fixed width, for hashes."""
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)


def _font(family: str, points: float) -> QFont:
    font = QFont(family)
    font.setPointSizeF(points)
    return tabular(font)


def _qt_palette(palette: Palette) -> QPalette:
    roles = QPalette.ColorRole
    colours = {
        roles.Window: palette.window,
        roles.WindowText: palette.text,
        roles.Base: palette.panel,
        roles.AlternateBase: palette.window,
        roles.Text: palette.text,
        roles.Button: palette.raised,
        roles.ButtonText: palette.text,
        roles.BrightText: palette.text,
        roles.ToolTipBase: palette.raised,
        roles.ToolTipText: palette.text,
        roles.PlaceholderText: palette.dim,
        roles.Highlight: palette.accent,
        roles.HighlightedText: palette.on_accent,
        roles.Link: palette.accent,
        roles.LinkVisited: palette.accent,
    }
    made = QPalette()
    for role, colour in colours.items():
        made.setColor(role, QColor(colour))
    for role in (roles.Text, roles.WindowText, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(palette.dim))
    return made
