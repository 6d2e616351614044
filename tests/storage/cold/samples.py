"""A database with errors of several days, and the places they move to."""

from collections.abc import Callable
from pathlib import Path

from tests.storage.samples import DAY_NS, NOON_NS, Recorder, error, hex_of
from tracemedic_storage.cold.copying import Places, Point
from tracemedic_storage.cold.files import FileStore
from tracemedic_storage.database import Database
from tracemedic_storage.records import ErrorEvent, ExceptionRecord, Findings, Redacted, StoredStack


def places_of(database: Database, folder: Path, reached: Callable[[Point], None] | None = None) -> Places:
    cold, archive = FileStore(str(folder / "cold")), FileStore(str(folder / "archive"))
    if reached is None:
        return Places(database=database, cold=cold, archive=archive)
    return Places(database=database, cold=cold, archive=archive, reached=reached)


def some_errors(day: int, count: int, **fields: object) -> list[ErrorEvent]:
    """Errors of one day, of three kinds, of which one has a pattern when there are enough; days count from NOON_NS."""
    return [
        error(
            f"{day}-{number}",
            fingerprint=number % 3,
            at_ns=NOON_NS + day * DAY_NS + number * 1_000_000_000,
            stack_hash=hex_of("stack", number % 2),
            category=("validation", "database", "network")[number % 3],
            **fields,
        )
        for number in range(count)
    ]


def stacks() -> tuple[StoredStack, ...]:
    return tuple(
        StoredStack(
            hash=hex_of("stack", number),
            language="python",
            chain=(ExceptionRecord(type="OutOfStock", message="bö"),),
            text=Redacted(f"Traceback {number}"),
        )
        for number in range(2)
    )


def record_errors(database: Database, *events: ErrorEvent, now_ns: int = NOON_NS, spool: str = "spool") -> None:
    Recorder(database, spool_id=spool).findings(Findings(events=events, stacks=stacks()), now_ns=now_ns)
