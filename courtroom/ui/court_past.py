"""What the court saw before the last presses: undo shows it at once, before any decoder has found its way back."""

from __future__ import annotations

from courtroom.show.events import Ended, Event, Halted, Moved, Press
from courtroom.ui.court_picture import CourtPicture

_KEPT = 4
"""A picture of a 4K screen takes 33 MB."""


class CourtPast:
    """The last few pictures, by how many presses there had been. Lives on the UI thread."""

    def __init__(self) -> None:
        self._pictures: dict[int, CourtPicture] = {}

    def keep(self, event: Event, presses: int, picture: CourtPicture | None) -> None:
        """Keep what is shown while something is pressed that undo takes back.

        Args:
            event: what happens.
            presses: how many there were before it.
            picture: what the court screen has now.
        """
        if picture is None or event is Press.UNDO or isinstance(event, Moved | Ended | Halted):
            return
        self._pictures[presses] = picture
        for old in [one for one in self._pictures if one > presses or one <= presses - _KEPT]:
            del self._pictures[old]

    def take(self, presses: int) -> CourtPicture | None:
        """Return what was shown when there were so many presses, or None where it is not kept any more."""
        return self._pictures.pop(presses, None)
