"""Requests to send: realistic spans, a chosen share of them failing, every one of them distinct."""

import itertools
import random
import time
from collections.abc import Iterator

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

MARK = b"\xf5TRACE\xf5\xf5"
"""Stands in the trace ids of a template where each request has a number of its own; no UTF-8 text contains it."""
SPANS_PER_TRACE = 10
TEMPLATES = 16

_STACK = """Traceback (most recent call last):
  File "/app/shop/api/routes.py", line {line}, in endpoint_{kind}
    return await handlers.run(request, timeout=settings.timeout)
  File "/app/.venv/lib/python3.11/site-packages/starlette/routing.py", line 716, in __call__
    await self.middleware_stack(scope, receive, send)
  File "/app/.venv/lib/python3.11/site-packages/starlette/routing.py", line 736, in app
    await route.handle(scope, receive, send)
  File "/app/shop/services/checkout.py", line {line2}, in total_{kind}
    price = catalogue.price(sku, currency=cart.currency)
  File "/app/shop/catalogue.py", line 88, in price_{kind}
    raise PriceMissing(f"no price for {{sku}} in {{currency}}")
shop.catalogue.PriceMissing{kind}: {message}
"""


def template(spans: int, *, failing: float, patterns: int, seed: int, distinct: bool = False) -> bytes:
    """One serialised request of `spans` spans, a share of `failing` with an exception of one of `patterns` kinds."""
    chance = random.Random(seed)
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    for key, value in (
        ("service.name", "shop"),
        ("service.version", "1.4.2"),
        ("deployment.environment.name", "production"),
        ("telemetry.sdk.language", "python"),
        ("host.name", "web-7"),
    ):
        resource.resource.attributes.add(key=key).value.string_value = value
    scope = resource.scope_spans.add()
    scope.scope.name = "opentelemetry.instrumentation.fastapi"
    failures = set(chance.sample(range(spans), round(spans * failing))) if spans > 1 / max(failing, 1e-9) else set()
    if not failures and chance.random() < spans * failing:
        failures = {chance.randrange(spans)}
    for number in range(spans):
        _add_span(scope.spans.add(), number, chance)
        if number in failures:
            kind = (number * 7919 + seed * 104729) % patterns
            _fail(scope.spans[number], kind, number, chance, distinct=distinct, seed=seed)
    return request.SerializeToString()


def _add_span(span: Span, number: int, chance: random.Random) -> None:
    span.trace_id = MARK + (number // SPANS_PER_TRACE).to_bytes(8, "big")
    span.span_id = number.to_bytes(4, "big") + b"span"
    root = number % SPANS_PER_TRACE == 0
    if not root:
        span.parent_span_id = (number - 1).to_bytes(4, "big") + b"span"
    span.kind = Span.SPAN_KIND_SERVER if root else chance.choice((Span.SPAN_KIND_INTERNAL, Span.SPAN_KIND_CLIENT))
    span.name = chance.choice(("GET /items/{id}", "SELECT shop.items", "POST /cart", "render", "redis GET"))
    span.start_time_unix_nano = time.time_ns()
    span.end_time_unix_nano = span.start_time_unix_nano + chance.randrange(1_000_000, 90_000_000)
    span.flags = 0x101
    for key, value in (
        ("http.request.method", "GET"),
        ("http.route", "/items/{id}"),
        ("url.path", f"/items/{chance.randrange(10**6)}"),
        ("server.address", "shop.internal.example"),
        ("user_agent.original", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"),
        ("network.protocol.version", "1.1"),
        ("client.address", f"10.0.{chance.randrange(256)}.{chance.randrange(256)}"),
        ("code.function.name", "shop.api.routes.get_item"),
    ):
        span.attributes.add(key=key).value.string_value = value
    span.attributes.add(key="http.response.status_code").value.int_value = 200


def _fail(span: Span, kind: int, number: int, chance: random.Random, *, distinct: bool, seed: int) -> None:
    span.status.code = Status.STATUS_CODE_ERROR
    sku = f"{chance.randrange(16**8):08x}-{chance.randrange(10**6)}"
    message = f"no price for {sku} in EUR"
    name = f"{kind}" if not distinct else f"{seed}_{number}_{chance.randrange(10**9)}"
    event = span.events.add(name="exception", time_unix_nano=span.end_time_unix_nano)
    for key, value in (
        ("exception.type", f"shop.catalogue.PriceMissing{name}"),
        ("exception.message", message),
        ("exception.stacktrace", _STACK.format(kind=name, line=40 + kind, line2=100 + kind, message=message)),
    ):
        event.attributes.add(key=key).value.string_value = value


def requests(
    spans: int, *, failing: float, patterns: int = 50, distinct: bool = False, templates: int = TEMPLATES
) -> Iterator[bytes]:
    """Endless distinct requests: the templates in turn, their trace ids renumbered."""
    made = [
        template(spans, failing=failing, patterns=patterns, seed=seed, distinct=distinct) for seed in range(templates)
    ]
    start = time.time_ns()
    for number, body in zip(itertools.count(start), itertools.cycle(made), strict=False):
        yield body.replace(MARK, number.to_bytes(8, "big"))


def failing_spans(body: bytes) -> int:
    """How many exceptions a request carries."""
    request = ExportTraceServiceRequest.FromString(body)
    return sum(len(span.events) for rs in request.resource_spans for ss in rs.scope_spans for span in ss.spans)
