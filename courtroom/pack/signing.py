"""The signature of a pack: Ed25519 (RFC 8032) over the tag manifest, which names the hash of everything else.

The signature is the bare 64 bytes and the key is PEM, so that `openssl pkeyutl -verify` can check it too.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

LARGEST_KEY_BYTES = 4_096
SIGNATURE_BYTES = 64


@dataclass(frozen=True, slots=True)
class PublicKey:
    """Whose signature it is.

    Attributes:
        raw: the 32 bytes of the key.
    """

    raw: bytes

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the key's 32 bytes, in groups of four, to be read out and compared."""
        value = hashlib.sha256(self.raw).hexdigest()
        return " ".join(value[place : place + 4] for place in range(0, len(value), 4))

    @property
    def pem(self) -> bytes:
        """The key as a PEM file."""
        key = Ed25519PublicKey.from_public_bytes(self.raw)
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def has_signed(self, content: bytes, signature: bytes) -> bool:
        """Tell whether a signature is this key's on this content."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, content)
        except (InvalidSignature, ValueError):
            return False
        return True


class SigningKey:
    """A key pair; the secret half never leaves it but into `key_shelf`."""

    def __init__(self, secret: bytes) -> None:
        """Take the 32 bytes of the secret half. Raises ValueError."""
        self._key = Ed25519PrivateKey.from_private_bytes(secret)
        self.public = PublicKey(self._key.public_key().public_bytes_raw())

    @classmethod
    def generate(cls) -> SigningKey:
        """Return a new key pair."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def secret(self) -> bytes:
        """The 32 bytes of the secret half."""
        return self._key.private_bytes_raw()

    def sign(self, content: bytes) -> bytes:
        """Return the 64 bytes of the signature."""
        return self._key.sign(content)


def read_public_key(untrusted_pem: bytes) -> PublicKey | None:
    """Return the Ed25519 key of a PEM file, or None where it holds none."""
    if len(untrusted_pem) > LARGEST_KEY_BYTES:
        return None
    try:
        key = load_pem_public_key(untrusted_pem)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return PublicKey(key.public_bytes_raw()) if isinstance(key, Ed25519PublicKey) else None


def same_fingerprint(one: str, other: str) -> bool:
    """Tell whether two fingerprints are the same, however they are spaced."""
    first, second = ("".join(text.split()).lower() for text in (one, other))
    return first == second and len(first) == 64
