"""One service of the shop: `service.py NAME fastapi|flask`. Its port and everybody else's come in PORTS."""

import asyncio
import json
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

import flask
import httpx
import requests
import uvicorn
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from interpreter import LAST_CLIENT_SPAN, Interpreter, Rejected, consume, fault_of, ledger
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.instrumentation.requests import RequestsInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from werkzeug.serving import make_server

NAME, FLAVOUR = sys.argv[1:3]
PORTS: dict[str, int] = json.loads(os.environ["PORTS"])
ACTIONS: list[str] = json.loads(os.environ["ACTIONS"])


def _set_up() -> None:
    provider = TracerProvider(resource=Resource.create({"service.name": NAME, "service.version": "1.4.0"}))
    exporter = OTLPSpanExporter(endpoint=os.environ["COLLECTOR"])
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=100))
    trace.set_tracer_provider(provider)


def _remember(span: trace.Span, *_: object) -> None:
    spans = LAST_CLIENT_SPAN.get()
    if spans is not None:
        spans.append(span)


async def _remember_async(span: trace.Span, *_: object) -> None:
    _remember(span)


def _url(service: str, action: str) -> str:
    return f"http://127.0.0.1:{PORTS[service]}/{action}"


async def _call_httpx(
    service: str, body: dict[str, Any], timeout_s: float
) -> tuple[int, str | None, Callable[[], None]]:
    async with httpx.AsyncClient(timeout=timeout_s) as client:
        response = await client.post(_url(service, body["action"]), json=body)
    fault = response.headers.get("x-fault")

    def check() -> None:
        try:
            response.raise_for_status()
        except httpx.HTTPStatusError as error:
            error.fault = fault  # type: ignore[attr-defined]
            raise

    return response.status_code, fault, check


async def _call_requests(
    service: str, body: dict[str, Any], timeout_s: float
) -> tuple[int, str | None, Callable[[], None]]:
    response = await asyncio.to_thread(requests.post, _url(service, body["action"]), json=body, timeout=timeout_s)
    fault = response.headers.get("x-fault")

    def check() -> None:
        try:
            response.raise_for_status()
        except requests.HTTPError as error:
            error.fault = fault  # type: ignore[attr-defined]
            raise

    return response.status_code, fault, check


def _fastapi() -> None:

    HTTPXClientInstrumentor().instrument(request_hook=_remember, async_request_hook=_remember_async)
    app = FastAPI()

    async def handle(request: Request) -> dict[str, str]:
        body = await request.json()
        interpreter = Interpreter(_call_httpx, request.is_disconnected)
        try:
            await interpreter.run(body["do"])
        except Rejected as error:
            fault = fault_of(error) or ""
            ledger(trace.get_current_span(), fault)
            raise HTTPException(error.status, str(error), headers={"x-fault": fault}) from error
        except BaseException as error:
            ledger(trace.get_current_span(), fault_of(error))
            raise
        return {"status": "done"}

    async def deliver(request: Request) -> dict[str, str]:
        async def never() -> bool:
            return False

        await consume(await request.json(), Interpreter(_call_httpx, never))
        return {}

    for action in ACTIONS:
        app.add_api_route(f"/{action}", handle, methods=["POST"])
    app.add_api_route("/_deliver", deliver, methods=["POST"])

    @app.exception_handler(Exception)
    async def failed(_: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"error": str(error)}, 500, headers={"x-fault": fault_of(error) or ""})

    FastAPIInstrumentor.instrument_app(app, excluded_urls="_deliver")
    uvicorn.run(app, port=PORTS[NAME], log_level="critical")


def _flask() -> None:

    RequestsInstrumentor().instrument(request_hook=_remember)
    app = flask.Flask(NAME)
    FlaskInstrumentor().instrument_app(app, excluded_urls="_deliver")

    async def never() -> bool:
        return False

    def handle() -> object:
        try:
            asyncio.run(Interpreter(_call_requests, never).run(flask.request.get_json()["do"]))
        except Rejected as error:
            ledger(trace.get_current_span(), fault_of(error))
            return flask.make_response({"error": str(error)}, error.status, {"x-fault": fault_of(error) or ""})
        except BaseException as error:
            ledger(trace.get_current_span(), fault_of(error))
            flask.g.fault = fault_of(error)
            raise
        return {"status": "done"}

    def deliver() -> dict[str, str]:
        message = flask.request.get_json()
        threading.Thread(target=lambda: asyncio.run(consume(message, Interpreter(_call_requests, never)))).start()
        return {}

    for action in ACTIONS:
        app.add_url_rule(f"/{action}", action, handle, methods=["POST"])
    app.add_url_rule("/_deliver", "deliver", deliver, methods=["POST"])

    @app.after_request
    def tell(response: flask.Response) -> flask.Response:
        if flask.g.get("fault"):
            response.headers["x-fault"] = flask.g.fault
        return response

    make_server("127.0.0.1", PORTS[NAME], app, threaded=True).serve_forever()


_set_up()
{"fastapi": _fastapi, "flask": _flask}[FLAVOUR]()
