"""Which display is the court's and which the presenter's. Pure: displays come and go outside.

A display is known by its maker, model and serial number, or where it tells none by its name; so the court's is found
again when it comes back. The court's picture never goes to another one by itself, and the console never to the court's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Display:
    """One display, as the system tells of it.

    Attributes:
        name: of the output, for instance "HDMI-1".
        identity: maker, model and serial number in one text, or "" where it tells none.
        x: left edge on the desktop, logical pixels.
        y: top edge.
        width: logical pixels.
        height: logical pixels.
        is_primary: whether the system calls it the first.
    """

    name: str
    identity: str
    x: int
    y: int
    width: int
    height: int
    is_primary: bool = False

    @property
    def words(self) -> str:
        """For people."""
        return f"{self.name} ({self.width} × {self.height})"


@dataclass(frozen=True, slots=True)
class Placement:
    """Who is where.

    Attributes:
        court: the court's display, or None while it is gone.
        console: the presenter's display.
        is_shared: there is one display for both: the console is a strip on it.
    """

    court: Display | None
    console: Display | None
    is_shared: bool


class DisplayPlan:
    """Remembers which display is the court's. Used by one thread.

    Args:
        wanted: name of the display that the court shall see, or "" for the one that is not the first.
    """

    def __init__(self, wanted: str = "") -> None:
        self._wanted = wanted
        self._court: Display | None = None
        self._is_shared = False

    @property
    def chosen(self) -> Display | None:
        """The court's display as it was seen last, or None before the first."""
        return self._court

    def place(self, displays: Sequence[Display]) -> Placement:
        """Return who is where with these displays."""
        if self._court is None and displays:
            self._court = self._first_choice(displays)
            self._is_shared = len(displays) == 1
        court = self._found(displays)
        if court is not None:
            self._court = court
        if self._is_shared and court is not None:
            return Placement(court, court, is_shared=True)
        others = [one for one in displays if court is None or one != court]
        console = next((one for one in others if one.is_primary), others[0] if others else None)
        return Placement(court, console, is_shared=False)

    def choose(self, display: Display) -> None:
        """Let the court see this one from now on: the presenter says so."""
        self._court = display
        self._is_shared = False

    def choose_another(self, displays: Sequence[Display]) -> bool:
        """Let the court see the next display that is not the presenter's; where there is one only, both share it.

        Returns:
            Whether that is another than before.
        """
        if len(displays) == 1 and not self._is_shared:
            self.share(displays[0])
            return True
        console = self.place(displays).console
        others = [one for one in displays if one != console]
        if not others:
            return False
        names = [one.name for one in others]
        before = names.index(self._court.name) if self._court is not None and self._court.name in names else -1
        found = others[(before + 1) % len(others)]
        is_another = found != self._court or self._is_shared
        self.choose(found)
        return is_another

    def share(self, display: Display) -> None:
        """Let court and presenter share this display: it is mirrored, and the presenter says so."""
        self._court = display
        self._is_shared = True

    def _first_choice(self, displays: Sequence[Display]) -> Display:
        named = next((one for one in displays if self._wanted and self._wanted in {one.name, one.identity}), None)
        second = next((one for one in displays if not one.is_primary), None)
        return named or second or displays[0]

    def _found(self, displays: Sequence[Display]) -> Display | None:
        """Return the court's display among these, or None."""
        known = self._court
        if known is None:
            return None
        if known.identity:
            alike = [one for one in displays if one.identity == known.identity]
            return next((one for one in alike if one.name == known.name), alike[0] if alike else None)
        return next((one for one in displays if one.name == known.name and not one.identity), None)
