"""What libVLC answers when it is asked whether it plays a file: frozen, between processes."""

from __future__ import annotations

from dataclasses import dataclass

from evidence.examination import Examination


@dataclass(frozen=True, slots=True)
class NotPlayed:
    """VLC does not play it either."""


@dataclass(frozen=True, slots=True)
class NoLibrary:
    """VLC could not be asked.

    Attributes:
        reason: why, and what to install, in words for people.
    """

    reason: str


Answer = Examination | NotPlayed | NoLibrary
