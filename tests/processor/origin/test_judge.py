import random
import time
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tracemedic_processor.origin import judge
from tracemedic_processor.origin.sightings import SIGHTINGS_PER_EVENT_MAX
from tracemedic_storage.records import (
    ErrorContext,
    ErrorEvent,
    ExceptionRecord,
    Place,
    Redacted,
    SpanKind,
    TraceSpan,
)

MS_NS = 1_000_000
START_NS = 1_767_268_800_000 * MS_NS
SERVER_ERROR = "Server error '500 Internal Server Error' for url 'http://{}/{}'"


def place(span_id: str, parent: str = "", name: str = "work", at_ms: int = 0) -> Place:
    return Place(span_id=span_id, parent_span_id=parent, span_name=name, started_at_ns=START_NS + at_ms * MS_NS)


def failure(
    id_: str,
    *places: Place,
    service: str = "orders",
    kind: str = "shop.Boom",
    message: str = "",
    at_ms: int = 10,
    stack: str | None = None,
    language: str | None = None,
    fingerprint: str | None = None,
    attributes: dict[str, str] | None = None,
) -> ErrorEvent:
    return ErrorEvent(
        id=id_,
        trace_id="t",
        places=places,
        service=service,
        error_type=kind,
        message=Redacted(message),
        fingerprint=fingerprint or id_,
        fingerprint_version=1,
        source="shop",
        category="unknown",
        category_confidence=0.5,
        severity="medium",
        occurred_at_ns=START_NS + at_ms * MS_NS,
        received_at_ns=START_NS,
        stack_hash=stack,
        language=language,
        context=ErrorContext(attributes=attributes or {}),
    )


def span(
    span_id: str,
    parent: str = "",
    *,
    service: str = "orders",
    from_ms: int = 0,
    to_ms: int = 1,
    kind: SpanKind = "internal",
) -> TraceSpan:
    return TraceSpan(
        span_id=span_id,
        parent_span_id=parent,
        name="work",
        service=service,
        started_at_ns=START_NS + from_ms * MS_NS,
        ended_at_ns=START_NS + to_ms * MS_NS,
        kind=kind,
    )


def chain_of(*kinds: str) -> dict[str, Sequence[ExceptionRecord]]:
    return {"s": tuple(ExceptionRecord(type=kind, message="") for kind in kinds)}


def call_that_failed(skew_ms: int = 0) -> list[ErrorEvent]:
    """orders calls inventory, which fails; three events of one fault."""
    return [
        failure("server", place("a1"), message=SERVER_ERROR.format("inventory", "reserve"), at_ms=12),
        failure("client", place("a2", "a1", "POST", 2), kind="HTTP 500", at_ms=11),
        failure("inner", place("b1", "a2", "POST /reserve", 3 + skew_ms), service="inventory", at_ms=8 + skew_ms),
    ]


def test_nothing_and_one_failure_need_no_judgement() -> None:
    assert judge([]) == {}
    assert judge([failure("one", place("a"))]) == {"one": "one"}


@pytest.mark.parametrize("skew_ms", [0, 2_000, -2_000])
def test_a_caller_fails_of_what_it_called_whatever_the_clocks_say(skew_ms: int) -> None:
    assert set(judge(call_that_failed(skew_ms)).values()) == {"inner"}


def test_the_order_of_arrival_is_of_no_account() -> None:
    events = call_that_failed()
    for seed in range(6):
        random.Random(seed).shuffle(events)
        assert set(judge(events).values()) == {"inner"}


def test_a_caller_that_gave_up_did_not_fail_of_what_its_callee_did_later() -> None:
    events = [
        failure("gave up", place("a"), kind="httpx.ReadTimeout", at_ms=200),
        failure("later", place("b", "a", "POST /charge", 5), service="payments", message="no account", at_ms=500),
    ]
    assert judge(events) == {"gave up": "gave up", "later": "later"}


def test_a_gateway_timeout_is_an_answer_and_not_giving_up() -> None:
    events = [
        failure("caller", place("a"), kind="HTTP 504", at_ms=200),
        failure("callee", place("b", "a", "POST /charge", 5), service="payments", kind="httpx.ReadTimeout", at_ms=190),
    ]
    assert judge(events) == {"caller": "callee", "callee": "callee"}


@pytest.mark.parametrize(
    "kind", ["asyncio.CancelledError", "ClientDisconnected", "BrokenPipeError", "HTTP 499", "gRPC 1"]
)
def test_what_was_cancelled_failed_of_what_cancelled_it(kind: str) -> None:
    events = [
        failure("gave up", place("a"), kind="httpx.ReadTimeout", at_ms=200),
        failure("cancelled", place("b", "a", "POST /charge", 5), service="payments", kind=kind, at_ms=210),
    ]
    assert judge(events) == {"gave up": "gave up", "cancelled": "gave up"}


def test_a_cancelled_sibling_failed_of_the_one_that_failed_first() -> None:
    events = [
        failure("group", place("a"), message="unhandled errors in a TaskGroup: KeyError", at_ms=12),
        failure("first", place("b", "a", "left", 1), kind="KeyError", message="'iban'", at_ms=10),
        failure("sibling", place("c", "a", "right", 1), kind="asyncio.CancelledError", at_ms=11),
    ]
    assert set(judge(events).values()) == {"first"}


def test_a_consumer_is_no_cause_of_a_failing_producer() -> None:
    events = [
        failure("producer", place("a"), at_ms=11),
        failure("consumer", place("b", "a", "process orders.placed", 5), service="shipping", at_ms=10),
    ]
    assert judge(events) == {"producer": "producer", "consumer": "consumer"}


def test_a_wrapper_fails_of_what_it_wraps() -> None:
    inner = failure("inner", place("b", "a"), kind="KeyError", message="'iban'", at_ms=10)
    quoting = failure("quoting", place("a"), message="payment: KeyError", at_ms=900)
    assert judge([inner, quoting])["quoting"] == "inner"
    silent = failure("silent", place("a"), message="no payment", at_ms=900, stack="s", language="python")
    assert judge([inner, silent], chains=chain_of("Boom", "KeyError"))["silent"] == "inner"
    assert judge([inner, silent], chains=chain_of("Boom"))["silent"] == "silent"


def test_what_was_dealt_with_is_no_cause_of_what_failed_long_after() -> None:
    handled = failure("handled", place("b", "a"), message="cache is away", at_ms=10)
    assert judge([handled, failure("soon", place("a"), at_ms=15)])["soon"] == "handled"
    assert judge([handled, failure("late", place("a"), at_ms=200)])["late"] == "late"


def test_what_succeeded_in_between_shows_that_the_first_was_dealt_with() -> None:
    events = [
        failure("handled", place("b", "a"), message="cache is away", at_ms=10),
        failure("soon", place("a"), at_ms=25),
    ]
    assert judge(events, [span("c", "a", from_ms=12, to_ms=20)])["soon"] == "soon"


def test_all_attempts_fail_of_one_cause_and_so_does_what_escaped() -> None:
    attempts = [(20 * number, f"b{number}", f"c{number}") for number in range(3)]
    events = [
        failure("escaped", place("a"), message=SERVER_ERROR.format("inventory", "reserve"), at_ms=52),
        failure("client", *(place(call, "a", "POST", at) for at, call, _ in attempts), kind="HTTP 500", at_ms=9),
        *(
            failure(
                f"attempt {served}",
                place(served, call, "POST /reserve", at + 2),
                service="inventory",
                message=f"locked by session {at}",
                fingerprint="locked",
                at_ms=at + 8,
            )
            for at, call, served in attempts
        ),
    ]
    assert set(judge(events).values()) == {"attempt c0"}


def test_of_parallel_calls_the_one_that_the_caller_speaks_of_is_the_cause() -> None:
    events = [
        failure("caller", place("a"), message=SERVER_ERROR.format("shipping", "label"), at_ms=60),
        failure("client", place("b", "a", "POST", 1), place("c", "a", "POST", 1), kind="HTTP 500", at_ms=40),
        failure("spoken of", place("d", "b", "POST /label", 3), service="shipping", at_ms=50),
        failure("other", place("e", "c", "POST /reserve", 3), service="inventory", at_ms=30),
    ]
    said = judge(events)
    assert said["caller"] == "spoken of"
    assert said["other"] == "other"


def test_a_lost_span_is_bridged_by_what_the_caller_says() -> None:
    server, _, inner = call_that_failed()
    assert judge([server, inner]) == {"server": "inner", "inner": "inner"}


def test_a_caller_that_speaks_of_another_service_is_not_connected_over_a_lost_span() -> None:
    other = failure("other", place("z"), message=SERVER_ERROR.format("payments", "charge"), service="gateway", at_ms=9)
    paid = failure("paid", place("p", "lost", "POST /refund", 3), service="shipping", at_ms=8)
    third = failure("third", place("q"), service="payments", at_ms=8)
    assert judge([other, paid, third])["other"] == "other"


def test_handing_over_the_answer_failed_of_what_the_answer_tells() -> None:
    events = [
        failure("failed", place("a", "", "POST /x"), message="'sku'", kind="KeyError", at_ms=10),
        failure("sent", place("b", "a", "POST /x http send", 11), kind="HTTP 500", at_ms=11),
    ]
    assert judge(events) == {"failed": "failed", "sent": "failed"}


def test_two_faults_in_one_trace_are_two_origins() -> None:
    events = [
        failure("left", place("b", "a"), message="audit is full", at_ms=10),
        failure("right", place("c", "a"), message="no such page", at_ms=90),
    ]
    assert judge(events) == {"left": "left", "right": "right"}


ids = st.sampled_from([f"s{number}" for number in range(8)])
places = st.builds(
    Place,
    span_id=ids,
    parent_span_id=st.one_of(st.just(""), ids),
    span_name=st.sampled_from(["POST", "POST /x", "POST /x http send", "process t", ""]),
    started_at_ns=st.integers(0, 10**9),
)
texts = st.sampled_from(
    ["", "boom", "Cancelled", "timed out", "500 from orders", "gave up after 3 attempts", "boom /x"]
)


@st.composite
def any_failures(draw: st.DrawFn) -> list[ErrorEvent]:
    count = draw(st.integers(0, 7))
    return [
        failure(
            f"e{number}",
            *{each.span_id: each for each in draw(st.lists(places, min_size=1, max_size=4))}.values(),
            service=draw(st.sampled_from(["orders", "stock"])),
            kind=draw(st.sampled_from(["Boom", "HTTP 500", "TimeoutError", "CancelledError"])),
            message=draw(texts),
            at_ms=draw(st.integers(0, 200)),
        )
        for number in range(count)
    ]


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(any_failures(), st.randoms(use_true_random=False))
def test_every_failure_has_one_origin_that_is_its_own_whatever_the_order(
    events: list[ErrorEvent], chance: random.Random
) -> None:
    said = judge(events)
    assert said.keys() == {event.id for event in events}
    assert all(said[origin] == origin for origin in said.values())
    chance.shuffle(events)
    assert judge(events) == said


def test_a_hostile_trace_ends() -> None:
    """Two hundred failures on one span, each in a loop of a thousand spans that are their own parents."""
    loop = [place(f"l{number}", f"l{(number + 1) % 1000}", at_ms=number) for number in range(1000)]
    events = [failure(f"e{number}", place("a", "a"), message=f"boom {number}", at_ms=number) for number in range(200)]
    began = time.process_time()
    said = judge([*events, failure("loop", *loop)])
    assert len(said) == 201
    assert time.process_time() - began < 30  # a guard against a square of a square, far from the usual 0.2 s


def test_of_a_loop_the_first_and_the_last_attempts_are_looked_at() -> None:
    calls = [place(f"b{number}", "a", "POST", 10 * number) for number in range(SIGHTINGS_PER_EVENT_MAX + 10)]
    events = [
        failure("escaped", place("a"), message="", kind="HTTP 500", at_ms=10_000),
        failure("client", *calls, kind="HTTP 503", at_ms=5),
        failure("last", place("z", calls[-1].span_id, "POST /x", 415), service="stock", at_ms=420),
    ]
    assert set(judge(events).values()) == {"last"}


def test_cancelled_work_whose_way_up_is_lost_failed_of_the_caller_that_gave_up() -> None:
    events = [
        failure("gave up", place("a"), kind="httpx.ReadTimeout", at_ms=200),
        failure("cancelled", place("b", "lost", "POST /x", 5), service="stock", kind="ClientDisconnected", at_ms=210),
    ]
    assert judge(events) == {"gave up": "gave up", "cancelled": "gave up"}
