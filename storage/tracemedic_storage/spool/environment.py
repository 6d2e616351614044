"""The LMDB file of one spool: its tables, its transactions, its pages in memory."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import lmdb

from tracemedic_storage.spool.entry import Raw, key_of, seq_of
from tracemedic_storage.spool.errors import SpoolBroken, SpoolError, SpoolFull
from tracemedic_storage.spool.mapped import MappedFile

if TYPE_CHECKING:
    from lmdb import _Database  # pyright: ignore[reportPrivateUsage] -- lmdb's name for a named database

    Table = _Database
else:
    Table = Any

ROOM_BYTES: Final = 64 << 20
"""Beyond the bound: for the pages a commit writes anew before the old ones are free, and fragmentation."""
SPARE_BYTES: Final = 1 << 20
"""A commit that fails on a disk with less room than this, beyond its own bytes, failed for want of it."""


class Environment:
    """The file in `folder`, opened. Raises `SpoolBroken` for a cut one, `lmdb.Error` for one that is none."""

    def __init__(self, folder: Path, *, bytes_max: int) -> None:
        self._folder = folder
        self._lmdb = lmdb.open(str(folder), map_size=_map_bytes(folder, bytes_max), max_dbs=8, max_readers=64)
        try:
            self.page_bytes = self._lmdb.stat()["psize"]
            self._check_whole()
            self.mapped = MappedFile(folder / "data.mdb")
        except BaseException:
            self._lmdb.close()
            raise

    def _check_whole(self) -> None:
        """Reading a mapped page behind the end of a cut file kills the process; see that before reading."""
        info = self._lmdb.info()
        needed = (info["last_pgno"] + 1) * self.page_bytes
        size = (self._folder / "data.mdb").stat().st_size
        if info["last_pgno"] > 1 and size < needed:
            message = f"data.mdb has {size} bytes and should have {needed}"
            raise SpoolBroken(message)

    def table(self, name: bytes) -> Table:
        """The table of this name, made when it is not there."""
        return self._lmdb.open_db(name)

    def reading(self) -> lmdb.Transaction:
        """One consistent view; what it gives is valid inside of it."""
        return self._lmdb.begin(buffers=True)

    def writing(self) -> lmdb.Transaction:
        """A transaction that is durable when it is left normally."""
        return self._lmdb.begin(write=True, buffers=True)

    def after(self, table: Table, seq: int, items_max: int) -> Iterator[tuple[int, Raw]]:
        """Numbers and values above `seq`; each value is valid until the next is asked for."""
        with self.reading() as transaction:
            cursor = transaction.cursor(db=table)
            more = cursor.set_range(key_of(seq + 1))
            while more and items_max > 0:
                value = cursor.value()
                self.mapped.touched(len(value))
                yield seq_of(cursor.key()), value
                more = cursor.next()
                items_max -= 1

    def used_bytes(self, table: Table) -> int:
        """Bytes of a table's pages."""
        with self.reading() as transaction:
            stat = transaction.stat(table)
            return self.page_bytes * (stat["branch_pages"] + stat["leaf_pages"] + stat["overflow_pages"])

    def as_spool_error(self, error: lmdb.Error, incoming: int) -> SpoolError:
        """Why a transaction that should write `incoming` bytes failed."""
        if isinstance(error, lmdb.MapFullError):
            return SpoolFull("the spool's file has no room within its bounds")
        if isinstance(error, lmdb.DiskError) or shutil.disk_usage(self._folder).free < incoming + SPARE_BYTES:
            # Where only a part of a commit finds room, LMDB speaks of an input/output error.
            return SpoolFull(f"no space left on the disk of {self._folder}")
        return SpoolBroken(f"cannot write {self._folder}: {error}")

    def close(self) -> None:
        """Give the file back; transactions that are still open are at an end."""
        self.mapped.forget()
        self._lmdb.close()


def _map_bytes(folder: Path, bytes_max: int) -> int:
    """Also of a file from the time of a larger bound there must be room to delete."""
    file = folder / "data.mdb"
    return max(bytes_max + bytes_max // 4, file.stat().st_size if file.exists() else 0) + ROOM_BYTES
