"""The spool itself, in LMDB.

Every item has one sequence number and up to two parts: the request's bytes, which the forwarding consumers read, and
its findings, which the recorder reads. Each consumer has a position of its own; findings are deleted when all of their
readers are past them, payloads stay behind as recent ones, for `Spool.recent`, until their bytes are wanted. A commit
is synced, so what `commit` has returned survives `kill -9` and power loss; positions ride along with the next commit
and may be lost with the machine, which only repeats work.

One process writes, and `open_spool` takes a lock file to be sure of that. Reading and writing may happen on different
threads; `commit` itself is called from one thread at a time.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Final

import lmdb
import msgspec

from tracemedic_storage.records import Findings
from tracemedic_storage.spool import meta
from tracemedic_storage.spool.entry import Entry, Found, Item, Part, key_of, seq_of, to_findings, to_item
from tracemedic_storage.spool.environment import Environment
from tracemedic_storage.spool.errors import SpoolFull, Undecodable
from tracemedic_storage.spool.payloads import DELETIONS_PER_COMMIT_MAX, Payloads
from tracemedic_storage.spool.seen import Seen

BYTES_MAX: Final = 1 << 30
"""1 GiB: about an hour of 1,000 spans a second, uncompressed."""
FOUND_ITEMS_MAX: Final = 1024
FOUND_BYTES_MAX: Final = 64 << 20
SEARCHED_BYTES_MAX: Final = 128 << 20
"""Bounds of one search: a quarter of a second of work, however long the backlog is."""


class Spool:
    """See the module. Made by `open_spool`."""

    def __init__(
        self, folder: Path, lock: IO[str], consumers: Mapping[str, Part], *, bytes_max: int, recent_bytes_max: int = 0
    ) -> None:
        self.folder = folder
        self._lock = lock
        self._bytes_max = bytes_max
        self._recent_bytes_max = recent_bytes_max
        self._consumers = dict(consumers)
        self._environment = Environment(folder, bytes_max=bytes_max)
        try:
            self._payloads = Payloads(self._environment)
            self._findings = self._environment.table(b"findings")
            self._meta = self._environment.table(b"meta")
            seen = self._environment.table(b"seen")
            with self._environment.writing() as transaction:
                started = meta.start(transaction, self._meta, consumers)
                self._seen = Seen(transaction, seen, next_seq=started.next_seq)
            self.id = started.id
            """Identifies this spool in the database, which keeps its own position per spool."""
            self._next = started.next_seq
            self._positions = dict(started.positions)
            self._flushed = dict(started.positions)
            self._deletions_left = False
            self._check_readable()
        except BaseException:
            self._environment.close()
            raise

    def _check_readable(self) -> None:
        """Walk over all items: a damaged page met later would stop its drain for ever, and with it the spool."""
        self._kept = self._payloads.count(self._done("payload", self._positions))
        for _ in self._environment.after(self._findings, 0, self._next):
            pass

    def _done(self, part: Part, positions: Mapping[str, int]) -> int:
        """The number up to which all readers of `part` are done."""
        return min((positions[name] for name, reads in self._consumers.items() if reads == part), default=self.last_seq)

    @property
    def last_seq(self) -> int:
        """The newest item's number, 0 before the first."""
        return self._next - 1

    def position(self, consumer: str) -> int:
        """The number of the last item `consumer` is done with."""
        return self._positions[consumer]

    def seen(self, digest: bytes) -> bool:
        """Whether a request of this digest is among the last `SEEN_MAX` that were committed."""
        return digest in self._seen

    def used_bytes(self) -> int:
        """Bytes on disk of what waits for a consumer; recent payloads and free pages inside the file do not count."""
        return self._kept.waiting_bytes + self._environment.used_bytes(self._findings)

    def recent_bytes(self) -> int:
        """Bytes on disk of payloads that everybody is done with and `recent` still finds."""
        return self._kept.recent_bytes

    def backlog(self, consumer: str) -> int:
        """How many numbers lie before `consumer`; an upper bound of the items it has still to read."""
        return max(0, self.last_seq - self._positions[consumer])

    def oldest_received_at_ns(self, consumer: str) -> int | None:
        """When the oldest item that `consumer` has not done was received; None when there is none."""
        if self._consumers[consumer] == "findings":
            return None
        return next((item.received_at_ns for item in self.read(consumer, items_max=1, bytes_max=0)), None)

    def commit(self, entries: Sequence[Entry]) -> list[int]:
        """Keep `entries`, durable when this returns, and the positions reached so far; returns their numbers.

        Raises `SpoolFull` or `SpoolBroken`; nothing of `entries` was kept then. Recent payloads give way.
        """
        if entries and self.used_bytes() + _payload_bytes(entries) > self._bytes_max:
            message = f"the spool holds its {self._bytes_max} bytes"
            raise SpoolFull(message)
        try:
            return self._commit(entries, recent_bytes_max=self._recent_bytes_max)
        except SpoolFull:
            if not self._kept.recent_bytes:
                raise
            self._delete_recent()
            return self._commit(entries, recent_bytes_max=0)

    def _delete_recent(self) -> None:
        """Delete all recent payloads at once. What one transaction frees the second one after it can use."""
        while self._kept.recent_bytes:
            self._commit([], recent_bytes_max=0)
        self._commit([], recent_bytes_max=0)

    def _commit(self, entries: Sequence[Entry], *, recent_bytes_max: int) -> list[int]:
        positions, first = dict(self._positions), self._next
        try:
            self._write(entries, positions, recent_bytes_max)
        except lmdb.Error as error:
            raise self._environment.as_spool_error(error, _payload_bytes(entries)) from error
        self._flushed, self._next = positions, first + len(entries)
        self._seen.remember([entry.digest for entry in entries])
        return list(range(first, self._next))

    def _write(self, entries: Sequence[Entry], positions: Mapping[str, int], recent_bytes_max: int) -> None:
        kept = self._kept
        with self._environment.writing() as transaction:
            for seq, entry in enumerate(entries, start=self._next):
                kept = self._payloads.put(transaction, seq, entry, kept)
                self._put_findings(transaction, seq, entry)
                self._seen.put(transaction, seq, entry.digest)
            moved = {name: seq for name, seq in positions.items() if self._flushed.get(name) != seq}
            meta.put(transaction, self._meta, next_seq=self._next + len(entries), positions=moved)
            forgotten = self._delete_findings(transaction, self._done("findings", positions))
            kept, retired = self._payloads.retire(transaction, kept, done_seq=self._done("payload", positions))
            room = self._bytes_max - kept.waiting_bytes
            kept, deleted = self._payloads.trim(transaction, kept, recent_bytes_max=min(room, recent_bytes_max))
        self._kept = kept
        self._deletions_left = max(forgotten, retired, deleted) == DELETIONS_PER_COMMIT_MAX

    def _put_findings(self, transaction: lmdb.Transaction, seq: int, entry: Entry) -> None:
        if entry.findings is not None:
            transaction.put(key_of(seq), msgspec.msgpack.encode(entry.findings), db=self._findings, append=True)

    def _delete_findings(self, transaction: lmdb.Transaction, done_seq: int) -> int:
        cursor = transaction.cursor(db=self._findings)
        deleted = 0
        while deleted < DELETIONS_PER_COMMIT_MAX and cursor.first() and seq_of(cursor.key()) <= done_seq:
            cursor.delete()
            deleted += 1
        return deleted

    def read(self, consumer: str, *, items_max: int, bytes_max: int) -> list[Item]:
        """The next requests for `consumer`, at least one when there is any, else up to both bounds."""
        items: list[Item] = []
        size = 0
        for seq, value in self._environment.after(self._payloads.table, self._positions[consumer], items_max):
            size += len(value)
            if items and size > bytes_max:
                break
            items.append(to_item(seq, value))
        return items

    def read_findings(self, consumer: str, *, items_max: int, events_max: int) -> list[tuple[int, Findings]]:
        """The next findings for `consumer`, at least one when there are any, else up to both bounds.

        Raises `Undecodable` for findings this release cannot read, when they are the next.
        """
        items: list[tuple[int, Findings]] = []
        events = 0
        for seq, value in self._environment.after(self._findings, self._positions[consumer], items_max):
            try:
                findings = to_findings(seq, value)
            except Undecodable:
                if items:
                    break
                raise
            events += len(findings.events)
            if items and events > events_max:
                break
            items.append((seq, findings))
        return items

    def recent(
        self,
        trace_ids: Collection[bytes],
        *,
        after_seq: int = 0,
        items_max: int = FOUND_ITEMS_MAX,
        bytes_max: int = FOUND_BYTES_MAX,
        searched_bytes_max: int = SEARCHED_BYTES_MAX,
    ) -> Iterator[Found]:
        """Traces requests with spans of `trace_ids` (16 bytes each), newest first, whether they still wait or not.

        Only items above `after_seq` are looked at, and only the newest `searched_bytes_max`; at most `items_max` and
        `bytes_max` are given. A request that only links to one of the traces is given too. Safe beside `commit` on
        another thread; an item that is deleted meanwhile is not given.
        """
        looked_at = self._payloads.search(frozenset(trace_ids), after_seq=after_seq, before_seq=self._next)
        for found, size in looked_at if trace_ids else ():
            searched_bytes_max -= size
            if found is not None:
                items_max, bytes_max = items_max - 1, bytes_max - size
                if items_max < 0 or bytes_max < 0:
                    return
                yield found
            if searched_bytes_max <= 0:
                return

    def advance(self, consumer: str, seq: int) -> None:
        """`consumer` is done with everything up to `seq`; stored with the next commit."""
        self._positions[consumer] = max(seq, self._positions[consumer])

    @property
    def dirty(self) -> bool:
        """Whether positions have moved since the last commit, or done items wait for deletion."""
        return self._deletions_left or self._flushed != self._positions

    def close(self) -> None:
        """Store the positions and give the folder back."""
        try:
            if self.dirty:
                self.commit([])
        finally:
            self._environment.close()
            self._lock.close()


def _payload_bytes(entries: Sequence[Entry]) -> int:
    return sum(len(entry.payload or b"") for entry in entries)
