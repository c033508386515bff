"""The keys of court mode: none twice, a remote works, those of the review mean the same, one page has all."""

from __future__ import annotations

import re

import pytest

from app.command_list import all_commands
from app.commands import normal_key
from courtroom.show.events import Focus, Press
from courtroom.show.keys import COURT_KEYS, Act, find_key, keys_page, keys_text

_LIKE_REVIEW = {
    Press.PLAY: "play.toggle", Press.SECOND_ON: "move.second_on", Press.SECOND_BACK: "move.second_back",
    Press.SLOWER: "play.slower", Press.FASTER: "play.faster", Press.NORMAL_SPEED: "play.normal_speed",
    Press.UNDO: "edit.undo", Act.MAGNIFIER: "picture.magnifier",
}  # fmt: skip


def test_no_key_is_declared_twice_and_everything_has_one() -> None:
    keys = [key for one in COURT_KEYS for key in one.keys]
    assert len(keys) == len(set(keys))
    assert {one.does for one in COURT_KEYS} == {*Press, *Act} - {Act.ZOOM}


@pytest.mark.parametrize(
    ("key", "does"),
    [
        ("PgDown", Press.NEXT),
        ("PgUp", Press.BACK),
        ("B", Press.BLACK),
        (".", Press.HOLD),
        ("F5", Press.PLAY),
        ("Esc", Press.PLAY),
    ],
)
def test_what_a_presenters_remote_sends(key: str, does: Press) -> None:
    assert find_key(key) is does


def test_digits_are_cameras() -> None:
    assert find_key("3") == Focus(2)
    assert find_key("0") == Focus(None)


def test_what_the_review_has_too_has_the_same_key() -> None:
    table = all_commands()
    for one in COURT_KEYS:
        command = _LIKE_REVIEW.get(one.does)
        if command is not None:
            shared = {normal_key(key) for key in one.keys} & {normal_key(key) for key in table[command].keys}
            assert shared, f"{one.does} has other keys than {command}"


def test_the_page_has_every_key_and_is_one_page() -> None:
    page, text = keys_page(), keys_text()
    rows = re.findall(r"<tr>", page)
    assert len(rows) <= 45, "more does not fit one sheet of paper"
    for one in COURT_KEYS:
        assert one.words in page
        assert one.words in text
