import msgspec

from tests.storage.samples import DAY_NS, NOON_NS, Recorder, errors
from tracemedic_processor.diagnose.evidence import Evidence, Share
from tracemedic_processor.gather import evidence_digest
from tracemedic_processor.jobs.review import COOLDOWN_NS, GROWTH, review
from tracemedic_storage import diagnoses, pattern_changes, queries
from tracemedic_storage.database import Database
from tracemedic_storage.records import Classification, Diagnosis, ErrorPattern

RULES = Classification(category="validation", confidence=0.9, reason="", severity="low")


def evidence(pattern: ErrorPattern, services: tuple[str, ...] = ("shop",)) -> Evidence:
    return Evidence(pattern=pattern, rules=RULES, services=tuple(Share(value=each, count=1) for each in services))


def diagnosed(database: Database, *, at_ns: int) -> ErrorPattern:
    Recorder(database)(*errors(3), now_ns=at_ns)
    [pattern] = queries.list_patterns(database).patterns
    diagnosis = Diagnosis(
        id="d",
        pattern_id=pattern.id,
        cause="created",
        made_at_ns=at_ns,
        diagnosed_by="rules",
        category="validation",
        confidence=0.5,
        summary="s",
        root_cause="r",
        occurrences=3,
        evidence_digest=evidence_digest(evidence(pattern)),
    )
    assert diagnoses.store(database, diagnosis, now_ns=at_ns)
    return pattern


def asked(database: Database, pattern: ErrorPattern) -> list[str]:
    return [each.detail["why"] for each in pattern_changes.of_pattern(database, pattern.id) if each.kind == "evidence"]


def test_what_has_not_changed_is_left_alone(database: Database) -> None:
    pattern = diagnosed(database, at_ns=NOON_NS)
    later_ns = NOON_NS + 2 * DAY_NS
    Recorder(database, spool_id="2")(*errors(1, first=10), now_ns=later_ns)
    assert review(database, evidence, now_ns=later_ns) == 0
    assert asked(database, pattern) == []


def test_ten_times_as_many_occurrences_ask_again_but_not_within_a_day(database: Database) -> None:
    pattern = diagnosed(database, at_ns=NOON_NS)
    Recorder(database, spool_id="2")(*errors(3 * GROWTH - 3, first=10), now_ns=NOON_NS + COOLDOWN_NS)
    assert review(database, evidence, now_ns=NOON_NS + COOLDOWN_NS) == 0
    assert review(database, evidence, now_ns=NOON_NS + COOLDOWN_NS + 1_000) == 1
    assert asked(database, pattern) == ["30 occurrences, 3 when it was diagnosed"]


def test_a_further_service_asks_again(database: Database) -> None:
    pattern = diagnosed(database, at_ns=NOON_NS)
    later_ns = NOON_NS + 2 * DAY_NS
    Recorder(database, spool_id="2")(*errors(1, first=10), now_ns=later_ns)
    assert review(database, lambda each: evidence(each, ("cart", "shop")), now_ns=later_ns) == 1
    assert "services" in asked(database, pattern)[0]


def test_the_digest_ignores_how_often_but_not_what(database: Database) -> None:
    pattern = diagnosed(database, at_ns=NOON_NS)
    one = evidence(pattern)
    more = msgspec.structs.replace(one, services=(Share(value="shop", count=99),), messages=("other words",))
    assert evidence_digest(one) == evidence_digest(more)
    assert evidence_digest(one) != evidence_digest(evidence(pattern, ("cart",)))
