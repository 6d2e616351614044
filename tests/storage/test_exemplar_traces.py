"""A few whole traces per pattern, in parts."""

import pytest

from tests.storage.samples import NOON_NS, SECOND_NS, Recorder, error, errors, hex_of
from tracemedic_storage import exemplar_traces
from tracemedic_storage.database import Database
from tracemedic_storage.exemplar_traces import ExemplarPart
from tracemedic_storage.records import TraceSpan


@pytest.fixture
def pattern_id(database: Database) -> str:
    return Recorder(database)(*errors(3)).patterns[0].id


def span(service="shop", ident="a", **more):
    return TraceSpan(span_id=ident, name="work", service=service, started_at_ns=1, ended_at_ns=2, **more)


def part(pattern_id, trace="1", *, spool="s", services=("shop",), at_s=0, **more):
    spans = tuple(span(service, ident=f"{number}") for number, service in enumerate(services))
    fields = {"spans": spans, "stored_at_ns": NOON_NS + at_s * SECOND_NS} | more
    return ExemplarPart(pattern_id=pattern_id, trace_id=trace, spool_id=spool, **fields)


def store(database, *parts):
    with database.write() as connection:
        exemplar_traces.store(connection, parts)


def stored(database, pattern_id):
    with database.read() as connection:
        return exemplar_traces.of_pattern(connection, pattern_id)


def trim(database, pattern_id, traces_max):
    with database.write() as connection:
        return exemplar_traces.trim(connection, pattern_id, traces_max=traces_max)


def test_parts_come_back_as_they_were_the_trace_stored_last_first(database, pattern_id):
    full = span(
        parent_span_id="p", kind="server", failed=True, error="ключ 💥", attributes={"http.route": "/"}, links=("l",)
    )
    parts = [
        part(pattern_id, "old"),
        part(pattern_id, "new", spool="s1", at_s=5, spans=(full,)),
        part(pattern_id, "new", spool="s2", at_s=1),
    ]
    store(database, *parts)
    assert stored(database, pattern_id) == [parts[1], parts[2], parts[0]]
    with database.read() as connection:
        assert exemplar_traces.spools_of(connection, pattern_id) == {"old": {"s"}, "new": {"s1", "s2"}}


def test_a_part_stored_again_has_the_new_spans_and_its_first_time(database, pattern_id):
    store(database, part(pattern_id, services=("shop",)))
    store(database, part(pattern_id, services=("shop", "stock"), at_s=30))
    assert stored(database, pattern_id) == [part(pattern_id, services=("shop", "stock"))]


def test_text_that_a_database_refuses_is_stored_with_a_replacement(database, pattern_id):
    store(database, part(pattern_id, spans=(span(error="a\0b"),)))
    assert stored(database, pattern_id)[0].spans[0].error == "a\N{REPLACEMENT CHARACTER}b"


def test_times_of_any_size_are_stored(database, pattern_id):
    odd = TraceSpan(span_id="a", name="", service="", started_at_ns=0, ended_at_ns=2**64 - 1)
    store(database, part(pattern_id, spans=(odd,)))
    assert stored(database, pattern_id)[0].spans == (odd,)


def test_parts_of_a_pattern_that_is_no_more_are_left_out(database, pattern_id):
    store(database, part("gone"), part(pattern_id))
    assert stored(database, "gone") == []
    assert len(stored(database, pattern_id)) == 1


def test_traces_of_several_services_stay_longest_and_of_these_the_newest(database, pattern_id):
    store(
        database,
        part(pattern_id, "one, old", at_s=1),
        part(pattern_id, "one, new", at_s=9),
        part(pattern_id, "two, old", at_s=2, services=("shop", "stock")),
        part(pattern_id, "two, replicas", at_s=3, spool="s1", services=("shop",)),
        part(pattern_id, "two, replicas", at_s=3, spool="s2", services=("stock",)),
    )
    assert trim(database, pattern_id, 3) == 1
    assert {each.trace_id for each in stored(database, pattern_id)} == {"one, new", "two, old", "two, replicas"}
    assert trim(database, pattern_id, 1) == 2
    assert [each.spool_id for each in stored(database, pattern_id)] == ["s1", "s2"]
    assert trim(database, pattern_id, 1) == 0


def test_old_parts_are_deleted_by_the_time_of_their_storing(database, pattern_id):
    store(database, part(pattern_id, "old"), part(pattern_id, "new", at_s=10))
    with database.write() as connection:
        assert exemplar_traces.delete_older_than(connection, NOON_NS + SECOND_NS) == 1
    assert [each.trace_id for each in stored(database, pattern_id)] == ["new"]


def test_the_most_recent_traces_of_a_fingerprint_are_known(database):
    Recorder(database)(*errors(5), error(99, fingerprint="other"))
    with database.read() as connection:
        recent = exemplar_traces.recent_trace_ids(connection, hex_of("fingerprint", "a"), traces_max=2)
    assert recent == [hex_of("trace", 4)[:32], hex_of("trace", 3)[:32]]
