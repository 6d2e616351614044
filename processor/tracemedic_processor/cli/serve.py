"""`tracemedic serve`: the service, from the start to SIGTERM."""

import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

from tracemedic_processor import interpreter
from tracemedic_processor.cli.failure import Failure
from tracemedic_processor.cli.settings import settings_for
from tracemedic_processor.config import ConfigError, Role, Settings
from tracemedic_processor.family import (
    READY,
    ChildFailed,
    Family,
    Speaking,
    keep_reporting,
    report_file,
    until_orphaned,
)
from tracemedic_processor.metrics import Joined
from tracemedic_processor.receive.addresses import split_address
from tracemedic_processor.receive.start_errors import StartError
from tracemedic_processor.service import running, web_server
from tracemedic_processor.telemetry import forget_otel_environment
from tracemedic_storage.spool import SpoolBusy

_log = logging.getLogger(__name__)

WORKER = "worker"
"""The name of the worker among the children."""
WORKER_NICENESS = 10
"""A worker on the machine that receives takes what receiving leaves: a diagnosis can wait, a sender cannot."""


def serve(config: Path | None, *, role: Role | None, process: str | None) -> None:
    """Serve until SIGTERM or SIGINT. Raises `Failure` when the service cannot start.

    `process` is the name of this process when it is the child of another, None in the process that a person starts.
    """
    settings = settings_for(config)
    if role is not None:
        settings = settings.model_copy(update={"role": role})
    forget_otel_environment()
    interpreter.prepare()
    _configure_logging(settings)
    try:
        asyncio.run(_main(settings, config, process))
    except SpoolBusy as error:
        message = f"{error}; stop that process, or set another data_dir"
        raise Failure(message) from None
    except (ConfigError, StartError, ChildFailed, ValueError) as error:
        raise Failure(str(error)) from None
    except OSError as error:
        message = f"the data folder {settings.data_dir} cannot be used: {error.strerror or error}; set another data_dir"
        raise Failure(message) from None


def _configure_logging(settings: Settings) -> None:
    logging.basicConfig(
        level=settings.telemetry.log_level.upper(),
        format="%(asctime)s %(levelname)-7s %(message)s",
        stream=sys.stderr,
    )
    for noisy in ("httpx", "httpcore", "alembic", "grpc", "uvicorn", "openai", "anthropic", "httpx2", "httpcore2"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


async def _main(settings: Settings, config: Path | None, process: str | None) -> None:
    stop = _stop_signal()
    if process is not None:
        await _serve_as_child(settings, process, stop)
    elif settings.role == "worker":
        await _serve_worker(settings, stop)
    else:
        await _serve_parent(settings, config, stop)


def _stop_signal() -> asyncio.Event:
    """Set by the first SIGTERM or SIGINT; a second SIGINT ends the process as Python does."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def note(number: signal.Signals) -> None:
        stop.set()
        loop.remove_signal_handler(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, note, number)
    return stop


async def _serve_parent(settings: Settings, config: Path | None, stop: asyncio.Event) -> None:
    """Receive in this process, or in several children; and have a worker as a child, unless the role leaves it out."""
    receiving = [str(index) for index in range(settings.ingest.processes)] if settings.ingest.processes > 1 else []
    working = [WORKER] if settings.role == "all" else []
    chosen = ["--config", str(config)] if config else []
    command = ["-m", "tracemedic_processor", "serve", *chosen, "--process"]
    family = Family(settings, {name: [*command, name] for name in (*receiving, *working)}, waited_for=receiving)
    if receiving:
        ports = _port(settings.receive.grpc_address), _port(settings.receive.http_address)
        async with web_server(settings, troubles=family.troubles, metrics=family) as web, family.living():
            _greet(settings, grpc=ports[0], http=ports[1], web=web.port)
            await _until(stop, settings)
        return
    async with running(settings) as parts, family.living():

        def troubles() -> list[str]:
            return [*parts.troubles(), *family.troubles()]

        async with web_server(settings, troubles=troubles, metrics=Joined(parts.metrics, family)) as web:
            interpreter.settle()
            _greet(settings, grpc=parts.grpc.port, http=parts.http.port, web=web.port)
            await _until(stop, settings)


async def _serve_as_child(settings: Settings, process: str, stop: asyncio.Event) -> None:
    orphaned = asyncio.create_task(until_orphaned())
    orphaned.add_done_callback(lambda _: stop.set())
    if process == WORKER:
        os.nice(WORKER_NICENESS)
        from tracemedic_processor.worker import working

        async with working(settings) as worker:
            await _speak_until(stop, settings, process, worker)
    else:
        async with running(settings, index=int(process), reuse_port=True) as parts:
            interpreter.settle()
            await _speak_until(stop, settings, process, parts)
    orphaned.cancel()


async def _speak_until(stop: asyncio.Event, settings: Settings, process: str, parts: Speaking) -> None:
    reporting = asyncio.create_task(keep_reporting(parts, report_file(settings, process)))
    sys.stdout.buffer.write(READY)
    sys.stdout.flush()
    await stop.wait()
    reporting.cancel()


async def _serve_worker(settings: Settings, stop: asyncio.Event) -> None:
    from tracemedic_processor.worker import working

    async with (
        working(settings) as worker,
        web_server(settings, troubles=worker.troubles, metrics=worker.metrics) as web,
    ):
        sys.stdout.write(
            f"tracemedic's worker is ready.\n  health http://localhost:{web.port}/readyz\n"
            f"  data   {settings.data_dir}\n"
        )
        sys.stdout.flush()
        await _until(stop, settings)


async def _until(stop: asyncio.Event, settings: Settings) -> None:
    await stop.wait()
    _log.info("stopping: no more requests are accepted; what waits is sent for up to %g s", settings.shutdown_s)


def _port(address: str | None) -> int:
    return split_address(address)[1] if address else 0


def _greet(settings: Settings, *, grpc: int, http: int, web: int) -> None:
    exporters = ", ".join(settings.exporters) or "nowhere: no exporter is configured (set LOGFIRE_TOKEN for Logfire)"
    sys.stdout.write(
        f"""tracemedic is ready.
  gRPC   OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:{grpc}
  HTTP   OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:{http} OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
  health http://localhost:{web}/readyz
  traces go on to {exporters}
  data   {settings.data_dir}
"""
    )
    sys.stdout.flush()
