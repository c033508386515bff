"""What the court hears: the cameras that the item names, of the player that is on; nothing while that is private."""

from __future__ import annotations

from collections.abc import Callable

from courtroom.ui.cue_player import CuePlayer
from player.engine import Engine
from player.sound_mix import SoundMix
from player.ui.sound_output import SoundOutput

_SILENCE = SoundMix(is_silent=True)
MakeOutput = Callable[[Engine], SoundOutput]
"""Makes a way to the speakers for an engine."""


class CourtVoice:
    """A way to the speakers for each player, of which one is heard. Lives on the UI thread.

    Args:
        make_output: makes one; None where nothing is ever heard.
    """

    def __init__(self, make_output: MakeOutput | None = None) -> None:
        self._make_output = make_output
        self._outputs: dict[Engine, SoundOutput] = {}
        self._heard: Engine | None = None

    def hear(self, player: CuePlayer, *, is_muted: bool) -> None:
        """Hear what a player's item says, and nothing of another."""
        for engine, output in self._outputs.items():
            if engine is not player.engine and not output.mix.is_silent:
                output.set_mix(_SILENCE)
        cue = player.cue
        heard = () if cue is None else cue.heard
        self._heard = player.engine if heard and not is_muted else None
        if self._make_output is None or (not heard and player.engine not in self._outputs):
            return
        if player.engine not in self._outputs:
            self._outputs[player.engine] = self._make_output(player.engine)
        output = self._outputs[player.engine]
        wanted = SoundMix(solo=frozenset(heard)) if heard and not is_muted else _SILENCE
        if wanted != output.mix:
            output.set_cameras(heard)
            output.set_mix(wanted)

    @property
    def words(self) -> str:
        """Why it is silent although something is to be heard, or ""."""
        output = self._output
        return "" if output is None else output.state

    def take_level(self) -> float:
        """Return the loudest sample since this was asked last, full scale 1."""
        output = self._output
        return 0.0 if output is None else max(output.take_peaks().values(), default=0.0)

    @property
    def is_heard(self) -> bool:
        """Whether the item that is on has sound that is not muted."""
        return self._heard is not None

    def forget(self, engine: Engine) -> None:
        """An engine is closed."""
        output = self._outputs.pop(engine, None)
        if output is not None:
            output.close()

    def close(self) -> None:
        """Fall silent for good."""
        for engine in list(self._outputs):
            self.forget(engine)

    @property
    def _output(self) -> SoundOutput | None:
        return None if self._heard is None else self._outputs.get(self._heard)
