"""Where the previews of recordings lie: by the source's SHA-256 and by how they were made, each with its provenance.

A preview (a waveform, thumbnails, a proxy) is one data file and one small JSON beside it. The JSON says from which
bytes (SHA-256), by which operation and by which version of the program the file was made, and how long it must be. It
is written last and deleted first, so a preview without a sound JSON is none: half a file, or a damaged one, is made
anew. Anything may be deleted at any time; who reads one meanwhile keeps what is open, or goes on without.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from evidence import atomic_file
from evidence.errors import StorageError
from evidence.program import program_name
from evidence.text import display_path
from evidence.times import iso_utc

_MANIFEST_FORMAT = 1
_LONGEST_MANIFEST = 1 << 20
_STALE_S = 3_600.0
_UNFINISHED = ".part"
_SPARE_BYTES = 512 << 20
_SHA = re.compile(r"[0-9a-f]{64}")

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]


class Kind(StrEnum):
    """What is made of a recording."""

    WAVEFORM = "waveform"
    THUMBNAILS = "thumbnails"
    PROXY = "proxy"


@dataclass(frozen=True, slots=True)
class Recipe:
    """Names one preview: what of, which kind, how made. Two equal recipes make the same thing.

    Attributes:
        source_sha256: lower-case hex of the whole original.
        kind: what it is.
        stream: number of the stream in the original.
        parameters: how it is made, short and plain: `480-q6`.
        version: of the file's format and of the way of making; a new one makes all anew.
        suffix: ending of the data file.
    """

    source_sha256: str
    kind: Kind
    stream: int
    parameters: str
    version: int
    suffix: str

    def __post_init__(self) -> None:
        if not _SHA.fullmatch(self.source_sha256):
            raise ValueError("a preview is named by the SHA-256 of its source")

    @property
    def name(self) -> str:
        """The data file's name without its ending."""
        return f"{self.kind}-{self.stream}-{self.parameters}-v{self.version}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a preview says of itself.

    Attributes:
        operation: what exactly was done, in words.
        size_bytes: length of the data file.
        crc32: of the whole data file, or None where its parts carry their own.
        layout: what lies where in the data file; each kind knows its own.
        parent_check: how it was made sure that the source is the one that was added.
    """

    operation: str
    size_bytes: int
    crc32: int | None
    parent_check: str
    layout: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Usage:
    """What the store takes.

    Attributes:
        size_bytes: of all previews, with what is being made.
        count: how many previews are whole.
    """

    size_bytes: int
    count: int


class DerivedStore:
    """The previews in one folder. Usable from any thread and by several programs at once.

    Attributes:
        folder: `derived/` of a case that can be written, or a folder of the user's own.
        limit_bytes: the previews take no more than this; the oldest proxies make room.
    """

    def __init__(self, folder: Path, limit_bytes: int) -> None:
        self.folder = folder
        self.limit_bytes = limit_bytes

    def path(self, recipe: Recipe) -> Path:
        """Return where the data file of a preview is, or would be."""
        return self._home(recipe) / f"{recipe.name}{recipe.suffix}"

    def find(self, recipe: Recipe) -> Manifest | None:
        """Return what a preview says of itself, or None where there is none that is whole."""
        manifest = _read_manifest(self._manifest_path(recipe), recipe)
        if manifest is None:
            return None
        try:
            size = self.path(recipe).stat().st_size
        except OSError:
            return None
        return manifest if size == manifest.size_bytes else None

    def draft(self, recipe: Recipe) -> Path:
        """Return a new name beside the data file to write it under; `commit` or `discard` it.

        Raises:
            StorageError: the folder cannot be made.
        """
        home = self._home(recipe)
        with _told("preparing previews", self.folder):
            home.mkdir(parents=True, exist_ok=True)
        return home / f"{recipe.name}.{secrets.token_hex(6)}{_UNFINISHED}"

    def commit(self, recipe: Recipe, draft: Path, manifest: Manifest) -> None:
        """Give a draft its name and say what it is; a preview of that name gives way.

        Raises:
            StorageError: the disk does not take it; then there is no such preview.
        """
        with _told("keeping a preview", self.folder):
            self._manifest_path(recipe).unlink(missing_ok=True)
            atomic_file.sync_file(draft)
            draft.replace(self.path(recipe))
            atomic_file.write_bytes(self._manifest_path(recipe), _manifest_bytes(recipe, manifest))

    def discard(self, draft: Path) -> None:
        """Delete a draft; nothing happens where it is gone."""
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)

    def delete(self, recipe: Recipe) -> None:
        """Delete a preview, as far as it is there."""
        for path in (self._manifest_path(recipe), self.path(recipe)):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def delete_all(self) -> int:
        """Delete every preview and what is left of half ones; return how many bytes that gave back.

        Only what this store has made is deleted: a folder of two hexadecimal digits and what is below it.
        """
        before = self.usage().size_bytes
        for shelf in self._shelves():
            for manifest in shelf.rglob("*.json"):
                with contextlib.suppress(OSError):
                    manifest.unlink()
            shutil.rmtree(shelf, ignore_errors=True)
        return before - self.usage().size_bytes

    def sweep(self) -> None:
        """Delete what a kill left half made: drafts that nobody has touched for an hour, files without their JSON."""
        now = time.time()
        for path in self._files():
            if path.suffix == ".json":
                continue
            is_orphan = path.suffix == _UNFINISHED or not path.with_suffix(".json").exists()
            with contextlib.suppress(OSError):
                if is_orphan and now - path.stat().st_mtime > _STALE_S:
                    path.unlink()

    def usage(self) -> Usage:
        """Return how much there is. Reads every folder: not on the UI thread."""
        size = count = 0
        for path in self._files():
            with contextlib.suppress(OSError):
                size += path.stat().st_size
                count += path.suffix == ".json"
        return Usage(size, count)

    def make_room(self, wanted_bytes: int) -> bool:
        """Make room for so many bytes; the proxies that were used longest ago go first. Return whether there is room.

        Thumbnails and waveforms, which are small, stay. The disk itself keeps half a gigabyte free.
        """
        used = self.usage().size_bytes
        excess = max(used + wanted_bytes - self.limit_bytes, wanted_bytes + _SPARE_BYTES - self._free_bytes())
        for _when, path in sorted(self._proxies()):
            if excess <= 0:
                break
            with contextlib.suppress(OSError):
                size = path.stat().st_size
                path.with_suffix(".json").unlink(missing_ok=True)
                path.unlink()
                excess -= size
        return excess <= 0

    def note_use(self, recipe: Recipe) -> None:
        """Remember that a preview was used now, so that others make room before it."""
        with contextlib.suppress(OSError):
            os.utime(self._manifest_path(recipe))

    def _home(self, recipe: Recipe) -> Path:
        return self.folder / recipe.source_sha256[:2] / recipe.source_sha256

    def _manifest_path(self, recipe: Recipe) -> Path:
        return self._home(recipe) / f"{recipe.name}.json"

    def _shelves(self) -> list[Path]:
        try:
            return [path for path in self.folder.iterdir() if re.fullmatch(r"[0-9a-f]{2}", path.name) and path.is_dir()]
        except OSError:
            return []

    def _files(self) -> Iterator[Path]:
        for shelf in self._shelves():
            for folder, _folders, names in os.walk(shelf):
                yield from (Path(folder, name) for name in names)

    def _proxies(self) -> Iterator[tuple[float, Path]]:
        for path in self._files():
            if path.name.startswith(f"{Kind.PROXY}-") and path.suffix not in {".json", _UNFINISHED}:
                with contextlib.suppress(OSError):
                    yield path.with_suffix(".json").stat().st_mtime, path

    def _free_bytes(self) -> int:
        place = self.folder
        while not place.exists() and place != place.parent:
            place = place.parent
        try:
            return shutil.disk_usage(place).free
        except OSError:
            return 0


def _manifest_bytes(recipe: Recipe, manifest: Manifest) -> bytes:
    stored = {
        "format": _MANIFEST_FORMAT,
        "class": "derived",
        "kind": recipe.kind.value,
        "parents": [{"sha256": recipe.source_sha256, "stream": recipe.stream, "checked": manifest.parent_check}],
        "operation": manifest.operation,
        "parameters": recipe.parameters,
        "version": recipe.version,
        "program": program_name(),
        "made": iso_utc(time.time_ns(), digits=0),
        "size_bytes": manifest.size_bytes,
        "crc32": manifest.crc32,
        "layout": dict(manifest.layout),
    }
    return json.dumps(stored, indent=1, sort_keys=True).encode()


def _read_manifest(path: Path, recipe: Recipe) -> Manifest | None:
    """Return a manifest that belongs to `recipe`, or None where there is none or it is damaged."""
    try:
        with path.open("rb") as file:
            untrusted = json.loads(file.read(_LONGEST_MANIFEST))
        parent = untrusted["parents"][0]
        crc32, layout = untrusted["crc32"], untrusted["layout"]
        is_ours = (
            untrusted["format"] == _MANIFEST_FORMAT
            and untrusted["kind"] == recipe.kind.value
            and parent["sha256"] == recipe.source_sha256
            and parent["stream"] == recipe.stream
            and untrusted["parameters"] == recipe.parameters
            and untrusted["version"] == recipe.version
            and isinstance(layout, dict)
            and (crc32 is None or isinstance(crc32, int))
        )
        if not is_ours:
            return None
        return Manifest(
            operation=str(untrusted["operation"]),
            size_bytes=int(untrusted["size_bytes"]),
            crc32=crc32,
            parent_check=str(parent["checked"]),
            layout=layout,
        )
    except (OSError, ValueError, KeyError, IndexError, TypeError, RecursionError):
        return None


@contextlib.contextmanager
def _told(doing: str, folder: Path) -> Iterator[None]:
    """Turn an error of the disk into words."""
    try:
        yield
    except OSError as error:
        raise disk_error(doing, folder, error.strerror or str(error)) from error


def disk_error(doing: str, folder: Path, reason: str) -> StorageError:
    """Return the error that says that the disk did not take a preview."""
    return StorageError(
        f"The disk failed while {doing} in {display_path(os.fsencode(folder))}: {reason.lower()}.",
        meaning="Previews only make the timeline and scrubbing quicker; originals and the case are untouched.",
        remedy="Free some space, or delete the previews; they are made again when there is room.",
    )
