"""Whole traces of patterns, found in the spool and kept in the database."""

import logging

import msgspec
import pytest
import sqlalchemy as sa
from opentelemetry import context, propagate, trace
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.processor import otlp
from tests.storage.samples import NOON_NS, SECOND_NS, Recorder, error, hex_of
from tracemedic_processor.exemplars import PART_BYTES_MAX, PATTERNS_AT_ONCE_MAX, Exemplars
from tracemedic_processor.redaction import Redactor
from tracemedic_processor.trace_tree import joined, redact_with, render
from tracemedic_storage import exemplar_traces
from tracemedic_storage.database import Database
from tracemedic_storage.error_patterns import pattern_id
from tracemedic_storage.spool import Entry, open_spool
from tracemedic_storage.tables import error_patterns

FINGERPRINT = hex_of("fingerprint", "a")
PATTERN = (pattern_id(FINGERPRINT), FINGERPRINT)
REDACT = redact_with(Redactor())


def raw_id(number):
    return bytes.fromhex(hex_of("trace", number)[:32])


class Replica:
    """A spool whose requests were all sent, and what gathers from it. Its clock is `now_ns`."""

    def __init__(self, folder, database, *, per_pattern=3, redact=REDACT):
        self.spool, _ = open_spool(folder, {"forward": "payload"}, recent_bytes_max=8 << 20)
        self.now_ns = NOON_NS
        self.exemplars = Exemplars(database, self.spool, redact, per_pattern=per_pattern, now_ns=lambda: self.now_ns)

    def take(self, *payloads):
        first = self.spool.last_seq + 1
        self.spool.commit(
            [
                Entry(signal="traces", received_at_ns=1, digest=n.to_bytes(16, "big"), payload=payload, findings=None)
                for n, payload in enumerate(payloads, start=first)
            ]
        )
        self.spool.advance("forward", self.spool.last_seq)
        self.spool.commit([])

    def gather(self, *patterns):
        return self.exemplars.gather(patterns)


@pytest.fixture
def replicas(tmp_path, database):
    opened = []

    def make(**more):
        opened.append(Replica(tmp_path / str(len(opened)), database, **more))
        return opened[-1]

    yield make
    for each in opened:
        each.spool.close()


def parts(database, pattern=PATTERN[0]):
    with database.read() as connection:
        return exemplar_traces.of_pattern(connection, pattern)


def traces(database):
    return {part.trace_id for part in parts(database)}


def request(trace_number, *spans, service="shop"):
    made = [otlp.span(number, parent=parent, trace_id=raw_id(trace_number)) for number, parent in spans]
    return otlp.traces(*made, service=service)


def ids(part):
    return [int(span.span_id, 16) for span in part.spans]


def test_the_newest_traces_of_a_pattern_are_found_and_kept(replicas, database):
    Recorder(database)(*(error(number, at_ns=NOON_NS + number * SECOND_NS) for number in range(1, 6)))
    replica = replicas()
    replica.take(*(request(number, (1, 0), (2, 1)) for number in range(1, 6)))
    assert replica.gather(PATTERN) == 3
    assert traces(database) == {raw_id(number).hex() for number in (3, 4, 5)}
    assert ids(parts(database)[0]) == [1, 2]
    assert replica.gather() == 0, "nothing has come since"


def test_a_trace_over_several_requests_is_put_together(replicas, database):
    Recorder(database)(*(error(number) for number in (1, 2, 3)))
    replica = replicas()
    replica.take(request(1, (2, 1)), request(9, (7, 0)), request(1, (3, 2), service="stock"))
    replica.gather(PATTERN)
    (part,) = parts(database)
    assert [(span.service, span.span_id[-1]) for span in part.spans] == [("shop", "2"), ("stock", "3")]


def test_later_spans_of_a_young_trace_are_added_and_of_an_old_one_not(replicas, database):
    Recorder(database)(*(error(number) for number in (1, 2, 3)))
    replica = replicas()
    replica.take(request(1, (2, 1)))
    replica.gather(PATTERN)
    replica.take(request(1, (1, 0)))
    replica.now_ns += 30 * SECOND_NS
    assert replica.gather() == 1
    assert ids(*parts(database)) == [1, 2]
    replica.take(request(1, (3, 1)))
    replica.now_ns += 31 * SECOND_NS
    assert replica.gather() == 0
    assert ids(*parts(database)) == [1, 2]
    assert [part.stored_at_ns for part in parts(database)] == [NOON_NS]


def test_a_trace_that_comes_after_its_pattern_is_found(replicas, database):
    Recorder(database)(*(error(number) for number in (1, 2, 3)))
    replica = replicas()
    assert replica.gather(PATTERN) == 0
    replica.take(request(2, (1, 0)))
    assert replica.gather() == 1
    assert traces(database) == {raw_id(2).hex()}


def test_each_replica_keeps_its_part_of_the_same_trace(replicas, database):
    """The second one has not those traces that the database would name first."""
    Recorder(database)(*(error(number, at_ns=NOON_NS + number * SECOND_NS) for number in range(1, 20)))
    one, other = replicas(per_pattern=1), replicas(per_pattern=1)
    one.take(request(18, (1, 0)))
    assert one.gather(PATTERN) == 1
    Recorder(database, spool_id="more")(*(error(n, at_ns=NOON_NS + n * SECOND_NS) for n in range(20, 40)))
    other.take(request(18, (2, 1), service="stock"))
    assert other.gather(PATTERN) == 1
    found = parts(database)
    assert {part.spool_id for part in found} == {one.spool.id, other.spool.id}
    assert ids(msgspec.structs.replace(found[0], spans=joined(part.spans for part in found))) == [1, 2]


def test_traces_of_several_services_are_preferred(replicas, database):
    Recorder(database)(*(error(number, at_ns=NOON_NS + number * SECOND_NS) for number in (1, 2, 3)))
    replica = replicas(per_pattern=2)
    replica.take(request(1, (1, 0)), request(1, (2, 1), service="stock"), request(2, (1, 0)), request(3, (1, 0)))
    assert replica.gather(PATTERN) == 2
    assert traces(database) == {raw_id(1).hex(), raw_id(3).hex()}


def test_a_part_is_bounded_however_long_its_trace_is(replicas, database):
    Recorder(database)(*(error(number) for number in (1, 2, 3)))
    replica = replicas()
    for start in range(1, 2_000, 500):
        spans = [
            otlp.span(n, parent=n // 2, trace_id=raw_id(1), attributes={f"http.x{k}": "y" * 200 for k in range(12)})
            for n in range(start, start + 500)
        ]
        replica.take(otlp.traces(*spans))
    assert replica.gather(PATTERN) == 1
    (part,) = parts(database)
    assert len(msgspec.json.encode(part.spans)) <= PART_BYTES_MAX
    assert render(part.spans, (), 10_000).startswith("2000 spans of 1 service")


def test_a_database_that_is_away_is_told_once_and_made_up_for(replicas, database, tmp_path, caplog):
    Recorder(database)(*(error(number) for number in (1, 2, 3)))
    replica = replicas()
    replica.take(request(1, (1, 0)))
    there = replica.exemplars._database
    replica.exemplars._database = Database(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder'}")
    with caplog.at_level(logging.WARNING):
        assert [replica.gather(PATTERN), replica.gather()] == [0, 0]
    assert len(caplog.records) == 1
    assert replica.exemplars.owing
    replica.exemplars._database.close()
    replica.exemplars._database = there
    assert replica.gather() == 1
    assert not replica.exemplars.owing


def test_what_cannot_be_redacted_is_not_kept(replicas, database, caplog):
    def broken(_key, text):
        raise RuntimeError(text)

    Recorder(database)(*(error(number) for number in (1, 2, 3)))
    replica = replicas(redact=broken)
    replica.take(request(1, (1, 0)))
    assert replica.gather(PATTERN) == 0
    assert parts(database) == []
    assert "its spans are not kept" in caplog.text


def test_many_patterns_are_gathered_over_several_calls(replicas, database):
    names = range(PATTERNS_AT_ONCE_MAX + 5)
    recorder = Recorder(database)
    recorder(*(error(f"{name}-{n}", fingerprint=name) for name in names for n in range(3)))
    replica = replicas()
    replica.take(*(request(f"{name}-1", (1, 0)) for name in names))
    keys = [(pattern_id(fingerprint), fingerprint) for fingerprint in (hex_of("fingerprint", name) for name in names)]
    assert replica.gather(*keys) == PATTERNS_AT_ONCE_MAX
    assert replica.exemplars.owing
    assert replica.gather() == 5
    assert not replica.exemplars.owing


def test_none_are_kept_when_none_are_wanted_and_none_of_a_pattern_that_is_no_more(replicas, database):
    Recorder(database)(*(error(number) for number in (1, 2, 3)))
    replica = replicas(per_pattern=0)
    replica.take(request(1, (1, 0)))
    assert replica.gather(PATTERN) == 0
    replica = replicas()
    replica.take(request(1, (1, 0)))
    with database.write() as connection:
        connection.execute(sa.delete(error_patterns))
    replica.gather(PATTERN)
    assert parts(database) == []


def test_events_without_a_usable_trace_id_are_passed_over(replicas, database):
    Recorder(database)(*(error(n, trace_id=odd) for n, odd in enumerate(["", "zz", "0" * 32, "ab"])))
    replica = replicas()
    replica.take(request(1, (1, 0)))
    assert replica.gather(PATTERN) == 0


class Services:
    """Three services with OpenTelemetry's SDK, calling each other; each exports its own requests."""

    def __init__(self):
        self.exporters = {}
        self.tracers = {}
        for name in ("web", "orders", "stock"):
            self.exporters[name] = InMemorySpanExporter()
            provider = TracerProvider(resource=Resource.create({"service.name": name}))
            provider.add_span_processor(SimpleSpanProcessor(self.exporters[name]))
            self.tracers[name] = provider.get_tracer("tests")

    def checkout(self):
        with self.tracers["web"].start_as_current_span("POST /checkout", kind=trace.SpanKind.SERVER) as root:
            with self.tracers["web"].start_as_current_span("render basket"):
                pass
            try:
                self.called("orders", "PlaceOrder", lambda: self.called("stock", "Reserve", self.reserve))
            except RuntimeError as error:
                root.set_status(trace.StatusCode.ERROR, str(error))
        return root.get_span_context().trace_id.to_bytes(16, "big")

    def called(self, name, operation, work):
        """Over the wire: only the headers go along."""
        headers: dict[str, str] = {}
        propagate.inject(headers)
        token = context.attach(propagate.extract(headers, context=context.Context()))
        try:
            with self.tracers[name].start_as_current_span(
                operation, kind=trace.SpanKind.SERVER, attributes={"rpc.system": "grpc"}
            ):
                work()
        finally:
            context.detach(token)

    def reserve(self):
        with self.tracers["stock"].start_as_current_span("UPDATE stock", kind=trace.SpanKind.CLIENT) as span:
            span.set_attribute("db.query.text", "UPDATE stock SET held = 1 WHERE name = 'Ada'")
            raise RuntimeError("lock timeout")

    def requests(self):
        return {
            name: encode_spans(exporter.get_finished_spans()).SerializeToString()
            for name, exporter in self.exporters.items()
        }


def test_a_trace_of_three_services_over_two_replicas_is_told_as_one_tree(replicas, database):
    services = Services()
    trace_id = services.checkout().hex()
    sent = services.requests()
    recorder = Recorder(database)
    recorder(error(1, trace_id=trace_id, at_ns=NOON_NS + SECOND_NS), error(2), error(3))
    one, other = replicas(), replicas()
    one.take(sent["web"], sent["stock"])
    other.take(sent["orders"])
    assert [one.gather(PATTERN), other.gather(PATTERN)] == [1, 1]
    spans = joined(part.spans for part in parts(database))
    failing = {span.span_id for span in spans if span.name == "UPDATE stock"}
    lines = render(spans, failing, 4_000).splitlines()
    assert lines[0].startswith("5 spans of 3 services, ")
    starts = [line.partition(" ms")[0].rpartition(" ")[0] for line in lines[1:]]
    assert [line for line in starts if "error:" not in line] == [
        "- [web] POST /checkout (server)",
        "  - [web] render basket",
        "  - [orders] PlaceOrder (server)",
        "    - [stock] Reserve (server)",
        "      ✗ [stock] UPDATE stock (client)",
    ]
    assert "          error: RuntimeError: lock timeout" in lines
    assert "Ada" not in "".join(lines)
