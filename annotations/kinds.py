"""Every kind of item that the journal keeps. To add one: 1. write its keeper; 2. name it here."""

from __future__ import annotations

from annotations.categories import CATEGORIES
from annotations.clips.clip import CLIPS
from annotations.journal import Keeper
from annotations.mark_states import MARKS
from annotations.people import PEOPLE
from annotations.shapes.record import SHAPES
from annotations.transcripts.states import CUES, TRANSCRIPTS

KEEPERS: tuple[Keeper, ...] = (
    MARKS,
    CATEGORIES,
    PEOPLE,
    TRANSCRIPTS,
    CUES,
    SHAPES,
    CLIPS,
)
