"""The signing key: kept in the keyring or sealed with a passphrase, never in the open, never replaced silently."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from courtroom.errors import SigningKeyError
from courtroom.pack import key_shelf
from courtroom.pack.key_shelf import KeyShelf
from courtroom.pack.signing import SigningKey
from evidence import locked_file


class MemoryKeyring(KeyringBackend):
    """Keeps secrets as long as the test lasts."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring leaves it untyped
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture(autouse=True)
def _quick_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are made quickly, as nobody guesses at them here."""
    monkeypatch.setattr(key_shelf, "_SCRYPT_COST", 2**4)
    monkeypatch.setattr(locked_file, "SCRYPT_COST", 2**4)


@pytest.fixture
def ring() -> Iterator[MemoryKeyring]:
    """A keyring that works, in place of the one that keeps nothing."""
    before = keyring.get_keyring()
    one = MemoryKeyring()
    keyring.set_keyring(one)
    yield one
    keyring.set_keyring(before)


def written(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_with_a_keyring_the_secret_is_in_it_and_nowhere_else(ring: MemoryKeyring, tmp_path: Path) -> None:
    key = KeyShelf(tmp_path).signing_key()
    again = KeyShelf(tmp_path)
    assert again.signing_key().public == key.public
    assert again.own_public_key() == key.public
    assert again.knows(key.public) == "you"
    assert not again.needs_passphrase()
    assert list(ring.kept.values()) == [key.secret.hex()]
    assert key.secret not in written(tmp_path)
    assert key.secret.hex().encode() not in written(tmp_path)


def test_without_a_keyring_a_passphrase_seals_it(tmp_path: Path) -> None:
    key = KeyShelf(tmp_path).signing_key("correct horse battery")
    shelf = KeyShelf(tmp_path)
    assert shelf.needs_passphrase()
    assert shelf.signing_key("correct horse battery").public == key.public
    assert key.secret.hex().encode() not in written(tmp_path)
    for wrong in ("", "correct horse batterY"):
        with pytest.raises(SigningKeyError):
            shelf.signing_key(wrong)


def test_without_a_keyring_and_a_passphrase_no_key_is_made(tmp_path: Path) -> None:
    for passphrase in ("", "short"):
        with pytest.raises(SigningKeyError, match="no keyring"):
            KeyShelf(tmp_path).signing_key(passphrase)
    assert list(tmp_path.iterdir()) == []


def test_a_key_that_is_lost_or_damaged_is_not_replaced_silently(ring: MemoryKeyring, tmp_path: Path) -> None:
    KeyShelf(tmp_path).signing_key()
    ring.kept.clear()
    with pytest.raises(SigningKeyError, match="not in the keyring"):
        KeyShelf(tmp_path).signing_key()
    (tmp_path / "signing-key.json").write_text("{")
    with pytest.raises(SigningKeyError, match="damaged"):
        KeyShelf(tmp_path).signing_key()


def test_a_key_is_known_once_the_user_has_said_whose_it_is(tmp_path: Path) -> None:
    other = SigningKey.generate().public
    shelf = KeyShelf(tmp_path)
    assert shelf.knows(other) is None
    shelf.remember(other, "CPS London")
    assert KeyShelf(tmp_path).knows(other) == "CPS London"
    assert KeyShelf(tmp_path).knows(SigningKey.generate().public) is None
