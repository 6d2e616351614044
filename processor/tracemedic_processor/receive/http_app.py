"""The ASGI application of OTLP over HTTP: from a request's head to `Intake.accept` and the answer."""

import asyncio

from tracemedic_processor.errors import Overloaded
from tracemedic_processor.intake import Intake
from tracemedic_processor.receive import http_reply, otlp_json
from tracemedic_processor.receive.asgi import Receive, Scope, Send
from tracemedic_processor.receive.budget import ByteBudget, Hold
from tracemedic_processor.receive.cors import Cors
from tracemedic_processor.receive.http_body import BodyReader, encoding_of
from tracemedic_processor.receive.http_reply import JSON, PROTOBUF, Reply
from tracemedic_processor.receive.settings import ReceiverSettings
from tracemedic_processor.receive.signals import SIGNALS, SignalSpec
from tracemedic_processor.receive.status import (
    BodyTooLarge,
    SenderGone,
    UnknownPath,
    UnsupportedMedia,
    WrongMethod,
    refusal_of,
)
from tracemedic_processor.receive.tokens import TokenCheck

_STOPPING_RETRY_AFTER_S = 5.0
_JSON_INLINE_BYTES = 128 * 1024
"""Larger JSON is decoded in a thread, so that other requests do not wait: 5 ms of decoding."""


class HttpApp:
    """Answers POST on the path of each signal, and people with a browser."""

    def __init__(self, settings: ReceiverSettings, intake: Intake) -> None:
        self._intake = intake
        self._budget = ByteBudget(settings.inflight_bytes_max)
        self._tokens = TokenCheck(settings.bearer_tokens)
        self._cors = Cors(settings.cors_origins)
        self._bodies = BodyReader(body_bytes_max=settings.body_bytes_max, body_timeout_s=settings.body_timeout_s)
        self._specs = {spec.path: spec for spec in SIGNALS}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI's entry. Never raises for anything a sender does."""
        headers: dict[bytes, bytes] = dict(scope["headers"])
        media = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        try:
            reply = self._without_body(scope, headers) or await self._export(scope, headers, media, receive)
        except SenderGone:
            return
        except asyncio.CancelledError:
            # The grace of a stop is over. What is not acknowledged must be sent again, so it may not look final.
            reply = http_reply.refused(Overloaded("stopping", retry_after_s=_STOPPING_RETRY_AFTER_S), media)
        except Exception as error:  # noqa: BLE001 - uvicorn would answer 500, on which senders drop the data
            reply = http_reply.refused(refusal_of(error), media)
        await reply.send(send, self._cors.headers(headers))

    def _without_body(self, scope: Scope, headers: dict[bytes, bytes]) -> Reply | None:
        """The answer to people and browsers; None for a sender's request."""
        method, path = scope["method"], scope["path"]
        if method in ("GET", "HEAD") and path == "/":
            return http_reply.greeting()
        if method in ("GET", "HEAD") and path in self._specs:
            return http_reply.post_only()
        if method == "OPTIONS" and path in self._specs:
            allowed = self._cors.preflight(headers)
            return None if allowed is None else http_reply.empty(allowed)
        return None

    async def _export(self, scope: Scope, headers: dict[bytes, bytes], media: bytes, receive: Receive) -> Reply:
        spec = self._specs.get(scope["path"])
        if spec is None:
            raise UnknownPath(f"nothing is received here; the paths are {', '.join(self._specs)}")
        if scope["method"] != "POST":
            raise WrongMethod("telemetry is received by POST only")
        if self._tokens.wanted:
            self._tokens.verify(headers.get(b"authorization"))
        if media not in (PROTOBUF, JSON):
            raise UnsupportedMedia("the content type must be application/x-protobuf or application/json")
        with self._budget.hold() as hold:
            body = await self._bodies.read(receive, headers, encoding_of(headers), hold)
            if body and media == JSON:
                body = await self._decoded(spec, body, hold)
            warning = await self._intake.accept(spec.signal, body) if body else None
        return http_reply.success(spec, media, warning)

    async def _decoded(self, spec: SignalSpec, body: bytes, hold: Hold) -> bytes:
        needed = otlp_json.memory_bytes(body)
        if needed > self._budget.bytes_max:
            raise BodyTooLarge("the JSON is too large to be decoded; send smaller batches, or protobuf")
        hold.grow(needed)
        if len(body) <= _JSON_INLINE_BYTES:
            return otlp_json.decode_json(spec.signal, body)
        return await asyncio.to_thread(otlp_json.decode_json, spec.signal, body)
