"""The oracle: whatever happens meanwhile, what was acknowledged arrives, unchanged, and is counted exactly once.

After Vector's soak tests: a sender takes each acknowledgement as an obligation. While it sends, tracemedic is killed
and started again, both backends misbehave by a script, and the database goes away and returns. TRACEMEDIC_TEST_LONG=1
makes it twenty kills instead of three.
"""

import contextlib
import os
import random
import time
from collections import Counter

import pytest
import sqlalchemy as sa
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.path import obligations
from tests.path.outages import Proxy, locked
from tests.path.site import to_logfire, to_sink
from tests.service import Service, wait_until
from tracemedic_processor.testing.faults import Hang, Reset, Slow, throttled, unavailable
from tracemedic_processor.testing.logfire_stand_in import LogfireStandIn
from tracemedic_processor.testing.otlp_sink import OtlpSink
from tracemedic_storage import queries
from tracemedic_storage.tables import pattern_changes, request_counts

LONG = os.environ.get("TRACEMEDIC_TEST_LONG") == "1"
KILLS = 20 if LONG else 3
TRACES_PER_KILL = 200 if LONG else 60
SENDERS = 4
SEED = 4317
END_S_MAX = 90.0

pytestmark = [pytest.mark.xdist_group("path_oracle"), pytest.mark.timeout(1200 if LONG else 180)]


def faults(seed):
    """An endless script: half of the requests are treated well, some are taken without an answer that says so."""
    chance = random.Random(seed)
    bad = (
        unavailable(),
        unavailable(0.1),
        throttled(0.1),
        Reset(),
        Hang(),
        Slow(delay_s=0.2),
        Reset(keeps=True),
        Hang(keeps=True),
    )
    while True:
        yield chance.choice(bad) if chance.random() < 0.5 else None


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def outage(request, tmp_path):
    """The database's address, None for the embedded one, and a context in which the database is away."""
    if request.param == "sqlite":
        yield None, lambda: locked(tmp_path / "site" / "data" / "tracemedic.sqlite")
        return
    server = request.getfixturevalue("postgres_server")
    url = server.create_database()
    proxy = Proxy(url)
    yield proxy.url, proxy.away
    proxy.close()
    server.drop_database(url)


def test_nothing_acknowledged_is_lost_changed_or_counted_twice(tmp_path, outage):
    url, away = outage
    with LogfireStandIn(faults=faults(SEED)) as logfire, OtlpSink(faults=faults(SEED + 1)) as sink:
        patience = {"timeout_s": 1.0, "retry_s_max": 0.5}
        exporters = {"logfire": to_logfire(logfire, **patience), "sink": to_sink(sink, **patience)}
        service = Service(tmp_path / "site", exporters=exporters, database_url=url)
        with service:
            requests, expected = obligations.plan(KILLS * TRACES_PER_KILL, SEED)
            senders = [obligations.Sender(service, requests[number::SENDERS]) for number in range(SENDERS)]
            torment(service, senders, away, len(requests))
            for backend in (logfire, sink):
                backend.faults.replace()
            drained(service, senders)
            assert answers(senders) <= {"taken", "connection lost", "503", "StatusCode.UNAVAILABLE"}
            for backend in (logfire, sink):
                check_arrivals(backend.inbox, expected)
            with service.database() as database:
                check_events(database, expected)
                check_counts(database, expected)
            assert not list(service.data.glob("aside/*"))
            assert service.troubles() == []
            check_that_it_lives(service, (logfire, sink))
            assert service.terminate() == 0


def torment(service, senders, away, total):
    """Kill it again and again while it works; the database is away from before the first kill to after the second."""
    chance = random.Random(SEED)
    for sender in senders:
        sender.start()
    with contextlib.ExitStack() as stack:
        for kill in range(1, KILLS + 1):
            wait_for_progress(senders, total * kill // (KILLS + 1))
            if kill % 3 == 1:
                stack.enter_context(away())
            time.sleep(chance.random() * 0.2)
            service.kill()
            service.start()
            if kill % 3 == 2:
                stack.close()


def wait_for_progress(senders, count):
    def reached():
        return sum(sender.acknowledged for sender in senders) >= count

    wait_until(reached, timeout_s=END_S_MAX, what=f"{count} acknowledgements")


def drained(service, senders):
    """Everything is acknowledged and everybody has read the spool to its end."""
    try:
        for sender in senders:
            sender.join(END_S_MAX)
            assert not sender.is_alive(), sender.answers
        wait_until(lambda: service.metric("spool_items") == 0, timeout_s=END_S_MAX, what="an empty spool")
    finally:
        for sender in senders:
            sender.stopped.set()


def answers(senders):
    return {answer for sender in senders for answer in sender.answers}


def check_arrivals(inbox, expected):
    """At least once, and to the byte but for the diagnosis at the end of what failed."""
    arrived = {}
    for received in inbox.all():
        for ident, raw in obligations.identified(received.signal, received.body):
            arrived.setdefault(ident, []).append(raw)
    assert arrived.keys() == expected.items.keys()
    for ident, raw in expected.items.items():
        for other in arrived[ident]:
            assert other.startswith(raw)
            added = (Span if ident[0] == "traces" else LogRecord).FromString(other[len(raw) :])
            assert all(pair.key.startswith("diagnostic.") for pair in added.attributes)
            del added.attributes[:]
            assert added.ByteSize() == 0


def check_events(database, expected):
    """One event per failing trace, and one pattern per kind of exception with the exact number of traces."""
    found = queries.list_errors(database, limit=1_000_000).errors
    assert Counter({bytes.fromhex(each.event.trace_id): each.event.occurrences for each in found}) == expected.places
    assert len(found) == len(expected.places)
    patterns = queries.list_patterns(database, limit=1000).patterns
    assert {one.error_type.removeprefix("shop."): one.total_occurrences for one in patterns} == expected.traces
    assert {each.pattern_id for each in found} == {pattern.id for pattern in patterns}
    with database.read() as connection:
        kinds = Counter(connection.scalars(sa.select(pattern_changes.c.kind)))
    assert kinds["created"] == len(patterns)


def check_counts(database, expected):
    """Each request once."""
    columns = request_counts.c
    with database.read() as connection:
        total, failed = connection.execute(sa.select(sa.func.sum(columns.total), sa.func.sum(columns.failed))).one()
    assert (int(total), int(failed)) == (expected.requests, expected.failed)


def check_that_it_lives(service, backends):
    """A fresh trace flows."""
    requests, expected = obligations.plan(1, SEED + 2)
    sender = obligations.Sender(service, requests)
    sender.start()
    sender.join(END_S_MAX)
    for ident in expected.items:
        for backend in backends:
            wait_until(lambda ident=ident, backend=backend: has(backend.inbox, ident), what="the fresh trace")


def has(inbox, wanted):
    return any(
        ident == wanted
        for received in inbox.all()
        for ident, _ in obligations.identified(received.signal, received.body)
    )
