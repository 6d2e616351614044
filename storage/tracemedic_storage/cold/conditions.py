"""What to ask of files, in DuckDB's SQL: the same conditions that `tracemedic_storage.queries` puts to the database."""

from tracemedic_storage import queries
from tracemedic_storage.cold.parquet import Condition
from tracemedic_storage.cursors import Cursor
from tracemedic_storage.database import Database
from tracemedic_storage.queries import ErrorFilter
from tracemedic_storage.tables import error_events, key_text


def fits(first_ns: int, last_ns: int, chosen: ErrorFilter, cursor: str | None) -> bool:
    """Whether a file whose errors occurred from `first_ns` to `last_ns` can have one that is asked for."""
    until_ns = chosen.until_ns
    if cursor is not None:
        at_ns = position(cursor).at_ns + 1
        until_ns = at_ns if until_ns is None else min(until_ns, at_ns)
    return (chosen.since_ns is None or last_ns >= chosen.since_ns) and (until_ns is None or first_ns < until_ns)


def conditions(database: Database, chosen: ErrorFilter, cursor: str | None) -> list[Condition]:
    """The conditions of a listing, from the row after `cursor` on; a pattern is its fingerprints of today."""
    conditions = [
        equals(name, value)
        for name in ErrorFilter.__struct_fields__
        if name in error_events.c and name != "pattern_id" and (value := getattr(chosen, name)) is not None
    ]
    if chosen.pattern_id is not None:
        fingerprints = queries.fingerprints_of(database, chosen.pattern_id)
        conditions.append(
            Condition(sql="fingerprint IN (SELECT unnest($fingerprints))", values={"fingerprints": list(fingerprints)})
        )
    if chosen.since_ns is not None:
        conditions.append(Condition(sql=f"occurred_at >= {_at('since')}", values={"since": chosen.since_ns // 1_000}))
    if chosen.until_ns is not None:
        conditions.append(Condition(sql=f"occurred_at < {_at('until')}", values={"until": chosen.until_ns // 1_000}))
    if cursor is not None:
        page = position(cursor)
        conditions.append(
            Condition(
                sql=f"occurred_at < {_at('page')} OR (occurred_at = {_at('page')} AND id < $page_id)",
                values={"page": page.at_ns // 1_000, "page_id": page.id},
            )
        )
    return conditions


def position(cursor: str) -> Cursor:
    """Where a page ended."""
    at_ns, _, id_ = cursor.partition("~")  # the database's part of the answer has refused any other form
    return Cursor(at_ns=int(at_ns), id=id_)


def equals(name: str, value: str) -> Condition:
    """A column that is indexed in the database, and cut there."""
    return Condition(sql=f'"{name}" = ${name}', values={name: key_text(value)})


def after(since_ns: int) -> Condition:
    """Occurred after a time."""
    return Condition(sql=f"occurred_at > {_at('since')}", values={"since": since_ns // 1_000})


def _at(name: str) -> str:
    return f"make_timestamp(${name})::TIMESTAMPTZ"
