import pytest

from tests.storage.samples import NOON_NS, SECOND_NS, Recorder, errors, hex_of
from tests.storage.test_diagnoses import PATTERN, diagnosis
from tracemedic_storage import diagnoses, queries, verdicts
from tracemedic_storage.database import Database
from tracemedic_storage.error_patterns import pattern_id
from tracemedic_storage.records import Verdict
from tracemedic_storage.verdicts import Accuracy, DiagnosisUnknown

OTHER = pattern_id(hex_of("fingerprint", "b"))


def verdict(number: int, kind: str = "right", **changes: object) -> Verdict:
    fields: dict[str, object] = {
        "id": f"v{number}",
        "diagnosis_id": "d1",
        "pattern_id": PATTERN,
        "verdict": kind,
        "author": "kim",
        "at_ns": NOON_NS + number * SECOND_NS,
    }
    return Verdict(**fields | changes)


@pytest.fixture
def diagnosed(database: Database) -> Database:
    """Two patterns; the first has a diagnosis by rules and one by a model, the second one by rules."""
    Recorder(database)(*errors(3), *errors(3, fingerprint="b"))
    for one in (diagnosis(1), diagnosis(2, diagnosed_by="model"), diagnosis(3, pattern_id=OTHER)):
        diagnoses.store(database, one, now_ns=one.made_at_ns)
    return database


def category(database: Database, owner: str = PATTERN) -> str:
    found = queries.get_pattern(database, owner)
    assert found
    return found.category


def test_a_verdict_is_read_as_it_was_given(diagnosed: Database) -> None:
    one = verdict(1, "partly", category="network", note="it was DNS")
    assert verdicts.add(diagnosed, one) == one
    assert verdicts.of_diagnosis(diagnosed, "d1") == (one,)
    assert verdicts.of_pattern(diagnosed, PATTERN) == (one,)
    assert verdicts.of_pattern(diagnosed, OTHER) == ()


def test_a_verdict_on_no_diagnosis_is_refused(diagnosed: Database) -> None:
    with pytest.raises(DiagnosisUnknown, match="there is no diagnosis d9"):
        verdicts.add(diagnosed, verdict(1, diagnosis_id="d9"))


def test_a_verdict_belongs_to_the_pattern_of_its_diagnosis(diagnosed: Database) -> None:
    assert verdicts.add(diagnosed, verdict(1, pattern_id="stale")).pattern_id == PATTERN


def test_the_same_verdict_again_changes_nothing(diagnosed: Database) -> None:
    verdicts.add(diagnosed, verdict(1, "wrong", category="network"))
    verdicts.add(diagnosed, verdict(1, "right"))
    assert [one.verdict for one in verdicts.of_diagnosis(diagnosed, "d1")] == ["wrong"]
    assert category(diagnosed) == "network"


DECISIONS = (
    ([], "database"),
    ([("wrong", None)], "database"),
    ([("wrong", "network")], "network"),
    ([("partly", "network")], "network"),
    ([("wrong", "network"), ("wrong", "timeout")], "timeout"),
    ([("wrong", "network"), ("right", None)], "database"),
    ([("wrong", "network"), ("wrong", None)], "network"),
)


def test_the_newest_verdict_that_tells_a_category_decides_it(database: Database) -> None:
    recorder = Recorder(database)
    for case, (given, expected) in enumerate(DECISIONS):
        recorder(*errors(3, fingerprint=case))
        owner = pattern_id(hex_of("fingerprint", case))
        diagnoses.store(database, diagnosis(case, pattern_id=owner), now_ns=NOON_NS)
        for number, (kind, told) in enumerate(given):
            verdicts.add(database, verdict(10 * case + number, kind, diagnosis_id=f"d{case}", category=told))
        assert category(database, owner) == expected, given


def test_the_newest_verdict_of_each_pattern_is_its_example(diagnosed: Database) -> None:
    verdicts.add(diagnosed, verdict(2, "right"))
    verdicts.add(diagnosed, verdict(1, "wrong", diagnosis_id="d2"))
    verdicts.add(diagnosed, verdict(3, "wrong", diagnosis_id="d3"))
    newest = verdicts.newest_of_each(diagnosed, [PATTERN, OTHER, "nobody"])
    assert {pattern: one.id for pattern, one in newest.items()} == {PATTERN: "v2", OTHER: "v3"}


def test_accuracy_counts_the_newest_verdict_of_each_person_on_each_diagnosis(diagnosed: Database) -> None:
    for one in (
        verdict(1, "wrong"),
        verdict(2, "right"),
        verdict(3, "partly", author="sam"),
        verdict(4, "wrong", diagnosis_id="d3"),
        verdict(5, "right", diagnosis_id="d2"),
    ):
        verdicts.add(diagnosed, one)
    counted = verdicts.accuracy(diagnosed, since_ns=NOON_NS, until_ns=NOON_NS + 6 * SECOND_NS)
    assert counted == {"rules": Accuracy(right=1, partly=1, wrong=1), "model": Accuracy(right=1)}
    assert verdicts.total(counted.values()).share == (2 + 0.5) / 4


def test_accuracy_is_of_the_verdicts_given_in_the_period(diagnosed: Database) -> None:
    for number, kind in enumerate(("right", "wrong", "partly")):
        verdicts.add(diagnosed, verdict(number, kind, author=kind))
    start, end = NOON_NS + SECOND_NS, NOON_NS + 2 * SECOND_NS
    assert verdicts.accuracy(diagnosed, since_ns=start, until_ns=end) == {"rules": Accuracy(wrong=1)}
    assert [one.id for one in verdicts.given_between(diagnosed, start, end)] == ["v1"]
    assert [one.id for one in verdicts.given_between(diagnosed, NOON_NS, end + 1_000, limit=2)] == ["v2", "v1"]


def test_nobody_judged_is_no_accuracy() -> None:
    assert Accuracy().share is None
