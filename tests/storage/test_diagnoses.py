from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest
import sqlalchemy as sa

from tests.storage.samples import NOON_NS, SECOND_NS, Recorder, errors, hex_of
from tracemedic_storage import diagnoses, pattern_changes, queries, verdicts
from tracemedic_storage.database import Database
from tracemedic_storage.error_patterns import pattern_id
from tracemedic_storage.records import Diagnosis, ErrorPattern, Fix, Verdict
from tracemedic_storage.tables import error_patterns

PATTERN = pattern_id(hex_of("fingerprint", "a"))


def diagnosis(number: int = 1, **changes: object) -> Diagnosis:
    fields: dict[str, object] = {
        "id": f"d{number}",
        "pattern_id": PATTERN,
        "cause": "created",
        "made_at_ns": NOON_NS + number * SECOND_NS,
        "diagnosed_by": "rules",
        "category": "database",
        "confidence": 0.6,
        "summary": f"summary {number}",
        "root_cause": f"cause {number}",
        "fixes": (Fix(what=f"raise\nthe limit {number}", where="settings.py", check="no more refusals"), Fix(what="x")),
        "evidence": ("SQLSTATE 53300",),
        "missing": ("a trace",),
        "occurrences": 3,
    }
    return Diagnosis(**fields | changes)


@pytest.fixture
def recorded(database: Database) -> Database:
    """One pattern, of three traces, of the category validation."""
    Recorder(database)(*errors(3))
    return database


def pattern(database: Database) -> ErrorPattern:
    found = queries.get_pattern(database, PATTERN)
    assert found
    return found


def diagnosed(database: Database) -> list[str]:
    return [c.detail["diagnosis"] for c in pattern_changes.of_pattern(database, PATTERN) if c.kind == "diagnosed"]


def test_a_diagnosis_is_read_as_it_was_stored(recorded: Database) -> None:
    one = diagnosis(origin_pattern_id="other", run_id="r", input_tokens=7, cost_usd=0.25, note="no budget")
    assert diagnoses.store(recorded, one, now_ns=NOON_NS)
    assert diagnoses.get(recorded, "d1") == one
    assert diagnoses.newest_of(recorded, PATTERN) == one
    assert diagnoses.get(recorded, "d2") is None


def test_the_pattern_says_its_newest_diagnosis(recorded: Database) -> None:
    before = pattern(recorded)
    now_ns = NOON_NS + 60 * SECOND_NS
    diagnoses.store(recorded, diagnosis(), now_ns=now_ns)
    assert pattern(recorded) == msgspec.structs.replace(
        before,
        category="database",
        ai_summary="summary 1",
        ai_root_cause="cause 1",
        ai_suggested_fix="raise the limit 1 (settings.py)",
        ai_confidence=0.6,
        diagnosed_by="rules",
        updated_at_ns=now_ns,
    )
    (change,) = [one for one in pattern_changes.unhandled(recorded) if one.kind == "diagnosed"]
    assert (change.author, change.at_ns, change.occurrences) == ("rules", now_ns, 3)
    assert change.detail == {"diagnosis": "d1", "cause": "created", "category": "database"}


def test_the_same_diagnosis_again_changes_nothing(recorded: Database) -> None:
    diagnoses.store(recorded, diagnosis(), now_ns=NOON_NS)
    before = pattern(recorded)
    assert diagnoses.store(recorded, diagnosis(summary="other"), now_ns=NOON_NS + SECOND_NS)
    assert pattern(recorded) == before
    assert diagnosed(recorded) == ["d1"]


def test_an_older_diagnosis_that_comes_late_is_history_only(recorded: Database) -> None:
    diagnoses.store(recorded, diagnosis(2), now_ns=NOON_NS)
    diagnoses.store(recorded, diagnosis(1), now_ns=NOON_NS + SECOND_NS)
    assert pattern(recorded).ai_summary == "summary 2"
    assert diagnosed(recorded) == ["d2"]
    assert [one.id for one in diagnoses.of_pattern(recorded, PATTERN)] == ["d2", "d1"]
    assert [one.id for one in diagnoses.of_pattern(recorded, PATTERN, limit=1)] == ["d2"]


def test_a_newer_diagnosis_takes_its_place(recorded: Database) -> None:
    for number in (1, 2, 3):
        diagnoses.store(recorded, diagnosis(number), now_ns=NOON_NS + number)
    newest = diagnoses.newest_of_each(recorded, [PATTERN, PATTERN, "nobody"])
    assert {key: one.id for key, one in newest.items()} == {PATTERN: "d3"}
    assert pattern(recorded).ai_summary == "summary 3"


def test_nothing_is_kept_for_a_pattern_that_is_gone(recorded: Database) -> None:
    assert not diagnoses.store(recorded, diagnosis(pattern_id="gone"), now_ns=NOON_NS)
    assert diagnoses.get(recorded, "d1") is None
    with recorded.write() as connection:
        connection.execute(sa.delete(error_patterns))
    assert not diagnoses.store(recorded, diagnosis(), now_ns=NOON_NS)


def test_the_category_a_person_decided_outlives_later_diagnoses(recorded: Database) -> None:
    diagnoses.store(recorded, diagnosis(1), now_ns=NOON_NS)
    verdicts.add(
        recorded,
        Verdict(
            id="v",
            diagnosis_id="d1",
            pattern_id=PATTERN,
            verdict="wrong",
            author="kim",
            at_ns=NOON_NS,
            category="network",
        ),
    )
    diagnoses.store(recorded, diagnosis(2), now_ns=NOON_NS)
    assert pattern(recorded).category == "network"
    assert pattern(recorded).ai_summary == "summary 2"


def test_text_that_no_database_takes_is_replaced(recorded: Database) -> None:
    diagnoses.store(recorded, diagnosis(summary="a\0b", evidence=("c\ud800",)), now_ns=NOON_NS)
    kept = diagnoses.get(recorded, "d1")
    assert kept
    assert kept.summary == "a\N{REPLACEMENT CHARACTER}b"
    assert "\ud800" not in kept.evidence[0]


def test_many_at_once_leave_the_newest_in_the_pattern(recorded: Database) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(
            threads.map(lambda n: diagnoses.store(recorded, diagnosis(n), now_ns=NOON_NS + n * SECOND_NS), range(1, 9))
        )
    assert pattern(recorded).ai_summary == "summary 8"
    assert len(diagnoses.of_pattern(recorded, PATTERN)) == 8


@pytest.mark.parametrize(
    ("fixes", "line"),
    [
        ((), None),
        ((Fix(what="do  this"), Fix(what="then that")), "do this"),
        ((Fix(what="do", where="here"),), "do (here)"),
        ((Fix(what="x" * 301),), "x" * 299 + "…"),
        ((Fix(what="x" * 300),), "x" * 300),
    ],
)
def test_the_first_fix_stands_in_one_line(fixes: tuple[Fix, ...], line: str | None) -> None:
    assert diagnoses.fix_line(fixes) == line
