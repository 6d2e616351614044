"""OTLP over gRPC: bodies go through as raw bytes, nothing is parsed on the way."""

import asyncio
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import cast

import grpc
import grpc.aio

from tracemedic_exporters import answers, grpc_failures
from tracemedic_exporters.compression import Compression
from tracemedic_exporters.exporter import ExportError, Parcel, RetryableError, Signal
from tracemedic_exporters.grpc_target import GrpcTarget
from tracemedic_exporters.headers import checked
from tracemedic_exporters.partial import OnPartialSuccess, PartialSuccessReport
from tracemedic_exporters.text import cleaned, secrets_of
from tracemedic_exporters.tls import TlsFiles

METHODS: dict[Signal, str] = {
    "traces": "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
    "logs": "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
    "metrics": "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export",
}

ANSWER_BYTES_MAX = 1024 * 1024
"""Of one answer; an `Export...ServiceResponse` takes a few hundred bytes."""

_OPTIONS: list[tuple[str, int | str]] = [
    ("grpc.max_send_message_length", -1),  # the far side's limit counts, ours would only hide it
    ("grpc.max_receive_message_length", ANSWER_BYTES_MAX),
    ("grpc.initial_reconnect_backoff_ms", 250),
    ("grpc.min_reconnect_backoff_ms", 4_000),  # how long one attempt to connect may take; gRPC's own default is 20 s
    ("grpc.max_reconnect_backoff_ms", 4_000),  # with gRPC's 20 % of jitter: a returning backend is found within 5 s
    ("grpc.keepalive_time_ms", 60_000),  # finds dead connections; servers tolerate once a minute under way
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.keepalive_permit_without_calls", 0),  # servers answer pings on idle connections with GOAWAY
    ("grpc.enable_retries", 0),  # retrying is the business of `Retry` alone
    ("grpc.use_local_subchannel_pool", 1),  # two exporters to one address share neither backoff nor connection
]


class OtlpGrpc:
    """Sends parcels to an OTLP/gRPC endpoint.

    `endpoint` is `host:4317`, `http://host:4317` (both without TLS) or `https://host:4317`, as in OpenTelemetry's
    environment variables. `headers` go as metadata with every call and never into a message. `timeout_s` bounds one
    attempt. `setting` names, in the message about refused credentials, what a person has to correct. The channel is
    made at the first export, in the running event loop. Raises `ValueError` for an endpoint that cannot be one
    and headers that cannot be sent, `OSError` for unreadable certificates.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        headers: Mapping[str, str] | None = None,
        compression: Compression = "none",
        timeout_s: float = 10.0,
        ca_file: Path | None = None,
        cert_file: Path | None = None,
        key_file: Path | None = None,
        calls_max: int = 32,
        setting: str = "the exporter's headers",
        on_partial_success: OnPartialSuccess | None = None,
    ) -> None:
        self._target = GrpcTarget.parse(endpoint)
        sent = checked(headers)
        self._metadata = tuple(sent.items())
        self._compression = grpc.Compression.Gzip if compression == "gzip" else grpc.Compression.NoCompression
        self._timeout_s = timeout_s
        self._setting = setting
        self._secrets = secrets_of(sent)
        self._report = PartialSuccessReport(
            self._target.address, on_partial_success=on_partial_success, secrets=self._secrets
        )
        tls = TlsFiles(ca_file=ca_file, cert_file=cert_file, key_file=key_file)
        self._credentials = tls.channel_credentials() if self._target.secure else None
        self._slots = asyncio.Semaphore(calls_max)
        self._channel: grpc.aio.Channel | None = None
        self._calls: dict[Signal, grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]] = {}
        self._closed = False

    async def export(self, parcel: Parcel) -> None:
        """Make one call. See `Exporter.export`; raises what `grpc_failures` says of the code."""
        async with self._slots:
            body = await self._call(parcel)
        self._report.note(answers.partial_success(parcel.signal, body))

    async def close(self) -> None:
        """Close the channel; calls under way are cancelled."""
        self._closed = True
        channel, self._channel = self._channel, None
        if channel:
            await channel.close(None)

    async def _call(self, parcel: Parcel) -> bytes:
        call = self._method(parcel.signal)
        try:
            return await call(parcel.body, metadata=self._metadata, timeout=self._timeout_s)
        except grpc.aio.AioRpcError as error:
            raise self._failure(error) from error

    def _method(self, signal: Signal) -> "grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]":
        if self._closed:
            raise RetryableError(f"the exporter to {self._target.address} is closed")
        if self._channel is None:
            self._channel = self._open()
            self._calls = {name: _raw_call(self._channel, path) for name, path in METHODS.items()}
        return self._calls[signal]

    def _open(self) -> grpc.aio.Channel:
        options = [
            *_OPTIONS,
            ("grpc.primary_user_agent", f"tracemedic/{version('tracemedic')}"),
            ("grpc.enable_http_proxy", int(not self._target.on_this_machine)),
        ]
        address = self._target.address
        if self._credentials:
            return grpc.aio.secure_channel(address, self._credentials, options=options, compression=self._compression)
        return grpc.aio.insecure_channel(address, options=options, compression=self._compression)

    def _failure(self, error: grpc.aio.AioRpcError) -> ExportError:
        code = error.code()
        status = grpc_failures.details(error)
        says = cleaned(error.details() or "", secrets=self._secrets)
        reason = f"{self._target.address} answered {code.name}" + (f": {says}" if says else "")
        wait_s = answers.retry_delay_s(status)
        return grpc_failures.failure(code, reason, retry_after_s=wait_s, setting=self._setting)


def _raw_call(channel: grpc.aio.Channel, path: str) -> "grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]":
    """Without serialisers gRPC hands bytes through; its stubs leave open what goes in and out."""
    return cast("grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]", channel.unary_unary(path, None, None))  # pyright: ignore[reportUnknownMemberType]  # see above
