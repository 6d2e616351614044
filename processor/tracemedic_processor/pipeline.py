"""The order of the stages, and the only place that knows it: validate, detect, capture, enrich.

Fails open for traces and closed for secrets: whatever breaks, the request goes on; what could not be redacted is
withheld. Counts around the stages, so that no stage imports a meter.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from google.protobuf.message import DecodeError, Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tracemedic_processor.capture import Captured, Capturer
from tracemedic_processor.captured_spans import captured_spans
from tracemedic_processor.detect import detect_logs, detect_traces
from tracemedic_processor.enrich import (
    LogfireErrorEnrichment,
    enrich_log,
    enrich_span,
    enrichment_of,
    replace_log_texts,
    replace_span_texts,
    with_origin,
)
from tracemedic_processor.errors import Malformed
from tracemedic_processor.known_patterns import KnownPatterns
from tracemedic_processor.metrics import Metrics
from tracemedic_processor.occurrence import Address, Detected, Occurrence, Texts
from tracemedic_processor.origin.judge import judge
from tracemedic_processor.wire import Envelope, open_envelope
from tracemedic_processor.withhold import WITHHELD, withhold
from tracemedic_storage.records import ErrorEvent, Findings, Record, Redacted, Signal, merge_events

_log = logging.getLogger(__name__)

_REQUESTS: Final[dict[Signal, type[Message]]] = {
    "traces": ExportTraceServiceRequest,
    "logs": ExportLogsServiceRequest,
    "metrics": ExportMetricsServiceRequest,
}
JUDGED_FAILURES_MAX: Final = 4
"""Failures of one trace in one request that are judged at once, 0.1 ms each: a storm is left to the worker."""
_WITHHELD_TEXTS: Final = Texts(
    message=Redacted(WITHHELD),
    stacktrace=Redacted(WITHHELD),
    description=Redacted(WITHHELD),
)


class Processed(Record, frozen=True, kw_only=True):
    """One request after the pipeline: the signal and bytes that go on, and what was found (None: nothing)."""

    signal: Signal
    body: bytes | None
    findings: Findings | None = None


class Pipeline:
    """Takes requests as they came and makes them ready to be kept and sent on. Serves one thread.

    With `tee` the requests are copies: what goes on is spans of our own about them.
    """

    def __init__(
        self,
        capturer: Capturer,
        known: KnownPatterns,
        metrics: Metrics,
        *,
        pattern_url: str | None = None,
        tee: bool = False,
    ) -> None:
        self._capturer = capturer
        self._known = known
        self._metrics = metrics
        self._pattern_url = pattern_url
        self._tee = tee

    def process(self, signal: Signal, body: bytes, *, received_at_ns: int) -> Processed:
        """Process one request. Raises `Malformed` when `body` is none of that signal."""
        validate(signal, body)
        if signal == "metrics":
            return Processed(signal=signal, body=None if self._tee else body)
        try:
            return self._process(signal, body, received_at_ns)
        except Exception:  # noqa: BLE001 whatever broke, the trace goes on
            _log.exception("the pipeline failed on a request of %d bytes; its exception texts are withheld", len(body))
            self._metrics.add("pipeline_failures")
            return Processed(signal=signal, body=None if self._tee else withhold(signal, body))

    def _process(self, signal: Signal, body: bytes, received_at_ns: int) -> Processed:
        envelope = open_envelope(body)
        detected = detect_traces(body, envelope) if signal == "traces" else detect_logs(envelope)
        if not detected.occurrences:
            findings = Findings(requests=detected.requests) if detected.requests else None
            return Processed(signal=signal, body=None if self._tee else body, findings=findings)
        captured = [self._capture(each, received_at_ns) for each in detected.occurrences]
        events = _merged([each.event for each in captured if each is not None])
        findings = _findings(detected, captured, events)
        if self._tee:
            own = self._spans_about(envelope, detected.occurrences, captured, events, received_at_ns)
            return Processed(signal="traces", body=own, findings=findings)
        self._apply(envelope, detected.occurrences, captured, events)
        return Processed(signal=signal, body=envelope.SerializeToString(), findings=findings)

    def _spans_about(
        self,
        envelope: Envelope,
        occurrences: Sequence[Occurrence],
        captured: Sequence[Captured | None],
        events: dict[str, ErrorEvent],
        sent_at_ns: int,
    ) -> bytes | None:
        resources = {
            capture.event.id: b"".join(envelope.resources[occurrence.item.resource].resource)
            for occurrence, capture in zip(occurrences, captured, strict=True)
            if capture is not None
        }
        found = ((resources[event.id], event, self._enrichment(event)) for event in events.values())
        return captured_spans(found, sent_at_ns=sent_at_ns)

    def _capture(self, occurrence: Occurrence, received_at_ns: int) -> Captured | None:
        """None when capturing failed; the occurrence's texts are withheld then."""
        self._metrics.add("errors_detected", labels=_CARRIERS[occurrence.carrier])
        try:
            return self._capturer.capture(occurrence, received_at_ns=received_at_ns)
        except Exception:  # noqa: BLE001 one odd exception must not cost the others their diagnosis
            _log.exception(
                "capturing an exception of service %s failed; its texts are withheld", occurrence.resource.service
            )
            self._metrics.add("capture_failures")
            return None

    def _apply(
        self,
        envelope: Envelope,
        occurrences: Sequence[Occurrence],
        captured: Sequence[Captured | None],
        events: dict[str, ErrorEvent],
    ) -> None:
        """Write redactions and enrichment into the failing spans and log records of `envelope`."""
        origins = _origins(events.values())
        by_item: dict[Address, list[tuple[Occurrence, Captured | None]]] = defaultdict(list)
        for occurrence, capture in zip(occurrences, captured, strict=True):
            by_item[occurrence.item].append((occurrence, capture))
        for address, found in by_item.items():
            items = envelope.resources[address.resource].scopes[address.scope].items
            raw = _with_texts(items[address.item], found)
            first = next((capture for _, capture in found if capture is not None), None)
            if first is not None:
                origin = origins.get(first.event.id)
                raw = self._enriched(raw, found[0][0], events[first.event.id], origin)
            items[address.item] = raw

    def _enriched(self, raw: bytes, occurrence: Occurrence, event: ErrorEvent, origin: ErrorEvent | None) -> bytes:
        enrich = enrich_log if occurrence.carrier == "log" else enrich_span
        enrichment = self._enrichment(event)
        if origin is not None:
            enrichment = with_origin(enrichment, event, origin_span_id=origin.innermost.span_id, origin_id=origin.id)
        return enrich(raw, enrichment.to_logfire_attributes())

    def _enrichment(self, event: ErrorEvent) -> LogfireErrorEnrichment:
        return enrichment_of(event, self._known.get(event.fingerprint), pattern_url=self._pattern_url)


_CARRIERS: Final = {name: (("carrier", name),) for name in ("event", "log", "status")}


def validate(signal: Signal, body: bytes) -> None:
    """Raise `Malformed` unless `body` is a request of `signal` down to its last field."""
    try:
        _REQUESTS[signal].FromString(body)
    except DecodeError as error:
        message = f"the body is no {_REQUESTS[signal].DESCRIPTOR.name}: {error}"
        raise Malformed(message) from None


def _with_texts(raw: bytes, found: Sequence[tuple[Occurrence, Captured | None]]) -> bytes:
    texts = {occurrence.event: _WITHHELD_TEXTS if capture is None else capture.texts for occurrence, capture in found}
    if not any(texts.values()):
        return raw
    if found[0][0].carrier == "log":
        return replace_log_texts(raw, texts[None])
    return replace_span_texts(raw, texts)


def _origins(events: Iterable[ErrorEvent]) -> dict[str, ErrorEvent]:
    """The origins of those errors that others of their trace have caused, as far as this request shows.

    That one is an origin is not said here: what caused it may be in a request of another service.
    """
    by_trace: dict[str, list[ErrorEvent]] = defaultdict(list)
    for event in events:
        by_trace[event.trace_id].append(event)
    caused: dict[str, ErrorEvent] = {}
    for failures in by_trace.values():
        if 1 < len(failures) <= JUDGED_FAILURES_MAX:
            by_id = {event.id: event for event in failures}
            caused |= {id_: by_id[origin] for id_, origin in judge(failures).items() if id_ != origin}
    return caused


def _merged(events: Sequence[ErrorEvent]) -> dict[str, ErrorEvent]:
    merged: dict[str, ErrorEvent] = {}
    for event in events:
        known = merged.get(event.id)
        merged[event.id] = event if known is None else merge_events(known, event)
    return merged


def _findings(detected: Detected, captured: Sequence[Captured | None], events: dict[str, ErrorEvent]) -> Findings:
    stacks = {each.stack.hash: each.stack for each in captured if each is not None and each.stack is not None}
    return Findings(events=tuple(events.values()), stacks=tuple(stacks.values()), requests=detected.requests)
