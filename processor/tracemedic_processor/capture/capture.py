"""From an occurrence to an error event: redact, read the stack, fingerprint, classify, gather the context."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

from tracemedic_processor.aliases import DEFAULT_ALIASES, ContextAliases
from tracemedic_processor.attributes import CUSTOM_FINGERPRINT, LOGFIRE_FINGERPRINT
from tracemedic_processor.capture.context import ContextReader
from tracemedic_processor.capture.stacks import STACK_CHARACTERS_MAX, ReadStack, StackReader
from tracemedic_processor.classify import Subject, classify
from tracemedic_processor.fingerprint import RELEASES, Grouping, GroupingRule, Release, Releases, group
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
"""Distinct errors whose source and category are remembered."""
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


class Captured(Record, frozen=True, kw_only=True):
    """An error event and its stack trace. `texts` has what must replace the sender's words."""

    event: ErrorEvent
    stack: StoredStack | None
    texts: Texts


class Examined(Record, frozen=True, kw_only=True):
    """Everything concluded from an exception itself, without its surroundings."""

    error_type: Redacted
    message: Redacted
    read: ReadStack
    source: str
    grouping: Grouping
    classification: Classification


class Capturer:
    """Captures occurrences. Keeps caches, so one instance serves one thread.

    `in_app_by_service` goes before `in_app` for the services named in it.
    """

    def __init__(
        self,
        redactor: Redactor,
        *,
        aliases: ContextAliases = DEFAULT_ALIASES,
        grouping_rules: Sequence[GroupingRule] = (),
        in_app: InAppRules | None = None,
        in_app_by_service: Mapping[str, InAppRules] = {},
        releases: Releases = RELEASES,
    ) -> None:
        self._redactor = redactor
        self._grouping_rules = tuple(grouping_rules)
        self._releases = releases
        self._contexts = ContextReader(aliases, redactor)
        self._stacks = StackReader(redactor, in_app=in_app)
        self._in_app_by_service = in_app_by_service
        self._sources: Lru[tuple[str | None, str, str], str] = Lru(JUDGEMENTS_CACHED)
        self._classifications: Lru[tuple[object, ...], Classification] = Lru(JUDGEMENTS_CACHED)

    def capture(self, occurrence: Occurrence, *, received_at_ns: int) -> Captured:
        """The error event of one occurrence. Nothing unredacted is in the result."""
        examined = self.examine(occurrence)
        return Captured(
            event=self._event(occurrence, examined, received_at_ns),
            stack=examined.read.stored(),
            texts=self._texts(occurrence, examined),
        )

    def _texts(self, occurrence: Occurrence, examined: Examined) -> Texts:
        """What must replace the sender's words: the redacted ones where they differ, all where the words are odd."""
        redacted = self._redactor.redact(occurrence.description[:MESSAGE_CHARACTERS_MAX]).text
        if occurrence.odd_texts:
            return Texts(
                error_type=examined.error_type,
                message=examined.message,
                stacktrace=examined.read.with_message(examined.message),
                description=redacted,
            )
        return Texts(
            error_type=_changed(occurrence.error_type, examined.error_type),
            message=_changed(occurrence.message, examined.message),
            stacktrace=_changed_stack(occurrence, examined),
            description=_changed(occurrence.description, redacted),
        )

    def examine(self, occurrence: Occurrence) -> Examined:
        """Redact, read the stack, group and classify."""
        raw_message = occurrence.message[:MESSAGE_CHARACTERS_MAX]
        message = self._redactor.redact(raw_message).text
        error_type = self._redactor.redact(occurrence.error_type[:TYPE_CHARACTERS_MAX]).text
        read = self._stacks.read(
            occurrence.stacktrace,
            language=occurrence.resource.language,
            error_type=error_type,
            message=raw_message,
            in_app=self._in_app_by_service.get(occurrence.resource.service),
        )
        error_type = error_type or _type_in(read)
        source = self._source(occurrence, read)
        grouping = self._group(occurrence, error_type, message, source, self._releases.current)
        return Examined(
            error_type=error_type,
            message=message,
            read=read,
            source=source,
            grouping=grouping,
            classification=self._classify(occurrence, error_type, message, read, grouping.normalised_message),
        )

    def _source(self, occurrence: Occurrence, read: ReadStack) -> str:
        service, span_name = occurrence.resource.service, occurrence.place.span_name
        return self._sources.get_or_make(
            (read.hash, service, span_name if read.hash is None else ""),
            lambda: find_source(read.stack, service=service, span_name=span_name),
        )

    def _group(
        self, occurrence: Occurrence, error_type: str, message: Redacted, source: str, release: Release
    ) -> Grouping:
        rules, attributes = self._grouping_rules, occurrence.item_attributes
        return group(
            error_type,
            message,
            source,
            service=occurrence.resource.service,
            attributes={key: str(value) for key, value in attributes.items()} if rules else None,
            rules=rules,
            custom=_custom_fingerprint(occurrence),
            release=release,
        )

    def _former_fingerprint(self, occurrence: Occurrence, examined: Examined, at_ns: int) -> str | None:
        """The key under the version before, while the current one is new."""
        former = self._releases.former(at_ns)
        if former is None:
            return None
        return self._group(occurrence, examined.error_type, examined.message, examined.source, former).fingerprint

    def _classify(
        self, occurrence: Occurrence, error_type: str, message: Redacted, read: ReadStack, normalised_message: str
    ) -> Classification:
        """Errors whose messages differ only in their variable parts are of one kind and judged once."""
        attributes, place = occurrence.item_attributes, occurrence.place
        hints = tuple(attributes.get(name) for name in CLASSIFYING_ATTRIBUTES)
        service = occurrence.resource.service
        key = (error_type, normalised_message, read.hash, service, place.span_name, occurrence.span_kind, hints)

        def judge() -> Classification:
            return classify(
                Subject(
                    error_type=error_type,
                    message=message,
                    stack=read.stack,
                    language=read.stack.language,
                    attributes={name: attributes[name] for name in CLASSIFYING_ATTRIBUTES if name in attributes},
                    span_kind=occurrence.span_kind,
                    span_name=place.span_name,
                    service=service,
                )
            )

        return self._classifications.get_or_make(key, judge)

    def _event(self, occurrence: Occurrence, examined: Examined, received_at_ns: int) -> ErrorEvent:
        resource, grouping, kind = occurrence.resource, examined.grouping, examined.classification
        logfire_fingerprint = occurrence.item_attributes.get(LOGFIRE_FINGERPRINT)
        return ErrorEvent(
            id=event_id(occurrence.trace_id, resource.service, grouping.fingerprint, examined.message),
            trace_id=occurrence.trace_id,
            places=(occurrence.place,),
            service=resource.service,
            error_type=examined.error_type,
            message=examined.message,
            fingerprint=grouping.fingerprint,
            fingerprint_version=grouping.version,
            source=examined.source,
            category=kind.category,
            category_confidence=kind.confidence,
            severity=kind.severity,
            occurred_at_ns=occurrence.occurred_at_ns or received_at_ns,
            received_at_ns=received_at_ns,
            stack_hash=examined.read.hash,
            language=examined.read.stack.language,
            service_namespace=resource.namespace,
            service_version=resource.version,
            service_instance=resource.instance,
            environment=resource.environment,
            host=resource.host,
            logfire_fingerprint=None if logfire_fingerprint is None else str(logfire_fingerprint),
            context=self._contexts.read(occurrence),
            former_fingerprint=self._former_fingerprint(occurrence, examined, received_at_ns),
        )


def _type_in(read: ReadStack) -> Redacted:
    """The type that the stack trace tells where the sender gave none."""
    chain = read.stack.chain
    return Redacted(chain[0].type[:TYPE_CHARACTERS_MAX] if chain and chain[0].type else TYPE_MISSING)


def event_id(trace_id: str, service: str, fingerprint: str, message: str) -> str:
    """The id of one failure in one trace: 32 hex digits derived from what makes it that failure.

    Lengths stand before the parts, so that no two different failures join to the same text.
    """
    parts = "".join(f"{len(part)}:{part}" for part in (trace_id, service, fingerprint, message))
    return hashlib.sha256(parts.encode(errors="replace")).hexdigest()[:32]


def _custom_fingerprint(occurrence: Occurrence) -> str | None:
    custom = occurrence.item_attributes.get(CUSTOM_FINGERPRINT, occurrence.attributes.get(CUSTOM_FINGERPRINT))
    return None if custom is None else str(custom)


def _changed(given: str, redacted: Redacted) -> Redacted | None:
    return None if not given or given == redacted else redacted


def _changed_stack(occurrence: Occurrence, examined: Examined) -> Redacted | None:
    """The stack trace as it may go on, None when it may go on as it came."""
    text, read = occurrence.stacktrace, examined.read
    unchanged = not read.redactions and examined.message == occurrence.message and len(text) <= STACK_CHARACTERS_MAX
    return None if unchanged else read.with_message(examined.message)
