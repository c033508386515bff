"""Looks into a case from outside: every row of its database, and every record of its log."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from evidence.audit import check_audit
from evidence.case import Case


def dump(folder: Path, *, without: tuple[str, ...] = ("audit_anchor",)) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all tables but those of `without`, which tell where the log ends."""
    connection = sqlite3.connect(f"file:{folder / 'case.db'}?mode=ro", uri=True)
    try:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        tables = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names}
    finally:
        connection.close()
    return {name: sorted(rows, key=repr) for name, rows in tables.items() if name not in without}


def log_of(folder: Path) -> list[dict[str, Any]]:
    """Return the records of the audit log."""
    return [json.loads(line) for line in (folder / "audit.log").read_bytes().splitlines()]


def actions_of(folder: Path) -> list[str]:
    """Return what was done, in order."""
    return [record["action"] for record in log_of(folder)]


def assert_log_is_whole(case: Case) -> None:
    """Check the chain, its end, and that nothing waits to be written."""
    report = check_audit(case.folder / "audit.log", case.audit_anchor(), pending=case.pending_events())
    assert report.is_whole, report.findings
    assert not case.pending_events()
