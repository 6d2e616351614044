"""The payloads of a spool: those that somebody has still to read, and behind them the recent ones.

A recent payload is done with and stays readable for a search until its bytes are wanted. Becoming recent costs no
write: it only lies before the number up to which all readers are done.
"""

from collections.abc import Iterator
from typing import Final

import lmdb
import msgspec

from tracemedic_storage.records import Record
from tracemedic_storage.spool.entry import (
    Entry,
    Found,
    Raw,
    check_item,
    key_of,
    payload_of,
    seq_of,
    signal_of,
    to_item,
    to_value,
)
from tracemedic_storage.spool.environment import Environment
from tracemedic_storage.spool.search import trace_ids_in

DELETIONS_PER_COMMIT_MAX: Final = 2048
"""A long backlog is deleted over several commits, so that none of them takes long."""
SEARCHED_AT_ONCE_BYTES: Final = 4 << 20
"""Searched in one read transaction, some 10 ms: while it lasts, pages freed meanwhile cannot be used again."""

_NODE_BYTES: Final = 26
"""Key, header and index of one item on its page (LMDB's `MDB_node`, `indx_t` and our eight bytes)."""
_PAGE_HEADER_BYTES: Final = 16


class Kept(Record, frozen=True, kw_only=True):
    """`waiting_bytes` are of payloads above `done_seq`, `recent_bytes` of those up to it; both as disk space."""

    waiting_bytes: int = 0
    recent_bytes: int = 0
    done_seq: int = 0


class Payloads:
    """The table of payloads. What is kept of them is told by a `Kept` that the caller holds."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._mapped = environment.mapped
        self.table = environment.table(b"payload")

    def count(self, done_seq: int) -> Kept:
        """Walk over all of them. Raises `SpoolBroken` or `lmdb.Error` for a damaged one."""
        waiting = recent = 0
        with self._environment.reading() as transaction:
            for key, value in transaction.cursor(db=self.table):
                check_item(key, value)
                size = self._touch(value)
                waiting, recent = (waiting, recent + size) if seq_of(key) <= done_seq else (waiting + size, recent)
        return Kept(waiting_bytes=waiting, recent_bytes=recent, done_seq=done_seq)

    def put(self, transaction: lmdb.Transaction, seq: int, entry: Entry, kept: Kept) -> Kept:
        """Write the payload of an entry, where it has one."""
        if entry.payload is None:
            return kept
        value = to_value(entry, entry.payload)
        transaction.put(key_of(seq), value, db=self.table, append=True)
        waiting_bytes = kept.waiting_bytes + footprint_bytes(len(value), page_bytes=self._environment.page_bytes)
        return msgspec.structs.replace(kept, waiting_bytes=waiting_bytes)

    def retire(self, transaction: lmdb.Transaction, kept: Kept, *, done_seq: int) -> tuple[Kept, int]:
        """Make payloads up to `done_seq` recent, a bounded number of them; also returns how many."""
        retired, size, seq = 0, 0, kept.done_seq
        cursor = transaction.cursor(db=self.table)
        more = cursor.set_range(key_of(seq + 1))
        while more and retired < DELETIONS_PER_COMMIT_MAX and (at := seq_of(cursor.key())) <= done_seq:
            size += self._touch(cursor.value())
            retired, seq = retired + 1, at
            more = cursor.next()
        if retired < DELETIONS_PER_COMMIT_MAX:
            seq = max(seq, done_seq)
        moved = Kept(waiting_bytes=kept.waiting_bytes - size, recent_bytes=kept.recent_bytes + size, done_seq=seq)
        return moved, retired

    def trim(self, transaction: lmdb.Transaction, kept: Kept, *, recent_bytes_max: int) -> tuple[Kept, int]:
        """Delete the oldest recent payloads, a bounded number, until they fit; also returns how many."""
        deleted, left = 0, kept.recent_bytes
        cursor = transaction.cursor(db=self.table)
        while left > recent_bytes_max and deleted < DELETIONS_PER_COMMIT_MAX and cursor.first():
            if seq_of(cursor.key()) > kept.done_seq:
                break
            left -= self._touch(cursor.value())
            cursor.delete()
            deleted += 1
        return msgspec.structs.replace(kept, recent_bytes=left), deleted

    def search(
        self, wanted: frozenset[bytes], *, after_seq: int, before_seq: int
    ) -> Iterator[tuple[Found | None, int]]:
        """Payloads between the two numbers, newest first, each as what was found in it and how many bytes it has."""
        while before_seq > after_seq + 1:
            looked_at, before_seq = self._search_some(wanted, after_seq, before_seq)
            yield from looked_at

    def _search_some(
        self, wanted: frozenset[bytes], after_seq: int, before_seq: int
    ) -> tuple[list[tuple[Found | None, int]], int]:
        """One read transaction of `search`; also returns the number it has come down to."""
        looked_at: list[tuple[Found | None, int]] = []
        searched = 0
        with self._environment.reading() as transaction:
            cursor = transaction.cursor(db=self.table)
            more = cursor.prev() if cursor.set_range(key_of(before_seq)) else cursor.last()
            while more and searched < SEARCHED_AT_ONCE_BYTES and (seq := seq_of(cursor.key())) > after_seq:
                value = cursor.value()
                looked_at.append((_found(wanted, seq, value), len(value)))
                searched, before_seq = searched + self._touch(value), seq
                more = cursor.prev()
        return looked_at, before_seq if searched >= SEARCHED_AT_ONCE_BYTES else after_seq

    def _touch(self, value: Raw) -> int:
        """The room a payload takes that was just read."""
        self._mapped.touched(len(value))
        return footprint_bytes(len(value), page_bytes=self._environment.page_bytes)


def footprint_bytes(value_bytes: int, *, page_bytes: int) -> int:
    """The room one payload takes: whole pages of its own unless two of its size go on one."""
    if value_bytes + _NODE_BYTES <= (page_bytes - _PAGE_HEADER_BYTES) // 2:
        return value_bytes + _NODE_BYTES
    return -(-(value_bytes + _PAGE_HEADER_BYTES) // page_bytes) * page_bytes + _NODE_BYTES


def _found(wanted: frozenset[bytes], seq: int, value: Raw) -> Found | None:
    if signal_of(value) != "traces":
        return None
    trace_ids = trace_ids_in(payload_of(value), wanted)
    return Found(item=to_item(seq, value), trace_ids=trace_ids) if trace_ids else None
