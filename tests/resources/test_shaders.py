"""The compiled shaders belong to their sources, and say so for every graphics interface that Qt draws with."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QShader

ROOT = Path(__file__).resolve().parents[2]
SHADERS = ROOT / "resources" / "shaders"
SOURCES = sorted([*SHADERS.glob("*.vert"), *SHADERS.glob("*.frag")])


def test_there_is_a_compiled_one_for_each_source_and_no_other() -> None:
    assert SOURCES
    assert {path.name for path in SHADERS.glob("*.qsb")} == {f"{path.name}.qsb" for path in SOURCES}


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_compiling_the_source_gives_what_is_there(source: Path, tmp_path: Path) -> None:
    found = re.search(r"^QSB_TARGETS := (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert found is not None
    compiler, made = Path(sys.executable).with_name("pyside6-qsb"), tmp_path / "made.qsb"
    subprocess.run([compiler, *shlex.split(found[1]), "-o", made, source], check=True, capture_output=True)
    theirs, ours = (QShader.fromSerialized(path.read_bytes()) for path in (made, Path(f"{source}.qsb")))
    assert theirs.isValid()
    assert theirs == ours, "compile it again: make shaders"
    kinds = {key.source() for key in ours.availableShaders()}
    assert kinds >= {
        QShader.Source.SpirvShader,
        QShader.Source.GlslShader,
        QShader.Source.HlslShader,
        QShader.Source.MslShader,
    }
