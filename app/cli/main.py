"""Puts the commands together and is the one gate for what goes wrong in them.

Exit codes: 0 all went well; 1 something about the case or a file is not as it should be; 2 the command line does not
make sense; 70 a fault of the program itself; 130 cancelled.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Sequence
from typing import Protocol

import typer
from typer.exceptions import TyperException

from app.cli.output import Output
from evidence.errors import Cancelled, SightlineError, StorageError, UsageError
from evidence.scratch import sweep_scratch

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_FAULT = 70
EXIT_CANCELLED = 130


class Topic(Protocol):
    """A module of commands."""

    def register(self, application: typer.Typer) -> None:
        """Add this topic's commands."""
        ...


def topics_for(arguments: Sequence[str]) -> tuple[Topic, ...]:
    """Return the modules of commands that a command line needs.

    What opens windows is loaded alone: all the others take a second, and a court waits for a show to come back.
    """
    if not arguments or arguments[0] in {"open", "--resume"}:
        from app.cli import window

        return (window,)
    return every_topic()


def every_topic() -> tuple[Topic, ...]:
    """Return all modules of commands, in the order in which they are listed."""
    from app.cli import (
        cameras,
        cases,
        clip_list,
        clips,
        composites,
        court,
        court_drawings,
        demo,
        events,
        find,
        frames,
        hearing,
        items,
        marks,
        packs,
        preflight,
        reports,
        shapes,
        sheets,
        speech,
        sync,
        transcripts,
        trust,
        validate,
        window,
    )

    return (
        window,
        court,
        cases,
        cameras,
        sync,
        events,
        marks,
        shapes,
        court_drawings,
        items,
        transcripts,
        speech,
        find,
        frames,
        clips,
        clip_list,
        composites,
        reports,
        sheets,
        packs,
        preflight,
        hearing,
        trust,
        validate,
        demo,
    )


def build(topics: Sequence[Topic]) -> typer.Typer:
    """Return the command line with the commands of these topics."""
    application = typer.Typer(
        name="sightline",
        help="Everything that was filmed of one incident, as one event. Without a command: opens the app.",
        no_args_is_help=False,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    for topic in topics:
        topic.register(application)
    return application


def main(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; every error ends here, in words."""
    output = Output(is_json="--json" in arguments)
    _tell_only_of_trouble()
    try:
        answer = typer.main.get_command(build(topics_for(arguments))).main(
            list(arguments), prog_name="sightline", standalone_mode=False
        )
    except (typer.Abort, KeyboardInterrupt):  # the latter while the commands are still being loaded
        output.warn("Cancelled.")
        return EXIT_CANCELLED
    except TyperException as error:
        said = error.format_message() if isinstance(error, typer.BadParameter) else str(error)
        return _failed(output, UsageError(said, remedy="See `sightline --help`."), EXIT_USAGE)
    except Cancelled as error:
        return _failed(output, error, EXIT_CANCELLED)
    except SightlineError as error:
        return _failed(output, error, EXIT_USAGE if isinstance(error, UsageError) else EXIT_FAILED)
    except BrokenPipeError:
        sys.stderr.close()
        return EXIT_FAILED
    except OSError as error:
        return _failed(output, _from_system(error), EXIT_FAILED)
    except Exception as error:  # noqa: BLE001 - the command line's gate: nothing leaves it as a stack trace alone
        return _fault(output, error)
    return answer if isinstance(answer, int) else EXIT_OK


def run() -> None:
    """Serve the `sightline` script."""
    sweep_scratch()
    sys.exit(main(sys.argv[1:]))


def _from_system(error: OSError) -> StorageError:
    where = f" ({error.filename})" if error.filename else ""
    return StorageError(
        f"The operating system refused: {error.strerror or error}{where}.",
        meaning="Nothing that was reported as done before is affected.",
        remedy="Check the disk, its free space and your permissions, then repeat the command.",
    )


def _tell_only_of_trouble() -> None:
    """Write warnings to standard error; the rest of the log goes to the file that a window keeps."""
    told = logging.StreamHandler()
    told.setLevel(logging.WARNING)
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s", handlers=[told])


def _failed(output: Output, error: SightlineError, exit_code: int) -> int:
    output.document(
        {
            "ok": False,
            "error": {
                "code": error.code,
                "happened": error.happened,
                "meaning": error.meaning,
                "remedy": error.remedy,
            },
        }
    )
    output.warn(str(error))
    return exit_code


def _fault(output: Output, error: Exception) -> int:
    """Tell of a fault in the program: in one sentence, with the details for whoever mends it below."""
    fault = SightlineError(
        f"Sightline has a fault and stopped this command ({type(error).__name__}: {error}).",
        meaning="Originals are untouched, and what was reported as done before is kept.",
        remedy="Please report it with the lines below.",
    )
    _failed(output, fault, EXIT_FAULT)
    traceback.print_exc(file=sys.stderr)
    return EXIT_FAULT
