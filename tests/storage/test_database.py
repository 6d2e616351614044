import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.postgres import PostgresServer
from tests.storage.samples import Recorder, contents, error
from tracemedic_storage.database import Database
from tracemedic_storage.failures import DatabaseUnavailable, DatabaseUnusable


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://host/db", "postgresql+asyncpg://host/db", "oracle://x"])
def test_other_addresses_are_refused_in_one_line(url: str) -> None:
    with pytest.raises(DatabaseUnusable, match="sqlite://") as caught:
        Database(url)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_means_psycopg(scheme: str) -> None:
    database = Database(f"{scheme}://me@db.internal/shop")
    assert database.url.drivername == "postgresql+psycopg"
    assert database.name == "PostgreSQL db.internal:5432/shop"


def test_no_message_tells_the_password() -> None:
    password = "hunter" + "2hunter2"
    database = Database(f"postgresql://me:{password}@127.0.0.1:9/shop", connect_timeout_s=2)
    with pytest.raises(DatabaseUnavailable) as caught:
        database.check()
    assert password not in str(caught.value)
    assert password not in database.name
    assert "127.0.0.1" in str(caught.value)
    with pytest.raises(DatabaseUnusable) as refused:
        Database(f"mysql://me:{password}@host/db")
    assert password not in str(refused.value)


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as connection:  # noqa: PT012 the block is what fails
        connection.execute(sa.text("INSERT INTO spool_positions VALUES ('s', 1, '2026-01-01 00:00:00+00')"))
        raise ZeroDivisionError
    assert contents(database)["error_events"] == []
    with database.read() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM spool_positions")) == 0


def test_a_mistake_in_a_statement_is_no_unavailability(database: Database) -> None:
    with pytest.raises(sa.exc.DBAPIError), database.read() as connection:
        connection.execute(sa.text("SELEKT 1"))


def test_reading_does_not_wait_for_a_writer(database: Database) -> None:
    with database.write():
        database.check()


def test_no_free_connection_is_unavailable(database_url: str) -> None:
    database = Database(database_url, connections_max=1, connect_timeout_s=0)
    with database.read(), pytest.raises(DatabaseUnavailable, match="no free connection"):
        database.check()
    database.close()


def test_a_locked_file_is_unavailable_for_a_while(sqlite_url: str) -> None:
    database = Database(sqlite_url, lock_timeout_s=0)
    other = Database(sqlite_url)
    with other.write(), pytest.raises(DatabaseUnavailable, match="locked by another process"):
        Recorder(database)(error())
    assert Recorder(database)(error()).events_new == 1
    database.close()
    other.close()


def test_a_file_that_may_not_be_written(tmp_path: Path, sqlite_url: str) -> None:
    path = sqlite_url.removeprefix("sqlite:///")
    database = Database(f"sqlite:///file:{path}?mode=ro&uri=true")
    with pytest.raises(DatabaseUnavailable, match="may not be written"):
        Recorder(database)(error())
    database.close()


def test_a_missing_folder(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'missing' / 'x.db'}")
    with pytest.raises(DatabaseUnavailable, match="does its folder exist"):
        database.migrate()


def test_a_full_disk_keeps_what_was_there(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    recorder = Recorder(database)
    recorder(error(1))

    def fill(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # SQLite takes the present size instead

    sa.event.listen(database.engine, "connect", fill)
    database.close()
    with pytest.raises(DatabaseUnavailable, match="the disk is full"):
        recorder(*(error(number, message="m" * 10_000) for number in range(2, 60)))
    assert len(contents(database)["error_events"]) == 1
    sa.event.remove(database.engine, "connect", fill)
    database.close()
    assert recorder(error(2)).events_new == 1
    database.close()


@pytest.mark.parametrize("damage", [b"this is no database, whatever its name says" * 50, b""])
def test_a_file_that_is_no_database(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(damage)
    database = Database(f"sqlite:///{path}")
    with pytest.raises(DatabaseUnusable, match=r"is not a SQLite database|run its migrations"):
        database.check()
    database.close()


def test_a_damaged_file_says_what_to_do(tmp_path: Path, sqlite_url: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xa5" * (len(whole) - 4096))
    database = Database(sqlite_url)
    with pytest.raises(DatabaseUnusable, match="is damaged: move it away or restore a backup"):
        Recorder(database)(error())
    database.close()


@pytest.mark.postgres
def test_a_server_that_goes_away_and_returns(postgres_server: PostgresServer, postgres_url: str) -> None:
    if not postgres_server.is_private:
        pytest.skip("this server is not ours to stop")
    database = Database(postgres_url, connect_timeout_s=2)
    recorder = Recorder(database)
    recorder(error(1))
    postgres_server.stop()
    try:
        for _ in range(2):  # the broken pooled connection, then a refused new one
            with pytest.raises(DatabaseUnavailable, match=r"is not available"):
                recorder(error(2))
    finally:
        postgres_server.start()
    assert recorder(error(2)).events_new == 1
    assert len(contents(database)["error_events"]) == 2
    database.close()


@pytest.mark.postgres
def test_a_server_that_ends_in_the_middle_of_a_transaction(postgres_url: str) -> None:
    database = Database(postgres_url)
    killer = Database(postgres_url)
    with pytest.raises(DatabaseUnavailable), database.write() as connection:  # noqa: PT012 the commit raises, too
        process = connection.scalar(sa.text("SELECT pg_backend_pid()"))
        with killer.write() as other:
            other.execute(sa.text("SELECT pg_terminate_backend(:process)"), {"process": process})
        connection.execute(sa.text("SELECT 1"))
    assert Recorder(database)(error()).events_new == 1
    database.close()
    killer.close()
