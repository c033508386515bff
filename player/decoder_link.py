"""Starts decoder processes and talks to them without ever making the window wait.

Decoders are started without the program's main module, so that they load neither Qt nor the database. A spare one
stands ready, so that showing a camera does not wait for a process to start. A decoder ends when the pipe to
the window closes: none is left behind when the window is killed.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Generic, Protocol, TypeVar

from evidence.child_process import keep_ready, start_child
from player.decoder import entry
from player.pipe_watch import PipeWatch
from player.protocol import FromDecoder, SourceForm, ToDecoder
from player.sound_protocol import FromSoundDecoder, ToSoundDecoder
from player.vlc import entry as vlc_entry

_UNREAD_MESSAGES = 120
"""A pipe that nobody reads takes some 200 small messages before it makes the writer wait."""

_END_WAIT_S = 0.5

Outgoing = TypeVar("Outgoing")
Incoming = TypeVar("Incoming")


class DecoderLink(Protocol):
    """One decoder, as the window sees it."""

    def send(self, message: ToDecoder) -> bool:
        """Send without waiting; return False where the decoder is gone or does not listen."""
        ...

    def receive(self) -> list[FromDecoder]:
        """Return what has arrived, without waiting."""
        ...

    @property
    def is_alive(self) -> bool:
        """Whether the decoder still runs."""
        ...

    @property
    def process_id(self) -> int | None:
        """The operating system's number of its process, or None where it has none."""
        ...

    def kill(self) -> None:
        """End it at once, whatever it does."""
        ...

    def close(self) -> None:
        """Let it end, without waiting for it."""
        ...

    def join(self) -> None:
        """Wait until it has ended; only at the end of the program."""
        ...


StartDecoder = Callable[[], DecoderLink]


def keep_decoders_ready() -> None:
    """Load what decoders need once, before the first is wanted, where the system allows it. Returns at once."""
    keep_ready("player.decoder.process", "player.decoder.sound")


class ChildLink(Generic[Outgoing, Incoming]):
    """A child process and the pipe to it, through which it may send several messages together as a tuple."""

    def __init__(self, target: Callable[[Connection[Incoming | tuple[Incoming, ...], Outgoing]], None]) -> None:
        ours, theirs = multiprocessing.Pipe()
        self._pipe: Connection[Outgoing, Incoming | tuple[Incoming, ...]] = ours
        self._watch = PipeWatch(self._pipe)
        self._process = start_child(target, theirs, name="decoder")
        theirs.close()
        self._unread = 0
        self._is_open = True

    @property
    def is_alive(self) -> bool:
        """Whether the process runs and its pipe is open."""
        return self._is_open and self._process.is_alive()

    @property
    def process_id(self) -> int | None:
        """The operating system's number of the process."""
        return self._process.pid

    def send(self, message: Outgoing) -> bool:
        """Send without waiting; return False where the decoder is gone or has not listened for long."""
        if not self._is_open or self._unread >= _UNREAD_MESSAGES:
            return False
        try:
            self._pipe.send(message)
        except OSError:
            self._is_open = False
            return False
        self._unread += 1
        return True

    def receive(self) -> list[Incoming]:
        """Return what has arrived, without waiting."""
        arrived: list[Incoming] = []
        try:
            while self._is_open and self._watch.has_something():
                message = self._pipe.recv()
                if isinstance(message, tuple):
                    arrived += message
                else:
                    arrived.append(message)
        except (EOFError, OSError):
            self._is_open = False
        if arrived:
            self._unread = 0
        return arrived

    def kill(self) -> None:
        """End the process at once."""
        if self._is_open or self._process.is_alive():
            self._process.kill()
        self._shut()

    def close(self) -> None:
        """Let it end by closing the pipe, and do not wait for it."""
        self._shut()

    def join(self) -> None:
        """Wait until it has ended, and see to it that it does."""
        self._process.join(_END_WAIT_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(_END_WAIT_S)

    def _shut(self) -> None:
        self._is_open = False
        self._pipe.close()


class ProcessLink(ChildLink[ToDecoder, FromDecoder]):
    """A picture decoder in a process of its own."""

    def __init__(self) -> None:
        super().__init__(entry.run)


class VlcLink(ChildLink[ToDecoder, FromDecoder]):
    """libVLC in a process of its own."""

    def __init__(self) -> None:
        super().__init__(vlc_entry.run)


class SoundLink(ChildLink[ToSoundDecoder, FromSoundDecoder]):
    """A sound decoder in a process of its own."""

    def __init__(self) -> None:
        super().__init__(entry.run_sound)


class DecoderPool:
    """Keeps a decoder ready that has loaded all it needs, and sees to it that all end with the program."""

    def __init__(
        self, start: StartDecoder = ProcessLink, spares: int = 1, *, start_vlc: StartDecoder = VlcLink
    ) -> None:
        """Make a pool.

        Args:
            start: starts a decoder of frames.
            spares: how many of those stand ready.
            start_vlc: starts libVLC; none of it stands ready, since few recordings need it.
        """
        self._start = start
        self._start_vlc = start_vlc
        self._spares = spares
        self._ready: list[DecoderLink] = []
        self._leaving: list[DecoderLink] = []

    def warm_up(self) -> None:
        """Start one spare decoder where one is lacking; takes a few milliseconds and does not wait for it."""
        self._ready = [link for link in self._ready if link.is_alive]
        if len(self._ready) < self._spares:
            self._ready.append(self._start())

    def take(self, form: SourceForm = SourceForm.ORIGINAL) -> DecoderLink:
        """Return a decoder for sources of a form: a spare one where there is one."""
        if form is SourceForm.VLC:
            return self._start_vlc()
        while self._ready:
            link = self._ready.pop(0)
            if link.is_alive:
                return link
            self.give_back(link)
        return self._start()

    def give_back(self, link: DecoderLink, *, is_stuck: bool = False) -> None:
        """Let a decoder end; at once and without asking where it is stuck."""
        if is_stuck:
            link.kill()
        else:
            link.close()
        self._leaving.append(link)

    def close(self) -> None:
        """End the spare decoders and wait for all that were let go."""
        for link in self._ready:
            self.give_back(link)
        self._ready.clear()
        for link in self._leaving:
            link.join()
        self._leaving.clear()
