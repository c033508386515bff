"""Makes previews in a child process, so that hostile bytes can break the child and nothing else.

The child writes a draft; here it gets its name once it is whole. A crash, a hang or a wish to stop leaves no draft and
no preview. Nothing here touches an original.
"""

from __future__ import annotations

from collections.abc import Callable

from evidence.child_worker import ChildOwner, ChildWorker, Stopped
from evidence.jobs import IsCancelled, never_cancelled
from player.derived import maker_child
from player.derived.maker_child import Advanced, FromMaker, Made, Make, NotMade, Pause, Ready, ToMaker
from player.derived.store import DerivedStore, disk_error
from player.derived.task import MakeTask

IsPaused = Callable[[], bool]
"""Asked some twenty times a second: whether to wait, since the user plays."""

_SILENCE_S = 120.0


def never_paused() -> bool:
    """Say that nothing stands in the way."""
    return False


class Maker(ChildOwner[ToMaker, FromMaker]):
    """Owns the child process; use it as a context manager, from one thread at a time."""

    def __init__(self, store: DerivedStore, silence_s: float = _SILENCE_S) -> None:
        self._store = store
        super().__init__(
            ChildWorker(
                maker_child.run,
                name="previews",
                what="the program that makes previews",
                doing="Making previews",
                silence_s=silence_s,
            )
        )

    def make(
        self,
        task: MakeTask,
        on_advance: Callable[[int, int], None],
        cancelled: IsCancelled = never_cancelled,
        is_paused: IsPaused = never_paused,
    ) -> str:
        """Make a preview; return "" once it is in the store, or in words why it cannot be made.

        Args:
            task: what, and of which original.
            on_advance: told, in this thread, how much is done and of how much.
            cancelled: asked some twenty times a second.
            is_paused: likewise.

        Raises:
            Cancelled: the user wished it; nothing is left of it.
            StorageError: the disk does not take it.
        """
        draft = self._store.draft(task.recipe)
        try:
            answer = self._ask(Make(task, draft), on_advance, cancelled, is_paused)
            if isinstance(answer, Made):
                self._store.commit(task.recipe, draft, answer.manifest)
                return ""
        finally:
            self._store.discard(draft)
        if isinstance(answer, NotMade):
            if answer.is_disk:
                raise disk_error("making a preview", self._store.folder, answer.reason)
            return answer.reason
        return answer.reason

    def _ask(
        self, order: Make, on_advance: Callable[[int, int], None], cancelled: IsCancelled, is_paused: IsPaused
    ) -> Made | NotMade | Stopped:
        was_paused = False

        def follow_pause() -> bool:
            nonlocal was_paused
            if is_paused() != was_paused:
                was_paused = not was_paused
                self._worker.send(Pause(was_paused))
            return was_paused

        def take(message: FromMaker) -> Made | NotMade | None:
            match message:
                case Advanced():
                    on_advance(message.done, message.total)
                case Made() | NotMade():
                    return message
                case Ready():
                    pass
            return None

        answer: Made | NotMade | Stopped = self._worker.ask(
            order,
            take,
            cancelled=cancelled,
            may_be_silent=follow_pause,
        )
        if was_paused and not isinstance(answer, Stopped):
            self._worker.send(Pause(False))
        return answer
