"""The migrations make exactly the tables that the classes describe, from nothing and in one transaction."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from annotations.categories import load_categories
from annotations.clips.models import ClipRow
from annotations.journal import find_last_step, history_of, revert
from annotations.kinds import KEEPERS
from annotations.marks import Mark, load_marks
from annotations.models import CategoryRow, HistoryRow, MarkRow, PersonRow
from annotations.shapes.models import ShapeRow
from annotations.transcripts.models import CueRow, TranscriptRow
from courtroom.models import RunSheetRow, RunSheetVersionRow
from evidence import migrations
from evidence.case import Case
from evidence.database import open_for_writing
from evidence.models import Base
from evidence.schema import LATEST_REVISION, upgrade
from evidence.times import IncidentTime
from tests.support.old_case import make_old

_ROOMS_ABOVE = (
    *(MarkRow, HistoryRow, CategoryRow, PersonRow),
    *(TranscriptRow, CueRow),
    *(ShapeRow,),
    *(ClipRow,),
    *(RunSheetRow, RunSheetVersionRow),
)
"""Their tables are compared too."""


def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    return ScriptDirectory.from_config(config)


def test_the_migrations_make_what_the_classes_say(case_folder: Path) -> None:
    engine = create_engine(f"sqlite:///{case_folder / 'case.db'}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_the_steps_are_a_line_of_numbers_that_ends_with_the_latest() -> None:
    steps = [script.revision for script in scripts().walk_revisions()][::-1]
    assert steps == [f"{number:04d}" for number in range(1, len(steps) + 1)]
    assert steps[-1] == LATEST_REVISION
    assert scripts().get_heads() == [LATEST_REVISION]


def test_names_are_stable(case_folder: Path) -> None:
    connection = sqlite3.connect(case_folder / "case.db")
    made = [row[0] for row in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")]
    connection.close()
    nameless = [sql for sql in made if "PRIMARY KEY" in sql and "CONSTRAINT pk_" not in sql and "alembic" not in sql]
    assert nameless == []
    assert all(name.startswith(("ix_", "uq_")) for table in Base.metadata.tables.values() for name in _names(table))


def _names(table: object) -> list[str]:
    return [str(index.name) for index in getattr(table, "indexes", ())]


def test_the_tables_can_be_made_on_postgresql() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    for table in Base.metadata.sorted_tables:
        assert "CREATE TABLE" in str(CreateTable(table).compile(dialect=dialect))
        for index in table.indexes:
            assert "CREATE" in str(CreateIndex(index).compile(dialect=dialect))


def version_of(folder: Path) -> str:
    connection = sqlite3.connect(folder / "case.db")
    try:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    finally:
        connection.close()


def test_an_older_case_is_brought_up_when_it_is_opened_for_changes(full_case: Case) -> None:
    folder, recordings = full_case.folder, full_case.recordings()
    full_case.close()
    make_old(folder)
    with Case.open(folder) as case:
        assert case.recordings() == recordings
    assert version_of(folder) == LATEST_REVISION


_OLD_MARKS = (
    (
        "CREATE TABLE marks (id VARCHAR(36) NOT NULL, instant_ns BIGINT NOT NULL, text TEXT NOT NULL, by TEXT NOT NULL,"
        " created_ns BIGINT NOT NULL, changed_by TEXT NOT NULL, changed_ns BIGINT NOT NULL, deleted_ns BIGINT,"
        " CONSTRAINT pk_marks PRIMARY KEY (id))"
    ),
    "CREATE INDEX ix_marks_instant_ns ON marks (instant_ns)",
    "INSERT INTO marks VALUES ('kept', 5, 'Door opens', 'DC Harper', 1, 'PS Marsh', 2, NULL)",
    "INSERT INTO marks VALUES ('gone', 7, 'Wrong', 'DC Harper', 3, 'PS Marsh', 4, 4)",
    "UPDATE alembic_version SET version_num = '0004'",
)


def test_marks_of_an_older_case_stay_and_those_that_were_deleted_are_in_the_history(case_folder: Path) -> None:
    connection = sqlite3.connect(case_folder / "case.db")
    for table in ("marks", "history", "categories", "people", "transcripts", "cues", "shapes", "clips"):
        connection.execute(f"DROP TABLE {table}")
    for statement in _OLD_MARKS:
        connection.execute(statement)
    connection.commit()
    connection.close()
    with Case.open(case_folder) as case:
        assert load_marks(case) == (Mark("kept", IncidentTime(5), "Door opens", "DC Harper", 1, "PS Marsh", 2),)
        assert [one.key for one in load_categories(case)] == list(range(1, 10))
        (entry,) = history_of(case, "gone")
        assert (entry.after, entry.by, entry.at_ns) == (None, "PS Marsh", 4)
        gone = find_last_step(case, KEEPERS)
        assert gone is not None
        revert(case, gone, by="DC Harper")
        assert [mark.text for mark in load_marks(case)] == ["Door opens", "Wrong"]


def test_an_older_case_that_is_only_read_stays_as_it_is(full_case: Case) -> None:
    folder, recordings = full_case.folder, full_case.recordings()
    full_case.close()
    make_old(folder)
    before = (folder / "case.db").read_bytes()
    with Case.open(folder, read_only=True) as case:
        assert case.recordings() == recordings
    assert (folder / "case.db").read_bytes() == before


def test_a_step_that_fails_leaves_the_older_case(full_case: Case) -> None:
    folder = full_case.folder
    full_case.close()
    make_old(folder)
    connection = sqlite3.connect(folder / "case.db")
    connection.execute("CREATE TABLE elsewhere (instant_ns BIGINT)")
    connection.execute("CREATE INDEX ix_marks_instant_ns ON elsewhere (instant_ns)")  # the step will fail half-way
    connection.commit()
    connection.close()
    database = open_for_writing(folder / "case.db")
    with pytest.raises(Exception, match="already exists"):
        upgrade(database.engine)
    database.close()
    assert version_of(folder) == "0001"
    connection = sqlite3.connect(folder / "case.db")
    assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'marks'").fetchone() == (0,)
    connection.close()
