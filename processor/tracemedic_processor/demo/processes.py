"""The two processes of the demo: the real service, and the shop that sends to it; both end with their block."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from tracemedic_processor.cli.failure import Failure

START_S_MAX: Final = 60.0
STOP_S_MAX: Final = 20.0
_CONFIGURING: Final = ("TRACEMEDIC_", "OTEL_", "LOGFIRE_")
_PORT: Final = re.compile(r"localhost:(\d+)")
_SHOP: Final = Path(__file__).with_name("shop.py")


class Service(NamedTuple):
    """`tracemedic serve` at work: where it takes OTLP over gRPC, and the environment that configures it."""

    grpc: str
    environment: Mapping[str, str]


def plain_environment() -> dict[str, str]:
    """The environment without what configures tracemedic, OpenTelemetry or Logfire: the demo is the same everywhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_CONFIGURING)}


@contextmanager
def serving(folder: Path, settings: Mapping[str, str]) -> Generator[Service]:
    """The service with its data in `folder`, on ports of its own. Raises `Failure` when it does not start."""
    defaults = {
        "DATA_DIR": str(folder / "tracemedic-data"),
        "RECEIVE__GRPC_ADDRESS": "127.0.0.1:0",
        "RECEIVE__HTTP_ADDRESS": "127.0.0.1:0",
        "WEB__ADDRESS": "127.0.0.1:0",
        "SHUTDOWN_S": "5",
    }
    own = {f"TRACEMEDIC_{name}": value for name, value in {**defaults, **settings}.items()}
    environment = {**plain_environment(), **own}
    command = [sys.executable, "-m", "tracemedic_processor", "serve"]
    with _living("tracemedic", command, folder, environment) as process:
        greeting = _wait_for("  data ", process)
        yield Service(f"127.0.0.1:{_PORT.findall(greeting)[0]}", environment)


@contextmanager
def shop(folder: Path, *, otlp: str, database_port: int) -> Generator[str]:
    """The shop, sending to `otlp`; the block gets its address. Raises `Failure` when it does not start."""
    copy = folder / "src" / "shop.py"  # outside of the package its code is an application's, as in real life
    copy.parent.mkdir()
    copy.write_bytes(_SHOP.read_bytes())
    environment = {
        **plain_environment(),
        "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{otlp}",
        "OTEL_SERVICE_NAME": "shop",
        "OTEL_BSP_SCHEDULE_DELAY": "300",
        "SHOP_DATABASE_PORT": str(database_port),
    }
    with _living("shop", [sys.executable, str(copy)], folder, environment) as process:
        port = _wait_for("\n", process).strip()
        yield f"http://127.0.0.1:{port}"


class _Process(NamedTuple):
    """A child and the files it writes its two streams into, which nobody has to read for it to go on."""

    popen: subprocess.Popen[bytes]
    out: Path
    errors: Path


@contextmanager
def _living(name: str, command: list[str], folder: Path, environment: Mapping[str, str]) -> Generator[_Process]:
    out, errors = folder / f"{name}.out", folder / f"{name}.log"
    with out.open("wb") as stdout, errors.open("wb") as stderr:
        popen = subprocess.Popen(command, stdout=stdout, stderr=stderr, cwd=folder, env=dict(environment))  # noqa: S603 our own files
    try:
        yield _Process(popen, out, errors)
    finally:
        _stop(popen)


def _stop(popen: "subprocess.Popen[bytes]") -> None:
    """Ask it to end; a child that does not within `STOP_S_MAX` is ended."""
    popen.terminate()
    try:
        popen.wait(STOP_S_MAX)
    except subprocess.TimeoutExpired:
        popen.kill()
        popen.wait()


def _wait_for(sign: str, process: _Process) -> str:
    """What `process` has written as soon as `sign` is in it. Raises `Failure` with its last line when it never is."""
    deadline = time.monotonic() + START_S_MAX
    while time.monotonic() < deadline and process.popen.poll() is None:
        written = process.out.read_text(errors="replace")
        if sign in written:
            return written
        time.sleep(0.05)
    said = process.errors.read_text(errors="replace").strip().splitlines()
    message = f"the demo's {process.errors.stem} did not start: {said[-1] if said else 'it said nothing'}"
    raise Failure(message)
