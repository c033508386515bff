"""House rules that no tool knows, each with its reason."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("app", "courtroom", "annotations", "player", "sync", "evidence", "resources")
LARGEST_MODULE = 500
GATES = {
    "annotations/cuts/child.py": "a process that reads untrusted bytes",
    "annotations/speech/speech_child.py": "a process that reads untrusted bytes",
    "annotations/transcripts/reader_child.py": "a process that reads untrusted bytes",
    "annotations/ui/composite_child.py": "a process that reads untrusted bytes",
    "app/cli/main.py": "the command line's main",
    "app/jobs.py": "the job runner",
    "app/demo/build.py": "a job's worker process",
    "courtroom/preflight/media_child.py": "a process that reads untrusted bytes",
    "courtroom/preflight/sound_child.py": "a process that reads untrusted bytes",
    "courtroom/ui/page_child.py": "a process that reads untrusted bytes",
    "evidence/examiner_child.py": "a process that reads untrusted bytes",
    "player/decoder/process.py": "a process that reads untrusted bytes",
    "player/decoder/sound.py": "a process that reads untrusted bytes",
    "player/derived/maker_child.py": "a process that reads untrusted bytes",
    "player/stills/child.py": "a process that reads untrusted bytes",
    "player/vlc/process.py": "a process that reads untrusted bytes",
    "sync/child_loop.py": "a process that reads untrusted bytes",
}
"""The four kinds of gate: job runner, decoder process, excepthook, command-line main."""
ONE_MODULE_LIBRARIES = {"requests": 2, "keyring": 2, "vlc": 1}


def _modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


@cache
def _nodes(path: Path) -> tuple[ast.Import | ast.ImportFrom | ast.ExceptHandler, ...]:
    """Return what the rules look at, of all that a module is made of."""
    kinds = ast.Import, ast.ImportFrom, ast.ExceptHandler
    return tuple(node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, kinds))


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in _nodes(path):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def _is_ui(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return parts[0] == "app" or "ui" in parts


def test_qt_lives_in_app_and_in_ui_folders_only() -> None:
    """The core can then be used and tested without a window."""
    strangers = [path for path in _modules() if not _is_ui(path) and _imports(path) & {"PySide6", "qtawesome"}]
    assert strangers == []


@pytest.mark.parametrize(("library", "most"), ONE_MODULE_LIBRARIES.items())
def test_libraries_that_reach_outside_are_imported_where_they_are_at_home(library: str, most: int) -> None:
    """Network, secrets and the second engine each have one door."""
    assert len([path for path in _modules() if library in _imports(path)]) <= most


def test_only_one_module_opens_originals() -> None:
    """`evidence.originals` is the only place where a mistake could write to evidence."""
    text = (ROOT / "evidence" / "originals.py").read_text()
    assert "O_RDONLY" in text
    assert "O_RDWR" not in text
    assert "O_WRONLY" not in text


def test_no_module_has_become_two_things() -> None:
    """A file over this length is split."""
    too_long = {
        str(path.relative_to(ROOT)): lines
        for path in _modules()
        if (lines := path.read_text().count("\n")) > LARGEST_MODULE
    }
    assert too_long == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    """A reader finds the room by its name."""
    empty = {"utils", "util", "helpers", "helper", "common", "manager", "misc"}
    assert [path for path in _modules() if path.stem in empty] == []


def test_broad_excepts_stand_at_the_gates_only() -> None:
    """Anywhere else they hide faults; one that only cleans up and raises again is no gate."""
    found = {
        str(path.relative_to(ROOT))
        for path in _modules()
        for node in _nodes(path)
        if isinstance(node, ast.ExceptHandler) and _is_broad(node) and not _raises_again(node)
    }
    assert found <= set(GATES)


def _is_broad(handler: ast.ExceptHandler) -> bool:
    return handler.type is None or (
        isinstance(handler.type, ast.Name) and handler.type.id in {"Exception", "BaseException"}
    )


def _raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def test_signals_carry_times_as_objects() -> None:
    """`Signal(int)` is 32 bits wide in Qt: a time in nanoseconds arrives as something else."""
    narrow = [path for path in _modules() if re.search(r"Signal\([^)]*\bint\b", path.read_text())]
    allowed = [path for path in narrow if "# small number" in path.read_text()]
    assert narrow == allowed


def test_every_package_says_what_it_is_for() -> None:
    """One paragraph at the door of each room."""
    for package in PACKAGES:
        docstring = ast.get_docstring(ast.parse((ROOT / package / "__init__.py").read_text()))
        assert docstring
        assert len(docstring) > 80


def test_tracked_files_name_no_machine_and_no_registry() -> None:
    """The project speaks of itself alone."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    telltale = re.compile("|".join(["/" + "work/", "files." + "pythonhosted", "//py" + "pi.org", "/root" + "/"]))
    guilty = [
        name
        for name in tracked
        if (ROOT / name).is_file()
        and name != "LICENSE"
        and telltale.search((ROOT / name).read_bytes().decode(errors="replace"))
    ]
    assert guilty == []
