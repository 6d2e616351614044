"""What is answered over HTTP, in the type of the request: protobuf, or JSON for everybody else."""

import math
from typing import NamedTuple

import msgspec
from google.protobuf import json_format

from tracemedic_processor.errors import Overloaded, ReceiveError
from tracemedic_processor.receive.asgi import Headers, Send
from tracemedic_processor.receive.signals import SIGNALS, SignalSpec, warning_response
from tracemedic_processor.receive.status import SlowBody, Unauthenticated, WrongMethod, codes_of, status_of

PROTOBUF = b"application/x-protobuf"
JSON = b"application/json"
_TEXT = b"text/plain; charset=utf-8"

_GREETING = f"tracemedic receives OTLP here: POST {', '.join(spec.path for spec in SIGNALS)}.\n".encode()
_POST_ONLY = b"tracemedic receives OTLP here, by POST. Point your exporter at this address; a browser sees nothing.\n"


class Reply(NamedTuple):
    """One answer; content length is added when it is sent."""

    status: int
    media: bytes
    body: bytes
    headers: Headers

    async def send(self, send: Send, further: Headers) -> None:
        """Send it with `further` headers."""
        headers = [
            (b"content-type", self.media),
            (b"content-length", b"%d" % len(self.body)),
            *self.headers,
            *further,
        ]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


def success(spec: SignalSpec, media: bytes, warning: str | None) -> Reply:
    """200: nothing to say, or a warning as a partial success with nothing rejected."""
    if media == JSON:
        return Reply(200, JSON, _json_response(warning), [])
    return Reply(200, PROTOBUF, warning_response(spec, warning) if warning else b"", [])


def refused(refusal: ReceiveError, media: bytes) -> Reply:
    """An error status with a `google.rpc.Status` as body (OTLP specification, "Failures")."""
    status = status_of(refusal)
    headers = _refusal_headers(refusal)
    if media == PROTOBUF:
        return Reply(codes_of(refusal).http, PROTOBUF, status.SerializeToString(), headers)
    return Reply(codes_of(refusal).http, JSON, json_format.MessageToJson(status).encode(), headers)


def greeting() -> Reply:
    """For people who look at `/` with a browser."""
    return Reply(200, _TEXT, _GREETING, [])


def post_only() -> Reply:
    """For people who look at a signal's path with a browser."""
    return Reply(405, _TEXT, _POST_ONLY, [(b"allow", b"POST")])


def empty(headers: Headers) -> Reply:
    """An answer of headers alone."""
    return Reply(200, _TEXT, b"", headers)


def _refusal_headers(refusal: ReceiveError) -> Headers:
    if isinstance(refusal, Overloaded):
        return [(b"retry-after", b"%d" % max(1, math.ceil(refusal.retry_after_s)))]
    if isinstance(refusal, Unauthenticated):
        return [(b"www-authenticate", b"Bearer")]
    if isinstance(refusal, WrongMethod):
        return [(b"allow", b"POST")]
    return [(b"connection", b"close")] if isinstance(refusal, SlowBody) else []


def _json_response(warning: str | None) -> bytes:
    return msgspec.json.encode({"partialSuccess": {"errorMessage": warning}}) if warning else b"{}"
