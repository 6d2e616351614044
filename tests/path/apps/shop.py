"""A small instrumented web service, as its authors would write it; does one thing per line of standard input.

    get PATH    a request to itself, traced as any
    flush       everything traced so far is sent before the answer

Where it sends is OpenTelemetry's own environment variables' business.
"""

import sys

from fastapi import FastAPI
from fastapi.testclient import TestClient
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

tracer = trace.get_tracer("shop")
app = FastAPI()


class OrderMissing(Exception):
    """No order has this number."""


@app.get("/orders/{number}")
def order(number: int) -> dict[str, int]:
    with tracer.start_as_current_span("load order"), tracer.start_as_current_span("query orders"):
        if number >= 1000:
            address = "postgresql://shop:" + "hunter" + "2x9@db.internal/orders"
            raise OrderMissing(f"order {number} is not in {address}")
        return {"number": number}


def main() -> None:
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(), schedule_delay_millis=60_000))
    trace.set_tracer_provider(provider)
    FastAPIInstrumentor.instrument_app(app)
    client = TestClient(app, raise_server_exceptions=False)
    for line in sys.stdin:
        command, _, argument = line.strip().partition(" ")
        answer = client.get(argument).status_code if command == "get" else provider.force_flush()
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()
    provider.shutdown()


main()
