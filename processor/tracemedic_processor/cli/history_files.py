"""The part of listings that needs DuckDB, loaded only when there are files to look into."""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from tracemedic_processor.cli.failure import Failure
from tracemedic_processor.config import Settings
from tracemedic_processor.retention.places import places_of
from tracemedic_storage.cold import queries
from tracemedic_storage.cold.copying import Places
from tracemedic_storage.cold.files import FileGone, StoreUnavailable
from tracemedic_storage.cold.parquet import Damaged
from tracemedic_storage.database import Database

errors_by_category: Final = queries.errors_by_category
errors_for_agent_run: Final = queries.errors_for_agent_run
list_errors: Final = queries.list_errors


@contextmanager
def places(settings: Settings, database: Database) -> Generator[Places]:
    """The places of data; what they cannot do is told as a `Failure`."""
    try:
        yield places_of(settings, database)
    except FileGone as error:
        message = f"the cold store misses {error}; is `retention.cold_url` where it was?"
        raise Failure(message) from None
    except (StoreUnavailable, Damaged) as error:
        raise Failure(str(error)) from None
