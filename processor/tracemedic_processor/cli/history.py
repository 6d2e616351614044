"""Listings over database, cold store and archive: files are looked into only where there are any for the period."""

from pathlib import Path

from tracemedic_processor.cli.settings import settings_for
from tracemedic_storage import queries
from tracemedic_storage.cold import register
from tracemedic_storage.cold.layout import EVENTS, span_of
from tracemedic_storage.database import Database
from tracemedic_storage.queries import CategoryCount, ErrorFilter, KnownError


class History:
    """The questions of `queries` to all places. Raises `Failure` where the files cannot be had."""

    def __init__(self, config: Path | None, database: Database, *, archive: bool) -> None:
        self._config = config
        self._database = database
        self._archive = archive

    def errors_by_category(self, *, since_ns: int) -> tuple[CategoryCount, ...]:
        """Errors per category that occurred after `since_ns`."""
        if not self._has_files(since_ns):
            return queries.errors_by_category(self._database, since_ns=since_ns)
        from tracemedic_processor.cli import history_files

        with history_files.places(settings_for(self._config), self._database) as places:
            return history_files.errors_by_category(places, since_ns=since_ns, archive=self._archive)

    def errors_for_agent_run(self, agent_run_id: str) -> tuple[KnownError, ...]:
        """The errors of one agent run in their order."""
        if not self._has_files():
            return queries.errors_for_agent_run(self._database, agent_run_id)
        from tracemedic_processor.cli import history_files

        with history_files.places(settings_for(self._config), self._database) as places:
            return history_files.errors_for_agent_run(places, agent_run_id, archive=self._archive)

    def list_errors(self, chosen: ErrorFilter, *, limit: int) -> tuple[KnownError, ...]:
        """The newest errors that fit."""
        if not self._has_files(chosen.since_ns):
            return queries.list_errors(self._database, chosen, limit=limit).errors
        from tracemedic_processor.cli import history_files

        with history_files.places(settings_for(self._config), self._database) as places:
            return history_files.list_errors(places, chosen, limit=limit, archive=self._archive).errors

    def _has_files(self, since_ns: int | None = None) -> bool:
        with self._database.read() as connection:
            files = register.listed(
                connection, kind=EVENTS.name, tiers=["cold", "archive"] if self._archive else ["cold"]
            )
        return any(since_ns is None or span_of(file.path)[1] >= since_ns for file in files)
