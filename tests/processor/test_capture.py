"""From an occurrence to an error event: identity, context and everything bounded and redacted."""

import pytest
from dirty_equals import IsHash

from tests.processor import otlp
from tracemedic_processor.aliases import ContextAliases
from tracemedic_processor.capture import Capturer
from tracemedic_processor.detect import detect_logs, detect_traces
from tracemedic_processor.fingerprint import GroupingRule
from tracemedic_processor.redaction import Redactor
from tracemedic_processor.wire import open_envelope

SECRET = "hunter" + "2x9"


@pytest.fixture(scope="module")
def capturer():
    return Capturer(Redactor())


def captured(capturer, *spans, **about):
    body = otlp.traces(*spans, **about)
    found = detect_traces(body, open_envelope(body)).occurrences
    return [capturer.capture(each, received_at_ns=otlp.NOON_NS + 9) for each in found]


def event(capturer, *spans, **about):
    return captured(capturer, *spans, **about)[0].event


def failing(**more):
    return otlp.span(1, otlp.exception(), **more)


def test_who_and_when(capturer):
    resource = {
        "service.version": "1.4",
        "service.namespace": "n",
        "deployment.environment.name": "prod",
        "host.name": "h",
    }
    found = event(capturer, failing(), resource=resource)
    assert (found.service, found.service_version, found.service_namespace) == ("shop", "1.4", "n")
    assert (found.environment, found.host, found.language) == ("prod", "h", "python")
    assert (found.occurred_at_ns, found.received_at_ns) == (otlp.NOON_NS + 500, otlp.NOON_NS + 9)
    assert (found.fingerprint, found.stack_hash) == (IsHash("sha-256"), found.stack_hash)


def test_an_exception_without_a_time_has_that_of_its_receipt(capturer):
    span = otlp.span(1, otlp.exception())
    span.events[0].time_unix_nano = span.end_time_unix_nano = 0
    assert event(capturer, span).occurred_at_ns == otlp.NOON_NS + 9


@pytest.mark.parametrize(
    ("changed", "same"),
    [
        ({"attributes": {"a": "b"}}, True),
        ({"name": "another"}, True),
        ({"trace_id": b"o" * 16}, False),
    ],
)
def test_the_id_is_of_trace_service_fingerprint_and_message(capturer, changed, same):
    assert (event(capturer, failing(**changed)).id == event(capturer, failing()).id) == same


def test_other_messages_of_one_kind_are_other_events_of_one_fingerprint(capturer):
    one, other = (event(capturer, otlp.span(1, otlp.exception(message=f"item {number} is gone"))) for number in (7, 8))
    assert one.fingerprint == other.fingerprint
    assert one.id != other.id


def test_other_services_have_events_of_their_own(capturer):
    assert event(capturer, failing()).id != event(capturer, failing(), service="other").id


@pytest.mark.parametrize(
    ("field", "key"),
    [
        ("agent_run_id", "gen_ai.agent.call.id"),
        ("agent_run_id", "agent_run_id"),
        ("agent_run_id", "baggage.agent_run_id"),
        ("sprint_id", "sprint.id"),
        ("request_id", "http.request.header.x-request-id"),
        ("session_id", "gen_ai.conversation.id"),
        ("user_id", "enduser.id"),
        ("agent_name", "gen_ai.agent.name"),
        ("tool_name", "gen_ai.tool.name"),
        ("http_route", "http.route"),
        ("http_method", "http.method"),
    ],
)
def test_ids_are_found_on_the_span_on_those_above_it_and_on_the_resource(capturer, field, key):
    on_span = event(capturer, failing(attributes={key: "v1"}))
    above = event(capturer, otlp.span(2, attributes={key: "v2"}), otlp.span(3, otlp.exception(), parent=2))
    on_resource = event(capturer, failing(), resource={key: "v3"})
    assert [getattr(each.context, field) for each in (on_span, above, on_resource)] == ["v1", "v2", "v3"]


def test_the_nearest_place_and_the_most_telling_key_win(capturer):
    spans = (
        otlp.span(1, attributes={"agent_run_id": "far"}),
        otlp.span(2, otlp.exception(), parent=1, attributes={"run_id": "vague", "agent.run.id": "near"}),
    )
    assert event(capturer, *spans).context.agent_run_id == "near"


def test_aliases_can_be_configured():
    capturer = Capturer(Redactor(), aliases=ContextAliases(sprint_id=("iteration",)))
    assert event(capturer, failing(attributes={"iteration": "s7", "sprint_id": "s8"})).context.sprint_id == "s7"


def test_the_status_of_the_answer_is_a_number(capturer):
    assert event(capturer, failing(attributes={"http.response.status_code": 503})).context.http_status == 503
    assert event(capturer, failing(attributes={"http.response.status_code": "often"})).context.http_status is None


def test_kept_attributes_describe_and_hold_no_content_and_no_secret(capturer):
    attributes = {
        "db.system.name": "postgresql",
        "url.full": f"https://a:{SECRET}@host/path",
        "http.request.header.authorization": f"Bearer {SECRET}",
        "gen_ai.input.messages": "private words",
        "own.thing": "x",
    }
    context = event(capturer, failing(attributes=attributes)).context
    assert context.attributes["db.system.name"] == "postgresql"
    assert SECRET not in repr(context)
    assert "private words" not in repr(context)
    assert "own.thing" not in context.attributes


def test_everything_is_bounded(capturer):
    attributes = {f"http.thing{number}": "x" * 1000 for number in range(100)} | {"request_id": "r" * 1000}
    big = otlp.span(1, otlp.exception("E" * 5000, "m" * 100_000, "s" * 500_000), attributes=attributes)
    (found,) = captured(capturer, big)
    assert len(found.event.error_type) <= 256
    assert len(found.event.message) <= 32_000
    assert len(found.event.context.request_id) <= 128
    assert len(found.event.context.attributes) <= 24
    assert max(len(value) for value in found.event.context.attributes.values()) <= 256
    assert found.texts.message is not None, "what was not looked at does not go on"
    assert found.texts.stacktrace is not None


def test_nothing_has_to_be_replaced_where_nothing_was_redacted(capturer):
    (found,) = captured(capturer, failing(description="it failed"))
    assert not found.texts


def test_a_stack_is_kept_once_for_all_messages(capturer):
    first, second = (
        captured(
            capturer, otlp.span(1, otlp.exception(message=text, stacktrace=otlp.STACK.replace("item 7 is gone", text)))
        )[0]
        for text in ("item 7 is gone", "item 8 is gone")
    )
    assert first.stack is not None
    assert second.stack is not None
    assert first.stack.hash == second.stack.hash


def test_without_a_stack_the_source_is_service_and_span(capturer):
    found = captured(capturer, otlp.span(1, otlp.exception("E", "m", None), name="load"))[0]
    assert found.event.source == "shop load"
    assert found.stack is None


def test_a_logged_exception_is_the_event_of_its_span(capturer):
    (occurrence,) = detect_logs(open_envelope(otlp.logs(otlp.log()))).occurrences
    assert capturer.capture(occurrence, received_at_ns=1).event.id == event(capturer, failing()).id


def test_a_custom_fingerprint_and_rules_decide_the_group(capturer):
    custom = event(capturer, failing(attributes={"diagnostic.fingerprint": "mine"}))
    assert custom.fingerprint != event(capturer, failing()).fingerprint
    ruled = Capturer(Redactor(), grouping_rules=[GroupingRule(error_type="*OutOfStock", fingerprint="stock")])
    one, other = (event(ruled, otlp.span(1, otlp.exception(message=text))) for text in ("this", "that"))
    assert one.fingerprint == other.fingerprint


def test_logfires_fingerprint_is_kept(capturer):
    assert event(capturer, failing(attributes={"logfire.exception.fingerprint": "abc"})).logfire_fingerprint == "abc"
