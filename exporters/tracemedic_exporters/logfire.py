"""Logfire's ingest: OTLP over HTTP with an address, a header and limits of its own."""

import re
import time
from collections.abc import Callable

from tracemedic_exporters.age import NotOlderThan, OnDropped
from tracemedic_exporters.announce import Announce
from tracemedic_exporters.exporter import Exporter
from tracemedic_exporters.otlp_http import OtlpHttp
from tracemedic_exporters.partial import OnPartialSuccess
from tracemedic_exporters.retry import Retry
from tracemedic_exporters.split import Split

BASE_URLS = {"us": "https://logfire-us.pydantic.dev", "eu": "https://logfire-eu.pydantic.dev"}
DEFAULT_REGION = "us"
"""What Logfire's SDK takes for a token without a region, or with one it does not know."""

REQUEST_BYTES_MAX = 8 * 1024 * 1024
"""Logfire refuses requests over 100 MB. Well below: a request that size takes longer than a timeout on most lines,
and one that fails is sent again as a whole."""

AGE_S_MAX = 24 * 3600 - 600
"""Logfire drops records older than 24 hours at their arrival; ten minutes are for the way and for spans that began
before we received them."""

_SENDABLE = re.compile(r"[\x21-\x7e]+")
_TOKEN = re.compile(r"pylf_v\d+_(?P<region>[a-z]+)_")


def base_url_of(token: str) -> str:
    """The address for a write token of the form `pylf_v<n>_<region>_...`."""
    match = _TOKEN.match(token)
    return BASE_URLS.get(match["region"] if match else DEFAULT_REGION, BASE_URLS[DEFAULT_REGION])


def logfire(
    token: str,
    base_url: str | None = None,
    *,
    name: str = "logfire",
    setting: str = "LOGFIRE_TOKEN",
    timeout_s: float = 30.0,
    body_bytes_max: int = REQUEST_BYTES_MAX,
    retry: Callable[[Exporter], Exporter] = Retry,
    on_partial_success: OnPartialSuccess | None = None,
    on_dropped: OnDropped | None = None,
    clock: Callable[[], int] = time.time_ns,
) -> Exporter:
    """The whole exporter: splitting, retrying, the 24-hour window and the connection, in this order.

    `base_url` overrides the address that the token's region names. `retry` is `Retry`, or it with other settings
    (`functools.partial(Retry, max_s=60)`). `setting` is named when the token is refused. `clock` gives
    nanoseconds since the Unix epoch. Logfire takes the bare token, without `Bearer`. Raises `ValueError` for an
    address that cannot be one, or a token that cannot be sent.
    """
    if not _SENDABLE.fullmatch(token.strip()):
        raise ValueError(f"{setting} holds no write token")
    wire = OtlpHttp(
        base_url or base_url_of(token.strip()),
        headers={"Authorization": token.strip()},
        timeout_s=timeout_s,
        setting=setting,
        on_partial_success=on_partial_success,
    )
    timely = NotOlderThan(Announce(wire, name=name), age_s_max=AGE_S_MAX, clock=clock, on_dropped=on_dropped)
    return Split(retry(timely), body_bytes_max=body_bytes_max)
