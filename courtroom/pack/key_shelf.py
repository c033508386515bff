"""Where a user's signing key and the keys that he knows are kept.

The secret half lies in the operating system's keyring. Where there is none it lies in a file, sealed with a passphrase:
AES-256-GCM under a key that scrypt (RFC 7914, N = 2**17, r = 8, p = 1) makes of it. It is never kept in the open.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from courtroom.errors import SigningKeyError
from courtroom.pack.signing import PublicKey, SigningKey, same_fingerprint
from evidence import atomic_file
from evidence.key_ring import find_secret, keep_secret
from evidence.text import clean_line

_SECRET_NAME = "signing key of court packs"  # noqa: S105 - the name of the entry, not the secret
_OWN = "signing-key.json"
_KNOWN = "known-signing-keys.json"
_LARGEST_FILE = 1_000_000
_SCRYPT_COST, _SCRYPT_BLOCK, _SCRYPT_LANES = 2**17, 8, 1
_PURPOSE = b"sightline signing key 1"
SHORTEST_PASSPHRASE = 8


class KeyShelf:
    """The keys of one user, in a folder of his own. Usable from any thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def own_public_key(self) -> PublicKey | None:
        """Return the public half of the user's key, or None where he has none yet. No secret is touched."""
        return _public_key_in(self._read(_OWN))

    def needs_passphrase(self) -> bool:
        """Tell whether the user's key is sealed with a passphrase."""
        return "sealed" in self._read(_OWN)

    def signing_key(self, passphrase: str = "") -> SigningKey:
        """Return the user's key pair; made the first time.

        Args:
            passphrase: opens, or the first time seals, the key where there is no keyring; else it is not used.

        Raises:
            SigningKeyError: there is no keyring and no passphrase, or it is the wrong one, or the key is lost.
            OSError: the disk does not take it.
        """
        kept = self._read(_OWN)
        public = _public_key_in(kept)
        if public is None:
            if (self._folder / _OWN).exists():
                raise SigningKeyError(
                    "The file signing-key.json in Sightline's settings folder is damaged.",
                    meaning="Your signing key cannot be read; what it has signed can still be checked.",
                    remedy="Restore the file from a backup, or delete it to begin with a new key.",
                )
            return self._make(passphrase)
        secret = _unsealed(kept, passphrase) if "sealed" in kept else _from_hex(find_secret(_SECRET_NAME))
        key = None if secret is None else SigningKey(secret)
        if key is None or key.public != public:
            raise SigningKeyError(
                "The secret half of your signing key is not in the keyring of this computer any more.",
                meaning="Nothing can be signed with it; what it has signed can still be checked.",
                remedy="Restore the keyring, or delete the file signing-key.json in Sightline's settings folder to "
                "begin with a new key, and tell those who know the old one.",
            )
        return key

    def knows(self, key: PublicKey) -> str | None:
        """Return whose key it is, as far as the user has said so, or None; his own is always known."""
        own = self.own_public_key()
        if own == key:
            return "you"
        for fingerprint, name in self._read(_KNOWN).items():
            if same_fingerprint(fingerprint, key.fingerprint):
                return clean_line(str(name), limit=200) or "a known key"
        return None

    def remember(self, key: PublicKey, name: str) -> None:
        """Note whose key it is, after the user has compared its fingerprint. Raises OSError."""
        known = dict(self._read(_KNOWN))
        known[key.fingerprint] = clean_line(name, limit=200)
        self._write(_KNOWN, known)

    def _make(self, passphrase: str) -> SigningKey:
        key = SigningKey.generate()
        content: dict[str, object] = {"version": 1, "public_key": key.public.raw.hex()}
        if not keep_secret(_SECRET_NAME, key.secret.hex()):
            content |= _sealed(key.secret, passphrase)
        self._write(_OWN, content)
        return key

    def _read(self, name: str) -> Mapping[str, object]:
        try:
            with (self._folder / name).open("rb") as file:
                found = json.loads(file.read(_LARGEST_FILE))
        except (OSError, ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    def _write(self, name: str, content: Mapping[str, object]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        atomic_file.write_bytes(self._folder / name, (json.dumps(content, indent=1) + "\n").encode())


def _public_key_in(kept: Mapping[str, object]) -> PublicKey | None:
    raw = _from_hex(kept.get("public_key"))
    return PublicKey(raw) if raw is not None else None


def _from_hex(text: object) -> bytes | None:
    try:
        raw = bytes.fromhex(text) if isinstance(text, str) else b""
    except ValueError:
        return None
    return raw if len(raw) == 32 else None


def _sealed(secret: bytes, passphrase: str) -> dict[str, object]:
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise SigningKeyError(
            "This computer has no keyring to keep your signing key in, and no passphrase of at least "
            f"{SHORTEST_PASSPHRASE} characters was given to seal it with.",
            meaning="No key was made and nothing was signed.",
            remedy="Choose a passphrase for your signing key (on the command line: --key-passphrase-file FILE), or "
            "unlock the keyring.",
        )
    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = AESGCM(_key_of(passphrase, salt)).encrypt(nonce, secret, _PURPOSE)
    return {
        name: base64.b64encode(part).decode() for name, part in (("salt", salt), ("nonce", nonce), ("sealed", sealed))
    }


def _unsealed(kept: Mapping[str, object], passphrase: str) -> bytes:
    if not passphrase:
        raise SigningKeyError(
            "Your signing key is sealed with a passphrase, and none was given.",
            meaning="Nothing was signed.",
            remedy="Give the passphrase of your signing key.",
        )
    try:
        salt, nonce, sealed = (base64.b64decode(str(kept[name])) for name in ("salt", "nonce", "sealed"))
        return AESGCM(_key_of(passphrase, salt)).decrypt(nonce, sealed, _PURPOSE)
    except (KeyError, ValueError, binascii.Error, InvalidTag) as error:
        raise SigningKeyError(
            "The passphrase does not open your signing key.",
            meaning="Nothing was signed.",
            remedy="Type it again; capital letters count.",
        ) from error


def _key_of(passphrase: str, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=_SCRYPT_COST, r=_SCRYPT_BLOCK, p=_SCRYPT_LANES).derive(passphrase.encode())
