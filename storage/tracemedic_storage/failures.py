"""What can go wrong with a database, in the two kinds that a caller must tell apart.

    DatabaseUnavailable      nothing was written; the same call may succeed later
    └── DatabaseUnusable     ... but only once somebody acts: damaged file, missing or newer schema, wrong address

Everything else that SQLAlchemy raises is a mistake in a statement or a value and is let through.
"""

import sqlite3
from collections.abc import Generator
from contextlib import contextmanager

import psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoFreeConnection


class DatabaseUnavailable(Exception):
    """The database did not take or give anything; the text says why, in one line and without a password."""


class DatabaseUnusable(DatabaseUnavailable):
    """The database will not come back by itself: somebody has to act, the text says how."""


_SQLITE_PASSING = {
    sqlite3.SQLITE_BUSY: "is locked by another process",
    sqlite3.SQLITE_LOCKED: "is locked by another process",
    sqlite3.SQLITE_PROTOCOL: "is locked by another process",
    sqlite3.SQLITE_FULL: "cannot grow: the disk is full",
    sqlite3.SQLITE_IOERR: "cannot be read or written: the disk reports an error",
    sqlite3.SQLITE_READONLY: "may not be written: check the rights of the file and its folder",
    sqlite3.SQLITE_PERM: "may not be opened: check the rights of the file and its folder",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened: does its folder exist, and may it be written?",
    sqlite3.SQLITE_NOMEM: "ran out of memory",
}
_SQLITE_DAMAGED = {
    sqlite3.SQLITE_CORRUPT: "is damaged: move it away or restore a backup",
    sqlite3.SQLITE_NOTADB: "is not a SQLite database: move it away or restore a backup",
}
_MISSING_TABLES = "has not the tables this version needs: run its migrations"
_MISSING_SQLSTATES = {"42P01", "42703"}
"""PostgreSQL's undefined_table and undefined_column."""
_PASSING_SQLSTATE_CLASSES = {"08", "25", "28", "3D", "40", "53", "55", "57", "58", "XX"}
"""Connection, read-only transaction, authentication, missing database, rollback, resources, locks, shutdown, I/O."""


@contextmanager
def translated(name: str, *, password: str | None) -> Generator[None]:
    """Turn driver errors into the tree above. `name` is the database as a person knows it, without a password."""
    try:
        yield
    except NoFreeConnection as error:
        raise DatabaseUnavailable(f"{name} has no free connection") from error
    except DBAPIError as error:
        failure = _of_sqlite(error) if isinstance(error.orig, sqlite3.Error) else _of_postgres(error)
        if failure is None:
            raise
        kind, reason = failure
        raise kind(_without(password, f"{name} {reason}")) from error


def _of_sqlite(error: DBAPIError) -> tuple[type[DatabaseUnavailable], str] | None:
    # The low byte is the primary result code, the rest an extended one (https://sqlite.org/rescode.html).
    code = getattr(error.orig, "sqlite_errorcode", 0) & 0xFF
    if code in _SQLITE_PASSING:
        return DatabaseUnavailable, _SQLITE_PASSING[code]
    if code in _SQLITE_DAMAGED:
        return DatabaseUnusable, _SQLITE_DAMAGED[code]
    if str(error.orig).startswith(("no such table", "no such column")):
        return DatabaseUnusable, _MISSING_TABLES
    return None


def _of_postgres(error: DBAPIError) -> tuple[type[DatabaseUnavailable], str] | None:
    sqlstate = error.orig.sqlstate if isinstance(error.orig, psycopg.Error) else None
    if sqlstate in _MISSING_SQLSTATES:
        return DatabaseUnusable, _MISSING_TABLES
    passing = (
        sqlstate[:2] in _PASSING_SQLSTATE_CLASSES if sqlstate else isinstance(error.orig, psycopg.OperationalError)
    )
    if passing or error.connection_invalidated:
        return DatabaseUnavailable, f"is not available: {_first_line(error)}"
    return None


def _first_line(error: DBAPIError) -> str:
    lines = str(error.orig).strip().splitlines()
    return lines[0] if lines else type(error.orig).__name__


def _without(password: str | None, text: str) -> str:
    return text.replace(password, "***") if password else text
