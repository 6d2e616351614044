"""What a figure is asked of: a period, and perhaps one service, environment, version or sprint."""

import sqlalchemy as sa

from tracemedic_storage.records import Record
from tracemedic_storage.tables import error_events, key_text, request_counts


class Scope(Record, frozen=True, kw_only=True):
    """From `since_ns` on and before `until_ns`; None means any. An empty period has no figures."""

    since_ns: int
    until_ns: int
    service: str | None = None
    environment: str | None = None
    version: str | None = None
    sprint: str | None = None

    @property
    def chosen(self) -> tuple[str, ...]:
        """The names of the restrictions that are set, besides the period."""
        return tuple(name for name in RESTRICTIONS if getattr(self, name) is not None)


RESTRICTIONS = ("service", "environment", "version", "sprint")


def events_within(scope: Scope) -> list[sa.ColumnElement[bool]]:
    """Conditions for `error_events`: the sender's clock decides about the period."""
    columns = error_events.c
    return [columns.occurred_at >= scope.since_ns, columns.occurred_at < scope.until_ns, *events_of(scope)]


def events_of(scope: Scope) -> list[sa.ColumnElement[bool]]:
    """Conditions for `error_events` without the period."""
    columns = error_events.c
    named = {
        columns.service: scope.service,
        columns.environment: scope.environment,
        columns.service_version: scope.version,
        columns.sprint_id: scope.sprint,
    }
    return [column == key_text(value) for column, value in named.items() if value is not None]


def counts_within(scope: Scope) -> list[sa.ColumnElement[bool]]:
    """Conditions for `request_counts`, which know no sprint: a minute belongs to the period in which it begins."""
    columns = request_counts.c
    named = {
        columns.service: scope.service,
        columns.environment: scope.environment,
        columns.service_version: scope.version,
    }
    period = [columns.minute >= scope.since_ns, columns.minute < scope.until_ns]
    return [*period, *(column == key_text(value) for column, value in named.items() if value is not None)]
