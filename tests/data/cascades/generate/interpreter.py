"""Carries out one plan inside one service: real calls, real spans, real failures, and a ledger of what caused what.

A plan is a list of steps, each a mapping with one key that names it (`plans.py` writes them). Every failure that a plan
injects has a name, its fault; an exception carries it, an answer carries it in the header `x-fault`, and the ledger
gets a line for every span that failed because of it. Nothing of that is in the telemetry.
"""

import asyncio
import builtins
import contextlib
import json
import os
import sqlite3
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import psycopg
from opentelemetry import propagate, trace
from opentelemetry.trace import Span, SpanKind

Step = dict[str, Any]
Call = Callable[[str, dict[str, Any], float], Awaitable[tuple[int, str | None, Callable[[], None]]]]

tracer = trace.get_tracer("shop")
LAST_CLIENT_SPAN: ContextVar[list[Span] | None] = ContextVar("last_client_span", default=None)
_failures_in_a_row: dict[str, int] = {}
_background: set[asyncio.Task[None]] = set()


class Rejected(Exception):
    """The request is refused with a status of its own; frameworks do not record this as an exception."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def ledger(span: Span, fault: str | None) -> None:
    """Note that `span` failed because of `fault`, now."""
    context = span.get_span_context()
    line = f"{context.trace_id:032x} {context.span_id:016x} {fault or '-'} {time.time_ns()}\n"
    with Path(os.environ["LEDGER"]).open("a", encoding="utf-8") as file:
        file.write(line)


def fault_of(error: BaseException) -> str | None:
    """The fault that an exception stems from."""
    if isinstance(error, BaseExceptionGroup):
        return fault_of(error.exceptions[0])
    return getattr(error, "fault", None)


def _made(kind: str, message: str) -> Exception:
    found = getattr(builtins, kind, None)
    if found is None:
        found = type(kind, (Exception,), {"__module__": "shop.errors"})
    return found(message)


class Interpreter:
    """Steps of one request. `call` sends a plan to another service; `gone` tells whether the caller has hung up."""

    def __init__(self, call: Call, gone: Callable[[], Awaitable[bool]]) -> None:
        self.call = call
        self.gone = gone

    async def run(self, steps: list[Step]) -> None:
        """One step after the other."""
        for step in steps:
            name = next(iter(step))
            await getattr(self, f"do_{name}")(step)

    async def do_span(self, step: Step) -> None:
        with self._span(step["span"], step.get("attributes")):
            await self.run(step["do"])

    @contextlib.contextmanager
    def _span(self, name: str, attributes: dict[str, Any] | None = None, kind: SpanKind = SpanKind.INTERNAL) -> Any:
        with tracer.start_as_current_span(name, attributes=attributes, kind=kind) as span:
            try:
                yield span
            except BaseException as error:
                ledger(span, fault_of(error))
                raise

    async def do_call(self, step: Step) -> None:
        """Call another service and raise what its answer says."""
        spans: list[Span] = []
        token = LAST_CLIENT_SPAN.set(spans)
        body = {"do": step.get("do", []), "action": step.get("action", "run")}
        try:
            status, fault, check = await self.call(step["call"], body, step.get("timeout", 10.0))
            if status >= 400:
                for span in spans:
                    ledger(span, fault)
                if not step.get("lenient"):
                    check()
        except BaseException as error:
            fault = getattr(error, "fault", None) or step.get("fault")
            error.fault = fault  # type: ignore[attr-defined]
            for span in spans:
                ledger(span, fault)
            raise
        finally:
            LAST_CLIENT_SPAN.reset(token)

    async def do_raise(self, step: Step) -> None:
        error = _made(step["raise"], step["message"])
        error.fault = step.get("fault")  # type: ignore[attr-defined]
        raise error

    async def do_reject(self, step: Step) -> None:
        error = Rejected(step["reject"], step["message"])
        error.fault = step.get("fault")  # type: ignore[attr-defined]
        raise error

    async def do_real(self, step: Step) -> None:
        """A failure that a library raises by itself."""
        try:
            await asyncio.to_thread(_REAL[step["real"]], step.get("with", ""))
        except Exception as error:
            error.fault = step.get("fault")  # type: ignore[attr-defined]
            raise

    async def do_sleep(self, step: Step) -> None:
        """Work for so long; with `watch`, give up when the caller has hung up."""
        until = time.monotonic() + step["sleep"]
        while time.monotonic() < until:
            await asyncio.sleep(0.02)
            if step.get("watch") and await self.gone():
                error = _made("ClientDisconnected", "the client closed the connection before the answer")
                error.fault = step.get("fault")  # type: ignore[attr-defined]
                raise error

    async def do_try(self, step: Step) -> None:
        try:
            await self.run(step["try"])
        except Exception:  # noqa: BLE001 handled: that is the point
            pass_on = step.get("then", [])
        else:
            pass_on = step.get("else", [])
        await self.run(pass_on)

    async def do_wrap(self, step: Step) -> None:
        try:
            await self.run(step["wrap"])
        except Exception as error:
            wrapper = _made(step["as"], step["message"].format(error=error, kind=type(error).__name__))
            wrapper.fault = fault_of(error)  # type: ignore[attr-defined]
            if step.get("plain"):
                raise wrapper from None
            raise wrapper from error

    async def do_all(self, step: Step) -> None:
        """Several at once: `gather` raises the first failure, `group` cancels the others, `settle` waits for all."""
        parts = [self.run(part) for part in step["all"]]
        mode = step.get("mode", "gather")
        if mode == "group":
            async with asyncio.TaskGroup() as group:
                for part in parts:
                    group.create_task(part)
        elif mode == "settle":
            results = await asyncio.gather(*parts, return_exceptions=True)
            failures = [each for each in results if isinstance(each, Exception)]
            if failures and step.get("raise_first", True):
                raise failures[0]
        else:
            await asyncio.gather(*parts)

    async def do_retry(self, step: Step) -> None:
        last: Exception | None = None
        for attempt in range(step["retry"]):
            try:
                await self.run(step["do"] if attempt < len(step.get("until", [0] * 99)) else [])
                return
            except Exception as error:  # noqa: BLE001 the next attempt may succeed
                last = error
            if attempt + 1 == step["retry"]:
                break
            await asyncio.sleep(step.get("pause", 0.03) * (attempt + 1))
            if "attempts" in step and attempt + 1 < len(step["attempts"]):
                step["do"] = step["attempts"][attempt + 1]
        assert last is not None
        if "giveup" in step:
            error = _made(step["giveup"], f"gave up after {step['retry']} attempts")
            error.fault = fault_of(last)  # type: ignore[attr-defined]
            if step.get("plain"):
                raise error
            raise error from last
        raise last

    async def do_breaker(self, step: Step) -> None:
        name, limit = step["breaker"], step.get("limit", 3)
        if _failures_in_a_row.get(name, 0) >= limit:
            error = _made("CircuitOpenError", f"circuit for {name} is open after {limit} failures")
            error.fault = step.get("fault")  # type: ignore[attr-defined]
            raise error
        try:
            await self.run(step["do"])
            _failures_in_a_row[name] = 0
        except Exception:
            _failures_in_a_row[name] = _failures_in_a_row.get(name, 0) + 1
            raise

    async def do_publish(self, step: Step) -> None:
        """A message: its trace context travels in its headers; the broker delivers it later."""
        attributes = {"messaging.system": "kafka", "messaging.destination.name": step["publish"]}
        with self._span(f"send {step['publish']}", attributes, SpanKind.PRODUCER):
            headers: dict[str, str] = {}
            propagate.inject(headers)
            message = {"headers": headers, "topic": step["publish"], "do": step["do"], "linked": step.get("linked")}
            port = json.loads(os.environ["PORTS"])[step["to"]]
            task = asyncio.create_task(_deliver(port, message, step.get("delay", 0.05)))
            _background.add(task)
            task.add_done_callback(_background.discard)

    async def do_after(self, step: Step) -> None:
        """Work that goes on when the request has been answered."""

        async def later() -> None:
            await asyncio.sleep(step.get("delay", 0.1))
            with contextlib.suppress(Exception):
                await self.run(step["after"])

        task = asyncio.create_task(later())
        _background.add(task)
        task.add_done_callback(_background.discard)

    async def do_agent(self, step: Step) -> None:
        attributes = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": step["agent"]}
        with self._span(f"invoke_agent {step['agent']}", attributes):
            await self.run(step["do"])

    async def do_tool(self, step: Step) -> None:
        attributes = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": step["tool"]}
        with self._span(f"execute_tool {step['tool']}", attributes):
            await self.run(step["do"])

    async def do_chat(self, step: Step) -> None:
        attributes = {"gen_ai.operation.name": "chat", "gen_ai.request.model": step["chat"]}
        with self._span(f"chat {step['chat']}", attributes, SpanKind.CLIENT):
            await asyncio.sleep(0.08)
            await self.run(step.get("do", []))


async def _deliver(port: int, message: dict[str, Any], delay_s: float) -> None:
    await asyncio.sleep(delay_s)
    body = json.dumps(message).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = (
        f"POST /_deliver HTTP/1.1\r\nHost: broker\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    )
    writer.write(head.encode() + b"Connection: close\r\n\r\n" + body)
    await reader.read()
    writer.close()


async def consume(message: dict[str, Any], interpreter: Interpreter) -> None:
    """What a consumer does with one message: a span below the producer's, and no answer to anybody."""
    context = propagate.extract(message["headers"])
    attributes = {"messaging.system": "kafka", "messaging.destination.name": message["topic"]}
    links = [trace.Link(trace.get_current_span(context).get_span_context())] if message.get("linked") else None
    name = f"process {message['topic']}"
    with (
        contextlib.suppress(Exception),
        tracer.start_as_current_span(
            name, context=context, kind=SpanKind.CONSUMER, attributes=attributes, links=links
        ) as span,
    ):
        try:
            await interpreter.run(message["do"])
        except BaseException as error:
            ledger(span, fault_of(error))
            raise


def _sql(statement: str) -> None:
    with psycopg.connect(os.environ["DATABASE"], autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


def _refused(_: str) -> None:
    psycopg.connect("postgresql://shop@127.0.0.1:1/shop", connect_timeout=2)


def _sqlite(statement: str) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute(statement)


def _json(text: str) -> None:
    json.loads(text)


def _key(name: str) -> None:
    {}[name]


def _divide(_: str) -> None:
    1 / 0  # noqa: B018 it is to raise


def _none(_: str) -> None:
    None["total"]  # type: ignore[index]


def _number(text: str) -> None:
    int(text)


def _file(path: str) -> None:
    Path(path).read_text(encoding="utf-8")


_REAL: dict[str, Callable[[str], None]] = {
    "sql": _sql,
    "refused": _refused,
    "sqlite": _sqlite,
    "json": _json,
    "key": _key,
    "divide": _divide,
    "none": _none,
    "number": _number,
    "file": _file,
}
