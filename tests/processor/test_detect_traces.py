"""Detection in traces: what is an error, what is not, whose it is, and what is counted."""

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.processor import otlp
from tracemedic_processor.detect import detect_traces
from tracemedic_processor.wire import open_envelope

SERVER, CLIENT = Span.SPAN_KIND_SERVER, Span.SPAN_KIND_CLIENT


def detected(*spans, **about):
    body = otlp.traces(*spans, **about)
    return detect_traces(body, open_envelope(body))


def found(*spans, **about):
    return [(each.carrier, each.error_type, each.message) for each in detected(*spans, **about).occurrences]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (otlp.exception("E", "m"), [("event", "E", "m")]),
        (otlp.exception("E", None), [("event", "E", "")]),
        (otlp.exception(None, "m"), [("event", "", "m")]),
        (otlp.exception("E", "m", name="http.server.request.exception"), [("event", "E", "m")]),
        (otlp.exception("E", "m", name="gen_ai.execute_tool.exception"), [("event", "E", "m")]),
        (otlp.exception("E", "m", name="exceptional"), []),
        (otlp.exception("E", "m", name="log"), []),
        (otlp.exception(None, None, None), []),
        (Span.Event(name="exception"), []),
    ],
)
def test_exception_events_in_every_spelling(event, expected):
    assert found(otlp.span(1, event, error=False)) == expected


@pytest.mark.parametrize(
    ("attributes", "description", "expected"),
    [
        ({}, "", ("status", "Error", "")),
        ({}, "it broke", ("status", "Error", "it broke")),
        ({"error.type": "TimeoutError"}, "", ("status", "TimeoutError", "")),
        ({"error.type": "_OTHER"}, "", ("status", "Error", "")),
        ({"error.type": "_OTHER", "http.response.status_code": 502}, "", ("status", "HTTP 502", "")),
        ({"error.type": "502", "http.response.status_code": 502}, "", ("status", "HTTP 502", "")),
        ({"http.status_code": 500}, "", ("status", "HTTP 500", "")),
        ({"rpc.grpc.status_code": 13}, "", ("status", "gRPC 13", "")),
        ({"error.type": "SomeError", "http.response.status_code": 500}, "", ("status", "SomeError", "")),
    ],
)
def test_an_error_status_without_exception(attributes, description, expected):
    assert found(otlp.span(1, error=True, attributes=attributes, description=description)) == [expected]


@pytest.mark.parametrize(
    "span",
    [
        otlp.span(),
        otlp.span(kind=SERVER),
        otlp.span(1, Span.Event(name="note"), error=False),
        otlp.span(1, otlp.exception(), attributes={"logfire.span_type": "pending_span"}),
        otlp.span(1, error=True, attributes={"logfire.span_type": "pending_span"}),
        otlp.span(1, otlp.exception(), attributes={"diagnostic.pattern_fingerprint": "f" * 64}),
    ],
    ids=["plain", "request", "with a note", "pending", "pending with status", "our own mark"],
)
def test_what_is_no_error(span):
    assert found(span) == []


def test_an_ok_status_with_an_exception_that_was_handled_is_an_occurrence():
    span = otlp.span(1, otlp.exception(), error=False)
    span.status.code = Status.STATUS_CODE_OK
    assert len(found(span)) == 1


def test_an_occurrence_tells_where_it_stands():
    (occurrence,) = detected(otlp.span(5), otlp.span(6, otlp.exception(), parent=5, name="load")).occurrences
    assert (occurrence.item.resource, occurrence.item.scope, occurrence.item.item) == (0, 0, 1)
    assert occurrence.event == 0
    assert occurrence.trace_id == otlp.TRACE.hex()
    assert occurrence.place.span_id == otlp.ident(6).hex()
    assert occurrence.place.parent_span_id == otlp.ident(5).hex()
    assert occurrence.place.span_name == "load"
    assert occurrence.occurred_at_ns == otlp.NOON_NS + 500
    assert occurrence.span_kind == "INTERNAL"


def test_the_resource_is_read_in_old_and_new_spellings():
    resource = {
        "service.version": "2",
        "deployment.environment": "staging",
        "host.name": "h",
        "telemetry.sdk.language": "java",
    }
    (occurrence,) = detected(otlp.span(1, otlp.exception()), resource=resource).occurrences
    who = occurrence.resource
    assert (who.service, who.version, who.environment, who.host, who.language) == ("shop", "2", "staging", "h", "java")
    (newer,) = detected(otlp.span(1, otlp.exception()), resource={"deployment.environment.name": "prod"}).occurrences
    assert newer.resource.environment == "prod"


def test_a_service_without_a_name_has_the_specifications_name():
    (occurrence,) = detected(otlp.span(1, otlp.exception()), service="").occurrences
    assert occurrence.resource.service == "unknown_service"


def test_ancestors_are_found_nearest_first():
    top = otlp.span(1, attributes={"sprint_id": "s1", "run_id": "outer"})
    middle = otlp.span(2, parent=1, attributes={"run_id": "r1"})
    spans = (top, middle, otlp.span(3, otlp.exception(), parent=2))
    (occurrence,) = detected(*spans).occurrences
    assert [dict(each) for each in occurrence.ancestors(frozenset({"run_id", "sprint_id"}))] == [
        {"run_id": "r1"},
        {"sprint_id": "s1", "run_id": "outer"},
    ]


def test_failures_below_one_span_read_of_it_what_each_asks_for():
    top = otlp.span(1, attributes={"sprint_id": "s1", "run_id": "r1"})
    failed = (otlp.span(number, otlp.exception(), parent=1) for number in (2, 3))
    first, second = detected(top, *failed).occurrences
    run, sprint = frozenset({"run_id"}), frozenset({"sprint_id"})
    assert [list(each.ancestors(run)) for each in (first, second)] == [[{"run_id": "r1"}]] * 2
    assert [list(each.ancestors(sprint)) for each in (second, first)] == [[{"sprint_id": "s1"}]] * 2
    assert list(first.ancestors(frozenset({"nothing"}))) == []


def test_no_more_than_64_ancestors_are_followed_from_anywhere():
    chain = [otlp.span(number, parent=number - 1, attributes={"depth": number}) for number in range(1, 101)]
    failed = [otlp.span(200 + parent, otlp.exception(), parent=parent) for parent in (100, 50)]
    deep, shallow = detected(*chain, *failed).occurrences
    depths = [[layer["depth"] for layer in each.ancestors(frozenset({"depth"}))] for each in (shallow, deep)]
    assert depths == [list(range(50, 0, -1)), list(range(100, 36, -1))]


def test_circular_ancestry_ends():
    first, second = otlp.span(1, otlp.exception(), parent=2), otlp.span(2, parent=1)
    (occurrence,) = detected(first, second).occurrences
    assert len(list(occurrence.ancestors(frozenset({"run_id"})))) <= 64
    own = otlp.span(1, otlp.exception(), parent=1)
    assert len(found(own)) == 1


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (otlp.span(1, error=True), "E"),
        (otlp.span(1, error=True, attributes={"error.type": "E"}), "E"),
        (otlp.span(1, error=True, attributes={"error.type": "500", "http.response.status_code": 500}), "E"),
        (otlp.span(1, error=True, description="E: no way"), "E"),
        (otlp.span(1, error=True, attributes={"error.type": "Other"}), "Other"),
        (otlp.span(1, error=True, description="another reason"), "Error"),
        (otlp.span(1, error=True, trace_id=b"o" * 16), "Error"),
    ],
    ids=["bare", "same type", "the answer", "same words", "another type", "other words", "another trace"],
)
def test_a_status_above_an_exception_is_its_place_unless_it_says_something_of_its_own(status, expected):
    inner = otlp.span(2, otlp.exception("E", "no way", None), parent=1)
    assert [each.error_type for each in detected(status, inner).occurrences] == [expected, "E"]


def test_a_span_between_that_did_not_fail_ends_the_way_of_an_exception():
    spans = (otlp.span(1, error=True), otlp.span(2, parent=1), otlp.span(3, otlp.exception("E", "m", None), parent=2))
    assert [each.error_type for each in detected(*spans).occurrences] == ["Error", "E"]


def test_the_answer_that_tells_of_an_exception_is_its_place():
    """The ASGI instrumentation's `http send`: below the span that has the exception, with nothing but 500."""
    server = otlp.span(1, otlp.exception("E", "m", None), kind=SERVER)
    send = otlp.span(2, parent=1, error=True, attributes={"http.status_code": 500})
    assert [each.error_type for each in detected(server, send).occurrences] == ["E", "E"]


def test_a_failed_call_below_an_exception_stays_an_error_of_its_own():
    server = otlp.span(1, otlp.exception("E", "m", None), kind=SERVER)
    call = otlp.span(2, parent=1, error=True, kind=CLIENT, attributes={"http.response.status_code": 503})
    assert [each.error_type for each in detected(server, call).occurrences] == ["E", "HTTP 503"]


def counts(*spans, **about):
    return [(each.kind, each.service, each.total, each.failed) for each in detected(*spans, **about).requests]


def test_server_spans_are_counted_as_requests():
    spans = [
        otlp.span(1, kind=SERVER),
        otlp.span(2, otlp.exception(), kind=SERVER),
        otlp.span(3, error=True, kind=SERVER),
    ]
    assert counts(*spans, otlp.span(4), otlp.span(5, kind=CLIENT)) == [("request", "shop", 3, 2)]


def test_agent_runs_are_counted_whatever_their_kind():
    runs = {"gen_ai.operation.name": "invoke_agent"}
    spans = [otlp.span(1, attributes=runs), otlp.span(2, otlp.exception(), attributes=runs, kind=CLIENT)]
    others = [otlp.span(3, attributes={"gen_ai.operation.name": "chat"}), otlp.span(4, name="invoke_agent helper")]
    assert counts(*spans, *others) == [("agent_run", "shop", 2, 1)]


def test_a_server_span_that_is_an_agents_run_counts_as_both():
    span = otlp.span(1, kind=SERVER, attributes={"gen_ai.operation.name": "invoke_agent"})
    assert sorted(counts(span)) == [("agent_run", "shop", 1, 0), ("request", "shop", 1, 0)]


def test_pending_requests_are_not_counted():
    pending = otlp.span(1, kind=SERVER, attributes={"logfire.span_type": "pending_span"})
    pending.end_time_unix_nano = pending.start_time_unix_nano
    assert counts(pending) == []


def test_requests_are_counted_by_minute_of_their_end():
    first, second = otlp.span(1, kind=SERVER), otlp.span(2, kind=SERVER)
    second.end_time_unix_nano += 60_000_000_000
    assert [
        (each.minute - otlp.NOON_NS // 60_000_000_000, each.total) for each in detected(first, second).requests
    ] == [
        (0, 1),
        (1, 1),
    ]


def test_a_request_that_passed_an_error_on_counts_as_failed_once():
    span = otlp.span(1, otlp.exception(), otlp.exception(), kind=SERVER, attributes={"diagnostic.fingerprint": "mine"})
    assert counts(span) == [("request", "shop", 1, 1)]
