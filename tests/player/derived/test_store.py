"""A preview is there whole, with its provenance, or it is not there."""

from __future__ import annotations

import json
import os
import time
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import StorageError
from player.derived.store import DerivedStore, Kind, Manifest, Recipe

SHA = "ab" * 32


def _recipe(kind: Kind = Kind.WAVEFORM, sha: str = SHA) -> Recipe:
    return Recipe(sha, kind, 1, "10ms", 1, ".data")


def _put(store: DerivedStore, recipe: Recipe, content: bytes = b"content") -> Path:
    draft = store.draft(recipe)
    draft.write_bytes(content)
    store.commit(recipe, draft, Manifest("made up", len(content), zlib.crc32(content), "for a test", {"a": [1]}))
    return store.path(recipe)


def test_a_preview_knows_its_parent_and_how_it_was_made(store: DerivedStore) -> None:
    path = _put(store, _recipe())
    told = json.loads(path.with_suffix(".json").read_text())
    assert told["class"] == "derived"
    assert told["parents"] == [{"sha256": SHA, "stream": 1, "checked": "for a test"}]
    assert told["operation"] == "made up"
    assert told["program"].startswith("Sightline ")
    assert told["parameters"] == "10ms"
    manifest = store.find(_recipe())
    assert manifest is not None
    assert manifest.layout == {"a": [1]}


def test_another_way_of_making_is_another_preview(store: DerivedStore) -> None:
    _put(store, _recipe())
    assert store.find(Recipe(SHA, Kind.WAVEFORM, 1, "20ms", 1, ".data")) is None
    assert store.find(Recipe(SHA, Kind.WAVEFORM, 1, "10ms", 2, ".data")) is None
    assert store.find(Recipe(SHA, Kind.WAVEFORM, 2, "10ms", 1, ".data")) is None
    assert store.find(_recipe(sha="cd" * 32)) is None


def test_a_draft_is_no_preview_and_is_swept_once_it_is_old(store: DerivedStore) -> None:
    draft = store.draft(_recipe())
    draft.write_bytes(b"half")
    assert store.find(_recipe()) is None
    store.sweep()
    assert draft.exists(), "somebody may be writing it"
    old = time.time() - 7_200
    os.utime(draft, (old, old))
    store.sweep()
    assert not draft.exists()


@given(data=st.data())
def test_a_damaged_manifest_is_none(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    store = DerivedStore(tmp_path_factory.mktemp("store"), 1 << 30)
    path = _put(store, _recipe()).with_suffix(".json")
    whole = path.read_bytes()
    cut = data.draw(st.integers(0, len(whole) - 1))
    path.write_bytes(whole[:cut] + data.draw(st.binary(max_size=20)))
    found = store.find(_recipe())
    assert found is None or found.size_bytes == 7


def test_a_file_of_another_length_is_none(store: DerivedStore) -> None:
    path = _put(store, _recipe())
    path.write_bytes(b"conten")
    assert store.find(_recipe()) is None
    path.unlink()
    assert store.find(_recipe()) is None


def test_deleting_all_leaves_what_is_not_ours(store: DerivedStore) -> None:
    _put(store, _recipe())
    _put(store, _recipe(Kind.PROXY, "cd" * 32), bytes(100))
    other = store.folder / "somebody's notes.txt"
    other.write_text("mine")
    assert store.usage().count == 2
    assert store.delete_all() > 100
    assert store.usage().size_bytes == 0
    assert other.read_text() == "mine"
    assert store.delete_all() == 0


def test_proxies_that_were_not_used_for_long_make_room(tmp_path: Path) -> None:
    store = DerivedStore(tmp_path / "derived", 25_000)
    recipes = [_recipe(Kind.PROXY, f"{number:02x}" * 32) for number in range(3)]
    wave = _recipe(sha="ef" * 32)
    _put(store, wave, bytes(2_000))
    for number, recipe in enumerate(recipes):
        path = _put(store, recipe, bytes(6_000))
        os.utime(path.with_suffix(".json"), (1_000 + number, 1_000 + number))
    store.note_use(recipes[0])
    assert store.make_room(7_000)
    assert store.find(recipes[1]) is None
    assert store.find(recipes[0]) is not None
    assert store.find(wave) is not None
    assert not store.make_room(50_000)


def test_a_folder_that_cannot_be_written_is_told_in_words(tmp_path: Path) -> None:
    (tmp_path / "derived").write_text("a file where the folder would be")
    store = DerivedStore(tmp_path / "derived", 1 << 30)
    with pytest.raises(StorageError, match="Previews only make"):
        store.draft(_recipe())
    assert store.find(_recipe()) is None
    assert store.usage().count == 0
    assert store.delete_all() == 0


def test_names_come_from_hashes_only() -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        Recipe("../../etc", Kind.PROXY, 0, "x", 1, ".data")
