"""A small instrumented web service, as its authors would write it, that fails in all the usual ways.

The demo copies this file out of the package and runs it by itself, `python shop.py`: it imports nothing of tracemedic
and knows of no error tracking. It prints the port it listens on. Where its traces go is OpenTelemetry's own
environment variables' business; `SHOP_DATABASE_PORT` is where its database ought to be.
"""

import os
import socket
import sys

import psycopg
import uvicorn
from fastapi import FastAPI
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from pydantic import BaseModel, Field

tracer = trace.get_tracer("shop")
app = FastAPI()

PRICES = {"tea": 4, "cup": 9}


class Cart(BaseModel):
    """What a customer is about to buy."""

    customer: int
    pieces: int = Field(gt=0)


class PaymentError(Exception):
    """The payment service said no."""


class ToolFailed(Exception):
    """A tool of the assistant could not do its work."""


@app.get("/orders/{number}")
def order(number: int) -> int:
    """A bug: an article without a price."""
    with tracer.start_as_current_span("load order", attributes={"app.order": number}):
        return price(("tea", "cup", "pot")[2])


def price(article: str) -> int:
    """What an article costs."""
    with tracer.start_as_current_span("find price"):
        return PRICES[article]


@app.get("/mails/{number}")
def mail(number: int) -> str:
    """A setting that nobody has set."""
    with tracer.start_as_current_span("send mail", attributes={"app.mail": number}):
        return os.environ["SHOP_SMTP_HOST"]


@app.get("/stock/{number}")
def stock(number: int) -> int:
    """A database that is not there."""
    port = os.environ["SHOP_DATABASE_PORT"]
    asked = {"db.system.name": "postgresql", "db.operation.name": "SELECT", "app.article": number}
    with tracer.start_as_current_span("SELECT stock", kind=trace.SpanKind.CLIENT, attributes=asked):
        connection = psycopg.connect(f"host=127.0.0.1 port={port} dbname=shop user=shop connect_timeout=2")
        return connection.execute("SELECT pieces FROM stock").fetchall()[0][0]


@app.get("/payments/{number}")
def payment(number: int) -> str:
    """An error message that tells a secret; the key is no real one and is put together here."""
    key = "sk" + "_live_" + "4f8Zq1LmX7" + "tRb20VdKs9"
    with tracer.start_as_current_span("charge card"):
        raise PaymentError(f"401 Unauthorized: payment {number} of ada@shop.example with api_key={key}")


@app.get("/carts/{number}")
def cart(number: int) -> Cart:
    """Input that breaks a rule."""
    with tracer.start_as_current_span("check cart"):
        return Cart.model_validate({"customer": number, "pieces": -1})


@app.get("/assistant/{number}")
def assistant(number: int) -> str:
    """An agent whose tool fails; names and ids as the semantic conventions for agents have them."""
    run = {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": "shop assistant",
        "gen_ai.agent.call.id": f"run-{number}",
    }
    with tracer.start_as_current_span("invoke_agent shop assistant", attributes=run):
        return search(number)


def search(number: int) -> str:
    """The assistant's tool."""
    call = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "search",
        "gen_ai.tool.call.id": f"call-{number}",
    }
    with tracer.start_as_current_span("execute_tool search", attributes=call):
        raise ToolFailed(f"search exceeded 3 retries on call {number}")


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    FastAPIInstrumentor.instrument_app(app)
    listening = socket.create_server(("127.0.0.1", 0))
    sys.stdout.write(f"{listening.getsockname()[1]}\n")
    sys.stdout.flush()
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    server.run(sockets=[listening])
    provider.shutdown()


if __name__ == "__main__":
    main()
