"""What share of a pattern's occurrences were consequences of which other pattern."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tracemedic_storage import error_patterns
from tracemedic_storage.database import Database
from tracemedic_storage.records import ErrorPattern, Record
from tracemedic_storage.tables import error_events, error_fingerprints
from tracemedic_storage.tables import error_patterns as patterns_table

JUDGED_MIN: Final = 3
"""As many traces as make a pattern: a share of fewer says nothing."""
SHARE_MIN: Final = 0.5
"""From here on more often a consequence than not, and the origin is where to look first."""
SHARE_DIGITS: Final = 2
"""A change in the third digit is no news: it would send the pattern to all replicas with every occurrence."""
NEWEST_MAX: Final = 500
"""So many of the newest events of each fingerprint are counted: what is true now, at a bounded cost."""
STEPS_MAX: Final = 8
"""Origins of origins followed in search of a circle; real cascades of patterns are two or three long."""


class PatternShare(Record, frozen=True, kw_only=True):
    """Of `judged` traces of a pattern the `share` (0 to 1) in which it was a consequence of `origin_pattern_id`.

    That is the pattern of which it most often was; empty when it was of none, with a share of 0.
    """

    pattern_id: str
    judged: int
    share: float = 0.0
    origin_pattern_id: str | None = None

    @property
    def counts(self) -> bool:
        """Whether the pattern is to be looked upon as the consequence of the other."""
        return self.judged >= JUDGED_MIN and self.share >= SHARE_MIN


def shares(database: Database, pattern_ids: Iterable[str], *, now_ns: int) -> dict[str, PatternShare]:
    """Count anew for these patterns and keep in them what counts; `updated_at` changes only with the answer.

    Two patterns never become each other's origin: the first that was so stays it.
    """
    found: dict[str, PatternShare] = {}
    for pattern_id in sorted(set(pattern_ids)):
        with database.read() as connection:
            found[pattern_id] = _share(connection, pattern_id)
    changed = [share for share in found.values() if _is_news(database, share)]
    if changed:
        with database.write() as connection:
            _store(connection, {share.pattern_id: share for share in changed}, now_ns)
    return found


def with_origin(database: Database, pattern_ids: Iterable[str]) -> set[str]:
    """Those of these patterns that are known as consequences."""
    columns = patterns_table.c
    chosen = sa.select(columns.id).where(
        columns.id.in_(sorted(set(pattern_ids))), columns.origin_pattern_id.is_not(None)
    )
    with database.read() as connection:
        return set(connection.scalars(chosen))


def _share(connection: Connection, pattern_id: str) -> PatternShare:
    fingerprints = sa.select(error_fingerprints.c.fingerprint).where(error_fingerprints.c.pattern_id == pattern_id)
    origins_by_trace: dict[str, set[str]] = {}
    for fingerprint in connection.scalars(fingerprints.order_by(error_fingerprints.c.fingerprint)).all():
        for row in connection.execute(_judged(fingerprint)):
            origins = origins_by_trace.setdefault(row.trace_id, set())
            if row.origin_pattern_id not in {None, pattern_id}:
                origins.add(row.origin_pattern_id)
    counted = Counter(origin for origins in origins_by_trace.values() for origin in origins)
    judged = len(origins_by_trace)
    if not counted:
        return PatternShare(pattern_id=pattern_id, judged=judged)
    # The id decides between equals, so that the answer does not swing.
    origin, count = max(counted.items(), key=lambda each: (each[1], each[0]))
    return PatternShare(
        pattern_id=pattern_id, judged=judged, share=round(count / judged, SHARE_DIGITS), origin_pattern_id=origin
    )


def _judged(fingerprint: str) -> sa.Select[Any, Any]:
    columns, origin = error_events.c, error_events.alias("origin")
    newest = (
        sa.select(columns.trace_id, columns.origin_id)
        .where(columns.fingerprint == fingerprint, columns.origin_id.is_not(None))
        .order_by(columns.occurred_at.desc())
        .limit(NEWEST_MAX)
        .subquery("newest")
    )
    joined = newest.outerjoin(origin, origin.c.id == newest.c.origin_id)
    return sa.select(newest.c.trace_id, origin.c.pattern_id.label("origin_pattern_id")).select_from(joined)


def _is_news(database: Database, share: PatternShare) -> bool:
    columns = patterns_table.c
    chosen = sa.select(columns.origin_pattern_id, columns.origin_share).where(columns.id == share.pattern_id)
    with database.read() as connection:
        row = connection.execute(chosen).one_or_none()
    return row is not None and (row.origin_pattern_id, row.origin_share) != _kept(share)


def _kept(share: PatternShare) -> tuple[str | None, float | None]:
    return (share.origin_pattern_id, share.share) if share.counts else (None, None)


def _store(connection: Connection, changed: Mapping[str, PatternShare], now_ns: int) -> None:
    for pattern in error_patterns.select(connection, sorted(changed)).values():
        origin, share = _kept(changed[pattern.id])
        if _leads_back(connection, pattern, origin):
            origin, share = None, None
        if (origin, share) != (pattern.origin_pattern_id, pattern.origin_share):
            new = msgspec.structs.replace(pattern, origin_pattern_id=origin, origin_share=share, updated_at_ns=now_ns)
            # One by one, so that the next already sees it when it looks for a circle.
            error_patterns.update(connection, [new])


def _leads_back(connection: Connection, pattern: ErrorPattern, origin: str | None) -> bool:
    """Whether `pattern` is itself the origin of `origin`, at some distance."""
    columns = patterns_table.c
    for _ in range(STEPS_MAX):
        if origin is None or origin == pattern.id:
            return origin is not None
        origin = connection.scalar(sa.select(columns.origin_pattern_id).where(columns.id == origin))
    return False
