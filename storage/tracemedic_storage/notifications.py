"""What was told to whom: webhooks and late spans claim a row before they speak, and finish it afterwards.

That a thing is told once is the durable job's affair, which claims again when it was interrupted; what was finished
cannot be claimed any more.
"""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tracemedic_storage import bulk
from tracemedic_storage.database import Database
from tracemedic_storage.tables import notifications
from tracemedic_storage.timestamps import as_text

SENT = "sent"
OWED = "owed"
CAPPED = "capped"

_LOCK = 0x7472_6163_6E6F_7469
"""The advisory lock under which a channel's messages of the hour are counted."""


def claim(
    database: Database,
    notification_id: str,
    *,
    channel: str,
    kind: str,
    pattern_id: str | None,
    per_hour: int,
    now_ns: int,
) -> bool:
    """Whether this is to be told: False when it was finished already, or when the hour's `per_hour` were reached.

    What the cap left out is kept with the outcome `capped`, so that it can be counted.
    """
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        known = connection.scalar(sa.select(notifications.c.outcome).where(notifications.c.id == notification_id))
        if known is not None:
            return known == OWED
        is_allowed = _told_since(connection, channel, now_ns - 3_600_000_000_000) < per_hour
        row = {
            "id": notification_id,
            "channel": channel,
            "kind": kind,
            "pattern_id": pattern_id,
            "at": as_text(now_ns),
            "sent_at": None,
            "outcome": OWED if is_allowed else CAPPED,
        }
        bulk.insert_missing(connection, notifications, [row])
    return is_allowed


def finish(database: Database, notification_id: str, *, outcome: str, now_ns: int) -> None:
    """Write down how it ended: `sent`, or why it was given up."""
    sent_at = now_ns if outcome == SENT else None
    with database.write() as connection:
        connection.execute(
            sa.update(notifications)
            .where(notifications.c.id == notification_id)
            .values(outcome=outcome[:500], sent_at=sent_at)
        )


def outcome_of(database: Database, notification_id: str) -> str | None:
    """How it stands, None when nobody has claimed it."""
    with database.read() as connection:
        chosen = sa.select(notifications.c.outcome).where(notifications.c.id == notification_id)
        return connection.scalar(chosen)


def capped_since(database: Database, channel: str, since_ns: int) -> int:
    """How many messages of a channel the cap left out at or after a time."""
    columns = notifications.c
    chosen = sa.select(sa.func.count()).where(
        columns.channel == channel, columns.at >= since_ns, columns.outcome == CAPPED
    )
    with database.read() as connection:
        return connection.scalar(chosen) or 0


def _told_since(connection: Connection, channel: str, since_ns: int) -> int:
    columns = notifications.c
    chosen = sa.select(sa.func.count()).where(
        columns.channel == channel, columns.at > since_ns, columns.outcome != CAPPED
    )
    return connection.scalar(chosen) or 0
