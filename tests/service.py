"""The real service for tests: `python -m tracemedic_processor serve` in a process of its own, on free ports."""

import contextlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any, Self

import httpx

from tracemedic_storage.database import Database

_TLS = ssl.create_default_context()
"""Made once; making it is most of what a request costs."""
START_S_MAX = 60.0
STOP_S_MAX = 60.0
WAIT_S_MAX = 30.0
_OTHERS = ("TRACEMEDIC_", "OTEL_", "LOGFIRE_")
"""Variables of the surrounding shell that would change what is tested."""


class NotStartedError(Exception):
    """The service ended instead of getting ready; the text is what it wrote to standard error."""


class Service:
    """`tracemedic serve` with its data in `folder`; start it again after `kill` or `terminate` to go on with the data.

    Ports are new ones at each start unless `settings` names them: ask `grpc`, `http` and `web` each time. `settings`
    are environment variables without the prefix, such as `SPOOL__BYTES_MAX`; `exporters` is by name.
    """

    def __init__(
        self,
        folder: Path,
        *,
        exporters: Mapping[str, Mapping[str, object]] | None = None,
        database_url: str | None = None,
        environment: Mapping[str, str] | None = None,
        **settings: str,
    ) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.exporters = dict(exporters or {})
        self.settings = {
            "DATA_DIR": str(self.data),
            "RECEIVE__GRPC_ADDRESS": "127.0.0.1:0",
            "RECEIVE__HTTP_ADDRESS": "127.0.0.1:0",
            "WEB__ADDRESS": "127.0.0.1:0",
            "SHUTDOWN_S": "5",
            "ROLE": "ingest",  # a worker takes seconds to start; tests of its work ask for it
            **({"DATABASE__URL": database_url} if database_url else {}),
            **settings,
        }
        self.environment = dict(environment or {})
        self.process: subprocess.Popen[bytes] | None = None
        self.grpc = self.http = self.web = ""
        self._starts = 0
        folder.mkdir(parents=True, exist_ok=True)

    def start(self) -> Self:
        """Return when it serves. Raises `NotStartedError`."""
        self._starts += 1
        with self._file("out").open("wb") as out, self._file("err").open("wb") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tracemedic_processor", "serve"],
                stdout=out,
                stderr=err,
                cwd=self.folder,
                env=self.variables(),
            )
        try:
            wait_until(self._greeted, timeout_s=START_S_MAX, what="the greeting of the service")
        except BaseException:
            self.kill()
            raise
        self.grpc, self.http, self.web = (
            word.split("localhost:")[1].split("/")[0] for word in self.stdout().split() if "localhost:" in word
        )
        self.grpc, self.http, self.web = (f"127.0.0.1:{port}" for port in (self.grpc, self.http, self.web))
        return self

    def _greeted(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise NotStartedError(f"code {self.process.returncode}: {self.stderr()}")
        return "  data " in self.stdout()

    def kill(self) -> None:
        """End it, its children included, without a warning: what is not on the disk is gone."""
        if self.process is None:
            return
        for pid in (*self.children(), self.process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def terminate(self) -> int:
        """SIGTERM; returns the code it ends with."""
        assert self.process is not None
        self.process.terminate()
        code = self.process.wait(timeout=STOP_S_MAX)
        self.process = None
        return code

    def children(self) -> list[int]:
        """The receiving processes where there are several."""
        assert self.process is not None
        found = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in found.read_text().split()] if found.exists() else []

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.kill()

    def variables(self) -> dict[str, str]:
        """The environment of the service, and of commands that share its configuration."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_OTHERS)}
        own = {f"TRACEMEDIC_{name}": value for name, value in self.settings.items()}
        exporters = {"TRACEMEDIC_EXPORTERS": json.dumps(self.exporters)} if self.exporters else {}
        return {**kept, **own, **exporters, **self.environment}

    def stdout(self) -> str:
        """What this start has written for people."""
        return self._file("out").read_text(errors="replace")

    def stderr(self) -> str:
        """The log of this start."""
        return self._file("err").read_text(errors="replace")

    def _file(self, kind: str) -> Path:
        return self.folder / f"serve-{self._starts}.{kind}"

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """A command of `tracemedic` with the same configuration."""
        return tracemedic(*arguments, environment=self.variables(), cwd=self.folder, stdin=stdin)

    def rows(self, *arguments: str) -> list[dict[str, Any]]:
        """A listing as it prints itself with `--format json`."""
        found = self.run(*arguments, "--format", "json")
        assert found.returncode == 0, found.stderr
        return [json.loads(line) for line in found.stdout.splitlines()]

    @contextlib.contextmanager
    def database(self) -> Generator[Database]:
        """Its database, as another process that reads it."""
        database = Database(self.settings.get("DATABASE__URL", f"sqlite:///{self.data / 'tracemedic.sqlite'}"))
        try:
            yield database
        finally:
            database.close()

    def troubles(self) -> list[str]:
        """What `/readyz` complains about."""
        answer = httpx.get(f"http://{self.web}/readyz", timeout=10, trust_env=False, verify=_TLS)
        found = answer.json()["troubles"]
        assert answer.status_code == (503 if found else 200)
        return found

    def metric(self, name: str, **labels: str) -> float:
        """One of its metrics, summed over all labels that are not named."""
        text = httpx.get(f"http://{self.web}/metrics", timeout=10, trust_env=False, verify=_TLS).text
        wanted = [f'{key}="{value}"' for key, value in labels.items()]
        spellings = tuple(f"tracemedic_{name}{end}" for end in ("{", " ", "_total{", "_total "))
        lines = [line for line in text.splitlines() if line.startswith(spellings)]
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines if all(each in line for each in wanted))

    def wait_recorded(self, *, timeout_s: float = WAIT_S_MAX) -> None:
        """Return when the database has everything that was acknowledged so far."""
        wait_until(
            lambda: self.metric("spool_items", consumer="record") == 0,
            timeout_s=timeout_s,
            what="an empty record backlog",
        )

    def wait_for_trouble(self, word: str, *, timeout_s: float = WAIT_S_MAX) -> str:
        """Return the first line of `/readyz` with `word` in it, as soon as there is one."""
        found: list[str] = []

        def troubled() -> bool:
            found[:] = [line for line in self.troubles() if word in line]
            return bool(found)

        wait_until(troubled, timeout_s=timeout_s, what=f"a trouble with {word!r}")
        return found[0]

    def wait_ready(self, *, timeout_s: float = WAIT_S_MAX) -> None:
        """Return when `/readyz` has nothing to complain about."""
        wait_until(lambda: not self.troubles(), timeout_s=timeout_s, what="no troubles")


def tracemedic(
    *arguments: str, environment: Mapping[str, str] | None = None, cwd: Path | None = None, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """The command line, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "tracemedic_processor", *arguments],
        env={name: value for name, value in os.environ.items() if not name.startswith(_OTHERS)}
        if environment is None
        else dict(environment),
        cwd=cwd,
        input=stdin,
        text=True,
        capture_output=True,
        timeout=STOP_S_MAX,
        check=False,
    )


def wait_until(reached: Callable[[], bool], *, timeout_s: float = WAIT_S_MAX, what: str = "it") -> None:
    """Poll until `reached()`. Raises `TimeoutError`."""
    deadline = time.monotonic() + timeout_s
    while not reached():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {timeout_s:g} s for {what}")
        time.sleep(0.05)


@contextlib.contextmanager
def taken_port() -> Generator[int]:
    """A port of the loopback on which somebody else listens."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago, for what cannot choose by itself."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
