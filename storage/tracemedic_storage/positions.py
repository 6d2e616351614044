"""How far each spool has been recorded."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tracemedic_storage import bulk
from tracemedic_storage.tables import spool_positions
from tracemedic_storage.timestamps import as_text

_NOTHING = -1


def lock(connection: Connection, spool_id: str, *, now_ns: int) -> int:
    """The last recorded sequence number of this spool, -1 when there is none; locked until the transaction ends."""
    chosen = sa.select(spool_positions.c.seq).where(spool_positions.c.spool_id == spool_id).with_for_update()
    known = connection.scalar(chosen)
    if known is not None:
        return known
    row = {"spool_id": spool_id, "seq": _NOTHING, "updated_at": as_text(now_ns)}
    bulk.insert_missing(connection, spool_positions, [row])
    return connection.scalars(chosen).one()


def store(connection: Connection, spool_id: str, seq: int, *, now_ns: int) -> None:
    """Everything up to and including `seq` is recorded once this transaction is committed."""
    columns = spool_positions.c
    connection.execute(
        sa.update(spool_positions).where(columns.spool_id == spool_id).values(seq=seq, updated_at=now_ns)
    )
