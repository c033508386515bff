"""Files locked with AES-256-GCM in chunks: any chunk can be read by itself, and none can be changed, moved or cut off.

A file is a header and chunks. The header is 36 bytes: `SLLOCK01`, 16 random bytes, the chunk size (32 bits) and the
length of the plain file (64 bits), big-endian. Each file has a key of its own, made of the master key by HKDF-SHA256
(RFC 5869) with the 16 random bytes as salt. Chunk `k` is encrypted under the nonce `k` (96 bits) with the header as
associated data, so that chunks cannot change places within a file or between files, and the length is vouched for; it
is followed by its tag of 16 bytes. The master key comes of a passphrase by scrypt (RFC 7914).
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from evidence.originals import Original

MAGIC = b"SLLOCK01"
CHUNK_BYTES = 1 << 20
TAG_BYTES = 16
SALT_BYTES = 16
SCRYPT_COST, SCRYPT_BLOCK, SCRYPT_LANES = 2**17, 8, 1
_HEADER = struct.Struct(">8s16sIQ")
_PURPOSE = b"sightline locked file 1"
_LARGEST_CHUNK = 16 << 20


class LockedFileError(ValueError):
    """A locked file is damaged, was changed, or another key locked it."""


@dataclass(frozen=True, slots=True)
class Header:
    """What a locked file begins with."""

    salt: bytes
    chunk_bytes: int
    plain_bytes: int

    @property
    def packed(self) -> bytes:
        """As it lies in the file."""
        return _HEADER.pack(MAGIC, self.salt, self.chunk_bytes, self.plain_bytes)

    @property
    def chunks(self) -> int:
        """How many chunks follow."""
        return -(-self.plain_bytes // self.chunk_bytes)

    @property
    def locked_bytes(self) -> int:
        """The length of the whole locked file."""
        return _HEADER.size + self.plain_bytes + self.chunks * TAG_BYTES


def key_of_passphrase(passphrase: str, salt: bytes) -> bytes:
    """Return the 32 bytes of a master key. Takes about 128 MB of memory and half a second, as guessing shall."""
    scrypt = Scrypt(salt=salt, length=32, n=SCRYPT_COST, r=SCRYPT_BLOCK, p=SCRYPT_LANES)
    return scrypt.derive(passphrase.encode())


def locked_pieces(plain: BinaryIO, plain_bytes: int, key: bytes) -> Iterator[bytes]:
    """Yield a locked file piece by piece.

    Args:
        plain: open for reading, at its start.
        plain_bytes: its length.
        key: 32 bytes.

    Raises:
        LockedFileError: it is not as long as it was said to be.
    """
    header = Header(os.urandom(SALT_BYTES), CHUNK_BYTES, plain_bytes)
    cipher = _cipher(key, header)
    yield header.packed
    for number in range(header.chunks):
        piece = plain.read(CHUNK_BYTES)
        if len(piece) != min(CHUNK_BYTES, plain_bytes - number * CHUNK_BYTES):
            raise LockedFileError("the file changed while it was locked")
        yield cipher.encrypt(_nonce(number), piece, header.packed)
    if plain.read(1):
        raise LockedFileError("the file changed while it was locked")


class LockedFile:
    """A locked file that is open for reading at any place. Usable from several threads."""

    def __init__(self, locked: Original, key: bytes) -> None:
        """Read its header.

        Raises:
            LockedFileError: it is no locked file, or not whole.
            OriginalUnreadableError: the disk returned an error.
        """
        untrusted = locked.read_at(0, _HEADER.size)
        if len(untrusted) != _HEADER.size or not untrusted.startswith(MAGIC):
            raise LockedFileError("it is no locked file")
        _magic, salt, chunk_bytes, plain_bytes = _HEADER.unpack(untrusted)
        if not 1 <= chunk_bytes <= _LARGEST_CHUNK:
            raise LockedFileError("its chunks have a size that none can have")
        self.header = Header(salt, chunk_bytes, plain_bytes)
        if self.header.locked_bytes != locked.size_bytes:
            raise LockedFileError("it is longer or shorter than it says")
        self._locked = locked
        self._cipher = _cipher(key, self.header)

    def chunk(self, number: int) -> bytes:
        """Return one chunk of the plain file.

        Raises:
            LockedFileError: it was changed, or another key locked it.
            OriginalUnreadableError: the disk returned an error.
        """
        whole = self.header.chunk_bytes + TAG_BYTES
        untrusted = self._locked.read_at(_HEADER.size + number * whole, whole)
        try:
            return self._cipher.decrypt(_nonce(number), untrusted, self.header.packed)
        except (InvalidTag, ValueError) as error:
            raise LockedFileError("it was changed, or the key is another one") from error

    def pieces(self) -> Iterator[bytes]:
        """Yield the plain file chunk by chunk. Raises as `chunk`."""
        for number in range(self.header.chunks):
            yield self.chunk(number)


def _cipher(key: bytes, header: Header) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA256(), length=32, salt=header.salt, info=_PURPOSE).derive(key))


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")
