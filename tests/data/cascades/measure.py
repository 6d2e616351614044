"""How often the origin is right on traces of real services whose faults were injected, so that the truth is known.

A line of `tuning.jsonl` and `measuring.jsonl` is one trace as OTLP/JSON requests in their order of arrival, and under
`truth` for each failing span which fault it failed of and its rank: as how manieth span of the trace it failed.
`generate/run.py` made them. The rules were tuned on the families of one half and are measured on those of the other.
"""

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, get_args

import msgspec

from tracemedic_processor.config import Settings
from tracemedic_processor.known_patterns import KnownPatterns
from tracemedic_processor.metrics import Metrics
from tracemedic_processor.origin import judge
from tracemedic_processor.parts import capturer_of
from tracemedic_processor.pipeline import Pipeline
from tracemedic_processor.receive.otlp_json import decode_json
from tracemedic_storage.error_events import merged
from tracemedic_storage.records import ErrorEvent, ExceptionRecord, SpanKind, TraceSpan

FOLDER = Path(__file__).parent
HALVES = ("tuning", "measuring")
KINDS: tuple[SpanKind, ...] = get_args(SpanKind)
LOSS_SHARE = 0.2
SKEW_NS_MAX = 2_000_000_000
_NOW_NS = 1_800_000_000_000_000_000

Truth = dict[str, tuple[str, float]]


class Variation(NamedTuple):
    """What happens to a trace on its way: lost spans, clocks apart, other order; and whether spans are looked at."""

    name: str
    spans: bool = True
    lost: bool = False
    skewed: bool = False
    shuffled: bool = False


VARIATIONS = (
    Variation("as sent"),
    Variation("as sent, events only", spans=False),
    Variation("clocks apart", skewed=True, shuffled=True),
    Variation("clocks apart, events only", skewed=True, shuffled=True, spans=False),
    Variation("spans lost", lost=True),
    Variation("spans lost, events only", lost=True, spans=False),
    Variation("all of it", lost=True, skewed=True, shuffled=True),
    Variation("all of it, events only", lost=True, skewed=True, shuffled=True, spans=False),
)


class Judged(NamedTuple):
    """One failure of one trace, what was said of it and what is true."""

    trace: int
    family: str
    variation: str
    event: ErrorEvent
    said: str
    true: frozenset[str]

    @property
    def right(self) -> bool:
        """Whether the answer is true."""
        return self.said in self.true


class Trace(NamedTuple):
    """One trace as recorded."""

    number: int
    family: str
    events: tuple[ErrorEvent, ...]
    spans: tuple[TraceSpan, ...]
    chains: Mapping[str, Sequence[ExceptionRecord]]
    truth: Truth


@cache
def judged(half: str) -> tuple[Judged, ...]:
    """Every failure of the half in every variation, but those of traces with a single failure."""
    return tuple(
        one
        for line in lines(half)
        for variation in VARIATIONS
        for one in _judged(as_recorded(line, variation), variation)
    )


def lines(half: str) -> list[dict[str, Any]]:
    """The traces of one half."""
    text = (FOLDER / f"{half}.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def as_recorded(line: dict[str, Any], variation: Variation) -> Trace:
    """What the pipeline makes of one trace after `variation` has happened to it."""
    chance = random.Random(f"{line['half']} {line['number']}")  # the same in every run
    requests = msgspec.json.decode(msgspec.json.encode(line["requests"]))
    truth = _inherited(requests, line["truth"])
    if variation.skewed:
        _set_clocks(requests, chance)
    if variation.lost:
        _lose(requests, chance)
    if variation.shuffled:
        chance.shuffle(requests)
    pipeline = Pipeline(_CAPTURER, KnownPatterns(), Metrics())
    found = [_findings(pipeline, request) for request in requests]
    events = merged(event for each in found for event in each.events)
    chains = {stack.hash: stack.chain for each in found for stack in each.stacks}
    spans = tuple(_trace_span(service, span) for service, span in _spans(requests)) if variation.spans else ()
    return Trace(line["number"], line["family"], tuple(events.values()), spans, chains, truth)


_CAPTURER = capturer_of(Settings())


def _findings(pipeline: Pipeline, request: dict[str, Any]) -> Any:
    body = decode_json("traces", json.dumps(request).encode())
    found = pipeline.process("traces", body, received_at_ns=_NOW_NS).findings
    return found or msgspec.convert({}, type=_Nothing)


class _Nothing(msgspec.Struct):
    events: tuple[ErrorEvent, ...] = ()
    stacks: tuple[Any, ...] = ()


def _judged(trace: Trace, variation: Variation) -> Iterator[Judged]:
    if len(trace.events) < 2:
        return
    said = judge(trace.events, trace.spans, trace.chains)
    true = true_origins(trace.events, trace.truth)
    for event in trace.events:
        if event.id in true:
            yield Judged(trace.number, trace.family, variation.name, event, said[event.id], frozenset(true[event.id]))


def true_origins(events: Iterable[ErrorEvent], truth: Truth) -> dict[str, set[str]]:
    """By event: of those that failed of the same fault the one that failed first, of those that are left.

    Where one event stands for failures of several faults (two calls that got the same answer), any of them is right.
    """
    failed = [(event.id, *truth[place.span_id]) for event in events for place in event.places if place.span_id in truth]
    first: dict[str, tuple[float, str]] = {}
    for id_, fault, rank in failed:
        first[fault] = min(first.get(fault, (rank, id_)), (rank, id_))
    origins: dict[str, set[str]] = {}
    for id_, fault, _ in failed:
        origins.setdefault(id_, set()).add(first[fault][1])
    return origins


def _inherited(requests: list[dict[str, Any]], told: Mapping[str, Sequence[Any]]) -> Truth:
    """The truth also of spans that instrumentation made by itself: that of the span around them in the same service."""
    truth: Truth = {span_id: (fault, float(rank)) for span_id, (fault, rank) in told.items()}
    spans = {span["spanId"]: (service, span) for service, span in _spans(requests)}
    for span_id, (service, span) in spans.items():
        above = spans.get(span.get("parentSpanId", ""))
        failed = span.get("status", {}).get("code") == 2
        if failed and span_id not in truth and above and above[0] == service and above[1]["spanId"] in told:
            fault, rank = told[above[1]["spanId"]]
            truth[span_id] = fault, rank + 0.5
    return truth


def _spans(requests: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    for request in requests:
        for resource in request["resourceSpans"]:
            service = next(
                each["value"]["stringValue"]
                for each in resource["resource"]["attributes"]
                if each["key"] == "service.name"
            )
            for scope in resource["scopeSpans"]:
                for span in scope["spans"]:
                    yield service, span


def _set_clocks(requests: list[dict[str, Any]], chance: random.Random) -> None:
    services = sorted({service for service, _ in _spans(requests)})
    skews = {service: chance.randint(-SKEW_NS_MAX, SKEW_NS_MAX) for service in services}
    for service, span in _spans(requests):
        for holder, keys in (
            (span, ("startTimeUnixNano", "endTimeUnixNano")),
            *((e, ("timeUnixNano",)) for e in span.get("events", ())),
        ):
            for key in keys:
                holder[key] = str(int(holder[key]) + skews[service])


def _lose(requests: list[dict[str, Any]], chance: random.Random) -> None:
    for request in requests:
        for resource in request["resourceSpans"]:
            for scope in resource["scopeSpans"]:
                scope["spans"] = [span for span in scope["spans"] if chance.random() >= LOSS_SHARE]


def _trace_span(service: str, span: dict[str, Any]) -> TraceSpan:
    return TraceSpan(
        span_id=span["spanId"],
        name=span["name"],
        service=service,
        started_at_ns=int(span["startTimeUnixNano"]),
        ended_at_ns=int(span["endTimeUnixNano"]),
        parent_span_id=span.get("parentSpanId", ""),
        kind=KINDS[span.get("kind", 1) - 1],
        failed=span.get("status", {}).get("code") == 2,
        links=tuple(link["spanId"] for link in span.get("links", ())),
    )


class Score(NamedTuple):
    """How many failures were judged and rightly so, and the same of whole traces."""

    failures: int
    right: int
    traces: int
    traces_right: int

    @property
    def share(self) -> float:
        """Failures whose origin is right."""
        return self.right / self.failures

    @property
    def share_of_traces(self) -> float:
        """Traces in which every origin is right."""
        return self.traces_right / self.traces


def score(found: Iterable[Judged]) -> Score:
    """The figures of some judgements."""
    found = list(found)
    traces: dict[tuple[int, str], bool] = {}
    for one in found:
        key = one.trace, one.variation
        traces[key] = traces.get(key, True) and one.right
    return Score(len(found), sum(one.right for one in found), len(traces), sum(traces.values()))
