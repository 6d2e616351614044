"""`tracemedic serve`: the service, from the start to SIGTERM."""

import asyncio
import logging
import os
import signal
import sys
from pathlib import Path

from tracemedic_processor.cli.failure import Failure
from tracemedic_processor.cli.settings import settings_for
from tracemedic_processor.config import Settings
from tracemedic_processor.receive import StartError
from tracemedic_processor.service import running, serving_web
from tracemedic_storage.spool import SpoolBusy

_log = logging.getLogger(__name__)


def serve(config: Path | None) -> None:
    """Serve until SIGTERM or SIGINT. Raises `Failure` when the service cannot start."""
    settings = settings_for(config)
    _forget_otel_environment()
    _configure_logging(settings)
    try:
        asyncio.run(_serve(settings))
    except SpoolBusy as error:
        message = f"{error}; stop that process, or set another data_dir"
        raise Failure(message) from None
    except (StartError, ValueError) as error:
        raise Failure(str(error)) from None
    except OSError as error:
        message = f"the data folder {settings.data_dir} cannot be used: {error.strerror or error}; set another data_dir"
        raise Failure(message) from None


def _forget_otel_environment() -> None:
    """Variables meant for traced services would have our own telemetry sent to ourselves, round and round."""
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        del os.environ[name]


def _configure_logging(settings: Settings) -> None:
    logging.basicConfig(
        level=settings.telemetry.log_level.upper(),
        format="%(asctime)s %(levelname)-7s %(message)s",
        stream=sys.stderr,
    )
    for noisy in ("httpx", "httpcore", "alembic", "grpc"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with running(settings) as parts, serving_web(parts) as web:
        _greet(settings, grpc_port=parts.grpc.port, http_port=parts.http.port, web_port=web.port)
        await stop.wait()
        _log.info("stopping: no more requests are accepted; what waits is sent for up to %g s", settings.shutdown_s)
        loop.remove_signal_handler(signal.SIGINT)


def _greet(settings: Settings, *, grpc_port: int, http_port: int, web_port: int) -> None:
    exporters = ", ".join(settings.exporters) or "nowhere: no exporter is configured (set LOGFIRE_TOKEN for Logfire)"
    sys.stdout.write(
        f"""tracemedic is ready.
  gRPC   OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:{grpc_port}
  HTTP   OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:{http_port} OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
  health http://localhost:{web_port}/readyz
  traces go on to {exporters}
  data   {settings.data_dir}
"""
    )
    sys.stdout.flush()
