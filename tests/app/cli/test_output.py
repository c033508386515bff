"""What a command says on the way: how far it is, and how long it may take once that can be told."""

import time

import pytest

from app.cli.output import Output, amount_text
from evidence.jobs import ProgressReport
from evidence.times import NS_PER_S as S


def test_a_log_is_told_of_the_time_left_only_once_it_is_known(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now_ns = 100 * S
    monkeypatch.setattr(time, "monotonic_ns", lambda: now_ns)
    with Output(is_json=False).progress("Matching") as progress:
        for second in range(1, 13):
            now_ns += S
            progress(ProgressReport(8 if second < 6 else 8 + (second - 5) * 90, 7_000, "frames", "Street"))
    early, late = capsys.readouterr().err.splitlines()
    assert early == "Matching: 8 of 7000 frames  Street"
    assert late.startswith("Matching: 458 of 7000 frames, about 3 min left")


def test_a_terminal_is_told_the_same(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    now_ns = 100 * S
    monkeypatch.setattr(time, "monotonic_ns", lambda: now_ns)
    output = Output(is_json=False)
    with output.progress("Matching") as progress:
        for step in range(5):
            now_ns += 2 * S
            progress(ProgressReport(step, 10, "files", "Street"))
    assert "about 12 s left" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (ProgressReport(524_300, 1_500_000, "bytes", ""), "524.3 kB of 1.5 MB"),
        (ProgressReport(0, None, "bytes", ""), "0 B"),
        (ProgressReport(3, None, "files", ""), "3 files"),
        (ProgressReport(3, 7, "files", ""), "3 of 7 files"),
        (ProgressReport(3, 7, "", ""), "42 %"),
        (ProgressReport(3, None, "", ""), ""),
    ],
)
def test_how_much_is_done_in_words(report: ProgressReport, words: str) -> None:
    assert amount_text(report) == words
