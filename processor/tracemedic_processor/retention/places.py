"""From settings to the three places of data."""

from tracemedic_processor.config import Settings
from tracemedic_storage.cold.copying import Places
from tracemedic_storage.cold.files import FileStore
from tracemedic_storage.database import Database


def places_of(settings: Settings, database: Database) -> Places:
    """Database, cold store and archive, the last two not yet opened; by default folders in the data folder."""
    chosen = settings.retention
    return Places(
        database=database,
        cold=FileStore(chosen.cold_url or str(settings.data_dir / "cold")),
        archive=FileStore(chosen.archive_url or str(settings.data_dir / "archive")),
    )
