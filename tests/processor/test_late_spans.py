from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.processor.jobs.samples import NOW_NS, diagnosis, pattern
from tests.storage.samples import error
from tracemedic_processor.attributes import scalars
from tracemedic_processor.late_spans import late_spans
from tracemedic_storage.pattern_facts import RecentEvent

DIAGNOSED = pattern(
    ai_root_cause="The stock is read before the lock.",
    ai_suggested_fix="Lock first",
    ai_confidence=0.6,
    diagnosed_by="rules",
)


def sent(*events, **more):
    recent = [each if isinstance(each, RecentEvent) else RecentEvent(event=each) for each in events]
    body = late_spans(DIAGNOSED, diagnosis(**more), recent, sent_at_ns=NOW_NS)
    return ExportTraceServiceRequest.FromString(body or b"")


def test_the_span_is_a_log_below_the_failing_span_at_the_time_of_sending():
    event = error(1, service_version="1.2", environment="prod")
    [resource_spans] = sent(event).resource_spans
    assert scalars(resource_spans.resource.attributes) == {
        "service.name": "shop",
        "service.version": "1.2",
        "deployment.environment.name": "prod",
    }
    [span] = resource_spans.scope_spans[0].spans
    assert span.name == "error_diagnosed"
    assert span.trace_id.hex() == event.trace_id
    assert span.parent_span_id.hex() == event.innermost.span_id
    assert span.start_time_unix_nano == span.end_time_unix_nano == NOW_NS
    assert not span.events
    told = scalars(span.attributes)
    assert told["logfire.span_type"] == "log"
    assert told["logfire.msg"] == "validation: The cart takes more than there is."
    assert told["diagnostic.root_cause"] == "The stock is read before the lock."
    assert told["diagnostic.suggested_fix"] == "Lock first"
    assert told["diagnostic.diagnosed_by"] == "rules"


def test_one_diagnosis_of_one_event_always_has_the_same_span_id_and_another_has_another():
    ids = [sent(error(1), **more).resource_spans[0].scope_spans[0].spans[0].span_id for more in ({}, {}, {"id": "d2"})]
    assert ids[0] == ids[1] != ids[2]


def test_the_models_run_is_linked():
    [group] = sent(error(1), run_trace_id="0a" * 16, run_span_id="0b" * 8).resource_spans
    [link] = group.scope_spans[0].spans[0].links
    assert (link.trace_id.hex(), link.span_id.hex()) == ("0a" * 16, "0b" * 8)


def test_an_event_without_a_real_trace_gets_none():
    assert late_spans(DIAGNOSED, diagnosis(), [RecentEvent(event=error(1, trace_id=""))], sent_at_ns=NOW_NS) is None


def test_a_long_verdict_is_cut():
    text = scalars(sent(error(1), summary="x" * 500).resource_spans[0].scope_spans[0].spans[0].attributes)
    assert len(text["logfire.msg"]) == 160


def test_the_origin_is_told_once_it_is_judged():
    event = error(1)
    own = RecentEvent(event=event, origin_id=event.id, origin_span_id=event.innermost.span_id)
    caused = RecentEvent(event=event, origin_id="other", origin_span_id="0c" * 8)
    told = [scalars(sent(each).resource_spans[0].scope_spans[0].spans[0].attributes) for each in (event, own, caused)]
    assert [each.get("diagnostic.is_origin") for each in told] == [None, True, False]
    assert [each.get("diagnostic.origin_span_id") for each in told] == [None, None, "0c" * 8]
