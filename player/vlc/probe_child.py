"""The child process that asks libVLC whether it plays what FFmpeg refused.

Light bytes of text are never given to VLC: play lists and scripts are text, and VLC would open what they name.
"""

from __future__ import annotations

import time
from fractions import Fraction
from multiprocessing.connection import Connection

from evidence.child_process import limit_this_process
from evidence.errors import OriginalError
from evidence.examination import Examination
from evidence.foreign import ForeignPicture, as_recording
from evidence.originals import Original, open_original
from evidence.text import TEXT_SAMPLE_BYTES, is_text
from player.vlc.answers import Answer, NoLibrary, NotPlayed
from player.vlc.library import Library, State, VlcPlayer
from player.vlc.process import load, silence_the_library

_SIZE = (160, 120)
_PATIENCE_S = 10.0
_ENOUGH_PICTURES = 3
_LOOK_EVERY_S = 0.01


def run(pipe: Connection[Answer, Examination]) -> None:
    """Answer for each refused file, until the pipe closes. Runs in the child process."""
    limit_this_process()
    silence_the_library()
    library = load()
    try:
        while True:
            pipe.send(_answer(library, pipe.recv()))
    except (EOFError, OSError):
        pass  # whoever asked is gone


def _answer(library: Library | str, refused: Examination) -> Answer:
    try:
        with open_original(refused.path_bytes) as original:
            if is_text(original.read_at(0, TEXT_SAMPLE_BYTES)):
                return NotPlayed()
            if isinstance(library, str):
                return NoLibrary(library)
            picture = _look(library, original)
            original.check_unchanged()
            if picture is None or (original.size_bytes, original.mtime_ns) != (refused.size_bytes, refused.mtime_ns):
                return NotPlayed()
            return as_recording(refused, original, picture)
    except (OriginalError, ValueError):
        return NotPlayed()


def _look(library: Library, original: Original) -> ForeignPicture | None:
    """Play a file's start, and return what VLC says of it; None where it shows no pictures or no end."""
    player = VlcPlayer(library, original.path_bytes, *_SIZE)
    try:
        player.start(0, Fraction(1))
        shown = 0
        end = time.monotonic() + _PATIENCE_S
        while time.monotonic() < end and player.state is not State.FAILED:
            for picture in player.take()[0]:
                shown += 1
                player.release(picture)
            facts, length_ns = player.track(), player.length_ns
            is_over = player.state is State.ENDED
            if facts is not None and length_ns and (shown >= _ENOUGH_PICTURES or (is_over and shown)):
                return ForeignPicture(
                    facts.codec, facts.width, facts.height, facts.pixel_aspect, facts.rotation, facts.rate, length_ns
                )
            if is_over:
                return None
            time.sleep(_LOOK_EVERY_S)
        return None
    finally:
        player.close()
