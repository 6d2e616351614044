"""Opening the spool of a folder, whatever state it is in."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import lmdb

from tracemedic_storage.spool.entry import Part
from tracemedic_storage.spool.errors import SpoolBroken, SpoolBusy
from tracemedic_storage.spool.spool import BYTES_MAX, Spool


def open_spool(
    folder: Path, consumers: Mapping[str, Part], *, bytes_max: int = BYTES_MAX, recent_bytes_max: int = 0
) -> tuple[Spool, Path | None]:
    """Open or make the spool in `folder`, read by `consumers`.

    Of the payloads that everybody is done with, the newest stay readable (`Spool.recent`) as long as they fit into
    `recent_bytes_max` and into what waiting ones leave of `bytes_max`; 0 deletes them at once.

    A broken one is set aside, bytes and all, and a new one is begun: a receiver that refuses to start loses more. The
    second result is where the broken one lies, else None. Raises `SpoolBusy`, or `OSError` for a folder that cannot be
    made or written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = _lock_folder(folder)

    def opened() -> Spool:
        return Spool(folder, lock, consumers, bytes_max=bytes_max, recent_bytes_max=recent_bytes_max)

    try:
        return opened(), None
    except (lmdb.Error, SpoolBroken):
        aside = _set_aside(folder)
        return opened(), aside


def _set_aside(folder: Path) -> Path:
    stamp = time.strftime("%Y%m%dT%H%M%S")
    aside = Path(tempfile.mkdtemp(prefix=f"{folder.name}.broken-{stamp}-", dir=folder.parent))
    for file in folder.glob("*.mdb"):
        shutil.move(file, aside)
    return aside


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
