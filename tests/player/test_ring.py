"""The ring is shared memory that never runs out unnoticed and leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest

import player.ring
from evidence.errors import DecoderError
from player.protocol import Run
from player.ring import Ring, RingGoneError
from player.runs import as_runs


def test_what_one_side_writes_the_other_reads() -> None:
    ours = Ring.create(1, 4, 400)
    theirs = Ring.attach(1, ours.name, 4, 400)
    theirs.picture(2, 10, 10)[:] = 7
    assert bytes(ours.slot(2)) == bytes([7]) * 400
    assert not any(ours.slot(1))
    ours.remove_name()
    assert not Path("/dev/shm", ours.name).exists()
    theirs.picture(2, 10, 10)[0, 0] = 9
    assert ours.slot(2)[0] == 9
    theirs.close()
    ours.close()
    assert not ours.is_open


def test_a_ring_that_does_not_fit_holds_fewer_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player.ring, "free_shared_bytes", lambda: (4 << 20) + 5 * 1000)
    ring = Ring.create(1, 20, 1000)
    assert ring.slots == 5
    ring.close()


def test_no_room_for_three_pictures_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player.ring, "free_shared_bytes", lambda: (4 << 20) + 2 * 1000)
    with pytest.raises(DecoderError, match="too little shared memory") as told:
        Ring.create(1, 20, 1000)
    assert told.value.remedy


def test_attaching_to_what_is_gone_is_known_from_there_being_no_room() -> None:
    with pytest.raises(RingGoneError):
        Ring.attach(1, "psm_not_there", 4, 400)


@pytest.mark.parametrize("slot", [-1, 4])
def test_a_slot_that_is_not_there_is_refused(slot: int) -> None:
    ring = Ring.create(1, 4, 400)
    with pytest.raises(IndexError):
        ring.slot(slot)
    ring.close()


def test_requests_are_written_down_shortly() -> None:
    assert as_runs([(1, 5), (1, 6), (1, 7)]) == (Run(1, range(5, 8)),)
    assert as_runs([(1, 7), (1, 6), (2, 0)]) == (Run(1, range(7, 5, -1)), Run(2, range(1)))
    assert as_runs([(1, 7), (1, 9), (1, 4)]) == (Run(1, (7, 9, 4)),)
    assert as_runs([]) == ()
