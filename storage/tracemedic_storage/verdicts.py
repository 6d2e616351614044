"""What developers say of diagnoses, and what follows from it: the category of a pattern, and how often we are right."""

from collections.abc import Iterable

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from tracemedic_storage import bulk, error_patterns, texts
from tracemedic_storage.database import Database
from tracemedic_storage.records import Category, ErrorPattern, Record, Verdict
from tracemedic_storage.tables import diagnoses, verdicts
from tracemedic_storage.timestamps import as_text


class DiagnosisUnknown(Exception):
    """A verdict on a diagnosis that is not there."""


class Accuracy(Record, frozen=True, kw_only=True):
    """How often diagnoses were judged right, partly right and wrong."""

    right: int = 0
    partly: int = 0
    wrong: int = 0

    @property
    def judged(self) -> int:
        """How many judgements were counted."""
        return self.right + self.partly + self.wrong

    @property
    def share(self) -> float | None:
        """0 to 1: right counts as one, partly as a half, wrong as nothing; None when nobody judged."""
        return (self.right + self.partly / 2) / self.judged if self.judged else None


def add(database: Database, verdict: Verdict) -> Verdict:
    """Keep a verdict; the pattern takes the category that it says or confirms. One durable transaction.

    `pattern_id` is taken from the diagnosis, whose pattern may have been merged meanwhile; the verdict is returned
    as it was kept. Doing it again with the same id changes nothing. Raises `DiagnosisUnknown`.
    """
    clean = texts.storable(verdict, Verdict)
    with database.write() as connection:
        pattern = _locked_pattern(connection, clean.diagnosis_id)
        kept = msgspec.structs.replace(clean, pattern_id=pattern.id)
        bulk.insert_missing(connection, verdicts, [_to_row(kept)])
        category = decided_category(connection, pattern.id)
        if category and category != pattern.category:
            decided = msgspec.structs.replace(pattern, category=category, updated_at_ns=kept.at_ns)
            error_patterns.update(connection, [decided])
    return kept


def decided_category(connection: Connection, pattern_id: str) -> Category | None:
    """The category that a person gave a pattern: of the newest verdict that says one or confirms a diagnosis."""
    given = sa.case((verdicts.c.verdict == "right", diagnoses.c.category))
    category = sa.func.coalesce(verdicts.c.category, given)
    chosen = (
        sa.select(category)
        .join(diagnoses, diagnoses.c.id == verdicts.c.diagnosis_id)
        .where(verdicts.c.pattern_id == pattern_id, category.is_not(None))
        .order_by(*_newest_first())
        .limit(1)
    )
    return connection.scalar(chosen)


def newest_of_each(database: Database, pattern_ids: Iterable[str]) -> dict[str, Verdict]:
    """The newest verdict of each pattern that has one, by pattern: the examples for similar patterns."""
    latest = _latest(verdicts.c.pattern_id, within=verdicts.c.pattern_id.in_(sorted(set(pattern_ids))))
    return {verdict.pattern_id: verdict for verdict in _read(database, latest)}


def of_diagnosis(database: Database, diagnosis_id: str) -> tuple[Verdict, ...]:
    """All verdicts on a diagnosis, newest first."""
    return _read(
        database, sa.select(verdicts).where(verdicts.c.diagnosis_id == diagnosis_id).order_by(*_newest_first())
    )


def of_pattern(database: Database, pattern_id: str, *, limit: int = 100) -> tuple[Verdict, ...]:
    """The verdicts on a pattern's diagnoses, newest first."""
    chosen = sa.select(verdicts).where(verdicts.c.pattern_id == pattern_id).order_by(*_newest_first())
    return _read(database, chosen.limit(limit))


def given_between(database: Database, since_ns: int, until_ns: int, *, limit: int = 1_000) -> tuple[Verdict, ...]:
    """The verdicts given from `since_ns` on and before `until_ns`, newest first."""
    chosen = sa.select(verdicts).where(_between(since_ns, until_ns)).order_by(*_newest_first())
    return _read(database, chosen.limit(limit))


def accuracy(database: Database, *, since_ns: int, until_ns: int) -> dict[str, Accuracy]:
    """How right the diagnoses were, by who made them (`rules` or a model); `total` adds them up.

    Counted are the verdicts given from `since_ns` on and before `until_ns`; of several that one person gave on one
    diagnosis only the newest. Two people who judge one diagnosis count twice.
    """
    newest = _latest(verdicts.c.diagnosis_id, verdicts.c.author, within=_between(since_ns, until_ns)).subquery()
    chosen = (
        sa.select(diagnoses.c.diagnosed_by, newest.c.verdict, sa.func.count())
        .join(newest, newest.c.diagnosis_id == diagnoses.c.id)
        .group_by(diagnoses.c.diagnosed_by, newest.c.verdict)
    )
    grouped: dict[str, dict[str, int]] = {}
    with database.read() as connection:
        for diagnosed_by, kind, count in connection.execute(chosen):
            grouped.setdefault(diagnosed_by, {})[kind] = count
    return {diagnosed_by: msgspec.convert(counts, Accuracy) for diagnosed_by, counts in grouped.items()}


def total(accuracies: Iterable[Accuracy]) -> Accuracy:
    """All of them together."""
    parts = tuple(accuracies)
    return Accuracy(
        right=sum(part.right for part in parts),
        partly=sum(part.partly for part in parts),
        wrong=sum(part.wrong for part in parts),
    )


def _locked_pattern(connection: Connection, diagnosis_id: str) -> ErrorPattern:
    """The pattern of a diagnosis, locked. Asked again after the lock: a merge may have moved it meanwhile."""
    owner = sa.select(diagnoses.c.pattern_id).where(diagnoses.c.id == diagnosis_id)
    while (pattern_id := connection.scalar(owner)) is not None:
        pattern = error_patterns.select(connection, [pattern_id]).get(pattern_id)
        if pattern is not None and connection.scalar(owner) == pattern_id:
            return pattern
    message = f"there is no diagnosis {diagnosis_id}"
    raise DiagnosisUnknown(message)


def _newest_first() -> tuple[sa.ColumnElement[int], sa.ColumnElement[str]]:
    return verdicts.c.at.desc(), verdicts.c.id.desc()


def _between(since_ns: int, until_ns: int) -> sa.ColumnElement[bool]:
    return sa.and_(verdicts.c.at >= since_ns, verdicts.c.at < until_ns)


def _latest(*columns: sa.ColumnElement[str], within: sa.ColumnElement[bool]) -> sa.Select[tuple[object, ...]]:
    """The newest verdict for each combination of values of `columns`."""
    place = sa.func.row_number().over(partition_by=columns, order_by=_newest_first())
    ranked = sa.select(verdicts, place.label("place")).where(within).subquery()
    return sa.select(*(ranked.c[column.name] for column in verdicts.c)).where(ranked.c.place == 1)


def _read(database: Database, chosen: sa.Select[tuple[object, ...]]) -> tuple[Verdict, ...]:
    with database.read() as connection:
        return tuple(_from_row(row) for row in connection.execute(chosen).mappings())


def _from_row(row: RowMapping) -> Verdict:
    columns: dict[str, object] = {str(name): value for name, value in row.items()}
    columns["at_ns"] = columns.pop("at")
    return msgspec.convert(columns, Verdict)


def _to_row(verdict: Verdict) -> dict[str, object]:
    row = msgspec.structs.asdict(verdict)
    row["at"] = as_text(row.pop("at_ns"))
    return row
