"""Which patterns belong to a service, an environment, a version or a sprint."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tracemedic_storage.scope import Scope, events_of
from tracemedic_storage.tables import error_events, error_fingerprints


def within(connection: Connection, pattern_ids: Collection[str], scope: Scope) -> frozenset[str]:
    """Those of `pattern_ids` that have an event there, whenever it occurred; only events still kept are known.

    The period does not matter here: a pattern that is resolved in a week may have failed last in the week before.
    """
    if not scope.chosen:
        return frozenset(pattern_ids)
    events, fingerprints = error_events.c, error_fingerprints.c
    seen = sa.exists().where(events.fingerprint == fingerprints.fingerprint, *events_of(scope))
    chosen = sa.select(fingerprints.pattern_id).where(fingerprints.pattern_id.is_not(None), seen)
    return frozenset(pattern_ids) & frozenset(connection.scalars(chosen))
