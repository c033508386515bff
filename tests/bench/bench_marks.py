"""A case with 100,000 marks: reading it, listing, filtering, adding one, and painting the timeline at 1920x1080.

What counts for adding and painting is the time of the window's own thread: that is what a playing picture waits for.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QApplication

from annotations.categories import load_categories
from annotations.journal import edit, put
from annotations.mark_book import MarkBook
from annotations.mark_states import MARKS, Mark, state_of
from annotations.marks import MarkDraft, add_mark, load_marks
from app.time_text import LocalTimes, duration_text
from app.ui.mark_model import MarkFilter, ShownMarks
from app.ui.marks_tab import MarksTab
from evidence.case import Case
from evidence.rows import new_id
from evidence.times import NS_PER_S, IncidentTime
from player.ui.timeline.lanes import make_lanes
from player.ui.timeline.look import Look
from player.ui.timeline.marks import MarksOnTimeline
from player.ui.timeline.widget import TimelineWidget
from sync.timeline import Timeline
from tests.bench.measurement import Measurement, is_quick
from tests.support.timelines import make_timeline

_MINUTE = 60 * NS_PER_S


def measure() -> Iterable[Measurement]:
    """Measure a case with 100,000 marks."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication([])
    count = 5_000 if is_quick() else 100_000
    timeline = make_timeline([[(0, 60 * _MINUTE)] for _ in range(9)])
    with (
        tempfile.TemporaryDirectory() as folder,
        Case.create(Path(folder) / "A.sightline", title="A", reference="", by="bench") as case,
    ):
        yield _absolute("100,000 marks, made in one step", _ms(lambda: _fill(case, timeline, count)), 60_000)
        yield _absolute("100,000 marks, read and placed", _ms(lambda: _read(case, timeline)), 5_000)
        yield from _list(case, _read(case, timeline), timeline)
    del application


def _fill(case: Case, timeline: Timeline, count: int) -> None:
    span, dice = timeline.span, random.Random(1)
    assert span is not None
    categories = [one.id for one in load_categories(case)]
    edits = []
    for number in range(count):
        start = dice.randrange(span.start, span.end)
        end = IncidentTime(start + dice.randrange(1, _MINUTE)) if number % 10 == 0 else None
        tags = (f"tag {number % 50}",)
        mark_id, category = new_id(), categories[number % len(categories)]
        mark = Mark(mark_id, IncidentTime(start), f"mark {number}", "b", 1, "b", 1, end, None, category, "", tags)
        edits.append(put(MARKS, mark_id, state_of(mark)))
    edit(case, edits, by="bench", label="import of marks")


def _read(case: Case, timeline: Timeline) -> MarkBook:
    return MarkBook.of(load_marks(case), load_categories(case), (), timeline)


def _list(case: Case, book: MarkBook, timeline: Timeline) -> Iterable[Measurement]:
    times = LocalTimes(ZoneInfo("Europe/London"))
    tab = MarksTab()
    tab.resize(360, 800)
    tab.show()
    shown = ShownMarks(book, {}, times, can_edit=True)
    yield _absolute("100,000 marks, shown in the list", _ms(lambda: tab.show_marks(shown)), 500)
    QApplication.processEvents()
    bar, turns = tab.table.verticalScrollBar(), list[float]()
    for turn in range(120):
        bar.setValue(bar.maximum() * turn // 120)
        turns.append(_ms(tab.table.viewport().repaint))
    yield _absolute("list scrolled by a 120th, paint, p95", _p95(turns), 8)
    wanted = MarkFilter(words=("mark", "99"))
    yield _absolute("list filtered by two words", _ms(lambda: tab.model.set_filter(wanted)), 300)
    tab.model.set_filter(MarkFilter())
    widget = TimelineWidget(Look(times, duration_text))
    widget.resize(1_920, 400)
    widget.set_lanes(make_lanes(timeline), keep_view=False)
    widget.show()
    QApplication.processEvents()
    adding, painting = list[float](), list[float]()
    for _ in range(40):
        made, step = add_mark(case, MarkDraft(book.marks[len(book) // 2].instant, "new"), by="bench")
        begun = time.thread_time_ns()
        book = book.after(step)
        tab.follow(book, {made.id})
        widget.set_marks(MarksOnTimeline(book.starts, book.ends, book.colours))
        adding.append((time.thread_time_ns() - begun) / 1e6)
        painting.append(_ms(widget.repaint))
    yield _absolute("a mark added among them, on the window's thread", median(adding), 8)
    yield _absolute("timeline painted with all of them, p95", _p95(painting), 8)
    tab.close()
    widget.close()


def _ms(work: Callable[[], object]) -> float:
    begun = time.thread_time_ns()
    work()
    return (time.thread_time_ns() - begun) / 1e6


def _absolute(name: str, ours: float, target_ms: int) -> Measurement:
    return Measurement(name, ours, None, "ms", "", ours, f"<= {target_ms} ms", is_met=ours <= target_ms)


def _p95(values: list[float]) -> float:
    return sorted(values)[len(values) * 95 // 100]
