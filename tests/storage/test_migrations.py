from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from tests.postgres import PostgresServer
from tracemedic_storage.database import Database
from tracemedic_storage.failures import DatabaseUnavailable, DatabaseUnusable
from tracemedic_storage.tables import metadata

FULL_TEXT = "documents_words_idx"
"""PostgreSQL's full-text index, which SQLAlchemy cannot describe for both databases; SQLite has a table instead."""


def _is_described(_object: object, name: str | None, _kind: str, _reflected: bool, _other: object) -> bool:
    return not (name or "").startswith("documents_words")


_COMPARISON = {"compare_type": True, "compare_server_default": True, "include_object": _is_described}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path):
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        url = server.create_database()
        yield url
        server.drop_database(url)


def test_the_sum_of_migrations_is_the_tables(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts=_COMPARISON)
        assert compare_metadata(context, metadata) == []


def test_indexes_and_keys_are_those_of_the_tables(database: Database) -> None:
    """What Alembic's comparison leaves out: primary keys, and the conditions of partial indexes."""
    inspector = sa.inspect(database.engine)
    for table in metadata.sorted_tables:
        key = inspector.get_pk_constraint(table.name)["constrained_columns"]
        assert key == [column.name for column in table.primary_key.columns]
        found = {
            index["name"]: any(name.endswith("_where") for name in index.get("dialect_options", {}))
            for index in inspector.get_indexes(table.name)
            if not index.get("duplicates_constraint") and index["name"] != FULL_TEXT
        }
        wanted = {index.name: index.dialect_options["postgresql"]["where"] is not None for index in table.indexes}
        assert found == wanted, table.name


def test_many_processes_may_migrate_at_once(empty_url: str) -> None:
    databases = [Database(empty_url) for _ in range(4)]
    with ThreadPoolExecutor(len(databases)) as threads:
        list(threads.map(Database.migrate, databases))
    for database in databases:
        database.check()
        database.close()


def test_migrating_again_changes_nothing(database: Database) -> None:
    database.migrate()
    database.check()


def test_without_tables_the_message_says_so(empty_url: str) -> None:
    database = Database(empty_url)
    with pytest.raises(DatabaseUnusable, match="run its migrations"):
        database.check()
    database.close()


def test_a_newer_schema_is_refused_in_one_line(database: Database) -> None:
    with database.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(
        DatabaseUnavailable, match=r"written by a newer tracemedic .schema 9999; .* up to 0004"
    ) as caught:
        database.migrate()
    assert "\n" not in str(caught.value)
