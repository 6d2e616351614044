"""What lies where: kinds of data, days and months, and the names of files.

A name carries the span of time its rows are asked by, so that most files need not be opened, and the checksum of its
rows, so that the same rows copied twice are the same file.
"""

import re
from datetime import UTC, datetime
from typing import Final, Literal

import sqlalchemy as sa

from tracemedic_storage import tables
from tracemedic_storage.records import Record
from tracemedic_storage.timestamps import as_datetime, from_datetime

Tier = Literal["cold", "archive"]

SCHEMA_VERSION: Final = 1
"""Of the columns in files, in every path: raised with each change of a kept table. Missing ones read as empty."""
DAY_NS: Final = 86_400_000_000_000
"""Days are those of UTC, which has no daylight saving."""


class Kind(Record, frozen=True, kw_only=True):
    """A table whose rows move: `day_column` says which day a row belongs to (our clock), `asked_column` the time that
    queries ask for."""

    table: sa.Table
    day_column: str
    asked_column: str

    @property
    def name(self) -> str:
        """The table's name, which is the kind's in register and paths."""
        return self.table.name


EVENTS: Final = Kind(table=tables.error_events, day_column="received_at", asked_column="occurred_at")
STACKS: Final = Kind(table=tables.error_stacks, day_column="stored_at", asked_column="stored_at")
"""Not moved by their own time: each day's events take the stacks along that they name."""
REPORTS: Final = Kind(table=tables.diagnostic_reports, day_column="created_at", asked_column="created_at")
KINDS: Final = {kind.name: kind for kind in (EVENTS, STACKS, REPORTS)}


class Contents(Record, frozen=True, kw_only=True):
    """What rows add up to: how many, the times asked for (first and last), and a checksum that no order changes."""

    rows: int
    first_ns: int
    last_ns: int
    digest: str


def day_of(at_ns: int) -> int:
    """The beginning of the day in UTC."""
    return at_ns // DAY_NS * DAY_NS


def month_of(at_ns: int) -> int:
    """The beginning of the month in UTC."""
    return from_datetime(as_datetime(at_ns).replace(day=1, hour=0, minute=0, second=0, microsecond=0))


def month_end(at_ns: int) -> int:
    """The beginning of the month after."""
    return month_of(month_of(at_ns) + 31 * DAY_NS)


def path_of(kind: Kind, tier: Tier, start_ns: int, contents: Contents) -> str:
    """Where a file with these contents belongs; `start_ns` is the beginning of its day or month."""
    start = as_datetime(start_ns)
    part = f"day={start:%Y-%m-%d}" if tier == "cold" else f"month={start:%Y-%m}"
    # Rounded outwards to whole seconds.
    span = f"{_stamp(contents.first_ns)}-{_stamp(contents.last_ns + _SECOND_NS - 1)}"
    return f"{kind.name}/v{SCHEMA_VERSION}/{part}/{span}-{contents.digest}.parquet"


def span_of(path: str) -> tuple[int, int]:
    """First and last time asked for, of the rows of a file, rounded outwards. Raises `ValueError` for other names."""
    match = _NAME.search(path)
    if match is None:
        message = f"{path} is no name of a file in the cold store"
        raise ValueError(message)
    return _at(match[1]), _at(match[2])


def digest_of(path: str) -> str:
    """The checksum of a file's rows. Raises `ValueError`."""
    match = _NAME.search(path)
    if match is None:
        message = f"{path} is no name of a file in the cold store"
        raise ValueError(message)
    return match[3]


_SECOND_NS: Final = 1_000_000_000
_STAMP: Final = "%Y%m%dT%H%M%S"
_NAME: Final = re.compile(r"/(\d{8}T\d{6})-(\d{8}T\d{6})-([0-9a-f]{32})\.parquet$", re.ASCII)


def _stamp(at_ns: int) -> str:
    return as_datetime(at_ns).strftime(_STAMP)


def _at(stamp: str) -> int:
    return from_datetime(datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC))
