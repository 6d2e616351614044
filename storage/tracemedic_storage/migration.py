"""Bring a database to the schema of this code, safely with several processes at once."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from tracemedic_storage.failures import DatabaseUnusable

_LOCK = 0x7472_6163_656D_6564
"""The advisory lock all tracemedic processes know: "tracemed" as a number."""


def upgrade(connection: Connection, *, name: str) -> None:
    """Run the missing migrations inside the transaction of `connection`, which on SQLite must hold the write lock.

    The second process to come waits here and finds nothing left to do. Raises `DatabaseUnusable` when the database
    has a revision that this code does not know.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    scripts = ScriptDirectory.from_config(config)
    known = {script.revision for script in scripts.walk_revisions()}
    current = MigrationContext.configure(connection).get_current_heads()
    unknown = set(current) - known
    if unknown:
        raise DatabaseUnusable(
            f"{name} was written by a newer tracemedic (schema {', '.join(sorted(unknown))}; "
            f"this version knows up to {scripts.get_current_head()}): use that version or newer"
        )
    if current != (scripts.get_current_head(),):
        command.upgrade(config, "head")
