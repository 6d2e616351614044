"""Figures of diagnosis: how soon it is there, and what a thousand new patterns at once cost those who send."""

import json
import time
from pathlib import Path

import grpc

from bench.grpc_server import METHOD
from bench.load import Load, run
from bench.servers import Server, grpc_server, tracemedic, wait_until
from tests.path.requests import traces
from tests.path.site import spans_from, to_logfire
from tests.storage.samples import error
from tracemedic_processor.testing.logfire_stand_in import LogfireStandIn
from tracemedic_processor.testing.model_stand_in import ModelStandIn
from tracemedic_storage import diagnoses
from tracemedic_storage.database import Database
from tracemedic_storage.recording import record
from tracemedic_storage.records import Findings
from tracemedic_storage.tables import error_patterns
from tracemedic_storage.thresholds import Thresholds

Figure = dict[str, object]
MODEL_S = 1.0
NEW_PATTERNS = 1000


def time_to_diagnosis(folder: Path, *, long: bool) -> Figure:
    """From the third failure to the diagnosis span at Logfire, with a model that answers in a second."""
    del long
    with LogfireStandIn() as logfire, ModelStandIn(delay_s=MODEL_S) as model:
        more = {
            "TRACEMEDIC_ROLE": "all",
            "TRACEMEDIC_EXPORTERS": json.dumps({"logfire": to_logfire(logfire)}),
            "TRACEMEDIC_DIAGNOSIS__MODELS": '["openai:stand-in"]',
            "TRACEMEDIC_DIAGNOSIS__BASE_URL": model.base_url,
        }
        with tracemedic(folder, sink=None, **more) as ours:
            took = [_diagnosed(ours, logfire, 10 * number, f"GET /{number}") for number in range(4)]
    return {"seconds": round(max(took[1:]), 2), "first": round(took[0], 2), "target": 5.0, "model_s": MODEL_S}


def _diagnosed(ours: Server, logfire: LogfireStandIn, first: int, name: str) -> float:
    """Seconds from the third failure of one kind to its late span. The first also waits for the worker to start."""
    before = len(_late(logfire))
    with grpc.insecure_channel(f"127.0.0.1:{ours.port}") as channel:
        send = channel.unary_unary(METHOD)
        for number in (1, 2, 3):
            send(traces(first + number, failing=True, name=name))
    began = time.monotonic()
    wait_until(lambda: len(_late(logfire)) > before, timeout_s=60)
    return time.monotonic() - began


def _late(logfire: LogfireStandIn) -> list[object]:
    return [span for span in spans_from(logfire.inbox, "shop") if span.name == "error_diagnosed"]


def new_patterns(folder: Path, *, long: bool) -> Figure:
    """How much of its speed receiving keeps while a thousand new patterns are diagnosed by rules."""
    count = 4000 if long else 1500
    with grpc_server("sink") as sink, tracemedic(folder, sink=sink, TRACEMEDIC_ROLE="all") as ours:
        load = Load(port=ours.port, spans=100, count=count)
        run(load)
        wait_until(lambda: ours.metric("tracemedic_spool_items") == 0)
        quiet = run(load)
        database = Database(f"sqlite:///{folder / 'tracemedic.sqlite'}")
        began = time.monotonic()
        _make_patterns(database, NEW_PATTERNS)
        busy = run(load)
        wait_until(lambda: _diagnosed_count(database) >= NEW_PATTERNS, timeout_s=180)
        took = time.monotonic() - began
        diagnosed = _diagnosed_count(database)
        database.close()
    return {
        "speed_kept": round((busy.requests / busy.wall_s) / (quiet.requests / quiet.wall_s), 2),
        "target": 0.9,
        "new_patterns": NEW_PATTERNS,
        "diagnosed": diagnosed,
        "seconds": round(took, 1),
    }


def _make_patterns(database: Database, count: int) -> None:
    now_ns = time.time_ns()
    events = tuple(
        error(f"{number}-{trace}", fingerprint=number, message=f"no {number}", at_ns=now_ns, received_at_ns=now_ns)
        for number in range(count)
        for trace in range(3)
    )
    record(database, [(1, Findings(events=events))], spool_id="bench", thresholds=Thresholds(), now_ns=now_ns)


def _diagnosed_count(database: Database) -> int:
    with database.read() as connection:
        ids = list(connection.scalars(error_patterns.select().with_only_columns(error_patterns.c.id)))
    return len(diagnoses.newest_of_each(database, ids))
