"""Writes a BagIt bag (RFC 8493): each file is hashed while it is written, in constant memory, and read once.

`bagit` 1.9 makes a bag of files that lie there already, which reads every byte a second time; so it is not used to
write, but the tests have it validate what is written here (docs/decisions/0018).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from courtroom.pack.layout import BAG_INFO, BAGIT, BAGIT_DECLARATION, MANIFEST, PAYLOAD, TAG_MANIFEST
from evidence.atomic_file import sync_file, sync_folder
from evidence.errors import Cancelled
from evidence.hashing import CHUNK_BYTES, Digest, StreamHasher
from evidence.jobs import IsCancelled
from evidence.originals import Original

_LINE_WIDTH = 79


@dataclass(frozen=True, slots=True)
class BagFile:
    """One file of a bag.

    Attributes:
        path: as seen from the bag, with `/`.
        sha256: lower-case hex.
    """

    path: str
    sha256: str
    size_bytes: int


class BagWriter:
    """A bag under way in a folder of its own."""

    def __init__(self, folder: Path, on_bytes: Callable[[int], None], cancelled: IsCancelled) -> None:
        """Begin a bag.

        Args:
            folder: exists, and becomes the bag.
            on_bytes: told how many bytes of originals were just copied.
            cancelled: asked after every mebibyte.
        """
        self._folder = folder
        self._on_bytes = on_bytes
        self._cancelled = cancelled
        self._files: dict[str, BagFile] = {}

    @property
    def payload(self) -> tuple[BagFile, ...]:
        """What is under `data/` so far, by name."""
        return tuple(self._files[path] for path in sorted(self._files) if path.startswith(f"{PAYLOAD}/"))

    def copy(self, path: str, original: Original) -> BagFile:
        """Copy an open original and return its hash; it is read once, and checked to have stayed what it was.

        Raises:
            OriginalError: it could not be read, or changed meanwhile.
            Cancelled: the user wished it.
            OSError: the disk does not take it.
        """
        file = self.stream(path, _pieces(original), self._on_bytes)
        original.check_unchanged()
        return file

    def stream(self, path: str, pieces: Iterable[bytes], on_bytes: Callable[[int], None]) -> BagFile:
        """Write a large file piece by piece; as `copy`."""
        hasher = StreamHasher()
        place = 0
        try:
            with self._place(path).open("xb") as out:
                for piece in pieces:
                    if self._cancelled():
                        raise Cancelled("Making the pack was cancelled.", meaning="Nothing of it was left.")
                    hasher.update(piece)
                    out.write(piece)
                    place += len(piece)
                    on_bytes(len(piece))
            digest = hasher.finish()
        finally:
            hasher.abandon()
        sync_file(self._folder / path)
        return self._note(path, digest, place)

    def write(self, path: str, content: bytes) -> BagFile:
        """Write a small file. Raises OSError."""
        self._place(path).write_bytes(content)
        sync_file(self._folder / path)
        return self._note(path, Digest("sha256", hashlib.sha256(content).hexdigest()), len(content))

    def take(self, path: str) -> BagFile:
        """Take up a file that lies in the folder already. Raises OSError."""
        with (self._folder / path).open("rb") as file:
            digest = Digest("sha256", hashlib.file_digest(file, "sha256").hexdigest())
            return self._note(path, digest, file.tell())

    def finish(self, info: Mapping[str, str]) -> bytes:
        """Write the declaration, the description and the manifests; return the tag manifest, which names all others.

        Args:
            info: what `bag-info.txt` says beside the sizes.
        """
        payload = self.payload
        size = sum(file.size_bytes for file in payload)
        sizes = {"Payload-Oxum": f"{size}.{len(payload)}"}
        self.write(BAGIT, BAGIT_DECLARATION)
        self.write(BAG_INFO, "".join(_tag_line(name, text) for name, text in {**info, **sizes}.items()).encode())
        self.write(MANIFEST, _manifest(payload))
        tags = [file for path, file in sorted(self._files.items()) if not path.startswith(f"{PAYLOAD}/")]
        listed = _manifest(tags)
        (self._folder / TAG_MANIFEST).write_bytes(listed)
        sync_file(self._folder / TAG_MANIFEST)
        return listed

    def add_unlisted(self, path: str, content: bytes) -> None:
        """Write a file that no manifest names: the signature, which is made of the last of them."""
        self._place(path).write_bytes(content)
        sync_file(self._folder / path)

    def sync(self) -> None:
        """Make all names last; the contents have been made so one by one."""
        for place in sorted(self._folder.rglob("*"), reverse=True):
            if place.is_dir():
                sync_folder(place)
        sync_folder(self._folder)

    def _place(self, path: str) -> Path:
        place = self._folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def _note(self, path: str, digest: Digest, size_bytes: int) -> BagFile:
        self._files[path] = BagFile(path, digest.hex, size_bytes)
        return self._files[path]


def _pieces(original: Original) -> Iterator[bytes]:
    place = 0
    while piece := original.read_at(place, CHUNK_BYTES):
        place += len(piece)
        yield piece


def _manifest(files: tuple[BagFile, ...] | list[BagFile]) -> bytes:
    """Return the lines of a manifest, as sha256sum reads them too; all names are plain, so nothing is encoded."""
    return "".join(f"{file.sha256}  {file.path}\n" for file in files).encode()


def _tag_line(name: str, text: str) -> str:
    """Return one element of bag-info.txt; long texts go on, indented, in the next line (RFC 8493, 2.2.2)."""
    lines, line = [], f"{name}:"
    for word in " ".join(text.split()).split(" "):
        if len(line) + len(word) >= _LINE_WIDTH and line.strip() and not line.endswith(":"):
            lines.append(line)
            line = " "
        line += f" {word}"
    return "\n".join([*lines, line]) + "\n"
