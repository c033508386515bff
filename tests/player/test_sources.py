"""Frame tables on their way to decoders leave nothing behind in shared memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from player.sources import SourceShelf
from tests.support.children import OwnBlocks
from tests.support.clips import ClipPlan, make_clip, make_scene


def test_a_table_that_is_handed_over_again_takes_the_place_of_the_one_that_nobody_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocks = OwnBlocks(monkeypatch)
    clip = make_clip(tmp_path, ClipPlan(frames=220, size=(64, 48)))
    place = make_scene([[(clip, 0)]]).timeline.cameras[0].placed[0]
    shelf = SourceShelf()
    first = shelf.introduction(place, clip.index, "camera-0")
    again = shelf.introduction(place, clip.index, "camera-0")
    assert {path.name for path in blocks.named()} == {again.index_block}
    assert first.index_block != again.index_block
    shelf.close()
    assert blocks.named() == set()
