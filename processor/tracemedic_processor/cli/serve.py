"""`tracemedic serve`: the service, from the start to SIGTERM."""

import asyncio
import logging
import signal
import sys
from pathlib import Path

from tracemedic_processor import interpreter
from tracemedic_processor.cli.failure import Failure
from tracemedic_processor.cli.settings import settings_for
from tracemedic_processor.config import ConfigError, Settings
from tracemedic_processor.family import READY, ChildFailed, Family, keep_reporting, report_file
from tracemedic_processor.receive.addresses import split_address
from tracemedic_processor.receive.start_errors import StartError
from tracemedic_processor.service import running, serving_web, web_server
from tracemedic_processor.telemetry import forget_otel_environment
from tracemedic_storage.spool import SpoolBusy

_log = logging.getLogger(__name__)


def serve(config: Path | None, *, process: int | None) -> None:
    """Serve until SIGTERM or SIGINT. Raises `Failure` when the service cannot start.

    `process` is the index of this process when it is one of several, None in the process that a person starts.
    """
    settings = settings_for(config)
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
    for noisy in ("httpx", "httpcore", "alembic", "grpc", "uvicorn"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


async def _main(settings: Settings, config: Path | None, process: int | None) -> None:
    stop = _stop_signal()
    if process is not None:
        await _serve_one_of_several(settings, process, stop)
    elif settings.ingest.processes > 1:
        await _serve_family(settings, config, stop)
    else:
        await _serve_alone(settings, stop)


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


async def _serve_alone(settings: Settings, stop: asyncio.Event) -> None:
    async with running(settings) as parts, serving_web(parts) as web:
        interpreter.settle()
        _greet(settings, grpc=parts.grpc.port, http=parts.http.port, web=web.port)
        await _until(stop, settings)


async def _serve_one_of_several(settings: Settings, process: int, stop: asyncio.Event) -> None:
    async with running(settings, index=process, reuse_port=True) as parts:
        interpreter.settle()
        reporting = asyncio.create_task(keep_reporting(parts, report_file(settings, process)))
        sys.stdout.buffer.write(READY)
        sys.stdout.flush()
        await stop.wait()
        reporting.cancel()


async def _serve_family(settings: Settings, config: Path | None, stop: asyncio.Event) -> None:
    chosen = ["--config", str(config)] if config else []
    family = Family(settings, ["-m", "tracemedic_processor", "serve", *chosen, "--process"])
    async with web_server(settings, troubles=family.troubles, metrics=family) as web, family.living():
        _greet(
            settings, grpc=_port(settings.receive.grpc_address), http=_port(settings.receive.http_address), web=web.port
        )
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
