"""The icons of the program: one family (Material Design Icons, through QtAwesome), by what they stand for."""

from __future__ import annotations

import os
from importlib import import_module
from typing import cast

from PySide6.QtGui import QIcon

from resources.palette import Palette

os.environ.setdefault("QT_API", "pyside6")

_NAMES = {
    "new": "mdi6.folder-plus-outline",
    "open": "mdi6.folder-open-outline",
    "add": "mdi6.plus",
    "folder": "mdi6.folder-outline",
    "verify": "mdi6.shield-check-outline",
    "play": "mdi6.play",
    "pause": "mdi6.pause",
    "backwards": "mdi6.step-backward",
    "loop": "mdi6.repeat",
    "sound": "mdi6.volume-high",
    "silent": "mdi6.volume-off",
    "mix": "mdi6.tune-vertical",
    "frame_back": "mdi6.skip-previous-outline",
    "frame_on": "mdi6.skip-next-outline",
    "start": "mdi6.page-first",
    "end": "mdi6.page-last",
    "previous": "mdi6.chevron-left",
    "next": "mdi6.chevron-right",
    "mark": "mdi6.bookmark-plus-outline",
    "marks": "mdi6.bookmark-multiple-outline",
    "transcript": "mdi6.text-box-outline",
    "clips": "mdi6.content-cut",
    "recording": "mdi6.file-video-outline",
    "coverage": "mdi6.chart-gantt",
    "runsheet": "mdi6.format-list-numbered",
    "pack": "mdi6.package-variant-closed-check",
    "print": "mdi6.printer-outline",
    "undo": "mdi6.undo",
    "redo": "mdi6.redo",
    "clock": "mdi6.clock-edit-outline",
    "one": "mdi6.square-outline",
    "four": "mdi6.view-grid-outline",
    "nine": "mdi6.grid",
    "focus": "mdi6.view-split-vertical",
    "find": "mdi6.magnify",
    "keyboard": "mdi6.keyboard-outline",
    "good": "mdi6.check-circle",
    "bad": "mdi6.close-circle",
    "unknown": "mdi6.help-circle-outline",
    "caution": "mdi6.alert",
    "note": "mdi6.information-outline",
    "lock": "mdi6.lock-outline",
    "close": "mdi6.close",
    "drop": "mdi6.tray-arrow-down",
    "camera": "mdi6.video-outline",
    "demo": "mdi6.movie-open-outline",
    "court": "mdi6.gavel",
    "settings": "mdi6.cog-outline",
    "draw": "mdi6.draw",
    "select": "mdi6.cursor-default-outline",
    "draw_box": "mdi6.rectangle-outline",
    "draw_ellipse": "mdi6.ellipse-outline",
    "draw_arrow": "mdi6.arrow-top-right",
    "draw_line": "mdi6.vector-line",
    "draw_freehand": "mdi6.gesture",
    "draw_polygon": "mdi6.vector-polygon",
    "draw_text": "mdi6.format-text",
    "draw_spotlight": "mdi6.spotlight-beam",
    "draw_magnifier": "mdi6.magnify-plus-outline",
    "duplicate": "mdi6.content-duplicate",
    "delete": "mdi6.trash-can-outline",
    "list": "mdi6.format-list-bulleted",
    "shown": "mdi6.eye-outline",
    "starts": "mdi6.ray-start",
    "ends": "mdi6.ray-end",
    "follow": "mdi6.map-marker-path",
    "keyframe": "mdi6.rhombus",
    "keyframe_off": "mdi6.rhombus-outline",
    "report": "mdi6.file-document-outline",
    "still": "mdi6.camera-outline",
}


def make_icon(name: str, palette: Palette, role: str = "text") -> QIcon:
    """Return the icon that stands for `name` in a colour of the palette. Raises KeyError for a name of no icon."""
    font_icons = import_module("qtawesome")
    drawn = font_icons.icon(_NAMES[name], color=getattr(palette, role), color_disabled=palette.faint)
    return cast("QIcon", drawn)


def has_icon(name: str) -> bool:
    """Tell whether an icon stands for `name`."""
    return name in _NAMES
