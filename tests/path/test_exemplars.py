"""Whole traces of a pattern are kept by the real service, also those from before it was killed."""

import pytest

from tests.path import requests
from tests.processor import otlp
from tests.service import Service, wait_until
from tracemedic_processor.trace_tree import joined, render
from tracemedic_storage import exemplar_traces, queries

pytestmark = pytest.mark.xdist_group("path_exemplars")


def failing_trace(number):
    """A request of one service, then that of the service it called, in which it failed."""
    trace_id = number.to_bytes(2, "big") * 8
    web = otlp.traces(otlp.span(1, name="GET /cart", trace_id=trace_id, error=True), service="web")
    stock = otlp.traces(otlp.span(2, otlp.exception(), parent=1, name="check", trace_id=trace_id), service="stock")
    return web, stock


def kept(service):
    with service.database() as database:
        patterns = queries.list_patterns(database, limit=10).patterns
        with database.read() as connection:
            return [part for each in patterns for part in exemplar_traces.of_pattern(connection, each.id)]


def test_the_traces_of_a_new_pattern_are_kept_whole_also_over_a_kill(tmp_path):
    service = Service(tmp_path, DIAGNOSIS__EXEMPLARS_PER_PATTERN="3")
    with service:
        requests.send(service, *failing_trace(1), *failing_trace(2))
        service.wait_recorded()
        service.kill()
    with service:
        requests.send(service, *failing_trace(3))
        wait_until(lambda: len({part.trace_id for part in kept(service)}) == 3, what="three traces of the pattern")
        wait_until(lambda: all(len(part.spans) == 2 for part in kept(service)), what="both spans of each")
        text = render(joined([kept(service)[0].spans]), {otlp.ident(2).hex()}, 1_000)
    lines = [line.partition(" 0.0 ms")[0] for line in text.splitlines()]
    assert lines[1:3] == ["- [web] GET /cart", "  ✗ [stock] check"]
