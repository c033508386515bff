"""What reading all of a pack found in this sitting, kept for as long as its files stand as they stood before that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from courtroom.pack.findings import PackVerdict
from courtroom.pack.stamps import Stamps, find_stamps
from courtroom.pack.verdict_words import summary
from courtroom.show.source import CourtSource
from evidence.verify import Verdict


class PackVerdicts:
    """Whoever reads all of a pack tells what was found; whoever shows it asks. From any thread."""

    def __init__(self) -> None:
        self._kept: dict[Path, tuple[Stamps, PackVerdict]] = {}

    def watch(self, pack: Path) -> Callable[[PackVerdict], None]:
        """Note how a pack's files stand, before they are read; what is returned takes what was found."""
        place, before = pack.resolve(), find_stamps(pack)

        def keep(found: PackVerdict) -> None:
            if before is not None and found.is_complete:
                self._kept[place] = (before, found)

        return keep

    def told(self, source: CourtSource) -> CourtSource:
        """Return a pack with what is known of it from reading all of it; what a look finds now counts first."""
        found = self.find(source.folder)
        if found is None or source.is_amiss:
            return source
        words = "" if found.verdict is Verdict.VERIFIED else summary(found)
        return replace(source, first_look=words, is_amiss=found.verdict is Verdict.MISMATCH)

    def find(self, pack: Path) -> PackVerdict | None:
        """Return what was found; None where not all of it was read, or anything was touched since."""
        kept = self._kept.get(pack.resolve())
        if kept is None or find_stamps(pack) != kept[0]:
            return None
        return kept[1]
