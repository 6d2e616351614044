"""`tracemedic demo`: real failing requests through the real service, the enriched spans shown as they leave."""

import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Never

import httpx

from tracemedic_processor.cli.failure import Failure
from tracemedic_processor.demo.departures import Departures
from tracemedic_processor.demo.play import KINDS, Play
from tracemedic_processor.demo.processes import Service, serving, shop
from tracemedic_processor.demo.screen import Screen
from tracemedic_processor.testing.logfire_stand_in import LogfireStandIn

_NEEDED: Final = "opentelemetry.instrumentation.fastapi"
_LISTING_S_MAX: Final = 60.0


def demo(seconds: float) -> None:
    """Play for about `seconds`, then show the patterns. Raises `Failure` when something it needs is missing.

    Ctrl-C and SIGTERM end it as a whole: no process and no folder stays behind.
    """
    _check_instrumentation()
    try:
        _demo(seconds)
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)


def _demo(seconds: float) -> None:
    screen = Screen()
    with _ended_by_sigterm(), tempfile.TemporaryDirectory(prefix="tracemedic-demo-") as name:
        folder = Path(name)
        screen.line("Starting a stand-in for Logfire, tracemedic, and a small shop instrumented with OpenTelemetry ...")
        with LogfireStandIn() as logfire, serving(folder, _settings(logfire)) as service:
            _play(screen, folder, logfire, service, seconds)
    screen.heading("All of it is stopped and removed again. To look next:")
    screen.line("  make run          the same for a service of yours; it prints where to point the exporter")
    screen.line("  LOGFIRE_TOKEN=... make run          and the spans go on to your Logfire project")
    screen.line("  README.md         other languages, the Collector, what is configurable")


def _play(screen: Screen, folder: Path, logfire: LogfireStandIn, service: Service, seconds: float) -> None:
    with shop(folder, otlp=service.grpc, database_port=_closed_port()) as address:
        screen.line(f"The shop fails in {len(KINDS)} ways; here are its failing spans as they leave for Logfire.")
        play = Play(address, Departures(logfire), screen)
        try:
            finished = play.run(seconds)
        except httpx.HTTPError as error:
            message = f"the demo's shop does not answer: {error}"
            raise Failure(message) from None
    if not finished:
        message = "the demo saw no diagnosis of every failure; is this machine very busy?"
        raise Failure(message)
    screen.heading(f"After {play.rounds} rounds `tracemedic patterns` says:")
    _list_patterns(folder, service.environment)
    screen.line("Each of them is diagnosed: `tracemedic diagnose PATTERN --show` tells all of it.")


def _check_instrumentation() -> None:
    try:
        found = find_spec(_NEEDED) is not None
    except ModuleNotFoundError:
        found = False
    if not found:
        message = "the demo's shop needs opentelemetry-instrumentation-fastapi: run `make demo`, or install it with pip"
        raise Failure(message)


def _settings(logfire: LogfireStandIn) -> dict[str, str]:
    """Logfire in two variables, as a user would set it, but for the address."""
    return {
        "EXPORTERS__LOGFIRE__TYPE": "logfire",
        "EXPORTERS__LOGFIRE__TOKEN": logfire.token,
        "EXPORTERS__LOGFIRE__BASE_URL": logfire.base_url,
    }


def _list_patterns(folder: Path, environment: Mapping[str, str]) -> None:
    sys.stdout.flush()
    command = [sys.executable, "-m", "tracemedic_processor", "patterns"]
    subprocess.run(command, cwd=folder, env=dict(environment), check=False, timeout=_LISTING_S_MAX)  # noqa: S603 our own command


def _closed_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


@contextmanager
def _ended_by_sigterm() -> Generator[None]:
    """SIGTERM ends the block as Ctrl-C does, by an exception, so that everything opened in it is closed."""

    def end(number: int, _frame: object) -> Never:
        sys.exit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
