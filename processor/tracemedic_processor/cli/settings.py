"""The configuration for a command, mistakes told as a command tells them."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from tracemedic_processor.cli.failure import Failure
from tracemedic_processor.config import ConfigError, Settings, load
from tracemedic_processor.stores import database_of
from tracemedic_storage.database import Database
from tracemedic_storage.failures import DatabaseUnavailable


def settings_for(config: Path | None) -> Settings:
    """The configuration. Raises `Failure`."""
    try:
        return load(config)
    except ConfigError as error:
        raise Failure(str(error)) from None


@contextmanager
def reading(config: Path | None) -> Generator[Database]:
    """The configured database for as long as the block takes; what it cannot do is told as a `Failure`."""
    settings = settings_for(config)
    file = settings.data_dir / "tracemedic.sqlite"
    if settings.database.url is None and not file.exists():
        message = f"no errors recorded yet: {file} does not exist; start `tracemedic serve`, or name its configuration"
        raise Failure(message)
    try:
        database = database_of(settings)
        try:
            yield database
        finally:
            database.close()
    except DatabaseUnavailable as error:
        raise Failure(str(error)) from None
