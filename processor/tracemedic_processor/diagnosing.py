"""From settings to the parts of a diagnosis."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec
from opentelemetry.trace import TracerProvider

from tracemedic_exporters.webhook import Webhook
from tracemedic_processor.config import ConfigError, Settings
from tracemedic_processor.diagnose import runbooks, similar
from tracemedic_processor.diagnose.evidence import CodeLines, Passage, SimilarPattern
from tracemedic_processor.gather import Gatherer
from tracemedic_processor.jobs.notifier import Channel
from tracemedic_processor.parts import redactor_of, source_roots_of
from tracemedic_processor.stacktrace.code_context import code_lines
from tracemedic_processor.stacktrace.permalink import repository_in
from tracemedic_storage.database import Database
from tracemedic_storage.records import ErrorEvent, ErrorPattern, ExceptionRecord

if TYPE_CHECKING:
    from tracemedic_processor.diagnose.ask import Asker


def asking_of(settings: Settings, tracer_provider: TracerProvider | None) -> "Asker | None":
    """The configured models; None when there are none, and rules answer."""
    chosen = settings.diagnosis
    if not chosen.models:
        return None
    from tracemedic_processor.diagnose.ask import Asker  # noqa: PLC0415 a second, and most run without a model

    redactor = redactor_of(settings)
    return Asker(
        chosen.models,
        redact=lambda text: redactor.redact(text).text,
        base_url=chosen.base_url,
        api_key=None if chosen.api_key is None else chosen.api_key.get_secret_value(),
        timeout_s=chosen.timeout_s,
        tracer_provider=tracer_provider,
        content=chosen.telemetry_content,
    )


def channels_of(settings: Settings) -> dict[str, Channel]:
    """The webhooks by name. Raises `ConfigError` for an address that cannot be one."""
    return {name: _channel(settings, name) for name in settings.webhooks}


def gatherer_of(settings: Settings, database: Database) -> Gatherer:
    """What gathers the evidence."""
    roots = source_roots_of(settings)

    def redact_lines(text: str) -> str:
        return redactor_of(settings).redact_stacktrace(text).text  # keeps line breaks

    def alike(pattern: ErrorPattern) -> Sequence[SimilarPattern]:
        return similar.find(database, pattern)

    def passages(pattern: ErrorPattern, chain: Sequence[ExceptionRecord]) -> Sequence[Passage]:
        return runbooks.find(database, pattern, chain) if settings.diagnosis.runbooks else ()

    def code(event: ErrorEvent, chain: Sequence[ExceptionRecord]) -> Sequence[CodeLines]:
        frames = [frame for link in reversed(chain) for frame in link.frames]
        url, revision = repository_in(event.context.attributes)
        found = code_lines(frames, roots.get(event.service, ()), url, revision, redact=redact_lines)
        return [msgspec.convert(each, CodeLines, from_attributes=True) for each in found]

    return Gatherer(database, similar=alike, runbooks=passages, code=code)


def _channel(settings: Settings, name: str) -> Channel:
    chosen = settings.webhooks[name]
    try:
        webhook = Webhook(
            chosen.url.get_secret_value(),
            headers={key: value.get_secret_value() for key, value in chosen.headers.items()},
            allow_private=chosen.allow_private,
        )
    except ValueError as error:
        message = f"webhooks.{name}: {error}"
        raise ConfigError(message) from None
    return Channel(webhook=webhook, kinds=frozenset(chosen.kinds), format=chosen.format, per_hour=chosen.per_hour)
