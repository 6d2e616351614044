import pytest

from tests.storage.samples import NOON_NS, Recorder, errors, hex_of
from tests.storage.test_diagnoses import diagnosis
from tracemedic_processor.diagnose import similar
from tracemedic_storage import diagnoses, queries, verdicts
from tracemedic_storage.database import Database
from tracemedic_storage.error_patterns import pattern_id
from tracemedic_storage.records import ErrorPattern, Verdict

MESSAGES = {
    "a": "order 17 of customer 4 is out of stock",
    "b": "order 99 of customer 1 is out of stock now",
    "c": "cannot parse the price list",
    "d": "order 3 of customer 5 is out of stock",
}


@pytest.fixture
def filled(database: Database) -> Database:
    """`a` and `b` are alike, `d` is like them under another type and source, `c` is something else."""
    recorder = Recorder(database)
    for name, message in MESSAGES.items():
        other = {"error_type": "shop.errors.NoStock", "source": "shop.web.buy"} if name == "d" else {}
        if name == "c":
            other = {"error_type": "ValueError", "source": "shop.prices.read"}
        recorder(*errors(3, fingerprint=name, message=message, **other))
    return database


def known(database: Database, name: str) -> ErrorPattern:
    found = queries.get_pattern(database, pattern_id(hex_of("fingerprint", name)))
    assert found
    return found


def test_the_most_alike_come_first_and_the_rest_not_at_all(filled: Database) -> None:
    found = similar.find(filled, known(filled, "a"))
    assert [one.pattern_id for one in found] == [known(filled, name).id for name in "bd"]
    assert 1.0 >= found[0].score > found[1].score >= similar.SCORE_MIN
    assert [one.pattern_id for one in similar.find(filled, known(filled, "a"), limit=1)] == [known(filled, "b").id]


def test_it_tells_what_was_decided(filled: Database) -> None:
    other = known(filled, "b").id
    diagnoses.store(filled, diagnosis(1, pattern_id=other), now_ns=NOON_NS)
    verdicts.add(
        filled,
        Verdict(
            id="v",
            diagnosis_id="d1",
            pattern_id=other,
            verdict="wrong",
            author="kim",
            at_ns=NOON_NS,
            category="validation",
        ),
    )
    diagnoses.store(filled, diagnosis(2, pattern_id=other, category="timeout"), now_ns=NOON_NS)
    (one, _) = similar.find(filled, known(filled, "a"))
    assert (one.category, one.verdict, one.verdict_category) == ("database", "wrong", "validation")
    assert (one.root_cause, one.suggested_fix) == ("cause 1", "raise the limit 1 (settings.py)")


def test_a_pattern_that_was_judged_is_its_own_best_example(filled: Database) -> None:
    own = known(filled, "a").id
    diagnoses.store(filled, diagnosis(1, pattern_id=own), now_ns=NOON_NS)
    assert own not in {one.pattern_id for one in similar.find(filled, known(filled, "a"))}
    verdicts.add(
        filled, Verdict(id="v", diagnosis_id="d1", pattern_id=own, verdict="right", author="kim", at_ns=NOON_NS)
    )
    first = similar.find(filled, known(filled, "a"))[0]
    assert (first.pattern_id, first.score, first.verdict) == (own, 1.0, "right")


def test_likeness_is_the_same_both_ways(filled: Database) -> None:
    one, other = known(filled, "a"), known(filled, "d")
    assert similar.likeness(one, other) == similar.likeness(other, one)
    assert similar.likeness(one, one) == 1.0
