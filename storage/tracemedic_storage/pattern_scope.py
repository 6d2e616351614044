"""Which patterns belong to a service, an environment, a version or a sprint."""

from collections.abc import Collection
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tracemedic_storage.scope import Scope
from tracemedic_storage.tables import error_events, error_fingerprints, key_text

_IDS_MAX = 1_000
"""In one statement; PostgreSQL takes 65,535 parameters."""


def within(connection: Connection, pattern_ids: Collection[str], scope: Scope) -> frozenset[str]:
    """Those of `pattern_ids` that have an event there, whenever it occurred.

    The period does not matter here: a pattern that is resolved in a week may have failed last in the week before.
    Services are known for good, the rest as long as events are kept.
    """
    kept = frozenset(pattern_ids)
    if scope.service is not None:
        kept = _of_service(connection, kept, key_text(scope.service))
    named = {"environment": scope.environment, "service_version": scope.version, "sprint_id": scope.sprint}
    wanted = {name: key_text(value) for name, value in named.items() if value is not None}
    return _with_event(connection, kept, wanted) if wanted else kept


def _of_service(connection: Connection, pattern_ids: Collection[str], service: str) -> frozenset[str]:
    columns = error_fingerprints.c
    found: set[str] = set()
    for some in _parts(pattern_ids):
        chosen = sa.select(columns.pattern_id, columns.services).where(columns.pattern_id.in_(some))
        found.update(id_ for id_, services in connection.execute(chosen) if id_ and service in services)
    return frozenset(found)


def _with_event(connection: Connection, pattern_ids: Collection[str], wanted: dict[str, str]) -> frozenset[str]:
    events, fingerprints = error_events.c, error_fingerprints.c
    # In `coalesce` they have no index: that of the fingerprints leads to the first fitting event, where that of a
    # sprint would lead through all its events for each pattern (1 s against 5 ms, 200,000 events on SQLite).
    fitting = [sa.func.coalesce(events[name], "") == value for name, value in wanted.items()]
    seen = sa.exists().where(events.fingerprint == fingerprints.fingerprint, *fitting)
    found: set[str | None] = set()
    for some in _parts(pattern_ids):
        found.update(
            connection.scalars(sa.select(fingerprints.pattern_id).where(fingerprints.pattern_id.in_(some), seen))
        )
    return frozenset(id_ for id_ in found if id_)


def _parts(pattern_ids: Collection[str]) -> list[list[str]]:
    rest = iter(sorted(pattern_ids))
    return list(iter(lambda: list(islice(rest, _IDS_MAX)), []))
