"""Where files lie: a folder, S3, Google Cloud Storage or Azure, all behind one class."""

import os
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, from_url

if TYPE_CHECKING:
    from obstore.store import ObjectStore

CHUNK_BYTES: Final = 8 << 20


class StoreUnavailable(Exception):
    """The place of the files is away or refuses us; trying again later may help."""


class FileGone(Exception):
    """There is no such file (any more)."""


class FileStore:
    """Files by their paths in one place.

    `url` is a folder (which is made when needed), or `s3://bucket/prefix`, `gs://...`, `az://...` with credentials from
    the environment, or `memory:///` for tests. Raises `StoreUnavailable` for any other.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._folder = None if "://" in url and not url.startswith("file://") else Path(url.removeprefix("file://"))
        self._opened: ObjectStore | None = None

    @property
    def _store(self) -> "ObjectStore":
        if self._opened is None:
            self._opened = self._open()
        return self._opened

    def _open(self) -> "ObjectStore":
        with _failing_clearly(self.url):
            if self._folder is not None:
                return LocalStore(self._folder, mkdir=True)
            return from_url(self.url)

    def put(self, path: str, file: Path) -> None:
        """Store a file; what was there under this path is replaced. It is durable when this returns."""
        with _failing_clearly(path):
            obstore.put(self._store, path, file)
            if self._folder is not None:
                _sync(self._folder / path)

    def put_bytes(self, path: str, content: bytes) -> None:
        """The same for a small file in memory."""
        with _failing_clearly(path):
            obstore.put(self._store, path, content)
            if self._folder is not None:
                _sync(self._folder / path)

    def fetch(self, path: str, scratch: Path) -> Path:
        """The file as a local one: itself in a folder, otherwise a copy in `scratch`. Raises `FileGone`."""
        if self._folder is not None:
            local = self._folder / path
            if not local.is_file():
                raise FileGone(path)
            return local
        local = scratch / path.replace("/", "_")
        if not local.exists():
            with _failing_clearly(path), local.open("wb") as file:
                for chunk in obstore.get(self._store, path).stream(min_chunk_size=CHUNK_BYTES):
                    file.write(chunk)
        return local

    def delete(self, path: str) -> None:
        """Delete the file, if it is there."""
        try:
            with _failing_clearly(path):
                obstore.delete(self._store, path)
        except FileGone:
            return

    def paths(self) -> list[str]:
        """All files there are, in order."""
        with _failing_clearly(self.url):
            return sorted(str(meta["path"]) for batch in _listed(self._store) for meta in batch)


def checksum(file: Path) -> str:
    """SHA-256 of the file, as hex."""
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()


def _sync(file: Path) -> None:
    # The rows are deleted from the database next: the file and its name have to outlive a power failure.
    for each in (file, *file.parents[:4]):
        handle = os.open(each, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def _failing_clearly(what: str) -> Generator[None]:
    try:
        yield
    except FileNotFoundError:
        raise FileGone(what) from None
    except (BaseError, OSError, ValueError) as error:
        message = f"{what}: {_first_line(error)}"
        raise StoreUnavailable(message) from None


def _listed(store: "ObjectStore") -> Iterable[Sequence[Mapping[str, Any]]]:
    return cast("Iterable[Sequence[Mapping[str, Any]]]", cast("Any", obstore).list(store))


def _first_line(error: Exception) -> str:
    lines = str(error).splitlines()
    return lines[0] if lines else type(error).__name__
