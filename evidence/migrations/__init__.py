"""The steps that bring a case's tables from one version of the program to the next (Alembic), as data of the package.

To add a step: 1. copy the newest script in `versions/` under the next number; 2. set its `revision` and
`down_revision`; 3. write `upgrade` with plain Alembic operations, without importing the classes (a step describes the
tables as they were on its day; so the tables of a room above can be made here although this room knows none of its
classes); 4. set `evidence.schema.LATEST_REVISION`. A case is never taken back to an older version, so `downgrade` is
not written.
"""
