"""Starts the shop, sends every scenario through it and writes `../tuning.jsonl` and `../measuring.jsonl`.

    python tests/data/cascades/generate/run.py PYTHON NODE_MODULES

PYTHON is an interpreter that has fastapi, uvicorn, httpx, flask, requests, psycopg and the OpenTelemetry SDK with its
OTLP exporter and the instrumentations of fastapi, httpx, flask and requests; NODE_MODULES the installed packages of
`node/package.json`. Run it with the repository's own interpreter, which brings PostgreSQL.
"""

import base64
import concurrent.futures
import gzip
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psycopg
from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[3])]
from plans import ACTIONS, FASTAPI, FLASK, HALVES, SERVICES, Plan, plans  # noqa: E402

from tests import postgres  # noqa: E402

PARALLEL = 2
STACK_CHARS_MAX = 2_000
DROPPED = (
    "user_agent.",
    "http.flavor",
    "http.host",
    "http.server_name",
    "net.",
    "thread.",
    "process.",
    "client.",
    "network.peer",
)
SCHEMA = """
CREATE TABLE accounts (id int PRIMARY KEY);
INSERT INTO accounts VALUES (1);
CREATE FUNCTION slow() RETURNS void LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'canceling statement due to lock timeout' USING ERRCODE = '55P03'; END $$;
"""


class Collector(BaseHTTPRequestHandler):
    """Takes what the services export."""

    requests: list[bytes] = []

    def do_POST(self) -> None:
        body = self._body()
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.requests.append(body)
        self.send_response(200)
        self.end_headers()

    def _body(self) -> bytes:
        if "Content-Length" in self.headers:
            return self.rfile.read(int(self.headers["Content-Length"]))
        parts: list[bytes] = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def log_message(self, *_: object) -> None:
        pass


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def shop(folder: Path, python: str, node_modules: str) -> Iterator[dict[str, int]]:
    """All services, running; gives their ports."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    ports = {name: _free_port() for name in SERVICES}
    with postgres.running_server() as database:
        url = database.create_database()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(SCHEMA)
        environment = os.environ | {
            "PORTS": json.dumps(ports),
            "ACTIONS": json.dumps(ACTIONS),
            "LEDGER": str(folder / "ledger"),
            "COLLECTOR": f"http://127.0.0.1:{server.server_port}/v1/traces",
            "DATABASE": url,
            "NODE_PATH": node_modules,
        }
        (folder / "ledger").touch()
        processes = [
            subprocess.Popen(_command(name, python), env=environment, cwd=HERE, stderr=subprocess.DEVNULL)
            for name in SERVICES
        ]
        try:
            for port in ports.values():
                _wait_for(port)
            yield ports
        finally:
            for process in processes:
                process.kill()
                process.wait()
            server.shutdown()


def _command(name: str, python: str) -> list[str]:
    if name in FASTAPI + FLASK:
        return [python, "service.py", name, "fastapi" if name in FASTAPI else "flask"]
    return ["node", str(HERE / "node" / "service.js"), name]


def _wait_for(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 0.2).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"nothing listens on {port}")


def play(plan: Plan, ports: dict[str, int]) -> str:
    """Send one request; the id of its trace."""
    for _ in range(plan.warm_up):
        _send(plan, ports)
    trace_id = _send(plan, ports)
    time.sleep(plan.wait_s)
    return trace_id


def _send(plan: Plan, ports: dict[str, int]) -> str:
    trace_id = os.urandom(16).hex()
    request = urllib.request.Request(
        f"http://127.0.0.1:{ports[plan.entry]}/{plan.action}",
        json.dumps({"do": plan.do}).encode(),
        {"Content-Type": "application/json", "traceparent": f"00-{trace_id}-{SENDER}-01"},
    )
    try:
        urllib.request.urlopen(request, timeout=20).close()
    except urllib.error.HTTPError as error:
        error.close()
    return trace_id


SENDER = "00000000000000ff"


def lines(found: dict[str, Plan], ports: dict[str, int], ledger: str) -> Iterator[dict[str, Any]]:
    """The traces of the plans as lines of the data set."""
    requests = _by_trace(Collector.requests)
    causes: dict[str, dict[str, tuple[str, int]]] = defaultdict(dict)
    for row in ledger.splitlines():
        trace_id, span_id, fault, at_ns = row.split()
        if fault != "-":
            causes[trace_id].setdefault(span_id, (fault, int(at_ns)))
    for number, (trace_id, plan) in enumerate(found.items()):
        ranks = {
            span_id: rank
            for rank, span_id in enumerate(sorted(causes[trace_id], key=lambda id_: causes[trace_id][id_][1]))
        }
        truth = {span_id: [fault, ranks[span_id]] for span_id, (fault, _) in causes[trace_id].items()}
        neutral = _Neutral(ports, addresses=number % 3 == 0)
        yield {
            "family": plan.family,
            "half": HALVES[plan.family],
            "number": number,
            "truth": truth,
            "requests": json.loads(neutral(json.dumps([_as_json(each) for each in requests[trace_id]]))),
        }


def _by_trace(bodies: list[bytes]) -> dict[str, list[ExportTraceServiceRequest]]:
    """What each request held of each trace, in order of arrival."""
    found: dict[str, list[ExportTraceServiceRequest]] = defaultdict(list)
    for body in bodies:
        parts: dict[str, ExportTraceServiceRequest] = {}
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            for scope in resource.scope_spans:
                for span in scope.spans:
                    _add(parts.setdefault(span.trace_id.hex(), ExportTraceServiceRequest()), resource, span)
        for trace_id, part in parts.items():
            found[trace_id].append(part)
    return found


def _add(part: ExportTraceServiceRequest, resource: Any, span: Span) -> None:
    if not part.resource_spans:
        kept = part.resource_spans.add()
        names = ("service.name", "service.version", "telemetry.sdk.language")
        kept.resource.attributes.extend(each for each in resource.resource.attributes if each.key in names)
        kept.scope_spans.add()
    if span.parent_span_id.hex() == SENDER:
        span.parent_span_id = b""
    for holder in (span, *span.events):
        kept_attributes = [each for each in holder.attributes if not each.key.startswith(DROPPED)]
        del holder.attributes[:]
        holder.attributes.extend(kept_attributes)
        for each in holder.attributes:
            if each.key == "exception.stacktrace":
                each.value.string_value = _shortened(each.value.string_value)
    part.resource_spans[0].scope_spans[0].spans.append(span)


def _shortened(stack: str) -> str:
    """A traceback without the inner life of frameworks: each library's frames but the first and last."""
    frame = re.compile(r'(?:  File "[^"]*(?:site-packages|/lib/python)[^"]*".*\n(?:    .*\n)*)+')
    return frame.sub(lambda run: "".join(run[0].splitlines(keepends=True)[:2]), stack)


def _as_json(request: ExportTraceServiceRequest) -> dict[str, Any]:
    made = json_format.MessageToDict(request, use_integers_for_enums=True)
    for resource in made["resourceSpans"]:
        for scope in resource["scopeSpans"]:
            for span in scope["spans"]:
                for key in ("traceId", "spanId", "parentSpanId"):
                    if key in span:
                        span[key] = base64.b64decode(span[key]).hex()
                for link in span.get("links", ()):
                    for key in ("traceId", "spanId"):
                        link[key] = base64.b64decode(link[key]).hex()
    return made


class _Neutral:
    """Hosts and paths of this machine become those of a cluster: names, or addresses without them."""

    def __init__(self, ports: dict[str, int], *, addresses: bool) -> None:
        self._hosts = {
            str(port): f"10.0.3.{number}:8080" if addresses else f"{name}:8080"
            for number, (name, port) in enumerate(ports.items(), start=11)
        }

    def __call__(self, text: str) -> str:
        for port, host in self._hosts.items():
            name, number = host.split(":")
            text = re.sub(rf"(?:127\.0\.0\.1|localhost):{port}\b", host, text)
            text = re.sub(rf"host='127\.0\.0\.1', port={port}\b", f"host='{name}', port={number}", text)
        text = re.sub(rf"{re.escape(str(HERE))}/", "/app/", text)
        text = re.sub(r"(?:/[\w.-]+)+/site-packages/", "/usr/local/lib/python3.11/site-packages/", text)
        text = re.sub(r"(?:/[\w.-]+)+/lib/python3\.11/(?!site)", "/usr/local/lib/python3.11/", text)
        return re.sub(r"(?:/[\w.-]+)+/node_modules/", "/app/node_modules/", text)


def main() -> None:
    """Generate both halves."""
    python, node_modules = sys.argv[1:3]
    with tempfile.TemporaryDirectory(prefix="cascades-") as name:
        folder = Path(name)
        with shop(folder, python, node_modules) as ports:
            with concurrent.futures.ThreadPoolExecutor(PARALLEL) as pool:
                chosen = list(plans())
                found = dict(zip(pool.map(lambda plan: play(plan, ports), chosen), chosen, strict=True))
            time.sleep(1.5)
            made = list(lines(found, ports, (folder / "ledger").read_text()))
    for half in ("tuning", "measuring"):
        rows = [json.dumps(line, separators=(",", ":")) + "\n" for line in made if line["half"] == half]
        (HERE.parent / f"{half}.jsonl").write_text("".join(rows), encoding="utf-8")
        failed = sum(len(line["truth"]) for line in made if line["half"] == half)
        sys.stdout.write(f"{half}: {len(rows)} traces, {failed} failing spans told, {sum(map(len, rows))} bytes\n")


if __name__ == "__main__":
    main()
