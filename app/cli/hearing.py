"""`sound-test`: words or a tone on each side of the court's sound, and what somebody in the room says of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.desktop import has_display
from app.cli.options import AsJson, By, who
from app.cli.output import Output
from app.own_keys import own_keys
from evidence.errors import NoSuchItemError, UsageError

if TYPE_CHECKING:
    from courtroom.ui.tone import Tone

_LONGEST_MS = 20_000


def register(application: typer.Typer) -> None:
    """Add this topic's commands."""
    application.command("sound-test")(sound_test)


def sound_test(
    pack: Annotated[
        Path | None, typer.Argument(metavar="[PACK]", help="The pack in whose preflight it is noted.")
    ] = None,
    tone: Annotated[bool, typer.Option("--tone", help="A tone on each side in place of the words.")] = False,
    heard: Annotated[
        bool | None, typer.Option("--heard/--not-heard", help="Play nothing: note in PACK's preflight what was heard.")
    ] = None,
    by: By = "",
    as_json: AsJson = False,
) -> int:
    """Say “left” on the left side and “right” on the right; then note with --heard whether the room heard both."""
    output = Output(is_json=as_json)
    if heard is not None:
        return _note(pack, who(by), output, is_heard=heard)
    if not has_display():
        raise UsageError("There is no desktop whose sound device could be used.", remedy="Log in to a desktop.")
    from app.application import make_application
    from courtroom.preflight.sound_level import read_level
    from courtroom.ui.tone import Tone
    from player.ui.sound_device import SoundDevices

    application = make_application()
    devices = SoundDevices()
    names, level = [one.name for one in devices.devices()], read_level()
    trouble = _play(application, Tone(lambda: devices.make_sink("")), is_tone=tone)
    output.document({"ok": not trouble, "devices": names, "level": level, "trouble": trouble})
    where = f" on {names[0]}" if names else ""
    output.line(trouble or f"Played {'a tone' if tone else '“left”, “right”'}{where}.")
    if level.is_muted:
        output.line("The system has muted it.")
    elif level.percent is not None:
        output.line(f"Its volume is {level.percent} %.")
    if not trouble:
        output.line("Was each side heard? sightline sound-test PACK --heard, or --not-heard.")
    return 1 if trouble or level.is_muted else 0


def _play(application: object, tester: Tone, *, is_tone: bool) -> str:
    from PySide6.QtCore import QEventLoop, QTimer

    from courtroom.ui.tone import LEFT, RIGHT

    def wait() -> bool:
        loop, late = QEventLoop(), QTimer()
        tester.ended.connect(loop.quit)
        late.setSingleShot(True)
        late.timeout.connect(lambda: loop.exit(1))
        late.start(_LONGEST_MS)
        return loop.exec() == 0

    assert application is not None, "Qt's sound needs its application"
    steps: list[Callable[[], str]] = (
        [partial(tester.play, LEFT), partial(tester.play, RIGHT)] if is_tone else [tester.say]
    )
    for step in steps:
        trouble = step()
        if not trouble and not wait():
            trouble = "The sound device took nothing for a while: it does not play."
        if trouble:
            tester.stop()
            return trouble
    return ""


def _note(pack: Path | None, by: str, output: Output, *, is_heard: bool) -> int:
    from app.preflight import keep_report, preflight_folder
    from courtroom.preflight.heard import heard_result, with_heard
    from courtroom.preflight.report import find_report
    from courtroom.show.source import load_from_pack

    if pack is None:
        raise UsageError("It is not said of which pack.", remedy="Name the court pack's folder.")
    report = find_report(preflight_folder(load_from_pack(pack.absolute(), own_keys().knows).id))
    if report is None:
        raise NoSuchItemError("This pack was not preflighted on this machine.", remedy=f"sightline preflight {pack}")
    report = with_heard(report, heard_result(by, is_heard=is_heard))
    keep_report(report)
    output.document({"ok": is_heard, "words": report.words})
    output.line(f"Noted. {report.words}")
    return 0 if is_heard else 1
