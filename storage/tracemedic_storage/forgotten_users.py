"""That a user's data was deleted everywhere: a keyed hash of the user's id, when, by whom, and how many rows where."""

import hmac
from collections.abc import Mapping

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tracemedic_storage.database import Database
from tracemedic_storage.records import Record
from tracemedic_storage.tables import forgotten_users


class ForgottenUser(Record, frozen=True, kw_only=True):
    """One deletion. `done_at_ns` is empty while it is under way or was interrupted; `removed` counts rows by place."""

    id: str
    author: str
    asked_at_ns: int
    done_at_ns: int | None
    removed: Mapping[str, int]


def id_of(user_id: str, *, key: bytes) -> str:
    """The user's id as HMAC-SHA256 with a key that is not in the database, so that nobody finds it by trying."""
    return hmac.digest(key, user_id.encode(errors="surrogatepass"), "sha256").hex()


def begin(database: Database, id_: str, *, author: str, now_ns: int) -> None:
    """Write down that it was asked for; asked again, counts go on from where they were."""
    columns = forgotten_users.c
    with database.write() as connection:
        again = connection.execute(
            sa.update(forgotten_users).where(columns.id == id_).values(author=author, asked_at=now_ns, done_at=None)
        )
        if not again.rowcount:
            row: dict[str, object] = {"id": id_, "author": author, "asked_at": now_ns, "done_at": None, "removed": {}}
            connection.execute(sa.insert(forgotten_users).values(row))


def add(connection: Connection, id_: str, removed: Mapping[str, int]) -> None:
    """Count rows that are deleted in this very transaction."""
    columns = forgotten_users.c
    known = connection.execute(sa.select(columns.removed).where(columns.id == id_).with_for_update()).scalar_one()
    total = dict(known)
    for place, rows in removed.items():
        total[place] = total.get(place, 0) + rows
    connection.execute(sa.update(forgotten_users).where(columns.id == id_).values(removed=total))


def finish(database: Database, id_: str, *, now_ns: int) -> None:
    """It is done."""
    with database.write() as connection:
        connection.execute(sa.update(forgotten_users).where(forgotten_users.c.id == id_).values(done_at=now_ns))


def get(database: Database, id_: str) -> ForgottenUser | None:
    """What is known of a deletion."""
    with database.read() as connection:
        row = connection.execute(sa.select(forgotten_users).where(forgotten_users.c.id == id_)).one_or_none()
    if row is None:
        return None
    return ForgottenUser(
        id=row.id, author=row.author, asked_at_ns=row.asked_at, done_at_ns=row.done_at, removed=row.removed
    )
