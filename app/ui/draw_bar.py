"""The bar over the pictures while drawing is on: tools, and how the chosen or next shape looks. It holds nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPixmap, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QColorDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QSpinBox,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from annotations.shapes.geometry import FILLABLE, UNIT, Kind
from annotations.shapes.shape import GREATEST_POWER, LEAST_POWER, LONGEST_LABEL, LONGEST_TEXT, Look
from app.command_groups.draw import TOOLS
from app.ui.actions import ActionSet
from app.ui.keyframe_strip import KeyframeStrip, StripState
from app.ui.theme import Theme, set_role
from resources.palette import LANES

_COLOURS = (
    *(("Yellow", LANES[4]), ("Sky blue", LANES[0]), ("Orange", LANES[1]), ("Green", LANES[2])),
    *(("Purple", LANES[3]), ("Vermilion", LANES[6]), ("White", "#ffffff"), ("Black", "#000000")),
)
_TOOLS = ("draw.select", *(f"draw.{kind}" for kind, _title, _help, _key in TOOLS))
_SPIN_ROOM = 44
_LINE_BREAK = " ⏎ "
_LINE_KINDS = frozenset(Kind) - {Kind.TEXT, Kind.SPOTLIGHT}


@dataclass(frozen=True, slots=True)
class DrawBarState:
    """What the bar shows.

    Attributes:
        words: what can be done now, or why nothing can.
        role: how the words are meant: "accent" for a tool, "caution" for a refusal, "dim".
        can_edit: whether shapes can be changed.
        tool: the tool, or None where shapes are chosen.
        kind: what the chosen shape is, else what the next one will be; None where neither is known.
        look: of the chosen shape, else of the next one.
        is_chosen: whether a shape is chosen.
        text: of the chosen shape.
        label: of the chosen shape.
        where: which frames show it, in words.
        mark: the mark that it belongs to, in words.
        strip: its keyframes, or None.
        follows: whether a move makes a keyframe.
        is_shown: whether shapes are seen.
    """

    words: str
    role: str
    can_edit: bool
    tool: Kind | None
    kind: Kind | None
    look: Look
    is_chosen: bool = False
    text: str = ""
    label: str = ""
    where: str = ""
    mark: str = ""
    strip: StripState | None = None
    follows: bool = True
    is_shown: bool = True


class DrawBar(QFrame):
    """Mirrors a `DrawBarState`.

    Signals:
        look_wanted(object): a `Look` for the chosen and the next shape.
        text_typed(str): the chosen shape's text.
        label_typed(str): its name in lists.
        mark_menu_wanted(object): the button under which the marks are to be listed.
        ended: the user closes the bar.
        left: the user pressed Escape in one of its fields.
    """

    look_wanted = Signal(object)
    text_typed = Signal(str)
    label_typed = Signal(str)
    mark_menu_wanted = Signal(object)
    ended = Signal()
    left = Signal()

    def __init__(self, actions: ActionSet, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self._theme = theme
        self._actions = actions
        self._look = Look()
        for command in (*_TOOLS, "draw.follow", "draw.show"):
            actions[command].setCheckable(True)
        self.words = QLabel(self)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._make_looks()
        self._make_facts(actions, theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 4, 8, 4)
        column.setSpacing(4)
        self._above = self._tool_row(actions)
        column.addWidget(self._above)
        self._below = QStackedWidget(self)
        self._shape_row = self._row_of(self._facts)
        self._below.addWidget(self.words)
        self._below.addWidget(self._shape_row)
        column.addWidget(self._below)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._hold_height)
        self.hide()

    def show_state(self, state: DrawBarState) -> None:
        """Show what is drawn; fields that have the keyboard keep what is being typed."""
        self.words.setText(state.words)
        self.words.setToolTip(state.words)
        set_role(self.words, state.role)
        for command, kind in zip(_TOOLS, (None, *(Kind(one[0]) for one in TOOLS)), strict=True):
            self._actions[command].setChecked(state.can_edit and state.tool is kind)
        self._actions["draw.follow"].setChecked(state.follows)
        self._actions["draw.show"].setChecked(state.is_shown)
        self._below.setCurrentWidget(self.words if state.role == "caution" or not state.is_chosen else self._shape_row)
        self._show_look(state)
        for field, text in ((self.text, state.text.replace("\n", _LINE_BREAK)), (self.label, state.label)):
            if not field.hasFocus() and field.text() != text:
                field.setText(text)
        for field in (self.text, self.label):
            field.setEnabled(state.can_edit)
        self.where.setText(state.where)
        self.mark_button.setText(state.mark)
        self.mark_button.setEnabled(state.can_edit)
        self.strip.show_state(state.strip)

    def edit_text(self) -> None:
        """Give the keyboard to the text of the shape, all of it selected."""
        self.text.setFocus(Qt.FocusReason.OtherFocusReason)
        self.text.selectAll()

    def showEvent(self, event: QShowEvent) -> None:
        """Take the height once it is known."""
        self._hold_height()
        super().showEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves the field."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    # Inside

    def _show_look(self, state: DrawBarState) -> None:
        look = self._look = state.look
        kind = state.kind
        self.colour_button.setIcon(_swatch(look.colour))
        shown: tuple[tuple[QWidget, bool], ...] = (
            (self.colour_button, kind not in {None, Kind.SPOTLIGHT}),
            (self.opacity_spin, kind is not None),
            (self.line_spin, kind in _LINE_KINDS),
            (self.filled, kind in FILLABLE),
            (self.text_spin, kind is Kind.TEXT or (state.is_chosen and bool(state.text))),
            (self.power_spin, kind is Kind.MAGNIFIER),
        )
        for widget, is_visible in shown:
            widget.setVisible(is_visible and state.can_edit)
        values = (
            (self.line_spin, max(1, round(look.line_width / UNIT))),
            (self.opacity_spin, look.opacity),
            (self.text_spin, round(look.text_size / UNIT)),
            (self.power_spin, look.power),
        )
        self.opacity_spin.setPrefix("Darkness " if kind is Kind.SPOTLIGHT else "Opacity ")
        for spin, value in values:
            if not spin.hasFocus():
                with QSignalBlocker(spin):
                    spin.setValue(value)
        with QSignalBlocker(self.filled):
            self.filled.setChecked(look.is_filled)

    def _hold_height(self) -> None:
        """Be as high whatever is shown: pictures must not move while they are drawn on."""
        for holder, widgets in ((self._above, self._looks), (self._below, self._facts)):
            for widget in widgets:
                widget.ensurePolished()
            holder.setFixedHeight(max(widget.sizeHint().height() for widget in widgets))

    def _tool_row(self, actions: ActionSet) -> QWidget:
        holder = QWidget(self)
        holder.setProperty("role", "panel")
        holder.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        self.buttons: dict[str, QToolButton] = {}
        for command in (*_TOOLS, "draw.duplicate", "draw.delete", "draw.list", "draw.show"):
            if command in {"draw.duplicate", "draw.box"}:
                row.addSpacing(8)
            self.buttons[command] = actions.button(command, self)
            row.addWidget(self.buttons[command])
        row.addSpacing(8)
        for widget in self._looks:
            row.addWidget(widget)
        row.addStretch(1)
        self.close_button = QToolButton(self)
        self.close_button.setIcon(self._theme.icon("close"))
        self.close_button.setToolTip("Put the tools away (D)")
        self.close_button.setAccessibleName("Put the tools away")
        self.close_button.clicked.connect(lambda _checked=False: self.ended.emit())
        self._theme.changed.connect(lambda: self.close_button.setIcon(self._theme.icon("close")))
        row.addWidget(self.close_button)
        return holder

    def _make_looks(self) -> None:
        self.colour_button = QToolButton(self)
        self.colour_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.colour_button.setIconSize(QSize(18, 18))
        self.colour_button.setToolTip("Colour of the shape")
        self.colour_button.setAccessibleName("Colour")
        menu = QMenu(self.colour_button)
        for name, colour in _COLOURS:
            entry = menu.addAction(_swatch(colour), name)
            entry.triggered.connect(lambda _checked=False, colour=colour: self._want(colour=colour))
        menu.addSeparator()
        menu.addAction("Other…").triggered.connect(lambda _checked=False: self._ask_colour())
        self.colour_button.setMenu(menu)
        self.line_spin = self._spin("Line ", " px", 1, 64, "Width of the line, in pixels of the picture")
        self.opacity_spin = self._spin("Opacity ", " %", 0, 100, "How much of the picture is covered")
        self.text_spin = self._spin("Text ", " px", 4, 400, "Height of the text, in pixels of the picture")
        self.power_spin = self._spin("Larger ", " %", LEAST_POWER, GREATEST_POWER, "How much larger the part is shown")
        self.opacity_spin.setSingleStep(5)
        self.power_spin.setSingleStep(50)
        self.line_spin.valueChanged.connect(lambda value: self._want(line_width=value * UNIT))
        self.opacity_spin.valueChanged.connect(lambda value: self._want(opacity=value))
        self.text_spin.valueChanged.connect(lambda value: self._want(text_size=value * UNIT))
        self.power_spin.valueChanged.connect(lambda value: self._want(power=value))
        self.filled = QCheckBox("Filled", self)
        self.filled.toggled.connect(lambda is_on: self._want(is_filled=is_on))
        self.text = self._field("Text on the picture", LONGEST_TEXT)
        self.text.editingFinished.connect(lambda: self.text_typed.emit(_lines(self.text.text())))
        self.text.setToolTip("What stands on the picture; ⏎ begins a new line")
        self._looks = (
            self.colour_button,
            self.line_spin,
            self.opacity_spin,
            self.filled,
            self.text_spin,
            self.power_spin,
        )

    def _make_facts(self, actions: ActionSet, theme: Theme) -> None:
        self.where = QLabel(self)
        self.where.setToolTip("First and last frame that show the shape")
        self.where.setTextFormat(Qt.TextFormat.PlainText)
        self.label = self._field("Name in lists", LONGEST_LABEL)
        self.label.setMaximumWidth(130)
        self.label.editingFinished.connect(lambda: self.label_typed.emit(self.label.text()))
        self.mark_button = QToolButton(self)
        self.mark_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.mark_button.setProperty("role", "toggle")
        self.mark_button.setToolTip("The mark that this shape belongs to")
        self.mark_button.clicked.connect(lambda _checked=False: self.mark_menu_wanted.emit(self.mark_button))
        self.strip = KeyframeStrip(theme, self)
        self.follow_button = actions.button("draw.follow", self)
        self.follow_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.follow_button.setProperty("role", "toggle")
        commands = ("draw.previous_keyframe", "draw.next_keyframe", "draw.keyframe", "draw.delete_keyframe")
        before, after, here, gone = (actions.button(one, self) for one in commands)
        starts, ends = (actions.button(one, self) for one in ("draw.start_here", "draw.end_here"))
        self._facts = (
            *(self.text, starts, ends, self.where, self.follow_button, before, self.strip, after, here, gone),
            *(self.label, self.mark_button),
        )

    def _row_of(self, widgets: tuple[QWidget, ...]) -> QWidget:
        holder = QWidget(self)
        holder.setProperty("role", "panel")
        holder.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for widget in widgets:
            row.addWidget(widget, {self.text: 2, self.strip: 3}.get(widget, 0))
        return holder

    def _spin(self, prefix: str, suffix: str, least: int, most: int, help_text: str) -> QSpinBox:
        spin = QSpinBox(self)
        spin.setRange(least, most)
        spin.setPrefix(prefix)
        spin.setSuffix(suffix)
        spin.setToolTip(help_text)
        spin.setAccessibleName(help_text)
        spin.setKeyboardTracking(False)
        spin.setMaximumWidth(spin.fontMetrics().horizontalAdvance(f"{prefix}1600{suffix}") + _SPIN_ROOM)
        return spin

    def _field(self, hint: str, longest: int) -> QLineEdit:
        field = QLineEdit(self)
        field.setPlaceholderText(hint)
        field.setAccessibleName(hint)
        field.setMaxLength(longest)
        field.setMinimumWidth(90)
        return field

    def _want(self, **changes: object) -> None:
        self.look_wanted.emit(replace(self._look, **changes))  # type: ignore[arg-type]  # names are those of Look

    def _ask_colour(self) -> None:
        dialog = QColorDialog(QColor(self._look.colour), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.colorSelected.connect(lambda colour: self._want(colour=colour.name()))
        dialog.open()


def _lines(typed: str) -> str:
    return typed.replace(_LINE_BREAK, "\n").replace(_LINE_BREAK.strip(), "\n")


def _swatch(colour: str) -> QIcon:
    """Return an icon of one colour, with an edge that is seen on light and dark."""
    pixmap = QPixmap(18, 18)
    pixmap.fill(QColor("#808080"))
    painter = QPainter(pixmap)
    painter.fillRect(1, 1, 16, 16, QColor(colour))
    painter.end()
    return QIcon(pixmap)
