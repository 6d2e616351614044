import sqlite3

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from tracemedic_storage.database import Database
from tracemedic_storage.tables import spool_positions
from tracemedic_storage.timestamps import as_datetime, as_text, from_datetime, whole_microseconds

otlp_times = st.integers(0, 2**64 - 1)


@given(otlp_times)
def test_a_time_comes_back_to_the_microsecond(at_ns: int) -> None:
    assert from_datetime(as_datetime(at_ns)) == whole_microseconds(at_ns)
    assert 0 <= at_ns - whole_microseconds(at_ns) < 1_000


@given(otlp_times, otlp_times)
def test_text_sorts_as_time_does(one: int, other: int) -> None:
    assert (as_text(one) < as_text(other)) == (whole_microseconds(one) < whole_microseconds(other))


@given(st.integers())
def test_no_number_is_too_large(at_ns: int) -> None:
    assert len(as_text(at_ns)) == len("2026-01-02 03:04:05.000006+00:00")


def test_sqlite_understands_the_text() -> None:
    connection = sqlite3.connect(":memory:")
    assert connection.execute("SELECT unixepoch(?)", (as_text(1_767_268_800_123_456_789),)).fetchone() == (
        1_767_268_800,
    )
    connection.close()


def test_both_databases_keep_microseconds(database: Database) -> None:
    row = {"spool_id": "s", "seq": 1, "updated_at": 1_767_268_800_123_456_789}
    with database.write() as connection:
        connection.execute(sa.insert(spool_positions).values(row))
    with database.read() as connection:
        assert connection.scalar(sa.select(spool_positions.c.updated_at)) == 1_767_268_800_123_456_000
