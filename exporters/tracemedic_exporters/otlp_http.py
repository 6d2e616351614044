"""OTLP over HTTP/1.1: protobuf bodies as they are, to `{endpoint}/v1/{signal}`."""

import asyncio
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import get_args

import httpx

from tracemedic_exporters import answers, http_failures
from tracemedic_exporters.compression import Compression, gzipped
from tracemedic_exporters.exporter import ExportError, Parcel, RetryableError, Signal
from tracemedic_exporters.headers import checked
from tracemedic_exporters.hosts import is_loopback
from tracemedic_exporters.http_answer import HttpAnswer, read_answer
from tracemedic_exporters.partial import OnPartialSuccess, PartialSuccessReport
from tracemedic_exporters.text import cleaned, secrets_of
from tracemedic_exporters.tls import TlsFiles


class OtlpHttp:
    """Sends parcels to an OTLP/HTTP endpoint.

    `endpoint` is the base address (`https://host:4318`), `headers` go with every request and never into a message.
    `timeout_s` bounds one whole attempt from connecting to the last byte of the answer. At most `connections_max`
    requests are under way at once; further ones wait, and their time starts when they begin. `setting` names, in the
    message about refused credentials, what a person has to correct. Proxies of the environment (`HTTPS_PROXY`) are
    used unless the endpoint is on this machine. Raises `ValueError` for an endpoint that cannot be one and headers
    that cannot be sent, `OSError` for unreadable certificates.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        headers: Mapping[str, str] | None = None,
        compression: Compression = "gzip",
        timeout_s: float = 10.0,
        ca_file: Path | None = None,
        cert_file: Path | None = None,
        key_file: Path | None = None,
        connections_max: int = 8,
        setting: str = "the exporter's headers",
        on_partial_success: OnPartialSuccess | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._base = base_url(endpoint)
        self._place = f"{self._base.host}:{self._base.port or self._base.scheme}"
        self._compression: Compression = compression
        self._timeout_s = timeout_s
        self._setting = setting
        self._now = now
        self._closed = False
        sent = checked(headers)
        self._secrets = secrets_of(sent)
        self._report = PartialSuccessReport(self._place, on_partial_success=on_partial_success, secrets=self._secrets)
        self._slots = asyncio.Semaphore(connections_max)
        tls = TlsFiles(ca_file=ca_file, cert_file=cert_file, key_file=key_file)
        self._headers = httpx.Headers(_request_headers(sent, compression))
        self._urls: dict[Signal, httpx.URL] = {
            signal: httpx.URL(f"{self._base}/v1/{signal}") for signal in get_args(Signal)
        }
        self._client = httpx.AsyncClient(
            verify=tls.ssl_context() if self._base.scheme == "https" else False,
            timeout=timeout_s,
            follow_redirects=False,
            trust_env=not is_loopback(self._base.host),
            limits=httpx.Limits(
                max_connections=connections_max, max_keepalive_connections=connections_max, keepalive_expiry=60.0
            ),
        )

    async def export(self, parcel: Parcel) -> None:
        """Send one request. See `Exporter.export`; raises what `http_failures` says of the status."""
        async with self._slots:
            if self._closed:
                raise RetryableError(f"the exporter to {self._place} is closed")
            answer = await self._send(parcel)
        if answer.succeeded:
            self._report.note(_partial_success(parcel, answer))
            return
        raise self._failure(answer)

    async def close(self) -> None:
        """Close the connections."""
        self._closed = True
        await self._client.aclose()

    async def _send(self, parcel: Parcel) -> HttpAnswer:
        body = parcel.body if self._compression == "none" else await gzipped(parcel.body)
        request = httpx.Request("POST", self._urls[parcel.signal], headers=self._headers, content=body)
        try:
            async with asyncio.timeout(self._timeout_s):
                response = await self._client.send(request, stream=True)
                return await read_answer(response)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise RetryableError(f"{self._place} did not answer within {self._timeout_s:g} s") from error
        except httpx.RequestError as error:
            what = cleaned(f"{type(error).__name__}: {error}", secrets=self._secrets)
            raise RetryableError(f"{self._place} cannot be reached: {what}") from error

    def _failure(self, answer: HttpAnswer) -> ExportError:
        says = cleaned(answer.message, secrets=self._secrets)
        reason = f"{self._place} answered {answer.status}" + (f": {says}" if says else "")
        wait_s = http_failures.retry_after_s(answer.retry_after, now=self._now)
        if wait_s is None:
            wait_s = answers.retry_delay_s(answer.google_status)
        return http_failures.failure(answer.status, reason, retry_after_s=wait_s, setting=self._setting)


def base_url(endpoint: str) -> httpx.URL:
    """Check and tidy the base address. Raises `ValueError` with what is wrong with it."""
    try:
        url = httpx.URL(endpoint.strip().rstrip("/"))
    except httpx.InvalidURL as error:
        raise ValueError(f"the endpoint {endpoint!r} is no address: {error}") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError(f"the endpoint {endpoint!r} must begin with http:// or https:// and name a host")
    if url.userinfo or url.query or url.fragment:
        raise ValueError("the endpoint must carry no user, query or fragment; credentials belong into the headers")
    if url.path.endswith(("/v1/traces", "/v1/logs", "/v1/metrics")):
        raise ValueError(f"the endpoint {endpoint!r} must be the base address, without /v1/...")
    return url


def _request_headers(headers: Mapping[str, str], compression: Compression) -> dict[str, str]:
    encoding = {"content-encoding": "gzip"} if compression == "gzip" else {}
    return {
        "user-agent": f"tracemedic/{version('tracemedic')}",
        "accept-encoding": "identity",
        **headers,
        "content-type": "application/x-protobuf",
        **encoding,
    }


def _partial_success(parcel: Parcel, answer: HttpAnswer) -> answers.PartialSuccess | None:
    if answer.is_json:
        return answers.partial_success_json(answer.body)
    return answers.partial_success(parcel.signal, answer.body)
