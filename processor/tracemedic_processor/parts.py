"""From settings to the parts that the service and the command line both use."""

from tracemedic_processor.capture import Capturer, ContextAliases
from tracemedic_processor.config import Settings
from tracemedic_processor.fingerprint import GroupingRule
from tracemedic_processor.redaction import Redactor
from tracemedic_processor.stacktrace.in_app import InAppRules
from tracemedic_storage.database import Database
from tracemedic_storage.thresholds import Thresholds


def database_of(settings: Settings) -> Database:
    """The configured database, not yet connected; by default SQLite in the data folder."""
    url = settings.database.url
    if url is not None:
        return Database(url.get_secret_value(), connections_max=settings.database.connections_max)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return Database(f"sqlite:///{settings.data_dir / 'tracemedic.sqlite'}")


def thresholds_of(settings: Settings) -> Thresholds:
    """When an error is a pattern."""
    return Thresholds(**settings.patterns.model_dump())


def redactor_of(settings: Settings) -> Redactor:
    """The redactor. Raises `ValueError` for a pattern that is none."""
    chosen = settings.redaction
    return Redactor(
        ip_addresses=chosen.ip_addresses, extra_patterns=chosen.extra_patterns, exceptions=chosen.exceptions
    )


def grouping_rules_of(settings: Settings) -> list[GroupingRule]:
    """The rules of grouping, the first that matches deciding."""
    return [GroupingRule(**rule.model_dump()) for rule in settings.grouping]


def in_app_rules_of(settings: Settings) -> InAppRules:
    """What is application code, where the dialects' judgement is wrong."""
    return InAppRules(**settings.in_app.model_dump())


def capturer_of(settings: Settings) -> Capturer:
    """The capturer, redaction and grouping included. Raises `ValueError` for a pattern or rule that is none."""
    return Capturer(
        redactor_of(settings),
        aliases=ContextAliases(**settings.context.model_dump()),
        grouping_rules=grouping_rules_of(settings),
        in_app=in_app_rules_of(settings),
    )
