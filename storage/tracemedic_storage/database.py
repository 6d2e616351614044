"""The one database, SQLite or PostgreSQL: connections, transactions, migrations, and what they raise."""

import sqlite3
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager

import msgspec
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from tracemedic_storage import failures

_WRITES = "tracemedic_writes"
_POSTGRES = {"postgres", "postgresql", "postgresql+psycopg"}
_SQLITE = {"sqlite", "sqlite+pysqlite"}


class Database:
    """A database by its address; connects at the first use, so that a service starts while the database is away.

    `url` is `sqlite:///relative/path`, `sqlite:////absolute/path` or `postgresql://user:password@host:port/name`
    (`postgres://` means the same). Raises `DatabaseUnusable` when it is anything else.

    Safe to share between threads. Every transaction raises `DatabaseUnavailable` when the database is away, locked
    for longer than `lock_timeout_s`, full, or out of its `connections_max` connections.
    """

    def __init__(
        self,
        url: str,
        *,
        connections_max: int = 8,
        connect_timeout_s: int = 5,
        lock_timeout_s: int = 20,
    ) -> None:
        self.url = _parsed(url)
        self.name = _name(self.url)
        self._lock_timeout_s = lock_timeout_s
        self.engine = sa.create_engine(
            self.url,
            pool_size=connections_max,
            max_overflow=0,
            pool_timeout=connect_timeout_s,
            pool_pre_ping=not self.is_sqlite,
            hide_parameters=True,
            json_serializer=_to_json,
            json_deserializer=msgspec.json.decode,
            connect_args={"timeout": lock_timeout_s} if self.is_sqlite else _postgres_arguments(connect_timeout_s),
        )
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)

    @property
    def is_sqlite(self) -> bool:
        """Whether this is the embedded default."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def read(self) -> Generator[Connection]:
        """One consistent view. Nothing written in it is kept."""
        with self._failing_clearly(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Generator[Connection]:
        """One transaction: all of it is durable when this is left normally, nothing of it when by an exception."""
        with self._failing_clearly(), self.engine.connect() as connection:
            connection.execution_options(**{_WRITES: True})
            with connection.begin():
                if not self.is_sqlite:
                    self._bound_waiting(connection)
                yield connection

    def migrate(self) -> None:
        """Bring the schema to what this code needs. Any number of processes may call this at the same time.

        Raises `DatabaseUnusable` when the schema is of a newer version than this code, or the file is damaged.
        """
        from tracemedic_storage import migration  # noqa: PLC0415 -- Alembic takes 0.2 s to import; only a start needs it

        with self.write() as connection:
            migration.upgrade(connection, name=self.name)

    def check(self) -> None:
        """Return when the database answers and has the tables of this version; raises `DatabaseUnavailable`."""
        with self.read() as connection:
            connection.execute(sa.text("SELECT seq FROM spool_positions LIMIT 1"))

    def close(self) -> None:
        """Give back all connections that are not in use."""
        self.engine.dispose()

    def _failing_clearly(self) -> AbstractContextManager[None]:
        return failures.translated(self.name, password=self.url.password)

    def _bound_waiting(self, connection: Connection) -> None:
        # Set per transaction, not per session, so that it holds behind a pooler too. A replica that freezes inside
        # its transaction loses its locks instead of stopping all others.
        connection.execute(
            sa.select(
                sa.func.set_config("lock_timeout", f"{self._lock_timeout_s}s", sa.true()),
                sa.func.set_config("idle_in_transaction_session_timeout", "60s", sa.true()),
            )
        )


def _to_json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _parsed(url: str) -> URL:
    try:
        parsed = sa.make_url(url)
    except (ArgumentError, ValueError):
        raise failures.DatabaseUnusable(
            "the database address is no URL such as sqlite:///file or postgresql://host/name"
        ) from None
    if parsed.drivername in _POSTGRES:
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername in _SQLITE:
        return parsed.set(drivername="sqlite+pysqlite")
    raise failures.DatabaseUnusable(
        f"{parsed.drivername}:// is no database of tracemedic: use sqlite:// or postgresql://"
    )


def _name(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return f"the database file {url.database or ':memory:'}"
    return f"PostgreSQL {url.host or 'localhost'}:{url.port or 5432}/{url.database or url.username or ''}"


def _postgres_arguments(connect_timeout_s: int) -> dict[str, object]:
    # A server that vanished without a word is noticed within half a minute instead of TCP's two hours.
    return {
        "connect_timeout": connect_timeout_s,
        "application_name": "tracemedic",
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,
    }


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    # Python's sqlite3 would open its own deferred transactions; without, `_begin_sqlite` decides.
    connection.isolation_level = None
    # FULL: the spool forgets what was committed here, so a commit has to outlive a power failure.
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later would fail at once when another wrote between.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
