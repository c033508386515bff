"""A case as the first version of the program would have left it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

_FIRST_TABLES = (
    *(
        "alembic_version",
        "audit_anchor",
        "audit_outbox",
        "batches",
        "cameras",
        "case_info",
        "clock_settings",
        "findings",
    ),
    *("frame_indexes", "recordings", "refusals", "streams", "time_claims", "verdicts", "verifications"),
)


def make_old(folder: Path) -> None:
    """Take a case back to the first version, as if it had been made then."""
    connection = sqlite3.connect(folder / "case.db")
    made = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY sql NOT LIKE 'CREATE VIRTUAL%'"
    ).fetchall()
    for (name,) in made:
        if name not in _FIRST_TABLES:
            connection.execute(f"DROP TABLE IF EXISTS {name}")
    connection.execute("ALTER TABLE clock_settings DROP COLUMN sigma_knots")
    connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.commit()
    connection.close()
