"""From settings to the database, for the service and for the commands that read."""

from tracemedic_processor.config import Settings
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
    chosen = settings.patterns.model_dump()
    return Thresholds(**{name: chosen[name] for name in Thresholds.__struct_fields__})
