"""Runs the steps on the connection that `evidence.schema` hands over; Alembic loads this file by its name."""

from alembic import context

from evidence.models import Base

_connection = context.config.attributes["connection"]
context.configure(connection=_connection, target_metadata=Base.metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
