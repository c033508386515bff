"""Which original a scrubbing hand will want is guessed while it moves slowly, and only then."""

from __future__ import annotations

from player.slow_hand import SlowHand


def test_only_a_hand_that_moves_slowly_says_where_it_will_let_go() -> None:
    hand = SlowHand()
    assert hand.follow((0, 100)) is None, "it may go anywhere"
    assert hand.follow((0, 100)) is None, "asked again, it has not moved"
    assert hand.follow((0, 103)) == (0, 103)
    assert hand.follow((0, 103)) == (0, 103)
    assert hand.follow((0, 90)) == (0, 90), "backwards too"
    assert hand.follow((0, 900)) is None, "it jumped"
    assert hand.follow((1, 901)) is None, "another recording"
    assert hand.follow((1, 905)) == (1, 905)
    assert hand.follow(None) is None, "it let go"
    assert hand.follow((1, 906)) is None
