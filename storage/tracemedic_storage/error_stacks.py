"""Redacted stack traces, each kept once."""

from collections.abc import Iterable

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tracemedic_storage import bulk, texts
from tracemedic_storage.records import ExceptionRecord, Redacted, StoredStack
from tracemedic_storage.tables import error_stacks
from tracemedic_storage.timestamps import as_text


def store(connection: Connection, stacks: Iterable[StoredStack], *, now_ns: int) -> None:
    """Keep those that are not there yet."""
    distinct = {stack.hash: stack for stack in stacks}
    known = {row.hash for row in connection.execute(_known(connection), {"rows": _hashes(distinct)})}
    missing = (texts.storable(distinct[hash_], StoredStack) for hash_ in sorted(distinct.keys() - known))
    bulk.insert_missing(connection, error_stacks, (_to_row(stack, now_ns) for stack in missing))


def get(connection: Connection, stack_hash: str) -> StoredStack | None:
    """The stack trace of this hash."""
    row = connection.execute(sa.select(error_stacks).where(error_stacks.c.hash == stack_hash)).one_or_none()
    if row is None:
        return None
    return StoredStack(
        hash=row.hash,
        language=row.language,
        chain=msgspec.convert(row.chain, tuple[ExceptionRecord, ...]),
        text=Redacted(row.text),
    )


def _known(connection: Connection) -> sa.Select[tuple[str]]:
    # Not `bulk.select_matching`: the texts are long and not needed here.
    wanted = bulk.given(connection.dialect.name, [error_stacks.c.hash])
    return sa.select(error_stacks.c.hash).join(wanted, error_stacks.c.hash == wanted.c.hash)


def _hashes(hashes: Iterable[str]) -> str:
    return bulk.encoded({"hash": hash_} for hash_ in hashes)


def _to_row(stack: StoredStack, now_ns: int) -> dict[str, object]:
    return {
        "hash": stack.hash,
        "language": stack.language,
        "chain": stack.chain,
        "text": stack.text,
        "stored_at": as_text(now_ns),
    }
