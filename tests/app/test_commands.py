"""Commands are declared once, and no two of them share an id or a key."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.command_list import all_commands
from app.commands import Command, CommandDeclarationError, Group, When, make_table, normal_key

TABLE = all_commands()
ONE = Command("a.one", "One", "Do one.", Group.PLAYBACK, ("J",))
TWO = Command("a.two", "Two", "Do two.", Group.PLAYBACK, ("K",))


def test_the_keys_of_the_review_are_as_designed() -> None:
    keys = TABLE.key_map({})
    expected = {
        "Space": "play.toggle",
        "J": "play.backwards",
        "K": "play.stop",
        "L": "play.forwards",
        ",": "move.frame_back",
        ".": "move.frame_on",
        "Left": "move.second_back",
        "Shift+Right": "move.ten_seconds_on",
        "Home": "move.start",
        "End": "move.end",
        "[": "move.previous_event",
        "]": "move.next_event",
        "I": "range.set_in",
        "O": "range.set_out",
        "Shift+I": "range.go_in",
        "/": "play.loop",
        "M": "mark.add",
        "1": "camera.focus_1",
        "9": "camera.focus_9",
        "0": "camera.all",
        "Tab": "camera.next",
        "S": "sound.solo",
        "G": "move.go_to",
        "Ctrl+F": "view.find",
        "F1": "help.shortcuts",
    }
    assert {key: keys.find_command(key) for key in expected} == expected


def test_every_command_says_what_it_does_in_a_sentence() -> None:
    for command in TABLE.commands:
        assert command.title
        assert command.help.endswith("."), command.id
        assert command.help[0].isupper(), command.id


def test_a_doubled_id_is_refused() -> None:
    with pytest.raises(CommandDeclarationError, match=r"a\.one"):
        make_table([ONE, replace(ONE, keys=())])


def test_a_doubled_key_is_refused_however_it_is_spelt() -> None:
    with pytest.raises(CommandDeclarationError, match="both"):
        make_table([replace(ONE, keys=("Ctrl+Shift+J",)), replace(TWO, keys=("Shift+Ctrl+j",))])


@pytest.mark.parametrize("key", ["", "Ctrl+", "J, K", "Banana"])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(CommandDeclarationError, match="not a key"):
        make_table([replace(ONE, keys=(key,))])


def test_a_users_key_wins_over_a_default() -> None:
    keys = make_table([ONE, TWO]).key_map({"a.two": ["J"]})
    assert keys.keys == {"a.one": (), "a.two": ("J",)}
    assert keys.clashes == ()


def test_two_users_keys_that_clash_are_told() -> None:
    keys = make_table([ONE, TWO]).key_map({"a.one": ["X"], "a.two": ["X"]})
    assert keys.find_command("X") == "a.one"
    assert [(clash.command_id, clash.other_id) for clash in keys.clashes] == [("a.one", "a.two")]


def test_keys_of_unknown_commands_are_left_alone() -> None:
    assert make_table([ONE]).key_map({"gone.away": ["J"]}).find_command("J") == "a.one"


@given(st.dictionaries(st.sampled_from([one.id for one in TABLE.commands]), st.lists(st.text(max_size=8), max_size=3)))
def test_no_key_ever_starts_two_commands(user_keys: dict[str, list[str]]) -> None:
    given_keys = [key for keys in TABLE.key_map(user_keys).keys.values() for key in keys]
    assert len(given_keys) == len(set(given_keys))


@given(st.text(max_size=20))
def test_a_key_is_always_spelt_the_same(text: str) -> None:
    assert normal_key(normal_key(text)) == normal_key(text)


def test_what_changes_a_case_is_not_there_for_a_read_only_one() -> None:
    for command_id in ("case.add_files", "case.add_folder"):
        assert TABLE[command_id].when is When.WRITABLE


@pytest.mark.parametrize(("shifted", "plain"), [(">", "Shift+."), ("{", "Shift+["), ("Ctrl++", "Ctrl+Shift+=")])
def test_two_spellings_of_one_stroke_are_one_key(shifted: str, plain: str) -> None:
    """Qt calls both spellings ambiguous, and starts neither: a key on the page would do nothing."""
    with pytest.raises(CommandDeclarationError, match="both"):
        make_table([replace(ONE, keys=(plain,)), replace(TWO, keys=(shifted,))])
    with pytest.raises(CommandDeclarationError, match="both"):
        make_table([replace(ONE, keys=(plain, shifted))])
    keys = make_table([replace(ONE, keys=(plain,)), TWO]).key_map({"a.two": [shifted, plain]})
    assert keys.keys == {"a.one": (), "a.two": (shifted,)}
    assert keys.find_command(plain) == "a.two"


def test_a_menu_goes_from_block_to_block_and_leaves_the_program_last() -> None:
    blocks = [[one.id for one in block] for block in TABLE.blocks(Group.CASE)]
    assert blocks[-1] == ["case.close", "app.settings", "app.quit"]
    for group in Group:
        assert [one for block in TABLE.blocks(group) for one in block] == list(TABLE.in_group(group))
        for block in TABLE.blocks(group):
            assert len([one for one in block if one.is_in_menu]) <= 12, f"{group}: {block[0].block or block[0].id}"
