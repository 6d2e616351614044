"""The durable queue on local disk between receiving and the drains, in LMDB.

Every item has one sequence number and up to two parts: the request's bytes, which the forwarding consumers read, and
its findings, which the recorder reads. Each consumer has a position of its own; a part is deleted when all of its
readers are past it. A commit is synced, so what `commit` has returned survives `kill -9` and power loss; positions
ride along with the next commit and may be lost with the machine, which only repeats work.

One process writes, and `open_spool` takes a lock file to be sure of that. Reading and writing may happen on different
threads; `commit` itself is called from one thread at a time.
"""

import fcntl
import os
import shutil
import struct
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, Literal

import lmdb
import msgspec

from tracemedic_storage.records import Findings, Record, Signal

if TYPE_CHECKING:
    from lmdb import _Database  # pyright: ignore[reportPrivateUsage] -- lmdb's name for a named database
else:
    _Database = Any

Part = Literal["payload", "findings"]

BYTES_MAX: Final = 1 << 30
"""1 GiB: about an hour of 1,000 spans a second, uncompressed."""
ROOM_BYTES: Final = 64 << 20
"""Beyond `bytes_max`: for the pages a commit writes anew before the old ones are free, and fragmentation."""
SPARE_BYTES: Final = 1 << 20
"""A commit that fails on a disk with less room than this, beyond its own bytes, failed for want of it."""
DELETIONS_PER_COMMIT_MAX: Final = 2048
"""A long backlog is deleted over several commits, so that none of them takes long."""
SEEN_MAX: Final = 8192
"""Digests remembered to recognise a request that is delivered again: at 100 requests a second, over a minute, and
senders repeat within seconds."""
SIGNALS: Final[tuple[Signal, ...]] = ("traces", "logs", "metrics")

_HEADER: Final = struct.Struct(">BQ")
_KEY: Final = struct.Struct(">Q")
_ID: Final = b"id"
_FORMAT: Final = b"format"
_FORMAT_VERSION: Final = b"1"
_NEXT: Final = b"next"
_POSITION: Final = b"position:"


class SpoolError(Exception):
    """The spool cannot do what was asked; nothing of the request was kept.

    SpoolError
    ├── SpoolFull       the bound in bytes is reached, or the disk is full: passes when consumers catch up
    ├── SpoolBusy       another process works in this folder
    └── SpoolBroken     the file cannot be read or written
    """


class SpoolFull(SpoolError):
    """No room now."""


class SpoolBusy(SpoolError):
    """Another process works in this folder."""


class SpoolBroken(SpoolError):
    """The file cannot be read or written."""


class Entry(Record, frozen=True, kw_only=True):
    """A request on its way in. `payload` None keeps nothing to forward, `findings` None nothing to record.

    `digest` identifies the request as it was received, for `Spool.seen`.
    """

    signal: Signal
    received_at_ns: int
    digest: bytes
    payload: bytes | None
    findings: Findings | None


class Item(Record, frozen=True, kw_only=True):
    """One request's bytes in the spool."""

    seq: int
    signal: Signal
    received_at_ns: int
    payload: bytes


class Spool:
    """See the module. Made by `open_spool`."""

    def __init__(self, folder: Path, lock: IO[str], consumers: Mapping[str, Part], *, bytes_max: int) -> None:
        self.folder = folder
        self._lock = lock
        self._bytes_max = bytes_max
        self._consumers = dict(consumers)
        self._environment = lmdb.open(
            str(folder), map_size=bytes_max + bytes_max // 4 + ROOM_BYTES, max_dbs=8, max_readers=64
        )
        try:
            self._check_whole()
            self._payload = self._environment.open_db(b"payload")
            self._findings = self._environment.open_db(b"findings")
            self._meta = self._environment.open_db(b"meta")
            self._seen_order = self._environment.open_db(b"seen")
            self._start()
            self._check_readable()
        except BaseException:
            self._environment.close()
            raise

    def _check_whole(self) -> None:
        """Reading a mapped page behind the end of a cut file kills the process; see that before reading."""
        info, page_bytes = self._environment.info(), self._environment.stat()["psize"]
        needed = (info["last_pgno"] + 1) * page_bytes
        size = (self.folder / "data.mdb").stat().st_size
        if info["last_pgno"] > 1 and size < needed:
            message = f"data.mdb has {size} bytes and should have {needed}"
            raise SpoolBroken(message)

    def _check_readable(self) -> None:
        """Walk over all items: a damaged page met later would stop its drain for ever, and with it the spool."""
        with self._environment.begin(buffers=True) as transaction:
            for key, value in transaction.cursor(db=self._payload):
                signal, received_at_ns = _HEADER.unpack_from(value) if len(value) >= _HEADER.size else (0, 0)
                if len(key) != _KEY.size or signal >= len(SIGNALS) or received_at_ns == 0:
                    message = "an item in it is none"
                    raise SpoolBroken(message)
            for _ in transaction.cursor(db=self._findings):
                pass

    def _start(self) -> None:
        with self._environment.begin(write=True) as transaction:
            version = transaction.get(_FORMAT, db=self._meta)
            if version not in {None, _FORMAT_VERSION}:
                message = (
                    f"its format is version {bytes(version or b'').decode(errors='replace')}, this release reads 1"
                )
                raise SpoolBroken(message)
            transaction.put(_FORMAT, _FORMAT_VERSION, db=self._meta)
            stored_id = transaction.get(_ID, db=self._meta) or uuid.uuid4().hex.encode()
            transaction.put(_ID, stored_id, db=self._meta)
            self.id = bytes(stored_id).decode()
            """Identifies this spool in the database, which keeps its own position per spool."""
            stored_next = transaction.get(_NEXT, db=self._meta)
            self._next = 1 if stored_next is None else _KEY.unpack(stored_next)[0]
            self._positions = self._read_positions(transaction)
            digests = self._read_digests(transaction)
        self._flushed = dict(self._positions)
        self._deletions_left = False
        self._seen = dict.fromkeys(digests)

    def _read_positions(self, transaction: lmdb.Transaction) -> dict[str, int]:
        """Positions of today's consumers; a new one starts behind what is there, one no longer wanted is forgotten."""
        stored: dict[str, int] = {}
        for key, value in transaction.cursor(db=self._meta):
            if bytes(key).startswith(_POSITION):
                stored[bytes(key)[len(_POSITION) :].decode()] = _KEY.unpack(value)[0]
        for name in stored.keys() - self._consumers.keys():
            transaction.delete(_POSITION + name.encode(), db=self._meta)
        return {name: stored.get(name, self._next - 1) for name in self._consumers}

    def _read_digests(self, transaction: lmdb.Transaction) -> list[bytes]:
        """The oldest first: in the ring that they are kept in, it stands where the next one will."""
        ring = [(_KEY.unpack(key)[0], bytes(value)) for key, value in transaction.cursor(db=self._seen_order)]
        oldest = self._next % SEEN_MAX
        return [digest for _, digest in sorted(ring, key=lambda slot: (slot[0] < oldest, slot[0]))]

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
        """Bytes of items and their pages; free pages inside the file do not count."""
        with self._environment.begin() as transaction:
            page_bytes = self._environment.stat()["psize"]
            return page_bytes * sum(_pages(transaction, db) for db in (self._payload, self._findings))

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

        Raises `SpoolFull` or `SpoolBroken`; nothing of `entries` was kept then.
        """
        incoming = sum(len(entry.payload or b"") for entry in entries)
        if entries and self.used_bytes() + incoming > self._bytes_max:
            message = f"the spool holds its {self._bytes_max} bytes"
            raise SpoolFull(message)
        try:
            return self._commit(entries)
        except lmdb.MapFullError:
            message = f"the spool's file has no room within {self._bytes_max} bytes"
            raise SpoolFull(message) from None
        except lmdb.Error as error:
            if isinstance(error, lmdb.DiskError) or shutil.disk_usage(self.folder).free < incoming + SPARE_BYTES:
                # Where only a part of a commit finds room, LMDB speaks of an input/output error.
                message = f"no space left on the disk of {self.folder}"
                raise SpoolFull(message) from None
            message = f"cannot write {self.folder}: {error}"
            raise SpoolBroken(message) from error

    def _commit(self, entries: Sequence[Entry]) -> list[int]:
        positions, first = dict(self._positions), self._next
        self._deletions_left = False
        with self._environment.begin(write=True) as transaction:
            for seq, entry in enumerate(entries, start=first):
                self._put(transaction, seq, entry)
            for consumer, position in positions.items():
                if self._flushed.get(consumer) != position or first == 1:
                    transaction.put(_POSITION + consumer.encode(), _KEY.pack(position), db=self._meta)
            self._delete_done(transaction, positions)
            if entries:
                transaction.put(_NEXT, _KEY.pack(first + len(entries)), db=self._meta)
        self._flushed, self._next = positions, first + len(entries)
        self._remember(entries)
        return list(range(first, self._next))

    def _put(self, transaction: lmdb.Transaction, seq: int, entry: Entry) -> None:
        key = _KEY.pack(seq)
        header = _HEADER.pack(SIGNALS.index(entry.signal), entry.received_at_ns)
        if entry.payload is not None:
            transaction.put(key, header + entry.payload, db=self._payload, append=True)
        if entry.findings is not None:
            transaction.put(key, msgspec.msgpack.encode(entry.findings), db=self._findings, append=True)
        transaction.put(_KEY.pack(seq % SEEN_MAX), entry.digest, db=self._seen_order)

    def _remember(self, entries: Sequence[Entry]) -> None:
        self._seen.update(dict.fromkeys(entry.digest for entry in entries))
        while len(self._seen) > SEEN_MAX:
            del self._seen[next(iter(self._seen))]

    def _delete_done(self, transaction: lmdb.Transaction, positions: Mapping[str, int]) -> None:
        for part, db in (("payload", self._payload), ("findings", self._findings)):
            readers = [positions[name] for name, reads in self._consumers.items() if reads == part]
            done = min(readers, default=self._next - 1)
            cursor = transaction.cursor(db=db)
            deleted = 0
            while deleted < DELETIONS_PER_COMMIT_MAX and cursor.first() and _KEY.unpack(cursor.key())[0] <= done:
                cursor.delete()
                deleted += 1
            self._deletions_left |= deleted == DELETIONS_PER_COMMIT_MAX

    def read(self, consumer: str, *, items_max: int, bytes_max: int) -> list[Item]:
        """The next requests for `consumer`, at least one when there is any, else up to both bounds."""
        items: list[Item] = []
        size = 0
        for seq, value in self._after(self._payload, self._positions[consumer], items_max):
            header: tuple[int, int] = _HEADER.unpack_from(value)
            signal, received_at_ns = header
            size += len(value)
            if items and size > bytes_max:
                break
            payload = bytes(value[_HEADER.size :])
            items.append(Item(seq=seq, signal=SIGNALS[signal], received_at_ns=received_at_ns, payload=payload))
        return items

    def read_findings(self, consumer: str, *, items_max: int, events_max: int) -> list[tuple[int, Findings]]:
        """The next findings for `consumer`, at least one when there are any, else up to both bounds.

        Raises `Undecodable` for findings this release cannot read, when they are the next.
        """
        items: list[tuple[int, Findings]] = []
        events = 0
        for seq, value in self._after(self._findings, self._positions[consumer], items_max):
            try:
                findings = _FINDINGS.decode(value)
            except msgspec.MsgspecError as error:
                if items:
                    break
                raise Undecodable(seq, bytes(value), str(error)) from None
            events += len(findings.events)
            if items and events > events_max:
                break
            items.append((seq, findings))
        return items

    def _after(self, db: _Database, position: int, items_max: int) -> Iterator[tuple[int, memoryview]]:
        with self._environment.begin(buffers=True) as transaction:
            cursor = transaction.cursor(db=db)
            found = cursor.set_range(_KEY.pack(position + 1))
            while found and items_max > 0:
                yield _KEY.unpack(cursor.key())[0], cursor.value()
                found = cursor.next()
                items_max -= 1

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


class Undecodable(Exception):
    """Findings in the spool that this release cannot read; `raw` are their bytes."""

    def __init__(self, seq: int, raw: bytes, reason: str) -> None:
        super().__init__(f"findings of item {seq} cannot be read: {reason}")
        self.seq = seq
        self.raw = raw


_FINDINGS: Final = msgspec.msgpack.Decoder(Findings)


def _pages(transaction: lmdb.Transaction, db: _Database) -> int:
    stat = transaction.stat(db)
    return stat["branch_pages"] + stat["leaf_pages"] + stat["overflow_pages"]


def open_spool(folder: Path, consumers: Mapping[str, Part], *, bytes_max: int = BYTES_MAX) -> tuple[Spool, Path | None]:
    """Open or make the spool in `folder`, read by `consumers`.

    A broken one is set aside, bytes and all, and a new one is begun: a receiver that refuses to start loses more. The
    second result is where the broken one lies, else None. Raises `SpoolBusy`, or `OSError` for a folder that cannot be
    made or written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = _lock_folder(folder)
    try:
        return Spool(folder, lock, consumers, bytes_max=bytes_max), None
    except (lmdb.Error, SpoolBroken):
        stamp = time.strftime("%Y%m%dT%H%M%S")
        aside = Path(tempfile.mkdtemp(prefix=f"{folder.name}.broken-{stamp}-", dir=folder.parent))
        for file in folder.glob("*.mdb"):
            shutil.move(file, aside)
        return Spool(folder, lock, consumers, bytes_max=bytes_max), aside


def _lock_folder(folder: Path) -> IO[str]:
    lock = (folder / "in-use.lock").open("a+", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        owner = lock.read().strip() or "unknown"
        lock.close()
        message = f"{folder} is in use by process {owner}"
        raise SpoolBusy(message) from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock
