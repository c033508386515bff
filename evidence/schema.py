"""Which version of the tables a case has, and how it is brought to this program's version."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from evidence import migrations
from evidence.database import WRITES
from evidence.errors import CaseDamagedError, CaseTooNewError

LATEST_REVISION = "0008"
"""The newest step in `evidence/migrations/versions`; steps are numbered upwards."""


def upgrade(engine: Engine) -> None:
    """Bring the tables to this program's version in one transaction; from nothing for a new case.

    Raises:
        sqlalchemy.exc.DatabaseError: the database does not take it; it is as it was.
    """
    from alembic import command
    from alembic.config import Config

    config = Config()
    folder = str(Path(migrations.__file__).parent)
    config.set_main_option("script_location", folder.replace("%", "%%"))
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def needs_upgrade(engine: Engine) -> bool:
    """Tell whether the tables are of an older version.

    Raises:
        CaseTooNewError: they are of a version that this program does not know.
        CaseDamagedError: they say no version at all.
    """
    with engine.connect() as connection:
        revision = _revision(connection)
    if revision is None:
        raise CaseDamagedError(
            "The case's database does not say which version it is.",
            meaning="It was not made by Sightline, or part of it is lost; the originals are not touched by this.",
            remedy="Go on from a backup of the case, or add the originals to a new one.",
        )
    if revision == LATEST_REVISION:
        return False
    if not revision.isdecimal() or int(revision) > int(LATEST_REVISION):
        raise CaseTooNewError(
            "This case was written by a newer version of Sightline.",
            meaning="It was not opened, so nothing in it was changed or misread.",
            remedy="Install the newer version on this machine, or ask the sender for a bundle made for this one.",
        )
    return True


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
