"""The sender: a process of its own that sends distinct requests and tells how long the answers took."""

import asyncio
import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass

import grpc

from bench.bodies import failing_spans, requests
from bench.grpc_server import METHOD


@dataclass(frozen=True, kw_only=True)
class Load:
    """What to send. `rate` in requests a second, 0 as fast as the answers come."""

    port: int
    spans: int
    count: int
    failing: float = 0.01
    patterns: int = 50
    distinct: bool = False
    templates: int = 16
    concurrency: int = 16
    rate: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What was sent and how it went; times in seconds."""

    requests: int
    spans: int
    failures: int
    refused: int
    wall_s: float
    p50_s: float
    p99_s: float


def run(load: Load) -> Sent:
    """Send from another process."""
    output = subprocess.run(
        [sys.executable, "-m", "bench.load", json.dumps(asdict(load))], check=True, capture_output=True
    ).stdout
    return Sent(**json.loads(output))


async def _send(load: Load) -> Sent:
    channel = grpc.aio.insecure_channel(f"127.0.0.1:{load.port}")
    call = channel.unary_unary(METHOD)
    bodies = requests(
        load.spans, failing=load.failing, patterns=load.patterns, distinct=load.distinct, templates=load.templates
    )
    times: list[float] = []
    failures = refused = 0
    first = [next(bodies) for _ in range(load.templates)]
    per_template = [failing_spans(body) for body in first]
    numbers = iter(range(load.count))
    await call(next(bodies), timeout=60)
    start = time.perf_counter()

    async def worker() -> None:
        nonlocal failures, refused
        for number in numbers:
            if load.rate:
                await asyncio.sleep(max(0.0, start + number / load.rate - time.perf_counter()))
            failures += per_template[(number + 1) % load.templates]
            body = next(bodies)
            began = time.perf_counter()
            try:
                await call(body, timeout=60)
            except grpc.aio.AioRpcError:
                refused += 1
            times.append(time.perf_counter() - began)

    await asyncio.gather(*(worker() for _ in range(load.concurrency)))
    wall = time.perf_counter() - start
    times.sort()
    return Sent(
        requests=load.count,
        spans=load.count * load.spans,
        failures=failures,
        refused=refused,
        wall_s=wall,
        p50_s=times[len(times) // 2],
        p99_s=times[int(len(times) * 0.99)],
    )


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(_send(Load(**json.loads(sys.argv[1])))))))
