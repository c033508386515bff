"""The options a user can set, declared once with type, default, title and help, and where they are kept.

The settings dialog is made from `OPTIONS`. Values are kept in one JSON file, written in one step; what is in it that
cannot be understood falls back to the default with a notice, and what a newer version wrote is kept as it stands.

To add an option: 1. declare it below with an id that no other has; 2. add it to `OPTIONS`; 3. read it where it works
with `settings.get(OPTION)` and follow `settings.changed`; 4. test what it does. Only options that work are declared.
"""

from __future__ import annotations

import getpass
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Generic, TypeVar, cast

from PySide6.QtCore import QObject, Signal

from app.commands import normal_key
from evidence import atomic_file
from evidence.text import clean_line
from player.ui.drawn_by import DrawnBy
from player.ui.layout import LayoutKind
from player.ui.timeline.look import LaneSize

Value = bool | int | str
T = TypeVar("T", bound=Value)
T_co = TypeVar("T_co", bound=Value, covariant=True)
_FORMAT = 1
_LONGEST_FILE = 4_000_000


class OptionGroup(StrEnum):
    """The headings of the settings dialog."""

    PERSON = "You"
    LOOK = "Look"
    TIMES = "Times"
    PLAYBACK = "Playback"
    PREVIEWS = "Previews"
    TRANSCRIPTS = "Transcripts"


@dataclass(frozen=True, slots=True)
class Option(Generic[T_co]):
    """One thing that can be set.

    Attributes:
        id: permanent name in the file.
        default: also says of which type the values are.
        choices: value and title of everything that can be chosen; empty where anything of the type can be.
        lowest: least whole number.
        highest: greatest whole number.
        unit: shown behind a number, with its leading blank.
    """

    id: str
    title: str
    help: str
    group: OptionGroup
    default: T_co
    choices: tuple[tuple[T_co, str], ...] = ()
    lowest: int = 0
    highest: int = 0
    unit: str = ""

    def accepts(self, value: object) -> bool:
        """Tell whether `value` can be a value of this option."""
        if type(value) is not type(self.default):
            return False
        if self.choices:
            return any(value == choice for choice, _title in self.choices)
        if isinstance(value, str):
            return value == clean_line(value, limit=200)
        return isinstance(value, bool) or self.lowest <= value <= self.highest


class ThemeChoice(StrEnum):
    """Which theme the window has."""

    DARK = "dark"
    LIGHT = "light"
    SYSTEM = "system"


class ZoneChoice(StrEnum):
    """In which zone times are shown."""

    CASE = "case"
    MACHINE = "machine"
    UTC = "utc"


class PreviewChoice(StrEnum):
    """Which previews are made of the recordings of an open case."""

    ALL = "all"
    TIMELINE = "timeline"
    OFF = "off"


class PreviewPlace(StrEnum):
    """Where previews lie."""

    CASE = "case"
    USER = "user"


def _user_name() -> str:
    try:
        return clean_line(getpass.getuser(), limit=100)
    except (OSError, KeyError, ImportError):
        return ""


YOUR_NAME: Option[str] = Option(
    "person.name",
    "Your name",
    "The audit log of a case names you with this for everything you change.",
    OptionGroup.PERSON,
    _user_name(),
)
THEME: Option[str] = Option(
    "look.theme",
    "Theme",
    "Video is judged best against dark neutral grey.",
    OptionGroup.LOOK,
    ThemeChoice.DARK.value,
    (
        (ThemeChoice.DARK.value, "Dark"),
        (ThemeChoice.LIGHT.value, "Light"),
        (ThemeChoice.SYSTEM.value, "As the system"),
    ),
)
TEXT_SIZE: Option[int] = Option(
    "look.text_size", "Text size", "All text of the window, 80 to 200 %.", OptionGroup.LOOK, 100, (), 80, 200, " %"
)
ZONE: Option[str] = Option(
    "times.zone",
    "Show times in",
    "Only how times are written: nothing in the case is changed.",
    OptionGroup.TIMES,
    ZoneChoice.CASE.value,
    (
        (ZoneChoice.CASE.value, "The case's time zone"),
        (ZoneChoice.MACHINE.value, "This computer's time zone"),
        (ZoneChoice.UTC.value, "UTC"),
    ),
)
LAYOUT: Option[str] = Option(
    "playback.layout",
    "Cameras when a case is opened",
    "How the cameras are laid out at first.",
    OptionGroup.PLAYBACK,
    LayoutKind.AUTO.value,
    (
        (LayoutKind.AUTO.value, "As many as fit"),
        (LayoutKind.ONE.value, "One camera"),
        (LayoutKind.TWO_BY_TWO.value, "Two by two"),
        (LayoutKind.THREE_BY_THREE.value, "Three by three"),
        (LayoutKind.FOCUS_STRIP.value, "Focus and strip"),
    ),
)

SOUND_DEVICE: Option[str] = Option(
    "sound.device",
    "Sound device",
    "Where sound is played; while it is not connected, the system's own choice is used.",
    OptionGroup.PLAYBACK,
    "",
)

PICTURE_MEMORY: Option[int] = Option(
    "playback.picture_memory_mb",
    "Memory for pictures",
    "For each camera on screen, 16 to 256 MB; in force from the next start.",
    OptionGroup.PLAYBACK,
    48,
    (),
    16,
    256,
    " MB",
)

DRAWN_BY: Option[str] = Option(
    "playback.drawn_by",
    "Pictures are drawn by",
    "They look the same. Automatic takes the graphics card where there is a real one.",
    OptionGroup.PLAYBACK,
    DrawnBy.AUTOMATIC.value,
    (
        (DrawnBy.AUTOMATIC.value, "Automatic"),
        (DrawnBy.GRAPHICS_CARD.value, "The graphics card"),
        (DrawnBy.PROCESSOR.value, "The processor"),
    ),
)
LANES: Option[str] = Option(
    "look.lanes",
    "Height of the timeline's lanes",
    "Higher lanes have room for thumbnails.",
    OptionGroup.LOOK,
    LaneSize.AUTO.value,
    (
        (LaneSize.AUTO.value, "As much as there is room"),
        (LaneSize.LOW.value, "Low"),
        (LaneSize.HIGH.value, "High"),
    ),
)
PREVIEWS: Option[str] = Option(
    "previews.make",
    "Make in the background",
    "Thumbnails and waveforms are small. Proxies are small copies of every frame, about 1.5 GB an hour of video: "
    "with them scrubbing is quick. Originals are never changed, and are shown whenever the picture stands.",
    OptionGroup.PREVIEWS,
    PreviewChoice.ALL.value,
    (
        (PreviewChoice.ALL.value, "Thumbnails, waveforms and proxies"),
        (PreviewChoice.TIMELINE.value, "Thumbnails and waveforms"),
        (PreviewChoice.OFF.value, "Nothing"),
    ),
)
PREVIEW_PLACE: Option[str] = Option(
    "previews.place",
    "Keep them",
    "Where a case cannot be written, they are kept in your own folder in any event.",
    OptionGroup.PREVIEWS,
    PreviewPlace.CASE.value,
    (
        (PreviewPlace.CASE.value, "In the case folder"),
        (PreviewPlace.USER.value, "In a folder of your own"),
    ),
)
PREVIEW_LIMIT: Option[int] = Option(
    "previews.limit_gb",
    "Let them take at most",
    "For each case, or for all cases together in your own folder. Half a gigabyte of the disk always stays free.",
    OptionGroup.PREVIEWS,
    60,
    (),
    1,
    10_000,
    " GB",
)
CAPTIONS: Option[bool] = Option(
    "transcripts.captions",
    "Captions over the pictures",
    "What is said while the frame on screen was recorded, as far as there is a transcript.",
    OptionGroup.TRANSCRIPTS,
    False,
)
SPEECH_MODEL: Option[str] = Option(
    "transcripts.speech_model",
    "Folder of the speech model",
    "A faster-whisper model that you copied to this machine; nothing is ever downloaded. Without one there is no "
    "speech to text, and everything else works.",
    OptionGroup.TRANSCRIPTS,
    "",
)
SPEECH_LANGUAGE: Option[str] = Option(
    "transcripts.speech_language",
    "Language that is spoken",
    "Two letters, for instance en; empty to find out.",
    OptionGroup.TRANSCRIPTS,
    "",
)

AnyOption = Option[bool | int | str]
OPTIONS: tuple[AnyOption, ...] = (
    YOUR_NAME,
    THEME,
    TEXT_SIZE,
    LANES,
    ZONE,
    LAYOUT,
    SOUND_DEVICE,
    PICTURE_MEMORY,
    DRAWN_BY,
    PREVIEWS,
    PREVIEW_PLACE,
    PREVIEW_LIMIT,
    CAPTIONS,
    SPEECH_MODEL,
    SPEECH_LANGUAGE,
)


class Settings(QObject):
    """What the user has set; lives on the UI thread.

    Signals:
        changed: the id of an option, or `keys`.

    Attributes:
        path: the JSON file.
        notices: what could not be understood in it, in words for people.
    """

    changed = Signal(str)

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.notices: list[str] = []
        self._values: dict[str, object] = {}
        self._keys: dict[str, tuple[str, ...]] = {}
        self._window: dict[str, str] = {}
        self._load()

    def get(self, option: Option[T]) -> T:
        """Return what is set, or the default."""
        value = self._values.get(option.id, option.default)
        return cast("T", value) if option.accepts(value) else option.default

    def set(self, option: Option[T], value: T) -> None:
        """Set an option and keep it.

        Raises:
            ValueError: the option does not take this value.
            OSError: the file cannot be written; the value holds until the program ends.
        """
        if not option.accepts(value):
            raise ValueError(f"{option.id} does not take {value!r}")
        if self.get(option) == value and option.id in self._values:
            return
        self._values[option.id] = value
        self.changed.emit(option.id)
        self._save()

    @property
    def keys(self) -> Mapping[str, Sequence[str]]:
        """The user's own keys by command id."""
        return dict(self._keys)

    def set_keys(self, command_id: str, keys: Sequence[str] | None) -> None:
        """Give a command keys of the user's own, none (empty), or its default again (None). Raises OSError."""
        if keys is None:
            self._keys.pop(command_id, None)
        else:
            self._keys[command_id] = tuple(filter(None, map(normal_key, keys)))
        self.changed.emit("keys")
        self._save()

    def window_state(self, name: str) -> str:
        """Return what a window kept about its size and parts, or ""."""
        return self._window.get(name, "")

    def keep_window_state(self, states: Mapping[str, str]) -> None:
        """Keep sizes of windows. Raises OSError."""
        self._window.update(states)
        self._save()

    def _load(self) -> None:
        try:
            with self.path.open("rb") as file:
                packed = file.read(_LONGEST_FILE)
            stored = json.loads(packed)
        except FileNotFoundError:
            return
        except (OSError, ValueError, RecursionError) as error:
            self._notice(f"The settings in {self.path} cannot be read ({error}). The defaults are in force.")
            return
        if not isinstance(stored, dict):
            self._notice(f"{self.path} does not hold settings. The defaults are in force.")
            return
        self._values = _part(stored, "values")
        self._keys = {
            name: tuple(filter(None, (normal_key(key) for key in keys if isinstance(key, str))))
            for name, keys in _part(stored, "keys").items()
            if isinstance(keys, list)
        }
        self._window = {name: state for name, state in _part(stored, "window").items() if isinstance(state, str)}
        self._report_unusable()

    def _report_unusable(self) -> None:
        for option in OPTIONS:
            value = self._values.get(option.id, option.default)
            if not option.accepts(value):
                del self._values[option.id]
                shown = clean_line(repr(value), limit=60)
                self._notice(f"The setting “{option.title}” cannot be {shown}. Its default is in force.")

    def _notice(self, text: str) -> None:
        self.notices.append(clean_line(text, limit=500))

    def _save(self) -> None:
        stored = {"format": _FORMAT, "values": self._values, "keys": self._keys, "window": self._window}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        atomic_file.write_bytes(self.path, json.dumps(stored, indent=2, sort_keys=True).encode())


def _part(stored: dict[object, object], name: str) -> dict[str, object]:
    part = stored.get(name)
    return {str(key): value for key, value in part.items()} if isinstance(part, dict) else {}
