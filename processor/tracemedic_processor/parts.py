"""From settings to the parts of the pipeline, for the service and for `explain`."""

from functools import lru_cache
from pathlib import Path

from tracemedic_processor.aliases import ContextAliases
from tracemedic_processor.capture import Capturer
from tracemedic_processor.config import Settings
from tracemedic_processor.fingerprint import GroupingRule
from tracemedic_processor.redaction import Redactor
from tracemedic_processor.stacktrace.in_app import InAppRules


def redactor_of(settings: Settings) -> Redactor:
    """The redactor, one for all who use these settings: its tables take memory and a second to compile.

    Raises `ValueError` for a pattern that is none.
    """
    chosen = settings.redaction
    return _redactor(chosen.ip_addresses, tuple(chosen.extra_patterns.items()), tuple(chosen.exceptions))


@lru_cache(maxsize=4)
def _redactor(ip_addresses: bool, extra_patterns: tuple[tuple[str, str], ...], exceptions: tuple[str, ...]) -> Redactor:
    return Redactor(ip_addresses=ip_addresses, extra_patterns=dict(extra_patterns), exceptions=exceptions)


def grouping_rules_of(settings: Settings) -> list[GroupingRule]:
    """The rules of grouping, the first that matches deciding."""
    return [GroupingRule(**rule.model_dump()) for rule in settings.grouping]


def in_app_rules_of(settings: Settings) -> InAppRules:
    """What is application code, where the dialects' judgement is wrong."""
    return InAppRules(**settings.in_app.model_dump())


def in_app_rules_by_service(settings: Settings) -> dict[str, InAppRules]:
    """The same for the services that have rules of their own; these take the place of the general ones."""
    return {
        name: InAppRules(**service.in_app.model_dump())
        for name, service in settings.services.items()
        if "in_app" in service.model_fields_set
    }


def source_roots_of(settings: Settings) -> dict[str, tuple[Path, ...]]:
    """Where the code of each service lies on this disk."""
    return {name: service.source_roots for name, service in settings.services.items() if service.source_roots}


def capturer_of(settings: Settings) -> Capturer:
    """The capturer, redaction and grouping included. Raises `ValueError` for a pattern or rule that is none."""
    return Capturer(
        redactor_of(settings),
        aliases=ContextAliases(**settings.context.model_dump()),
        grouping_rules=grouping_rules_of(settings),
        in_app=in_app_rules_of(settings),
        in_app_by_service=in_app_rules_by_service(settings),
    )
