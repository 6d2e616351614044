"""Every diagnosis ever made; the newest of a pattern stands in the pattern as well.

A diagnosis is written under the lock of its pattern's row, together with what it changes there: whoever reads the
pattern sees all of an answer or nothing of it.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from tracemedic_storage import bulk, error_patterns, pattern_changes, texts, verdicts
from tracemedic_storage.database import Database
from tracemedic_storage.records import Diagnosis, ErrorPattern, Fix, PatternChange
from tracemedic_storage.tables import diagnoses
from tracemedic_storage.timestamps import as_text, whole_microseconds

FIX_LINE_CHARS_MAX: Final = 300
"""What one line of a page or one attribute of a span can show."""


def store(database: Database, diagnosis: Diagnosis, *, now_ns: int) -> bool:
    """Keep a diagnosis and, when it is the pattern's newest, let the pattern say it; one durable transaction.

    Doing it again with the same id changes nothing. Returns False, with nothing done, when the pattern is gone. A
    category that a person decided in a verdict stays the pattern's.
    """
    with database.write() as connection:
        return store_within(connection, diagnosis, now_ns=now_ns)


def store_within(connection: Connection, diagnosis: Diagnosis, *, now_ns: int) -> bool:
    """The same as a part of a transaction that holds no other pattern's lock."""
    clean = texts.storable(diagnosis, Diagnosis)
    pattern = error_patterns.select(connection, [clean.pattern_id]).get(clean.pattern_id)
    if pattern is None:
        return False
    if _is_known(connection, clean.id):
        return True
    newest = _newest(connection, [clean.pattern_id]).get(clean.pattern_id)
    bulk.insert_missing(connection, diagnoses, [_to_row(clean)])
    if newest is None or _age(newest) < _age(clean):
        _apply(connection, pattern, clean, now_ns=now_ns)
    return True


def get(database: Database, diagnosis_id: str) -> Diagnosis | None:
    """The diagnosis of this id."""
    with database.read() as connection:
        row = connection.execute(sa.select(diagnoses).where(diagnoses.c.id == diagnosis_id)).mappings().one_or_none()
    return None if row is None else from_row(row)


def newest_of(database: Database, pattern_id: str) -> Diagnosis | None:
    """The diagnosis that a pattern shows."""
    return newest_of_each(database, [pattern_id]).get(pattern_id)


def newest_of_each(database: Database, pattern_ids: Iterable[str]) -> dict[str, Diagnosis]:
    """The newest diagnosis of each pattern that has one, by pattern."""
    with database.read() as connection:
        return _newest(connection, sorted(set(pattern_ids)))


def of_pattern(database: Database, pattern_id: str, *, limit: int = 100) -> tuple[Diagnosis, ...]:
    """The diagnoses of a pattern, newest first."""
    columns = diagnoses.c
    chosen = (
        sa.select(diagnoses)
        .where(columns.pattern_id == pattern_id)
        .order_by(columns.made_at.desc(), columns.id.desc())
        .limit(limit)
    )
    with database.read() as connection:
        return tuple(from_row(row) for row in connection.execute(chosen).mappings())


def fix_line(fixes: Sequence[Fix]) -> str | None:
    """The first fix in one line: what to do and where."""
    if not fixes:
        return None
    first = fixes[0]
    line = " ".join(f"{first.what} ({first.where})".split() if first.where else first.what.split())
    return line if len(line) <= FIX_LINE_CHARS_MAX else line[: FIX_LINE_CHARS_MAX - 1].rstrip() + "…"


def from_row(row: RowMapping) -> Diagnosis:
    """The diagnosis of a row that has all columns of the table."""
    columns: dict[str, object] = {str(name): value for name, value in row.items()}
    columns["made_at_ns"] = columns.pop("made_at")
    return msgspec.convert(columns, Diagnosis)


def _is_known(connection: Connection, diagnosis_id: str) -> bool:
    return connection.scalar(sa.select(diagnoses.c.id).where(diagnoses.c.id == diagnosis_id)) is not None


def _newest(connection: Connection, pattern_ids: Sequence[str]) -> dict[str, Diagnosis]:
    columns = diagnoses.c
    place = sa.func.row_number().over(
        partition_by=columns.pattern_id, order_by=(columns.made_at.desc(), columns.id.desc())
    )
    ranked = sa.select(diagnoses, place.label("place")).where(columns.pattern_id.in_(pattern_ids)).subquery()
    chosen = sa.select(*(ranked.c[column.name] for column in columns)).where(ranked.c.place == 1)
    found = (from_row(row) for row in connection.execute(chosen).mappings())
    return {diagnosis.pattern_id: diagnosis for diagnosis in found}


def _age(diagnosis: Diagnosis) -> tuple[int, str]:
    return whole_microseconds(diagnosis.made_at_ns), diagnosis.id


def _apply(connection: Connection, pattern: ErrorPattern, diagnosis: Diagnosis, *, now_ns: int) -> None:
    category = verdicts.decided_category(connection, pattern.id) or diagnosis.category
    told = msgspec.structs.replace(
        pattern,
        category=category,
        ai_summary=diagnosis.summary,
        ai_root_cause=diagnosis.root_cause,
        ai_suggested_fix=fix_line(diagnosis.fixes),
        ai_confidence=diagnosis.confidence,
        diagnosed_by=diagnosis.diagnosed_by,
        updated_at_ns=now_ns,
    )
    change = PatternChange(
        kind="diagnosed",
        pattern_id=pattern.id,
        fingerprint=pattern.fingerprint,
        occurrences=pattern.total_occurrences,
        at_ns=now_ns,
        author=diagnosis.diagnosed_by,
        detail={"diagnosis": diagnosis.id, "cause": diagnosis.cause, "category": category},
    )
    error_patterns.update(connection, [told])
    pattern_changes.append(connection, change)


def _to_row(diagnosis: Diagnosis) -> dict[str, object]:
    row = msgspec.structs.asdict(diagnosis)
    row["made_at"] = as_text(row.pop("made_at_ns"))
    return row
