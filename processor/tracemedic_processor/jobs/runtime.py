"""Starts and stops DBOS in this process.

Its database lies beside ours: a file of its own next to the embedded SQLite, a schema of its own in PostgreSQL.
`application_version` is pinned: unpinned it is a hash of the code, and every deployment would strand what is queued.
"""

import logging
from collections.abc import Generator
from contextlib import contextmanager
from typing import Final

from dbos import DBOS, DBOSConfig

from tracemedic_processor.config import Settings
from tracemedic_processor.jobs.queues import ASK, DIAGNOSE, NOTIFY, POLL_S, QUEUES, REPORT

NAME: Final = "tracemedic"
VERSION: Final = "1"
"""Changes when jobs of the release before could no longer be finished by this one."""
SCHEMA: Final = "tracemedic_jobs"
DIAGNOSE_CONCURRENCY: Final = 4
"""Judging by rules takes milliseconds; more at once only wait for the database."""
NOTIFY_CONCURRENCY: Final = 8
STOP_S: Final = 10
"""Jobs under way get so long at a stop; what is left goes on in another process or at the next start."""


@contextmanager
def launched(settings: Settings, executor_id: str) -> Generator[None]:
    """Inside the block the queues are worked on. The jobs must have been given their parts before."""
    logging.getLogger("dbos").setLevel(logging.WARNING)
    DBOS(config=_config(settings, executor_id))
    try:
        DBOS.listen_queues(list(QUEUES))
        DBOS.launch()
        _register_queues(settings)
        yield
    finally:
        DBOS.destroy(workflow_completion_timeout_sec=STOP_S)


def _config(settings: Settings, executor_id: str) -> DBOSConfig:
    return DBOSConfig(
        name=NAME,
        system_database_url=system_database_url(settings),
        dbos_system_schema=SCHEMA,
        application_version=VERSION,
        executor_id=executor_id,
        log_level="WARNING",
        enable_otlp=False,
        sys_db_pool_size=5,
        scheduler_polling_interval_sec=5.0,
    )


def system_database_url(settings: Settings) -> str:
    """Where DBOS keeps its own tables."""
    url = settings.database.url
    if url is None or url.get_secret_value().startswith("sqlite"):
        return f"sqlite:///{settings.data_dir / 'jobs.sqlite'}"
    return "postgresql://" + url.get_secret_value().partition("://")[2]


def _register_queues(settings: Settings) -> None:
    """The newest configuration wins: a rate or concurrency changed in the file holds from the next start on."""
    chosen = settings.diagnosis
    DBOS.register_queue(
        DIAGNOSE, worker_concurrency=DIAGNOSE_CONCURRENCY, polling_interval_sec=POLL_S, on_conflict="always_update"
    )
    DBOS.register_queue(
        ASK,
        global_concurrency=chosen.concurrency,
        limiter={"limit": chosen.requests_per_minute, "period": 60.0},
        polling_interval_sec=POLL_S,
        on_conflict="always_update",
    )
    DBOS.register_queue(
        NOTIFY, worker_concurrency=NOTIFY_CONCURRENCY, polling_interval_sec=POLL_S, on_conflict="always_update"
    )
    DBOS.register_queue(REPORT, worker_concurrency=1, polling_interval_sec=1.0, on_conflict="always_update")
