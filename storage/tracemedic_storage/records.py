"""The plain values that stages exchange and storage keeps; the glossary of DESIGN.md section 1 as types.

`msgspec.Struct` instead of dataclasses: frozen, slotted and keyword-only as well, built in C in a fifth of the time
(0.4 against 2.1 microseconds for twenty fields, measured), and encoded for the spool without a line of code.
Times are nanoseconds since the Unix epoch, ids are lower-case hex.
"""

from typing import Final, Literal, NewType, TypeVar, get_args

import msgspec

Signal = Literal["traces", "logs", "metrics"]

Category = Literal[
    "agent_tool",
    "llm_api",
    "database",
    "rate_limit",
    "authentication",
    "authorization",
    "resource_exhaustion",
    "timeout",
    "network",
    "infrastructure",
    "filesystem",
    "serialization",
    "validation",
    "configuration",
    "concurrency",
    "dependency",
    "programming_error",
    "unknown",
]
CATEGORIES: tuple[Category, ...] = get_args(Category)

Severity = Literal["low", "medium", "high", "critical"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""Weakest first, so that an index is a rank."""

PatternStatus = Literal["active", "acknowledged", "resolved", "regressed", "ignored"]

Relation = Literal["reported", "cause", "context", "suppressed", "group_member"]
"""How an exception hangs on the one before it in a chain: `cause` was named as the cause by the program, `context`
was being handled when the next was raised, `suppressed` and `group_member` stand beside the way to the root."""

Redacted = NewType("Redacted", str)
"""Text that has passed the redactor. Storage, prompts, exporters and tickets accept no other."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all records: immutable, keyword-only, encodable."""


class Frame(Record, frozen=True, kw_only=True):
    """One call on a stack. `code` is the source line when the trace carries it."""

    function: str
    module: str | None = None
    file: str | None = None
    line: int | None = None
    in_app: bool = False
    code: str | None = None


class ExceptionRecord(Record, frozen=True, kw_only=True):
    """One exception of a chain; `frames` innermost call first."""

    type: str
    message: str
    relation: Relation = "reported"
    frames: tuple[Frame, ...] = ()


class StackTrace(Record, frozen=True, kw_only=True):
    """A parsed stack trace: the reported exception first, the root cause last.

    `chain` is empty when the text is of no known format. `language` is the dialect's, or what the SDK said.
    """

    language: str | None = None
    chain: tuple[ExceptionRecord, ...] = ()


class RedactionCount(Record, frozen=True, kw_only=True):
    """How many values of one kind were replaced, such as `aws_access_key`."""

    kind: str
    count: int


class Classification(Record, frozen=True, kw_only=True):
    """What kind an error is, by rules: `confidence` 0 to 1, `reason` names the rule that decided."""

    category: Category
    confidence: float
    reason: str
    severity: Severity


class StoredStack(Record, frozen=True, kw_only=True):
    """A redacted stack trace kept once, however many events share it; `hash` is of the redacted text."""

    hash: str
    language: str | None
    chain: tuple[ExceptionRecord, ...]
    text: Redacted


class Place(Record, frozen=True, kw_only=True):
    """Where an exception was recorded: a span it crossed. Span event and log of one span are one place."""

    span_id: str
    parent_span_id: str = ""
    span_name: str = ""
    started_at_ns: int = 0


class ErrorContext(Record, frozen=True, kw_only=True):
    """The request, the agent and the machine around an error, as far as the telemetry tells.

    `attributes` are further redacted attributes worth reading, bounded in number and length.
    """

    agent_run_id: str | None = None
    sprint_id: str | None = None
    request_id: str | None = None
    session_id: str | None = None
    user_id: str | None = None
    agent_name: str | None = None
    tool_name: str | None = None
    http_method: str | None = None
    http_route: str | None = None
    http_status: int | None = None
    attributes: dict[str, str] = {}


class ErrorEvent(Record, frozen=True, kw_only=True):
    """One failure in one trace, however many spans it crossed and whatever signal carried it.

    `id` is derived from trace, service, fingerprint and message: a repeated delivery is the same event.
    `occurred_at_ns` is the sender's clock, `received_at_ns` ours. `places` is sorted by span id, without doubles.
    `former_fingerprint`, not stored, is the key under the version before, while the present one is new.
    """

    id: str
    trace_id: str
    places: tuple[Place, ...]
    service: str
    error_type: str
    message: Redacted
    fingerprint: str
    fingerprint_version: int
    source: str
    category: Category
    category_confidence: float
    severity: Severity
    occurred_at_ns: int
    received_at_ns: int
    stack_hash: str | None = None
    language: str | None = None
    service_namespace: str | None = None
    service_version: str | None = None
    service_instance: str | None = None
    environment: str | None = None
    host: str | None = None
    logfire_fingerprint: str | None = None
    context: ErrorContext = ErrorContext()
    former_fingerprint: str | None = None

    @property
    def innermost(self) -> Place:
        """The place nearest to the failure: of the spans an exception leaves, the innermost started last."""
        parents = {place.parent_span_id for place in self.places}
        return max(self.places, key=lambda place: (place.started_at_ns, place.span_id not in parents, place.span_id))

    @property
    def occurrences(self) -> int:
        """How many spans the exception crossed."""
        return len(self.places)


class RequestCount(Record, frozen=True, kw_only=True):
    """How many requests or agent runs one service finished in one minute, and how many of them failed.

    A request is a SERVER span, an agent run a span of `gen_ai.operation.name = invoke_agent`.
    `minute` is minutes since the Unix epoch, of the span's end.
    """

    kind: Literal["request", "agent_run"]
    service: str
    environment: str
    service_version: str
    minute: int
    total: int
    failed: int


class Findings(Record, frozen=True, kw_only=True):
    """What one received request taught: the record drain's unit of work, spooled beside the request itself."""

    events: tuple[ErrorEvent, ...] = ()
    stacks: tuple[StoredStack, ...] = ()
    requests: tuple[RequestCount, ...] = ()


class ErrorPattern(Record, frozen=True, kw_only=True):
    """A fingerprint that recurs. Occurrences are counted in distinct traces, never in spans."""

    id: str
    fingerprint: str
    fingerprint_version: int
    name: str
    status: PatternStatus
    error_type: str
    source: str
    sample_message: Redacted
    category: Category
    severity: Severity
    escalated: bool
    total_occurrences: int
    first_seen_ns: int
    last_seen_ns: int
    created_at_ns: int
    updated_at_ns: int
    services: tuple[str, ...] = ()
    ai_summary: str | None = None
    ai_root_cause: str | None = None
    ai_suggested_fix: str | None = None
    ai_confidence: float | None = None
    diagnosed_by: str | None = None
    resolved_at_ns: int | None = None
    resolved_in_version: str | None = None
    ignored_until_ns: int | None = None
    ignored_until_escalated: bool = False
    origin_pattern_id: str | None = None
    origin_share: float | None = None


ChangeKind = Literal[
    "created",  # the 3rd trace in 24 hours
    "escalated",  # the 10th in an hour
    "alert",  # the 100th in all
    "calmed",  # no longer 10 in an hour: the severity is lowered again
    "regressed",  # seen again after it was resolved
    "acknowledged",
    "resolved",
    "ignored",
    "reopened",
    "merged",  # other fingerprints now belong to this pattern
    "split",  # fingerprints were taken out of this pattern
    "diagnosed",
    "asked",  # somebody wants a diagnosis now
    "evidence",  # much has changed since the last diagnosis
]

OURSELVES: Final = "tracemedic"
"""The author of changes that nobody made by hand."""


class PatternChange(Record, frozen=True, kw_only=True):
    """One step in the life of a pattern; later work (diagnosis, report, webhook) attaches to these.

    `author` is who made it, `detail` what else there is to say (`from`, `to`, `version`, `until`, ...).
    """

    kind: ChangeKind
    pattern_id: str
    fingerprint: str
    occurrences: int
    at_ns: int
    author: str = OURSELVES
    detail: dict[str, str] = {}


DiagnosisCause = Literal["created", "escalated", "regressed", "manual", "evidence"]
"""Why a diagnosis was asked for; `evidence`: much has changed since the last one."""

RULES: Final = "rules"
"""`diagnosed_by` of a diagnosis that no model made."""


class Fix(Record, frozen=True, kw_only=True):
    """One thing to do: what, where (a file, a function, a setting, a service), and how to check that it helped."""

    what: str
    where: str = ""
    check: str = ""


class Diagnosis(Record, frozen=True, kw_only=True):
    """What a pattern is, why it happens and how to fix it, as one answer at one time.

    `confidence` is 0 to 1; `fixes` stand in the order they should be tried; `evidence` names what the answer rests on,
    `missing` what would have made it surer. `note` says why rules answered although a model is configured.
    `origin_pattern_id` is set when the pattern is the consequence of another. `run_id`, `run_trace_id` and
    `run_span_id` lead to the model's run. All texts are redacted.
    """

    id: str
    pattern_id: str
    cause: DiagnosisCause
    made_at_ns: int
    diagnosed_by: str
    category: Category
    confidence: float
    summary: str
    root_cause: str
    fixes: tuple[Fix, ...] = ()
    evidence: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    note: str = ""
    origin_pattern_id: str | None = None
    occurrences: int = 0
    evidence_digest: str = ""
    run_id: str | None = None
    run_trace_id: str | None = None
    run_span_id: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0


VerdictKind = Literal["right", "partly", "wrong"]


class Verdict(Record, frozen=True, kw_only=True):
    """What a developer said of a diagnosis; `category` is the right one where the given one was not."""

    id: str
    diagnosis_id: str
    pattern_id: str
    verdict: VerdictKind
    author: str
    at_ns: int
    category: Category | None = None
    note: str = ""


class ModelCall(Record, frozen=True, kw_only=True):
    """One paid request to a model. Until it is settled, tokens and cost are the most it may take."""

    id: str
    purpose: Literal["diagnosis", "report", "feedback"]
    model: str
    reserved_at_ns: int
    input_tokens: int
    output_tokens: int
    cost_usd: float
    pattern_id: str | None = None
    settled_at_ns: int | None = None


SpanKind = Literal["internal", "server", "client", "producer", "consumer"]


class TraceSpan(Record, frozen=True, kw_only=True):
    """One span of a trace as far as a diagnosis needs it; texts are redacted and short.

    `failed` is whether its status is ERROR, `error` the type and message of the exception it recorded. `links` are the
    span ids of the same trace that it links to.
    """

    span_id: str
    name: str
    service: str
    started_at_ns: int
    ended_at_ns: int
    parent_span_id: str = ""
    kind: SpanKind = "internal"
    failed: bool = False
    error: str = ""
    attributes: dict[str, str] = {}
    links: tuple[str, ...] = ()


def merge_events(one: ErrorEvent, other: ErrorEvent) -> ErrorEvent:
    """The same failure seen twice as one event: the union of places, the earliest times.

    Commutative, associative and idempotent, so that the result is the same in whatever order deliveries arrive: where
    two sightings disagree about a value the smaller one is kept, not the first.
    """
    surest = max(one, other, key=lambda event: (event.category_confidence, event.category, event.severity))
    return msgspec.structs.replace(
        one,
        places=_merge_places(one.places + other.places),
        occurred_at_ns=min(one.occurred_at_ns, other.occurred_at_ns),
        received_at_ns=min(one.received_at_ns, other.received_at_ns),
        category=surest.category,
        category_confidence=surest.category_confidence,
        severity=surest.severity,
        context=_merge_contexts(one.context, other.context),
        **{name: _lesser(getattr(one, name), getattr(other, name)) for name in _LESSER_FIELDS},
    )


_LESSER_FIELDS = (
    "error_type",
    "message",
    "source",
    "fingerprint_version",
    "stack_hash",
    "language",
    "service_namespace",
    "service_version",
    "service_instance",
    "environment",
    "host",
    "logfire_fingerprint",
    "former_fingerprint",
)


def _merge_places(places: tuple[Place, ...]) -> tuple[Place, ...]:
    """One place a span; a span event knows when its span started, a log does not and gives way."""
    by_span: dict[str, Place] = {}
    for place in places:
        known = by_span.get(place.span_id)
        by_span[place.span_id] = place if known is None else min(known, place, key=_place_order)
    return tuple(by_span[span_id] for span_id in sorted(by_span))


def _place_order(place: Place) -> tuple[bool, int, str, str]:
    return (not place.started_at_ns, place.started_at_ns, place.parent_span_id, place.span_name)


def _merge_contexts(one: ErrorContext, other: ErrorContext) -> ErrorContext:
    fields = {name: _lesser(getattr(one, name), getattr(other, name)) for name in _CONTEXT_FIELDS}
    keys = one.attributes.keys() | other.attributes.keys()
    attributes = {key: _lesser(one.attributes.get(key), other.attributes.get(key)) or "" for key in sorted(keys)}
    return ErrorContext(**fields, attributes=attributes)


_CONTEXT_FIELDS = tuple(name for name in ErrorContext.__struct_fields__ if name != "attributes")


T = TypeVar("T", str, int)


def _lesser(one: T | None, other: T | None) -> T | None:
    """The smaller of two values, or the one there is."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
