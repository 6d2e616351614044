"""The figures: each function measures one and returns what it saw."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bench.diagnosis import new_patterns, time_to_diagnosis
from bench.load import Load, Sent, run
from bench.servers import Server, grpc_server, tracemedic, wait_until
from tests.postgres import running_server

Figure = dict[str, object]


def _cost(server: Server, load: Load) -> tuple[float, Sent]:
    """CPU seconds that `server` spent on a load, after a warm-up, until nothing is left to do."""
    run(Load(**{**load.__dict__, "count": max(64, load.count // 10)}))
    _settle(server)
    before = server.cpu_s()
    sent = run(load)
    _settle(server)
    return server.cpu_s() - before, sent


def _settle(server: Server) -> None:
    if server.web:
        wait_until(lambda: server.metric("tracemedic_spool_items") == 0)


def _pass_through(folder: Path, *, spans: int, count: int) -> Figure:
    with grpc_server("sink") as sink, grpc_server("parse") as yardstick, tracemedic(folder, sink=sink) as ours:
        yard_cpu, yard = _cost(yardstick, Load(port=yardstick.port, spans=spans, count=count))
        our_cpu, sent = _cost(ours, Load(port=ours.port, spans=spans, count=count))
        again_cpu, _ = _cost(yardstick, Load(port=yardstick.port, spans=spans, count=count))
    yard_mean = (yard_cpu + again_cpu) / 2
    return {
        "ratio": round(yard_mean / our_cpu, 3),
        "target": 0.35 if spans > 100 else 0.5,
        "spans_per_cpu_s": round(sent.spans / our_cpu),
        "yardstick_spans_per_cpu_s": round(yard.spans / yard_mean),
        "requests_per_s": round(sent.requests / sent.wall_s),
        "refused": sent.refused,
    }


def pass_through_512(folder: Path, *, long: bool) -> Figure:
    """512 spans a request, 1 % with an exception, durable, forwarded."""
    return _pass_through(folder, spans=512, count=4000 if long else 1000)


def pass_through_10(folder: Path, *, long: bool) -> Figure:
    """The same with 10 spans a request."""
    return _pass_through(folder, spans=10, count=40_000 if long else 5000)


def latency(folder: Path, *, long: bool) -> Figure:
    """Request to acknowledgement at half the highest rate."""
    with grpc_server("sink") as sink, tracemedic(folder, sink=sink) as ours:
        highest = run(Load(port=ours.port, spans=10, count=4000))
        rate = highest.requests / highest.wall_s / 2
        half = run(Load(port=ours.port, spans=10, count=round(rate * (60 if long else 8)), rate=rate))
    return {
        "p99_ms": round(half.p99_s * 1000, 1),
        "p50_ms": round(half.p50_s * 1000, 1),
        "target_p99_ms": 25,
        "rate_per_s": round(rate),
    }


def steady(folder: Path, *, long: bool) -> Figure:
    """10,000 spans a second held: CPU, memory, loss."""
    seconds = 600 if long else 12
    with grpc_server("sink") as sink, tracemedic(folder, sink=sink) as ours:
        load = Load(port=ours.port, spans=512, count=round(10_000 / 512 * seconds), rate=10_000 / 512)
        run(Load(**{**load.__dict__, "count": 200, "rate": 0.0}))
        _settle(ours)
        before, memory_before = ours.cpu_s(), ours.rss_mib()
        sent = run(load)
        _settle(ours)
        cpu, memory = ours.cpu_s() - before, ours.rss_mib()
        lost = ours.metric("tracemedic_received_requests_total") - ours.metric("tracemedic_exported_requests_total")
    return {
        "core_share": round(cpu / sent.wall_s, 3),
        "target_core_share": 0.08,
        "rss_mib": round(memory),
        "rss_mib_before": round(memory_before),
        "target_rss_mib": 150,
        "refused": sent.refused,
        "lost": lost,
        "seconds": round(sent.wall_s),
    }


def _storm(folder: Path, *, distinct: bool, count: int, target: int) -> Figure:
    with running_server() as server, tracemedic(folder, sink=None, database=server.create_database()) as ours:
        load = Load(
            port=ours.port,
            spans=100,
            count=count,
            failing=1.0,
            distinct=distinct,
            templates=count + 40 if distinct else 16,
        )
        run(Load(**{**load.__dict__, "count": 20, "templates": 16}))
        _settle(ours)
        before, known = ours.cpu_s(), ours.metric("tracemedic_recorded_events_total")
        sent = run(load)
        drained = wait_until(
            lambda: ours.metric("tracemedic_recorded_events_total") - known >= sent.failures, timeout_s=180
        )
        cpu = ours.cpu_s() - before
        recorded = ours.metric("tracemedic_recorded_events_total") - known
    return {
        "errors_per_cpu_s": round(recorded / cpu),
        "target": target,
        "recorded": recorded,
        "sent": sent.failures,
        "drained": drained,
    }


def storm(folder: Path, *, long: bool) -> Figure:
    """Every span fails, 50 patterns, drained into PostgreSQL."""
    return _storm(folder, distinct=False, count=1000 if long else 200, target=5000)


def distinct_errors(folder: Path, *, long: bool) -> Figure:
    """Every error is new, no cache helps, drained into PostgreSQL."""
    return _storm(folder, distinct=True, count=400 if long else 80, target=1500)


def killing(folder: Path, *, long: bool) -> Figure:
    """Killed with -9 again and again under load while the far side and the database misbehave: nothing lost or doubled.

    The oracle of the tests judges it; it fails when one acknowledged request is missing or one error counted twice.
    """
    environment = {**os.environ, **({"TRACEMEDIC_TEST_LONG": "1"} if long else {})}
    command = [
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        f"--basetemp={folder / 'oracle'}",
        "tests/path/test_oracle.py",
    ]
    ran = subprocess.run(
        [sys.executable, *command, "--timeout=1200"], env=environment, capture_output=True, text=True, check=False
    )
    closing = next((line for line in reversed(ran.stdout.splitlines()) if " in " in line), "")
    return {"kills": 20 if long else 3, "nothing_lost_or_doubled": ran.returncode == 0, "tests": closing}


ALL: dict[str, Callable[..., Figure]] = {
    "pass_through_512": pass_through_512,
    "pass_through_10": pass_through_10,
    "latency": latency,
    "steady": steady,
    "storm": storm,
    "distinct_errors": distinct_errors,
    "time_to_diagnosis": time_to_diagnosis,
    "new_patterns": new_patterns,
    "killing": killing,
}
