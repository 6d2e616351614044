"""What a spool knows about itself: its identity, its next number, the positions of its consumers."""

import uuid
from collections.abc import Collection, Mapping
from typing import Final

import lmdb

from tracemedic_storage.records import Record
from tracemedic_storage.spool.entry import key_of, seq_of
from tracemedic_storage.spool.environment import Table
from tracemedic_storage.spool.errors import SpoolBroken

_ID: Final = b"id"
_FORMAT: Final = b"format"
_FORMAT_VERSION: Final = b"1"
_NEXT: Final = b"next"
_POSITION: Final = b"position:"


class Meta(Record, frozen=True, kw_only=True):
    """`id` identifies the spool for good; `positions` are those of today's consumers."""

    id: str
    next_seq: int
    positions: dict[str, int]


def start(transaction: lmdb.Transaction, table: Table, consumers: Collection[str]) -> Meta:
    """Read what is there or write it for the first time.

    A new consumer starts behind what is there, one no longer wanted is forgotten. Raises `SpoolBroken` for the format
    of another release.
    """
    _check_format(transaction, table)
    stored_id = bytes(transaction.get(_ID, db=table) or uuid.uuid4().hex.encode())
    transaction.put(_ID, stored_id, db=table)
    stored_next = transaction.get(_NEXT, db=table)
    next_seq = 1 if stored_next is None else seq_of(stored_next)
    stored = _positions(transaction, table)
    for name in stored.keys() - set(consumers):
        transaction.delete(_POSITION + name.encode(), db=table)
    positions = {name: stored.get(name, next_seq - 1) for name in consumers}
    put(transaction, table, next_seq=next_seq, positions=positions)  # or a new consumer would start anew, further on
    return Meta(id=stored_id.decode(), next_seq=next_seq, positions=positions)


def put(transaction: lmdb.Transaction, table: Table, *, next_seq: int, positions: Mapping[str, int]) -> None:
    """Write the next number and those positions that have moved."""
    transaction.put(_NEXT, key_of(next_seq), db=table)
    for consumer, position in positions.items():
        transaction.put(_POSITION + consumer.encode(), key_of(position), db=table)


def _check_format(transaction: lmdb.Transaction, table: Table) -> None:
    version = bytes(transaction.get(_FORMAT, db=table) or _FORMAT_VERSION)
    if version != _FORMAT_VERSION:
        message = f"its format is version {version.decode(errors='replace')}, this release reads 1"
        raise SpoolBroken(message)
    transaction.put(_FORMAT, _FORMAT_VERSION, db=table)


def _positions(transaction: lmdb.Transaction, table: Table) -> dict[str, int]:
    return {
        bytes(key)[len(_POSITION) :].decode(): seq_of(value)
        for key, value in transaction.cursor(db=table)
        if bytes(key).startswith(_POSITION)
    }
