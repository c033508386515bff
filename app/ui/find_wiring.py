"""Connects the search field, the asker and the list of hits; a hit is a jump. Called once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer

from annotations.finding.finder import FindHit, Found
from annotations.finding.query import FindKind
from app.asker import Asker
from app.case_snapshot import CaseSnapshot
from app.find import make_query
from app.session import CaseSession
from app.time_text import LocalTimes
from app.typed_time import TypedTimeContext
from app.ui.playback import Playback
from app.ui.review_page import ReviewPage
from app.ui.side_tabs import Tab
from courtroom.sheet_finding import sheet_and_item

_PAUSE_MS = 60
"""How long nothing is typed before it is asked: nobody reads what stands for less."""

_TABS = {
    FindKind.MARK: Tab.MARKS,
    FindKind.CUE: Tab.TRANSCRIPT,
    FindKind.TRANSCRIPT: Tab.TRANSCRIPT,
    FindKind.CAMERA: Tab.CAMERAS,
    FindKind.RECORDING: Tab.RECORDING,
    FindKind.CLIP: Tab.CLIPS,
}


class FindDesk:
    """What the search box does. Lives on the UI thread.

    Attributes:
        item_wanted: shows an item of a run sheet; gets the ids of both.
    """

    def __init__(
        self,
        page: ReviewPage,
        asker: Asker,
        session: CaseSession,
        playback: Playback,
        context: Callable[[], TypedTimeContext],
    ) -> None:
        """Connect everything.

        Args:
            page: has the field and the list.
            asker: answers.
            session: has the case.
            playback: jumps.
            context: says what typed times are meant near to.
        """
        self._page = page
        self._asker = asker
        self._playback = playback
        self._context = context
        self._accepts = False
        self.item_wanted: Callable[[str, str], None] = lambda _sheet_id, _item_id: None
        self._pause = QTimer(page)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        field, popup = page.header.find_field, page.find_popup
        page.header.find_typed.connect(lambda _typed: self._on_typed())
        page.header.find_accepted.connect(self._on_accepted)
        field.down_pressed.connect(popup.take_keyboard)
        field.escape_pressed.connect(page.end_find)
        field.escape_pressed.connect(self.forget)
        popup.hit_chosen.connect(self._jump)
        popup.filter_wanted.connect(self._add_filter)
        asker.answered.connect(self._on_answered)
        asker.names_known.connect(self._on_names)
        session.closed.connect(self.forget)

    def forget(self) -> None:
        """Nothing is looked for any more."""
        self._pause.stop()
        self._accepts = False
        self._asker.forget()

    def _on_typed(self) -> None:
        self._accepts = False
        if self._page.snapshot is None or not self._page.header.find_field.text().strip():
            self.forget()
            self._page.find_popup.hide()
        else:
            self._pause.start()

    def _on_accepted(self) -> None:
        """Enter takes the first hit, also where the answer is still on its way."""
        if self._pause.isActive() or self._asker.is_busy:
            self._accepts = True
            if self._pause.isActive():
                self._pause.stop()
                self._ask()
        else:
            self._page.find_popup.accept()

    def _ask(self) -> None:
        self._asker.ask(make_query(self._page.header.find_field.text(), self._context()))

    def _on_answered(self, found: Found) -> None:
        page, snapshot = self._page, self._page.snapshot
        if snapshot is None:
            return
        lines = [where_words(hit, snapshot, page.times) for hit in found.hits]
        page.find_popup.show_found(found, lines, page.header.find_field)
        if self._accepts:
            self._accepts = False
            page.find_popup.accept()

    def _on_names(self, people: tuple[str, ...], tags: tuple[str, ...]) -> None:
        page, playback = self._page, self._playback
        cameras = [] if page.snapshot is None else [camera.name for camera in page.snapshot.cameras]
        here = playback.engine.position
        times = [f"from:{page.times.clock(here, 0)}", f"to:{page.times.clock(here, 0)}"]
        if playback.range_in is not None and playback.range_out is not None:
            ends = (page.times.clock(end) for end in (playback.range_in, playback.range_out))
            times.insert(0, "from:{} to:{}".format(*ends))
        page.find_popup.set_choices(cameras=cameras, people=people, tags=tags, times=times)

    def _add_filter(self, text: str) -> None:
        field = self._page.header.find_field
        field.setText(f"{field.text().strip()} {text}".strip())
        field.setFocus()
        self._ask()

    def _jump(self, hit: FindHit) -> None:
        page = self._page
        snapshot = page.snapshot
        if snapshot is None:
            return
        if hit.camera_id in snapshot.camera_by_id:
            page.set_focus_camera(hit.camera_id)
        if hit.recording_id in snapshot.recording_by_id:
            page.choose_recording(hit.recording_id)
        if hit.kind in _TABS:
            page.tabs.show_tab(_TABS[hit.kind])
        if hit.instant is not None:
            self._playback.seek(hit.instant)
        page.surface.setFocus()
        if hit.kind is FindKind.SHEET_ITEM:
            self.item_wanted(*sheet_and_item(hit.item_id))


def where_words(hit: FindHit, snapshot: CaseSnapshot, times: LocalTimes) -> str:
    """Say where and when a hit is."""
    camera = snapshot.camera_by_id.get(hit.camera_id)
    recording = snapshot.recording_by_id.get(hit.recording_id)
    parts = [] if camera is None or hit.kind is FindKind.CAMERA else [camera.name]
    if hit.kind is FindKind.RECORDING and recording is not None and recording.exhibit:
        parts.insert(0, recording.exhibit)
    if hit.kind is FindKind.SHEET_ITEM and hit.instant is None:
        return "no time of its own"
    parts.append("not on the timeline" if hit.instant is None else times.clock(hit.instant, 0))
    return " · ".join(parts)
