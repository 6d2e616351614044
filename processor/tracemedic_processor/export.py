"""From an exporter's settings to the exporter, with its wrappers and its counters."""

from functools import partial

from tracemedic_exporters.announce import Announce
from tracemedic_exporters.exporter import Exporter, Parcel, RetryableError
from tracemedic_exporters.logfire import logfire
from tracemedic_exporters.otlp_grpc import OtlpGrpc
from tracemedic_exporters.otlp_http import OtlpHttp
from tracemedic_exporters.retry import Retry
from tracemedic_exporters.split import Split
from tracemedic_processor.config import LogfireSettings, OtlpGrpcSettings, OtlpHttpSettings
from tracemedic_processor.metrics import Metrics

OTLP_BODY_BYTES_MAX = 4 << 20
"""gRPC's default limit for a message; a far side that takes less says so, and `Split` learns it."""


class Destination:
    """One configured exporter and how it is doing.

    `trouble` says why attempts fail at the moment, None while they succeed; whoever exports clears it.
    """

    def __init__(
        self, name: str, settings: LogfireSettings | OtlpHttpSettings | OtlpGrpcSettings, metrics: Metrics
    ) -> None:
        """Raises `ValueError` or `OSError` for settings that cannot work, naming the exporter."""
        self.name = name
        self.trouble: str | None = None
        self._metrics = metrics
        self._labels = (("exporter", name),)
        try:
            self.exporter = self._build(settings)
        except (ValueError, OSError) as error:
            raise type(error)(f"exporters.{name}: {error}") from error

    def _build(self, settings: LogfireSettings | OtlpHttpSettings | OtlpGrpcSettings) -> Exporter:
        retry = partial(Retry, max_s=settings.retry_s_max, on_retry=self._note_retry)
        if isinstance(settings, LogfireSettings):
            return logfire(
                settings.token.get_secret_value() if settings.token else "",
                settings.base_url,
                name=self.name,
                setting=f"LOGFIRE_TOKEN or exporters.{self.name}.token",
                timeout_s=settings.timeout_s,
                retry=retry,
                on_partial_success=self._note_rejected,
                on_dropped=self._note_expired,
            )
        kind = OtlpHttp if isinstance(settings, OtlpHttpSettings) else OtlpGrpc
        wire = kind(
            settings.endpoint,
            headers={key: value.get_secret_value() for key, value in settings.headers.items()},
            compression=settings.compression,
            timeout_s=settings.timeout_s,
            ca_file=settings.ca_file,
            cert_file=settings.certificate_file,
            key_file=settings.key_file,
            setting=f"exporters.{self.name}.headers",
            on_partial_success=self._note_rejected,
        )
        return Split(retry(Announce(wire, name=self.name)), body_bytes_max=OTLP_BODY_BYTES_MAX)

    def _note_retry(self, error: RetryableError, _wait_s: float) -> None:
        self.trouble = f"exporter {self.name}: {error}"
        self._metrics.add("export_retries", labels=self._labels)

    def _note_rejected(self, rejected: int, _message: str) -> None:
        self._metrics.add("export_rejected_items", rejected, labels=self._labels)

    def _note_expired(self, _parcel: Parcel) -> None:
        self._metrics.add("export_expired", labels=self._labels)
