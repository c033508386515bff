"""Where a decoder process begins: light to import, so that the window does not load what only decoders need."""

from __future__ import annotations

from multiprocessing.connection import Connection

from player.protocol import FromDecoder, ToDecoder
from player.sound_protocol import FromSoundDecoder, ToSoundDecoder


def run(pipe: Connection[FromDecoder, ToDecoder]) -> None:
    """Serve one camera until told to close. Runs in the child process."""
    from player.decoder import process

    process.run(pipe)


def run_sound(pipe: Connection[FromSoundDecoder, ToSoundDecoder]) -> None:
    """Serve the sound of one camera until told to close. Runs in the child process."""
    from player.decoder import sound

    sound.run(pipe)
