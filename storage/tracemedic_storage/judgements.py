"""How right the diagnoses were, within a scope."""

import sqlalchemy as sa

from tracemedic_storage import pattern_scope, verdicts
from tracemedic_storage.database import Database
from tracemedic_storage.scope import Scope
from tracemedic_storage.tables import verdicts as verdicts_table
from tracemedic_storage.verdicts import Accuracy


def judged(database: Database, scope: Scope) -> Accuracy:
    """The verdicts given in the period (our clock), of each person the newest on each diagnosis, all authors together.

    With a service, environment, version or sprint those on patterns that have an event there.
    """
    if not scope.chosen:
        by_author = verdicts.accuracy(database, since_ns=scope.since_ns, until_ns=scope.until_ns)
        return verdicts.total(by_author.values())
    newest = _newest_by_judge(database, scope)
    kinds = [kind for _, kind in newest]
    return Accuracy(right=kinds.count("right"), partly=kinds.count("partly"), wrong=kinds.count("wrong"))


def _newest_by_judge(database: Database, scope: Scope) -> list[tuple[str, str]]:
    """Pattern and verdict. Verdicts are given by hand: all of a period fit in memory."""
    columns = verdicts_table.c
    chosen = (
        sa.select(columns.diagnosis_id, columns.author, columns.pattern_id, columns.verdict)
        .where(columns.at >= scope.since_ns, columns.at < scope.until_ns)
        .order_by(columns.at, columns.id)
    )
    with database.read() as connection:
        newest = {(row.diagnosis_id, row.author): row for row in connection.execute(chosen)}
        kept = pattern_scope.within(connection, {row.pattern_id for row in newest.values()}, scope)
    return [(row.pattern_id, row.verdict) for row in newest.values() if row.pattern_id in kept]
