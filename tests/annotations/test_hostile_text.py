"""Text that is made to take for ever to read: each of these took minutes or hours, and is read in a moment."""

from __future__ import annotations

import time

import pytest

from annotations.exchange.foreign import ExchangeError
from annotations.exchange.untrusted_json import parse_json
from annotations.transcripts.reading import read_transcript

_MANY = 100_000
_VTT = b"WEBVTT\n\n00:01.000 --> 00:02.000\n"
_SRT = b"1\n00:00:01,000 --> 00:00:02,000\n"
_TEXT = b"00:00:02 A: x\n"


@pytest.mark.parametrize(
    "untrusted",
    [
        pytest.param(_VTT + b"<v " * _MANY, id="tags that do not end"),
        pytest.param(_VTT + b"<a.b" * _MANY, id="classes that do not end"),
        pytest.param(_VTT + b"<v" + b" " * _MANY, id="a tag of blanks"),
        pytest.param(_VTT + b"a" * _MANY, id="one word"),
        pytest.param(_SRT + b"Ab" * _MANY, id="one word of many beginnings"),
        pytest.param(_TEXT + b"a" + b" " * _MANY + b"b", id="blanks in a line"),
        pytest.param(_TEXT + b"a" + b" \t " * _MANY + b"b", id="blanks and tabs"),
        pytest.param(_TEXT + b"ab 00:00:01" + b" " * _MANY + b"x", id="blanks after a time"),
        pytest.param(_TEXT + b"00:00:01 - 00:00:02" + b" " * _MANY + b"x", id="blanks after two times"),
        pytest.param(_TEXT + ("ab" + "\u2003" * _MANY + "x").encode(), id="other blanks"),
        pytest.param(b"start,text\n1," + b"a" * _MANY, id="a word in a table"),
    ],
)
def test_a_transcript_is_read_in_a_moment(untrusted: bytes) -> None:
    begun = time.thread_time()
    read_transcript(untrusted)
    assert time.thread_time() - begun < 2


def test_json_is_read_or_refused_in_a_moment() -> None:
    begun = time.thread_time()
    for untrusted in (b'"' + b'\\"' * _MANY, b'["' + b"\\" * _MANY, b'"a' * _MANY, b'{"a":[' * _MANY):
        with pytest.raises(ExchangeError):
            parse_json(untrusted)
    assert time.thread_time() - begun < 2
