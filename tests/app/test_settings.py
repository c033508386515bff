"""Settings survive, and what cannot be understood falls back and is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settings import OPTIONS, TEXT_SIZE, THEME, YOUR_NAME, Settings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "settings.json"


def test_ids_of_options_are_unique_and_defaults_are_allowed() -> None:
    assert len({option.id for option in OPTIONS}) == len(OPTIONS)
    for option in OPTIONS:
        assert option.accepts(option.default), option.id
        assert option.help.endswith("."), option.id


def test_a_value_survives(path: Path) -> None:
    Settings(path).set(THEME, "light")
    assert Settings(path).get(THEME) == "light"


def test_a_change_is_told_once(path: Path) -> None:
    settings, told = Settings(path), list[str]()
    settings.changed.connect(told.append)
    settings.set(TEXT_SIZE, 120)
    settings.set(TEXT_SIZE, 120)
    assert told == [TEXT_SIZE.id]


@pytest.mark.parametrize("value", ["purple", "", 7])
def test_a_value_that_cannot_be_is_refused(path: Path, value: object) -> None:
    with pytest.raises(ValueError, match=r"look\.theme"):
        Settings(path).set(THEME, value)  # type: ignore[type-var]  # the mistake that is tested


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b"[" * 100_000, b"null"])
def test_a_damaged_file_falls_back_with_a_notice(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    settings = Settings(path)
    assert settings.get(THEME) == "dark"
    assert len(settings.notices) == 1
    assert "defaults are in force" in settings.notices[0]


def test_an_impossible_value_falls_back_with_a_notice(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"values": {"look.text_size": 9_000, "look.theme": "light"}}))
    settings = Settings(path)
    assert settings.get(TEXT_SIZE) == 100
    assert settings.get(THEME) == "light"
    assert ["Text size" in notice for notice in settings.notices] == [True]


def test_what_a_newer_version_wrote_is_kept(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(json.dumps({"values": {"future.thing": {"deep": 1}}}))
    Settings(path).set(YOUR_NAME, "DC Harper")
    assert json.loads(path.read_text())["values"]["future.thing"] == {"deep": 1}


def test_own_keys_survive_and_go_back(path: Path) -> None:
    settings = Settings(path)
    settings.set_keys("play.toggle", ["P"])
    settings.set_keys("play.stop", [])
    assert Settings(path).keys == {"play.toggle": ("P",), "play.stop": ()}
    settings.set_keys("play.toggle", None)
    assert "play.toggle" not in Settings(path).keys


def test_a_value_holds_where_the_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = Settings(tmp_path / "file" / "settings.json")
    with pytest.raises(OSError):  # noqa: PT011 - which one depends on the system
        settings.set(THEME, "light")
    assert settings.get(THEME) == "light"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(stored=st.fixed_dictionaries({}, optional=dict.fromkeys(("values", "keys", "window", "format"), json_values)))
def test_no_file_of_json_stops_the_start(tmp_path_factory: pytest.TempPathFactory, stored: dict[str, object]) -> None:
    path = tmp_path_factory.mktemp("settings") / "settings.json"
    path.write_text(json.dumps(stored))
    settings = Settings(path)
    for option in OPTIONS:
        assert option.accepts(settings.get(option))
    settings.set_keys("play.toggle", ["P"])
