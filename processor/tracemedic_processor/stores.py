"""From settings to the database and what is said of it, for the service and for the commands that read."""

from tracemedic_processor.config import Settings
from tracemedic_storage.database import Database
from tracemedic_storage.model_calls import Budget
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
    chosen = settings.patterns.model_dump()
    return Thresholds(**{name: chosen[name] for name in Thresholds.__struct_fields__})


def budget_of(settings: Settings) -> Budget:
    """What models may cost."""
    chosen = settings.diagnosis
    return Budget(
        tokens_per_day=chosen.tokens_per_day,
        tokens_per_month=chosen.tokens_per_month,
        usd_per_day=chosen.usd_per_day,
        usd_per_month=chosen.usd_per_month,
    )


def pattern_url_of(settings: Settings) -> str | None:
    """The template of a pattern's page, with `{id}`; None while nobody has said where the pages are."""
    url = settings.web.public_url
    return None if url is None else f"{url.rstrip('/').replace('{', '{{').replace('}', '}}')}/patterns/{{id}}"
