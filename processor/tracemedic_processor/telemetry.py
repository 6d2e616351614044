"""What tracemedic tells about its own work: metrics, warnings and pattern changes, to a Logfire project of your choice.

Never looping into ourselves: nothing is sent unless `telemetry.logfire_token` says so, `OTEL_` variables meant for the
traced services are forgotten before Logfire's SDK could read them, and an address of our own is refused.
"""

import logging
import os
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from opentelemetry.metrics import CallbackOptions, Observation

from tracemedic_processor.config import ConfigError, Settings
from tracemedic_processor.metrics import COUNTERS, CounterName, Metrics
from tracemedic_processor.receive.addresses import split_address
from tracemedic_storage.diagnostic_report import DiagnosticReport
from tracemedic_storage.records import PatternChange

if TYPE_CHECKING:
    import logfire
    from opentelemetry.trace import TracerProvider

SERVICE_NAME: Final = "tracemedic"
_log = logging.getLogger(__name__)


def forget_otel_environment() -> None:
    """Remove the variables by which traced services are told where to send.

    A shell that has `OTEL_EXPORTER_OTLP_ENDPOINT` pointing here would have our own telemetry come back to us, and each
    request received make another.
    """
    for name in [name for name in os.environ if name.startswith("OTEL_")]:
        del os.environ[name]


class Telemetry:
    """Tells nobody by default; inside `reporting` with a token, Logfire."""

    def __init__(self) -> None:
        self._logfire: logfire.Logfire | None = None

    @contextmanager
    def reporting(self, settings: Settings, metrics: Metrics) -> Generator[None]:
        """Inside the block metrics, warnings and changes go to the configured project. Raises `ConfigError`."""
        token = settings.telemetry.logfire_token
        if token is None:
            yield
            return
        import logfire  # noqa: PLC0415 half a second, and most run without

        refuse_ourselves(settings)
        self._logfire = logfire.configure(
            local=True,
            send_to_logfire=True,
            token=token.get_secret_value(),
            service_name=SERVICE_NAME,
            console=False,
            inspect_arguments=False,
            advanced=logfire.AdvancedOptions(base_url=settings.telemetry.logfire_base_url),
        )
        for name in COUNTERS:
            self._logfire.metric_counter_callback(
                f"tracemedic.{name}", callbacks=[partial(_observations, metrics, name)]
            )
        handler = logfire.LogfireLoggingHandler(logging.WARNING, logfire_instance=self._logfire)
        logging.getLogger().addHandler(handler)
        try:
            yield
        finally:
            logging.getLogger().removeHandler(handler)
            self._logfire.shutdown()
            self._logfire = None

    @property
    def tracer_provider(self) -> "TracerProvider | None":
        """Where spans of our own work go; None while nobody is told."""
        return None if self._logfire is None else self._logfire.config.get_tracer_provider()

    def tell_changes(self, changes: Sequence[PatternChange]) -> None:
        """A line in the log for each threshold crossed, and one span for all of them."""
        for change in changes:
            level = logging.WARNING if change.kind == "alert" else logging.INFO
            _log.log(level, "pattern %s: %s at %d traces", change.pattern_id, change.kind, change.occurrences)
        if self._logfire is not None:
            kinds = sorted({change.kind for change in changes})
            patterns = [change.pattern_id for change in changes]
            self._logfire.info("thresholds crossed: {kinds}", kinds=kinds, patterns=patterns)

    def tell_report(self, report: DiagnosticReport) -> None:
        """A line in the log for a report, and a span with its summary."""
        _log.info("report %s is made: tracemedic report --show %s", report.title, report.id)
        if self._logfire is not None:
            self._logfire.info("report {title}", title=report.title, report_id=report.id, summary=report.summary)


def refuse_ourselves(settings: Settings) -> None:
    """Raise `ConfigError` when our own telemetry would be sent to our own receiver."""
    base_url = settings.telemetry.logfire_base_url
    if base_url is None or not settings.receive.http_address:
        return
    parts = urlsplit(base_url)
    host, port = split_address(settings.receive.http_address)
    if parts.port == port and parts.hostname in {host, "localhost", "127.0.0.1", "::1"}:
        message = "telemetry.logfire_base_url: is our own receiver; set another address, or leave it out"
        raise ConfigError(message)


def _observations(metrics: Metrics, name: CounterName, _options: CallbackOptions) -> Iterable[Observation]:
    for (each, labels), amount in metrics.counters().items():
        if each == name:
            yield Observation(amount, dict(labels))
