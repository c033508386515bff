"""What a command is, and the checks that keep ids and keys apart; the commands themselves are in `app.command_list`.

A command is declared once, as data. Menus, keys, tool tips and the shortcuts page are made from the declarations, so
nothing can be in one and not in the others. Keys are written as Qt's portable text: `Shift+Right`, `Ctrl+F`, `,`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from PySide6.QtGui import QKeySequence


class Group(StrEnum):
    """The menu, and the heading of the shortcuts page, under which a command stands."""

    CASE = "Case"
    EDIT = "Edit"
    PLAYBACK = "Playback"
    MOVE = "Move"
    RANGE = "Marks and range"
    DRAW = "Draw"
    WORDS = "Transcript"
    CAMERAS = "Cameras"
    COURT = "Court"
    VIEW = "View"
    REPORTS = "Reports and stills"
    HELP = "Help"


class When(StrEnum):
    """What must hold for a command to be available; the value says so in words."""

    ALWAYS = "always"
    CASE = "when a case is open"
    WRITABLE = "when the case that is open can be changed"
    PLACED = "when at least one recording lies on the timeline"
    CAMERA = "when a camera has the focus"
    UNDO = "when there is something to take back"
    REDO = "when something was taken back"


class Scope(StrEnum):
    """Where a command's key works."""

    WINDOW = "window"
    PICTURES = "pictures"
    """Only while the pictures or the timeline have the keyboard: Tab moves on as usual in the panels."""


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that a user can ask for.

    Attributes:
        id: permanent name, `group.verb`; user keys are stored by it.
        title: what the menu says.
        help: one sentence for tool tips and the shortcuts page.
        keys: default keys, in Qt's portable text; may be empty.
        when: what must hold.
        scope: where its keys work.
        icon: name in `app.ui.icons`, or "".
        is_in_menu: False for the many that only have keys, such as one for each digit.
        repeats: whether holding the key down repeats it.
        block: which commands of a menu stand together, between lines; blocks stand in the order of their first command.
    """

    id: str
    title: str
    help: str
    group: Group
    keys: tuple[str, ...] = ()
    when: When = When.PLACED
    scope: Scope = Scope.WINDOW
    icon: str = ""
    is_in_menu: bool = True
    repeats: bool = False
    block: str = ""


class CommandDeclarationError(ValueError):
    """Two declarations contradict one another; found at start-up and in a test, never by a user."""


@dataclass(frozen=True, slots=True)
class KeyClash:
    """A key that a user gave to a command while another one has it.

    Attributes:
        key: in portable text.
        command_id: the command that keeps the key.
        other_id: the command that does without it.
    """

    key: str
    command_id: str
    other_id: str


@dataclass(frozen=True, slots=True)
class KeyMap:
    """Which keys start which command.

    Attributes:
        keys: command id to keys in portable text; every command is in it.
        clashes: user keys that could not be given.
    """

    keys: Mapping[str, tuple[str, ...]]
    clashes: tuple[KeyClash, ...] = field(default=())

    def find_command(self, key: str) -> str | None:
        """Return the id of the command that `key` starts, or None."""
        wanted = stroke(normal_key(key))
        return next((one for one, keys in self.keys.items() if wanted in map(stroke, keys)), None)

    def text(self, command_id: str) -> str:
        """Return the command's keys as people read them on this system, or ""."""
        return ", ".join(native_key(key) for key in self.keys.get(command_id, ()))


@dataclass(frozen=True, slots=True)
class CommandTable:
    """All commands, checked against one another.

    Raises:
        CommandDeclarationError: an id or a default key is declared twice, or a key is none.
    """

    commands: tuple[Command, ...]

    def __post_init__(self) -> None:
        ids: set[str] = set()
        owner: dict[str, str] = {}
        for command in self.commands:
            if command.id in ids:
                raise CommandDeclarationError(f"the command id {command.id!r} is declared twice")
            ids.add(command.id)
            for key in command.keys:
                pressed = stroke(normal_key(key))
                if not pressed:
                    raise CommandDeclarationError(f"{key!r}, a key of {command.id}, is not a key")
                if pressed in owner:
                    raise CommandDeclarationError(f"{key!r} is a key of both {owner[pressed]} and {command.id}")
                owner[pressed] = command.id

    def __getitem__(self, command_id: str) -> Command:
        for command in self.commands:
            if command.id == command_id:
                return command
        raise KeyError(command_id)

    def in_group(self, group: Group) -> Sequence[Command]:
        """Return the commands of one group: block by block, each in the order of declaration."""
        return [command for block in self.blocks(group) for command in block]

    def blocks(self, group: Group) -> Sequence[Sequence[Command]]:
        """Return the blocks of commands of one group, between which a menu draws lines."""
        blocks: dict[str, list[Command]] = {}
        for command in self.commands:
            if command.group is group:
                blocks.setdefault(command.block, []).append(command)
        return list(blocks.values())

    def key_map(self, user_keys: Mapping[str, Sequence[str]]) -> KeyMap:
        """Return the keys in force: the user's where there are any, the defaults otherwise.

        A user's key wins over another command's default. Of two user's keys the first declared command keeps it.

        Args:
            user_keys: command id to keys; an empty sequence takes all keys away. Unknown ids are left alone.
        """
        taken: dict[str, str] = {}
        result: dict[str, tuple[str, ...]] = {}
        clashes: list[KeyClash] = []
        chosen = [command for command in self.commands if command.id in user_keys]
        others = [command for command in self.commands if command.id not in user_keys]
        for command in chosen + others:
            wanted = user_keys.get(command.id, command.keys)
            kept: list[str] = []
            for key in filter(None, map(normal_key, wanted)):
                holder = taken.setdefault(stroke(key), command.id)
                if holder == command.id:
                    if stroke(key) not in map(stroke, kept):
                        kept.append(key)
                elif command.id in user_keys:
                    clashes.append(KeyClash(key, holder, command.id))
            result[command.id] = tuple(kept)
        return KeyMap({command.id: result[command.id] for command in self.commands}, tuple(clashes))

    def find_owner(self, key: str, user_keys: Mapping[str, Sequence[str]]) -> Command | None:
        """Return the command that `key` starts now, or None."""
        found = self.key_map(user_keys).find_command(key)
        return None if found is None else self[found]


@lru_cache(maxsize=1024)
def normal_key(key: str) -> str:
    """Return a key in the one spelling in which keys are compared and stored, or "" where it is no key."""
    sequence = QKeySequence.fromString(key, QKeySequence.SequenceFormat.PortableText)
    if sequence.count() != 1:
        return ""
    text = sequence.toString(QKeySequence.SequenceFormat.PortableText)
    return text if text.isprintable() and "Unknown" not in text else ""


def stroke(key: str) -> str:
    """Return which keys are pressed for a key in its normal spelling: `>` and `Shift+.` are one stroke.

    Qt takes one stroke for both spellings; where both start something it starts neither ("ambiguous shortcut"). Only
    what is the same on British and American keyboards is told.
    """
    before, sign = key[:-1], key[-1:]
    if sign not in _SHIFTED or before.endswith("Shift+"):
        return key
    return normal_key(f"{before}Shift+{_SHIFTED[sign]}")


_SHIFTED = dict(zip("<>{}:?_+!$%^&*()", ",.[];/-=1456789" + "0", strict=True))
"""What is printed above a key, and the key."""


def native_key(key: str) -> str:
    """Return a key as this system writes it."""
    sequence = QKeySequence.fromString(key, QKeySequence.SequenceFormat.PortableText)
    return sequence.toString(QKeySequence.SequenceFormat.NativeText)


def make_table(commands: Iterable[Command]) -> CommandTable:
    """Return the checked table of `commands`. Raises CommandDeclarationError."""
    return CommandTable(tuple(commands))
