"""The servers of a run, each in a process of its own: the yardstick, the sink, tracemedic itself."""

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import httpx
import psutil


class Server:
    """A server process and what it costs."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, web: int = 0) -> None:
        self.process = process
        self.port = port
        self.web = web
        self._psutil = psutil.Process(process.pid)

    def cpu_s(self) -> float:
        """CPU seconds so far, user and system, children included."""
        family = [self._psutil, *self._psutil.children(recursive=True)]
        return sum(times.user + times.system for times in (member.cpu_times() for member in family))

    def rss_mib(self) -> float:
        """Resident memory now."""
        family = [self._psutil, *self._psutil.children(recursive=True)]
        return sum(member.memory_info().rss for member in family) / 2**20

    def metric(self, name: str) -> float:
        """One of tracemedic's own metrics, summed over its labels."""
        text = httpx.get(f"http://127.0.0.1:{self.web}/metrics", timeout=30).text
        lines = [line for line in text.splitlines() if line.startswith(name) and not line.startswith("#")]
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines)


@contextlib.contextmanager
def _process(
    arguments: list[str], environment: Mapping[str, str], ready: str
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    process = subprocess.Popen([sys.executable, *arguments], stdout=subprocess.PIPE, env={**os.environ, **environment})
    try:
        assert process.stdout is not None
        text = ""
        while ready not in text:
            line = process.stdout.readline().decode()
            if not line:
                raise SystemExit(f"{arguments} did not start")
            text += line
        yield process, text
    finally:
        own = psutil.Process(process.pid)
        for each in (*own.children(recursive=True), own):  # a worker would go on writing for half a second
            each.kill()
        process.wait()


@contextlib.contextmanager
def grpc_server(mode: str) -> Iterator[Server]:
    """`parse`: the yardstick, which parses and answers; `sink`: takes bytes and answers."""
    with _process(["-m", "bench.grpc_server", mode], {}, "\n") as (process, text):
        yield Server(process, json.loads(text)["port"])


@contextlib.contextmanager
def tracemedic(data: Path, *, sink: Server | None, database: str | None = None, **more: str) -> Iterator[Server]:
    """The real service on free ports, its data in `data`."""
    environment = {
        "TRACEMEDIC_DATA_DIR": str(data),
        "TRACEMEDIC_RECEIVE__GRPC_ADDRESS": "127.0.0.1:0",
        "TRACEMEDIC_RECEIVE__HTTP_ADDRESS": "127.0.0.1:0",
        "TRACEMEDIC_WEB__ADDRESS": "127.0.0.1:0",
        "TRACEMEDIC_ROLE": "ingest",
        "TRACEMEDIC_TELEMETRY__LOG_LEVEL": "error",
        "TRACEMEDIC_SPOOL__BYTES_MAX": str(4 << 30),
        **more,
    }
    if sink is not None:
        exporter = {"sink": {"type": "otlp_grpc", "endpoint": f"127.0.0.1:{sink.port}"}}
        environment["TRACEMEDIC_EXPORTERS"] = json.dumps(exporter)
    if database is not None:
        environment["TRACEMEDIC_DATABASE__URL"] = database
    with _process(["-m", "tracemedic_processor", "serve"], environment, "  data ") as (process, text):
        ports = [int(word.rsplit(":", 1)[1].split("/")[0]) for word in text.split() if "localhost:" in word]
        yield Server(process, ports[0], ports[2])


def wait_until(reached: Callable[[], bool], *, timeout_s: float = 120.0) -> bool:
    """Poll until `reached()`; False when it takes longer than `timeout_s`."""
    end = time.monotonic() + timeout_s
    while time.monotonic() < end:
        if reached():
            return True
        time.sleep(0.1)
    return False
