"""Copy and verify: rows become a file that was read back, before anything else happens to them."""

import json
import tempfile
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from tracemedic_storage.cold import files, layout, parquet, plain, register
from tracemedic_storage.cold.files import FileStore
from tracemedic_storage.cold.layout import Kind, Tier
from tracemedic_storage.cold.plain import Plain
from tracemedic_storage.cold.register import ColdFile
from tracemedic_storage.database import Database
from tracemedic_storage.records import Record

Point = Literal[
    "announced",  # the register knows of a file that is not there yet
    "stored",  # the file is there, unverified
    "verified",  # it was read back
    "deciding",  # inside of the transaction that makes it count
    "decided",  # it counts; what it replaces is gone or leaving
    "removed",  # a file that no longer counts is deleted, the register does not know yet
]
"""Where a move can be interrupted; tests do so at each."""


def _nowhere(_point: Point) -> None:
    return None


class Places(Record, frozen=True, kw_only=True):
    """The three places of data. `reached` is told of each point of a move."""

    database: Database
    cold: FileStore
    archive: FileStore
    reached: Callable[[Point], None] = _nowhere

    def store(self, tier: Tier) -> FileStore:
        """The files of a tier."""
        return self.cold if tier == "cold" else self.archive


class VerificationFailed(Exception):
    """What was read back is not what was written. The rows stay where they were."""


def copy(
    places: Places,
    kind: Kind,
    tier: Tier,
    start_ns: int,
    rows: Iterable[Plain],
    *,
    now_ns: int,
    sources: Sequence[ColdFile] = (),
) -> ColdFile | None:
    """Write rows as a file of their day or month and read it back; None when there are no rows.

    When this returns the file is durable and `copied`. `sources` are the files the rows came from, for the archive's
    manifest. Raises `VerificationFailed`, `register.Superseded`, `files.StoreUnavailable`.
    """
    with scratch() as folder:
        written = folder / "rows.parquet"
        contents = parquet.write(kind, rows, written)
        if not contents.rows:
            return None
        file = ColdFile(
            path=layout.path_of(kind, tier, start_ns, contents),
            kind=kind.name,
            tier=tier,
            day_ns=start_ns,
            rows=contents.rows,
            bytes=written.stat().st_size,
            checksum=files.checksum(written),
            state="copying",
            stored_at_ns=now_ns,
        )
        with places.database.write() as connection:
            register.begin(connection, file)
        places.reached("announced")
        if tier == "archive":
            places.archive.put_bytes(manifest_of(file.path), _manifest(file, sources))
        places.store(tier).put(file.path, written)
        places.reached("stored")
        verify(places, file, folder)
        _confirm(places, file, now_ns)
        places.reached("verified")
        return file


def _confirm(places: Places, file: ColdFile, now_ns: int) -> None:
    try:
        with places.database.write() as connection:
            register.turn(connection, [file.path], before=["copying"], state="copied", verified_at_ns=now_ns)
    except register.Superseded:
        with places.database.read() as connection:
            is_known = register.knows(connection, file.path)
        if not is_known:  # another run has taken the announcement back before the file was there
            places.store(file.tier).delete(file.path)
            places.store(file.tier).delete(manifest_of(file.path))
        raise


def verify(places: Places, file: ColdFile, folder: Path) -> None:
    """Read a file back, every row of it. Raises `VerificationFailed`."""
    kind = layout.KINDS[file.kind]
    back = folder / "back"
    back.mkdir(exist_ok=True)
    try:
        local = places.store(file.tier).fetch(file.path, back)
        contents = plain.summed(kind, parquet.read(kind, [local]))
    except (files.FileGone, parquet.Damaged) as error:
        message = f"{file.path} cannot be read back: {error}"
        raise VerificationFailed(message) from None
    is_same = contents.rows == file.rows and contents.digest == layout.digest_of(file.path)
    if not is_same or files.checksum(local) != file.checksum:
        message = f"{file.path}: {contents.rows} of {file.rows} rows were read back, or others than were written"
        raise VerificationFailed(message)


def discard(places: Places, unwanted: Iterable[ColdFile]) -> None:
    """Delete files that are `leaving`, and their rows in the register last."""
    for file in unwanted:
        store = places.store(file.tier)
        store.delete(file.path)
        if file.tier == "archive":
            store.delete(manifest_of(file.path))
        places.reached("removed")
        with places.database.write() as connection:
            register.drop(connection, file.path)


def discard_left(places: Places) -> int:
    """Finish what an interrupted run has left `leaving`; returns how many files."""
    with places.database.read() as connection:
        left = register.listed(connection, states=["leaving"])
    discard(places, left)
    return len(left)


def abandon(places: Places, unfinished: Sequence[ColdFile]) -> None:
    """Delete copies that never came to count."""
    if unfinished:
        with places.database.write() as connection:
            paths = [file.path for file in unfinished]
            register.turn(connection, paths, before=["copying", "copied"], state="leaving")
        discard(places, unfinished)


def manifest_of(path: str) -> str:
    """Where the checksums of an archive file stand."""
    return f"{path}.manifest.json"


@contextmanager
def scratch() -> Generator[Path]:
    """A folder for as long as the block takes."""
    with tempfile.TemporaryDirectory(prefix="tracemedic-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _manifest(file: ColdFile, sources: Sequence[ColdFile]) -> bytes:
    return json.dumps(
        {
            "path": file.path,
            "kind": file.kind,
            "schema_version": file.schema_version,
            "rows": file.rows,
            "bytes": file.bytes,
            "sha256": file.checksum,
            "rows_checksum": layout.digest_of(file.path),
            "made_from": [{"path": one.path, "rows": one.rows, "sha256": one.checksum} for one in sources],
        },
        indent=2,
    ).encode()
