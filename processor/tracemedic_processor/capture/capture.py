"""From an occurrence to an error event: redact, read the stack, fingerprint, classify, gather the context."""

import hashlib
from collections.abc import Sequence
from typing import Final

from tracemedic_processor.attributes import CUSTOM_FINGERPRINT, LOGFIRE_FINGERPRINT, Scalar
from tracemedic_processor.capture.context import DEFAULT_ALIASES, ContextAliases, ContextReader
from tracemedic_processor.capture.stacks import STACK_CHARACTERS_MAX, ReadStack, StackReader
from tracemedic_processor.classify import Subject, classify
from tracemedic_processor.fingerprint import Grouping, GroupingRule, group
from tracemedic_processor.lru import Lru
from tracemedic_processor.occurrence import Occurrence, Texts
from tracemedic_processor.redaction import Redactor
from tracemedic_processor.stacktrace.in_app import InAppRules
from tracemedic_processor.stacktrace.source import find_source
from tracemedic_storage.records import Classification, ErrorEvent, Record, Redacted, StoredStack

MESSAGE_CHARACTERS_MAX: Final = 32_000
"""Where Logfire cuts a message too; a longer one is cut here, so that all of what goes on was redacted."""
TYPE_CHARACTERS_MAX: Final = 256
JUDGEMENTS_CACHED: Final = 8192
"""Distinct errors whose grouping and category are remembered."""
TYPE_MISSING: Final = "Error"
"""The type of an exception that came with a message only."""

CLASSIFYING_ATTRIBUTES: Final = (
    "db.system.name",
    "db.system",
    "error.type",
    "gen_ai.operation.name",
    "gen_ai.provider.name",
    "gen_ai.system",
    "gen_ai.tool.name",
    "http.response.status_code",
    "http.status_code",
    "messaging.system",
    "rpc.grpc.status_code",
    "rpc.response.status_code",
    "rpc.system",
    "rpc.system.name",
    "server.address",
    "tool.name",
)
"""The span attributes of few values that tell what kind an error is; they are part of the judgement's cache key."""


class Captured(Record, kw_only=True):
    """An error event, its stack trace, and the redacted texts of the exception it came from.

    `texts` has what must replace the sender's words.
    """

    event: ErrorEvent
    reason: str
    stack: StoredStack | None
    texts: Texts


class _Judgement(Record, kw_only=True):
    source: str
    grouping: Grouping
    classification: Classification


class Capturer:
    """Captures occurrences. Keeps caches, so one instance serves one thread."""

    def __init__(
        self,
        redactor: Redactor,
        *,
        aliases: ContextAliases = DEFAULT_ALIASES,
        grouping_rules: Sequence[GroupingRule] = (),
        in_app: InAppRules | None = None,
    ) -> None:
        self._redactor = redactor
        self._grouping_rules = tuple(grouping_rules)
        self._contexts = ContextReader(aliases, redactor)
        self._stacks = StackReader(redactor, in_app=in_app)
        self._judgements: Lru[tuple[object, ...], _Judgement] = Lru(JUDGEMENTS_CACHED)

    def capture(self, occurrence: Occurrence, *, received_at_ns: int) -> Captured:
        """The error event of one occurrence. Nothing unredacted is in the result."""
        raw_message = occurrence.message[:MESSAGE_CHARACTERS_MAX]
        message = self._redactor.redact(raw_message).text
        error_type = self._redactor.redact(occurrence.error_type[:TYPE_CHARACTERS_MAX]).text or TYPE_MISSING
        read = self._stacks.read(
            occurrence.stacktrace, language=occurrence.resource.language, error_type=error_type, message=raw_message
        )
        judgement = self._judge(occurrence, error_type, message, read)
        event = self._event(occurrence, error_type, message, read, judgement, received_at_ns)
        return Captured(
            event=event,
            reason=judgement.classification.reason,
            stack=read.stored(),
            texts=Texts(
                message=None if message == occurrence.message else message,
                stacktrace=_changed_stack(occurrence, read, message),
                description=self._description(occurrence),
            ),
        )

    def _description(self, occurrence: Occurrence) -> Redacted | None:
        text = occurrence.description
        if not text:
            return None
        redacted = self._redactor.redact(text[:MESSAGE_CHARACTERS_MAX]).text
        return None if redacted == text else redacted

    def _judge(self, occurrence: Occurrence, error_type: str, message: Redacted, read: ReadStack) -> _Judgement:
        hints = {key: occurrence.item_attributes[key] for key in CLASSIFYING_ATTRIBUTES if key in occurrence.item_attributes}
        custom = occurrence.item_attributes.get(CUSTOM_FINGERPRINT, occurrence.attributes.get(CUSTOM_FINGERPRINT))
        key = (
            error_type,
            message,
            read.hash,
            occurrence.resource.service,
            occurrence.place.span_name if read.hash is None else "",
            occurrence.resource.language,
            occurrence.span_kind,
            custom,
            *hints.items(),
        )
        if self._grouping_rules:
            return self._make_judgement(occurrence, error_type, message, read, hints, custom)
        return self._judgements.get_or_make(
            key, lambda: self._make_judgement(occurrence, error_type, message, read, hints, custom)
        )

    def _make_judgement(
        self,
        occurrence: Occurrence,
        error_type: str,
        message: Redacted,
        read: ReadStack,
        hints: dict[str, Scalar],
        custom: Scalar | None,
    ) -> _Judgement:
        service, span_name = occurrence.resource.service, occurrence.place.span_name
        source = find_source(read.stack, service=service, span_name=span_name)
        grouping = group(
            error_type,
            message,
            source,
            service=service,
            attributes={key: str(value) for key, value in occurrence.item_attributes.items()},
            rules=self._grouping_rules,
            custom=None if custom is None else str(custom),
        )
        subject = Subject(
            error_type=error_type,
            message=message,
            stack=read.stack,
            language=read.stack.language,
            attributes=hints,
            span_kind=occurrence.span_kind,
            span_name=span_name,
            service=service,
        )
        return _Judgement(source=source, grouping=grouping, classification=classify(subject))

    def _event(
        self,
        occurrence: Occurrence,
        error_type: str,
        message: Redacted,
        read: ReadStack,
        judgement: _Judgement,
        received_at_ns: int,
    ) -> ErrorEvent:
        resource, fingerprint = occurrence.resource, judgement.grouping.fingerprint
        logfire_fingerprint = occurrence.item_attributes.get(LOGFIRE_FINGERPRINT)
        return ErrorEvent(
            id=event_id(occurrence.trace_id, resource.service, fingerprint, message),
            trace_id=occurrence.trace_id,
            places=(occurrence.place,),
            service=resource.service,
            error_type=error_type,
            message=message,
            fingerprint=fingerprint,
            fingerprint_version=judgement.grouping.version,
            source=judgement.source,
            category=judgement.classification.category,
            category_confidence=judgement.classification.confidence,
            severity=judgement.classification.severity,
            occurred_at_ns=occurrence.occurred_at_ns or received_at_ns,
            received_at_ns=received_at_ns,
            stack_hash=read.hash,
            language=read.stack.language,
            service_namespace=resource.namespace,
            service_version=resource.version,
            service_instance=resource.instance,
            environment=resource.environment,
            host=resource.host,
            logfire_fingerprint=None if logfire_fingerprint is None else str(logfire_fingerprint),
            context=self._contexts.read(occurrence),
        )


def event_id(trace_id: str, service: str, fingerprint: str, message: str) -> str:
    """The id of one failure in one trace: 32 hex digits derived from what makes it that failure.

    Lengths stand before the parts, so that no two different failures join to the same text.
    """
    parts = "".join(f"{len(part)}:{part}" for part in (trace_id, service, fingerprint, message))
    return hashlib.sha256(parts.encode(errors="replace")).hexdigest()[:32]


def _changed_stack(occurrence: Occurrence, read: ReadStack, message: Redacted) -> Redacted | None:
    if not occurrence.stacktrace:
        return None
    untouched = not read.redacted and message == occurrence.message and len(occurrence.stacktrace) <= STACK_CHARACTERS_MAX
    return None if untouched else read.with_message(message)
