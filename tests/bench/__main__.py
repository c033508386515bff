"""Runs every benchmark, or those named: `python -m tests.bench [--quick] [topic …]`; a table, and JSON on disk.

`--quick` does less of everything, to try the benchmarks out; its figures say little.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import sys
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.measurement import Measurement, ask_quick

_HERE = Path(__file__).parent


def main(topics: list[str]) -> int:
    """Return 0 where every target was reached."""
    if "--quick" in topics:
        topics = [topic for topic in topics if topic != "--quick"]
        ask_quick()
    known = sorted(path.stem.removeprefix("bench_") for path in _HERE.glob("bench_*.py"))
    unknown = sorted(set(topics) - set(known))
    if unknown:
        sys.stderr.write(f"There is no benchmark {', '.join(unknown)}; there are {', '.join(known)}.\n")
        return 2
    results: dict[str, list[Measurement]] = {}
    for topic in topics or known:
        sys.stderr.write(f"measuring: {topic}\n")
        module = importlib.import_module(f"tests.bench.bench_{topic}")
        results[topic] = list(module.measure())
    _show(results)
    target = Path("bench-output")
    target.mkdir(exist_ok=True)
    report = {
        "machine": {"system": platform.platform(), "cores": os.cpu_count(), "python": platform.python_version()},
        "results": {topic: [asdict(line) for line in lines] for topic, lines in results.items()},
    }
    (target / "results.json").write_text(json.dumps(report, indent=2))
    return 0 if all(line.is_met for lines in results.values() for line in lines) else 1


def _show(results: dict[str, list[Measurement]]) -> None:
    table = Table(title="Sightline, measured beside something on the same machine")
    for heading in ("topic", "what", "ours", "peer", "unit", "beside", "ratio", "target", ""):
        table.add_column(heading, justify="right" if heading in {"ours", "peer", "ratio"} else "left")
    for topic, lines in results.items():
        for line in lines:
            peers = [] if line.peer is None else [(line.peer_name, line.peer), *line.also]
            peer = " / ".join(f"{figure:.4g}" for _, figure in peers)
            names = " / ".join(name for name, _ in peers)
            verdict = "reached" if line.is_met else "MISSED"
            row = (topic, line.name, f"{line.ours:.4g}", peer, line.unit, names, f"{line.ratio:.2f}")
            table.add_row(*row, line.target, verdict)
    Console(width=160).print(table)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
