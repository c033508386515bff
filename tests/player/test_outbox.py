"""Pictures that come quickly are told of together; what somebody may wait for is told of at once."""

from __future__ import annotations

from player.decoder.outbox import Outbox
from player.protocol import FrameMissing, FrameReady, FromDecoder

_MS = 1_000_000


class _Desk:
    """An outbox with a clock of its own, and what it sent: the frames of each message."""

    def __init__(self, *, is_ahead: bool) -> None:
        self.sent: list[list[int]] = []
        self.now_ns = 10_000 * _MS
        self.outbox = Outbox(self._send, lambda: self.now_ns)
        self.outbox.begin(is_ahead=is_ahead)

    def _send(self, message: FromDecoder | tuple[FrameReady, ...]) -> None:
        together = message if isinstance(message, tuple) else (message,)
        self.sent.append([one.frame if isinstance(one, FrameReady) else -1 for one in together])

    def put(self, frame: int, after_ms: float) -> None:
        self.now_ns += int(after_ms * _MS)
        self.outbox.put(FrameReady(1, 1, frame, 0, frame, frame, 4, 4))


def test_a_burst_goes_as_its_first_picture_and_the_others_together() -> None:
    desk = _Desk(is_ahead=True)
    for frame in range(5):
        desk.put(frame, 1)
    assert desk.sent == [[0]]
    desk.outbox.flush()
    assert desk.sent == [[0], [1, 2, 3, 4]]
    desk.outbox.flush()
    assert len(desk.sent) == 2


def test_no_picture_is_kept_back_for_long() -> None:
    desk = _Desk(is_ahead=True)
    for frame in range(20):
        desk.put(frame, 2)
    told = [frame for message in desk.sent for frame in message]
    assert told == list(range(len(told)))
    assert max(len(message) for message in desk.sent) <= 6


def test_where_decoding_is_slow_or_somebody_waits_each_picture_goes_at_once() -> None:
    for is_ahead, after_ms in ((True, 5), (False, 0.5)):
        desk = _Desk(is_ahead=is_ahead)
        for frame in range(4):
            desk.put(frame, after_ms)
        assert desk.sent == [[0], [1], [2], [3]]


def test_other_messages_keep_their_place() -> None:
    desk = _Desk(is_ahead=True)
    for frame in range(3):
        desk.put(frame, 1)
    desk.outbox.put(FrameMissing(1, 0, 3, "gone"))
    assert desk.sent == [[0], [1, 2], [-1]]
