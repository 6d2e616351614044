"""Nanoseconds inside, a time with time zone in the database.

PostgreSQL keeps `timestamptz`; SQLite keeps UTC text of fixed length, whose order as text is the order in time and
which compares rightly with the text of SQLite's own `datetime()`. Both keep microseconds: that is enough to order
errors, and `whole_microseconds` says what a time becomes by being stored.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeEngine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_EARLIEST_NS = -(2**63)
_LATEST_NS = 2**64 - 1
"""OTLP's times are unsigned 64-bit numbers (year 2554); anything outside is brought back to the nearest."""


def whole_microseconds(at_ns: int) -> int:
    """The time as the database gives it back: nanoseconds, rounded down to a microsecond."""
    return at_ns // 1_000 * 1_000


def as_datetime(at_ns: int) -> datetime:
    """An aware UTC datetime, rounded down to a microsecond."""
    return _EPOCH + timedelta(microseconds=min(max(at_ns, _EARLIEST_NS), _LATEST_NS) // 1_000)


@lru_cache(maxsize=4_096)  # all events of one request share the time of its arrival
def as_text(at_ns: int) -> str:
    """`2026-01-02 03:04:05.000006+00:00`: what SQLite keeps and PostgreSQL reads as `timestamptz`."""
    return as_datetime(at_ns).isoformat(" ", "microseconds")


def from_datetime(at: datetime) -> int:
    """Nanoseconds since the epoch of an aware datetime."""
    return (at - _EPOCH) // _MICROSECOND * 1_000


class Timestamp(sa.types.TypeDecorator[int]):
    """A column of nanoseconds since the epoch, kept as the database's own time with time zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text on SQLite, which has no times; `timestamptz` elsewhere."""
        return sa.Text() if dialect.name == "sqlite" else sa.DateTime(timezone=True)

    def process_bind_param(self, value: int | None, dialect: Dialect) -> object:
        """Nanoseconds to the database's form."""
        if value is None:
            return None
        return as_text(value) if dialect.name == "sqlite" else as_datetime(value)

    def process_result_value(self, value: object, dialect: Dialect) -> int | None:  # noqa: ARG002 the signature is SQLAlchemy's
        """The database's form to nanoseconds."""
        if isinstance(value, str):
            return from_datetime(datetime.fromisoformat(value))
        return from_datetime(value) if isinstance(value, datetime) else None
