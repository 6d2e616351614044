"""The web application: `/healthz`, `/readyz`, `/metrics`."""

from collections.abc import Callable, Sequence

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.registry import Collector

WELCOME = """tracemedic is running.

Point an OTLP exporter here:  OTEL_EXPORTER_OTLP_ENDPOINT=http://localhost:4317 (gRPC) or http://localhost:4318 (HTTP)
What it found:                tracemedic errors, tracemedic patterns
How it is doing:              /healthz  /readyz  /metrics
"""


def build_app(*, troubles: Callable[[], Sequence[str]], collector: Collector) -> FastAPI:
    """The application; `troubles` tells what a person should look at, `collector` what is counted."""
    app = FastAPI(title="tracemedic", openapi_url="/api/openapi.json", docs_url=None, redoc_url=None)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collector)

    @app.get("/", response_class=PlainTextResponse)
    def welcome() -> str:
        return WELCOME

    @app.get("/healthz", response_class=PlainTextResponse)
    def healthz() -> str:
        """Whether the process lives."""
        return "ok\n"

    @app.get("/readyz")
    def readyz() -> JSONResponse:
        """Whether everything works; 503 with the reasons otherwise. Traces are accepted either way."""
        found = list(troubles())
        status = {"ready": not found, "troubles": found}
        return JSONResponse(status, status_code=503 if found else 200)

    @app.get("/metrics")
    def metrics() -> Response:
        """Everything counted, in Prometheus' text format."""
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    del welcome, healthz, readyz, metrics  # the decorators have registered them
    return app
