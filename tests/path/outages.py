"""How a database goes away and returns: a proxy in front of PostgreSQL, a lock held on SQLite's file."""

import contextlib
import socket
import sqlite3
import threading
from collections.abc import Generator
from pathlib import Path

from sqlalchemy import URL, make_url


class Proxy:
    """Passes connections on to a PostgreSQL server; while `away`, it breaks and refuses them.

    `url` is the database's address through it.
    """

    def __init__(self, url: str) -> None:
        self._target = make_url(url)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._away = False
        port = self._listening.getsockname()[1]
        through = URL.create("postgresql", self._target.username, self._target.password, "127.0.0.1", port)
        self.url = through.set(database=self._target.database).render_as_string(hide_password=False)
        threading.Thread(target=self._accept, daemon=True).start()

    @contextlib.contextmanager
    def away(self) -> Generator[None]:
        """The server is gone for as long as the block takes."""
        with self._lock:
            self._away = True
            for each in self._open:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
        try:
            yield
        finally:
            self._away = False

    def close(self) -> None:
        """Accept no more."""
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                if self._away:
                    client.close()
                    continue
                server = self._connect()
                with self._lock:
                    self._open |= {client, server}
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    def _connect(self) -> socket.socket:
        folder = self._target.query.get("host")
        if folder is None:
            return socket.create_connection((self._target.host or "localhost", self._target.port or 5432))
        server = socket.socket(socket.AF_UNIX)
        server.connect(f"{folder}/.s.PGSQL.{self._target.port or 5432}")
        return server

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._open.discard(source)
        source.close()


@contextlib.contextmanager
def locked(file: Path) -> Generator[None]:
    """Nobody can write the SQLite database for as long as the block takes."""
    connection = sqlite3.connect(file, isolation_level=None, timeout=30)
    try:
        connection.execute("BEGIN EXCLUSIVE")
        yield
        connection.execute("ROLLBACK")
    finally:
        connection.close()
