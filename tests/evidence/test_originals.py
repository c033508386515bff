"""Originals are opened for reading and nothing else, and a change of one is noticed."""

from __future__ import annotations

import hashlib
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import (
    NotAnOriginalError,
    OriginalChangedError,
    OriginalError,
    OriginalMissingError,
    OriginalUnreadableError,
)
from evidence.hashing import Digest, StreamHasher, hash_original
from evidence.one_pass import OnePass
from evidence.originals import OriginalStream, open_original


def _three_sentences(error: OriginalError) -> bool:
    return all(part.endswith(".") for part in (error.happened, error.meaning, error.remedy))


def test_reads_at_any_place_and_shorter_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(range(100)))
    with open_original(bytes(path)) as original:
        assert original.size_bytes == 100
        assert original.read_at(90, 50) == bytes(range(90, 100))
        assert original.read_at(100, 5) == b""
        original.check_unchanged()


def test_the_access_time_is_left_alone_where_the_system_allows(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"x")
    os.utime(path, ns=(10**18, 10**18))
    with open_original(bytes(path)) as original:
        original.read_at(0, 1)
    if hasattr(os, "O_NOATIME"):
        assert path.stat().st_atime_ns == 10**18


def _fifo(folder: Path) -> bytes:
    os.mkfifo(folder / "pipe")
    return bytes(folder / "pipe")


def _socket(folder: Path) -> bytes:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "s"))
    return bytes(folder / "s")


def _loop(folder: Path) -> bytes:
    (folder / "loop").symlink_to(folder / "loop")
    return bytes(folder / "loop")


_NO_FILES: dict[str, tuple[Callable[[Path], bytes], type[OriginalError]]] = {
    "folder": (bytes, NotAnOriginalError),
    "pipe": (_fifo, NotAnOriginalError),
    "socket": (_socket, NotAnOriginalError),
    "device": (lambda _folder: b"/dev/zero", NotAnOriginalError),
    "missing": (lambda folder: bytes(folder / "no"), OriginalMissingError),
    "below a file": (lambda _folder: os.fsencode(__file__) + b"/x", OriginalMissingError),
    "nul in the name": (lambda folder: bytes(folder) + b"/a\x00b", OriginalUnreadableError),
    "name too long": (lambda folder: bytes(folder) + b"/" + b"n" * 300, OriginalUnreadableError),
    "links in a circle": (_loop, OriginalUnreadableError),
}


@pytest.mark.parametrize("what", _NO_FILES)
def test_what_is_no_file_is_refused_at_once_and_in_words(what: str, tmp_path: Path) -> None:
    make, kind = _NO_FILES[what]
    path_bytes = make(tmp_path)
    began = time.monotonic()
    with pytest.raises(kind) as caught:
        open_original(path_bytes)
    assert time.monotonic() - began < 1
    assert _three_sentences(caught.value)


def test_rights_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.mp4"
    path.write_bytes(b"x")

    def refuse(*_arguments: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(OriginalUnreadableError, match=r"secret\.mp4 may not be read by this user"):
        open_original(bytes(path))


def _grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def _rewrite(path: Path) -> None:
    path.write_bytes(b"other bytes")
    os.utime(path, ns=(5, 5))


def _replace(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.replace(path)


@pytest.mark.parametrize("change", [_grow, _rewrite, _replace, Path.unlink])
def test_a_change_while_reading_is_noticed(change: Callable[[Path], None], tmp_path: Path) -> None:
    path = tmp_path / "live.mp4"
    path.write_bytes(b"first bytes")
    with open_original(bytes(path)) as original:
        change(path)
        with pytest.raises(OriginalChangedError) as caught:
            original.check_unchanged()
    assert _three_sentences(caught.value)


def test_digests_know_their_algorithm() -> None:
    value = hashlib.sha256(b"x").hexdigest()
    assert Digest.parse(f"sha256:{value.upper()}") == Digest("sha256", value) == Digest.parse(value)
    assert str(Digest("sha256", value)) == f"sha256:{value}"
    for bad in ("md5:" + "0" * 32, value[:-1], "sha256:" + "g" * 64, "", "sha1:" + value):
        with pytest.raises(ValueError, match=r"hash algorithm|not a sha256"):
            Digest.parse(bad)


@given(pieces=st.lists(st.binary(max_size=300), max_size=30))
def test_hashing_beside_the_reader_gives_the_plain_hash(pieces: list[bytes]) -> None:
    hasher = StreamHasher(depth=2)
    for piece in pieces:
        hasher.update(piece)
    assert hasher.finish().hex == hashlib.sha256(b"".join(pieces)).hexdigest()
    hasher.abandon()


def test_hashing_can_be_cancelled(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(3 << 20))
    seen: list[int] = []
    with open_original(bytes(path)) as original:
        assert hash_original(original, seen.append, lambda: len(seen) >= 2) is None
        assert seen == [1 << 20, 2 << 20]
        digest = hash_original(original, seen.append)
    assert digest is not None
    assert digest.hex == hashlib.sha256(bytes(3 << 20)).hexdigest()


@given(
    moves=st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 2_000)), max_size=40),
    size=st.integers(0, 5_000),
)
def test_one_pass_hashes_every_byte_once_wherever_its_reader_jumps(
    moves: list[tuple[int, int]], size: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = bytes(number * 7 % 251 for number in range(size))
    path = tmp_path_factory.mktemp("pass") / "a.bin"
    path.write_bytes(content)
    told: list[int] = []
    with open_original(bytes(path)) as original, OnePass(original, told.append) as one_pass:
        for place, length in moves:
            assert one_pass.seek(place) == place
            assert one_pass.read(length) == content[place : place + length]
            assert one_pass.tell() == place + len(content[place : place + length])
        assert one_pass.finish().hex == hashlib.sha256(content).hexdigest()
    assert told == sorted(told)
    assert (told[-1] if told else 0) == size


def test_a_stream_has_no_way_to_write_and_no_name_to_guess_by(tmp_path: Path) -> None:
    (tmp_path / "a.raw").write_bytes(b"x")
    with open_original(bytes(tmp_path / "a.raw")) as original:
        stream = OriginalStream(original)
        assert not hasattr(stream, "write")
        assert not hasattr(stream, "name")
        with pytest.raises(OSError, match="before the file"):
            stream.seek(-5)
