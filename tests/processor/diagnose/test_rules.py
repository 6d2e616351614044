import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemedic_processor.diagnose import remedies, rules
from tracemedic_processor.diagnose.evidence import Evidence, Origin, Passage, Share, SimilarPattern
from tracemedic_processor.diagnose.rules import answer, subject_of
from tracemedic_processor.knowledge import default, lookup
from tracemedic_storage.records import Classification, ErrorPattern, ExceptionRecord, Frame, Redacted

SENT = 'duplicate key value violates unique constraint "orders_pkey"'
NOON_NS = 1_767_268_800_000_000_000
FRAMES = (
    Frame(function="execute", file="psycopg/cursor.py", line=9),
    Frame(function="add", file="shop/cart.py", line=42, in_app=True),
    Frame(function="checkout", file="shop/web.py", line=7, in_app=True),
)
CHAIN = (
    ExceptionRecord(type="shop.OrderFailed", message="no order"),
    ExceptionRecord(type="psycopg.errors.UniqueViolation", message=SENT, relation="cause", frames=FRAMES),
)


def pattern(**changes: object) -> ErrorPattern:
    fields: dict[str, object] = {
        "id": "a" * 32,
        "fingerprint": "a" * 64,
        "fingerprint_version": 1,
        "name": "OrderFailed in shop.cart.add: no order",
        "status": "active",
        "error_type": "shop.OrderFailed",
        "source": "shop.cart.add",
        "sample_message": Redacted("no order"),
        "category": "database",
        "severity": "medium",
        "escalated": False,
        "total_occurrences": 12,
        "first_seen_ns": NOON_NS,
        "last_seen_ns": NOON_NS,
        "created_at_ns": NOON_NS,
        "updated_at_ns": NOON_NS,
        "services": ("shop",),
    }
    return ErrorPattern(**fields | changes)


def classified(category: str = "database", confidence: float = 0.9) -> Classification:
    return Classification(category=category, confidence=confidence, reason="a constraint was broken", severity="medium")


def evidence(**changes: object) -> Evidence:
    return Evidence(**{"pattern": pattern(), "rules": classified(), "chain": CHAIN} | changes)


def similar(**changes: object) -> SimilarPattern:
    fields: dict[str, object] = {
        "pattern_id": "b" * 32,
        "name": "the other one",
        "score": 0.95,
        "category": "database",
        "root_cause": "the queue delivers twice",
        "suggested_fix": "drop what was seen",
    }
    return SimilarPattern(**fields | changes)


def test_the_summary_says_what_fails_where_how_often_and_since_when() -> None:
    assert answer(evidence()).summary == (
        "shop fails with shop.OrderFailed in shop.cart.add: no order; 12 traces since 2026-01-01 12:00 UTC."
    )
    once = answer(evidence(pattern=pattern(total_occurrences=1, source="", sample_message="", services=())))
    assert once.summary == "A service fails with shop.OrderFailed; 1 trace since 2026-01-01 12:00 UTC."


def test_the_root_cause_is_what_is_known_made_concrete() -> None:
    one = answer(evidence(routes=(Share(value="POST /orders", count=9),), new_since="1.4"))
    assert one.answered_by == "rules"
    assert one.category == "database"
    assert one.root_cause.startswith("A row with the same value in a unique column or key exists already")
    assert "constraint orders_pkey, route POST /orders, at add in shop/cart.py:42, new since version 1.4" in (
        one.root_cause
    )
    assert "knowledge: SQLSTATE 23505, Unique key already taken" in one.evidence
    assert "frame add in shop/cart.py:42" in one.evidence


def test_fixes_say_where_and_begin_with_what_is_likeliest() -> None:
    fixes = answer(evidence(new_since="1.4")).fixes
    assert fixes[0].what.startswith("Make the write idempotent")
    assert fixes[0].where == "the insert; the failure surfaces at add in shop/cart.py:42"
    assert any(fix.what.startswith("Compare version 1.4") for fix in fixes[1:])


def test_with_nothing_known_the_release_that_brought_it_comes_first() -> None:
    unclear = evidence(
        pattern=pattern(error_type="Odd", sample_message="sad"), rules=classified("unknown", 0.2), chain=()
    )
    one = answer(msgspec.structs.replace(unclear, new_since="1.4"))
    assert one.fixes[0].what.startswith("Compare version 1.4")
    assert one.confidence <= 0.1
    assert {"no stack trace: record the exception with its stack trace", "no whole trace"} <= set(one.missing)


def test_confidence_is_never_above_classification_or_knowledge() -> None:
    known = lookup(subject_of(pattern(), CHAIN, ()))
    assert answer(evidence(rules=classified(confidence=0.99))).confidence == known[0].confidence
    assert answer(evidence(rules=classified(confidence=0.51))).confidence == 0.51


def test_an_entry_that_contradicts_a_sure_category_is_not_used() -> None:
    one = answer(evidence(rules=classified("network", 0.95)))
    assert one.category == "network"
    assert one.confidence <= default("network").confidence
    assert one.root_cause.startswith(default("network").meaning)


def test_an_entry_names_the_category_where_the_rules_are_unsure() -> None:
    known = lookup(subject_of(pattern(), CHAIN, ()))
    one = answer(evidence(rules=classified("unknown", 0.2), knowledge=known))
    assert one.category == "database"
    assert one.confidence <= known[0].confidence
    assert "from what is known of SQLSTATE 23505" in one.evidence[0]


@pytest.mark.parametrize(
    ("past", "category"),
    [
        ({"verdict": "wrong", "verdict_category": "concurrency"}, "concurrency"),
        ({"verdict": "partly", "verdict_category": "concurrency"}, "concurrency"),
        ({"verdict": "right", "category": "validation"}, "validation"),
        ({"verdict": "wrong"}, "database"),
        ({"verdict": None}, "database"),
        ({"verdict": "wrong", "verdict_category": "concurrency", "score": 0.89}, "database"),
    ],
)
def test_what_a_developer_said_of_a_near_identical_pattern_wins(past: dict[str, object], category: str) -> None:
    one = answer(evidence(similar=(similar(**past),)))
    assert one.category == category
    assert ("a developer" in one.evidence[0]) == (category != "database")


def test_the_nearest_of_several_verdicts_counts() -> None:
    far = similar(pattern_id="c" * 32, score=0.91, verdict="wrong", verdict_category="timeout")
    near = similar(score=0.99, verdict="wrong", verdict_category="concurrency")
    assert answer(evidence(similar=(far, near))).category == "concurrency"


def test_a_confirmed_cause_of_a_similar_pattern_comes_first() -> None:
    one = answer(evidence(similar=(similar(verdict="right"),)))
    assert one.root_cause.startswith(
        "The queue delivers twice. A developer confirmed this cause for a similar pattern."
    )
    assert one.fixes[0].what == "drop what was seen"
    assert one.confidence == round(0.95 * rules.TRUSTED, 2)


def test_a_wrong_cause_is_not_repeated() -> None:
    one = answer(evidence(similar=(similar(verdict="wrong", status="resolved"),)))
    assert "queue" not in one.root_cause
    assert not any("drop" in fix.what for fix in one.fixes)


def test_what_ended_a_similar_pattern_is_worth_a_try() -> None:
    fixes = answer(evidence(similar=(similar(status="resolved"),))).fixes
    assert any("its fix was: drop what was seen" in fix.what for fix in fixes)


def test_runbooks_are_named_as_where_to_look() -> None:
    passages = tuple(Passage(document=f"db{n}.md", title=f"Doubles {n}", text="...", score=0.9) for n in range(3))
    one = answer(evidence(passages=passages, new_since="1"))
    assert [fix.where for fix in one.fixes if "runbook" in fix.what] == ["db0.md", "db1.md"]
    assert len(one.fixes) <= remedies.FIXES_MAX
    assert "no runbook speaks of this error" not in one.missing


def test_a_consequence_points_to_its_origin() -> None:
    origin = Origin(
        pattern_id="c" * 32,
        name="PoolTimeout in stock",
        share=0.8,
        root_cause="the pool is too small",
        suggested_fix="x",
    )
    one = answer(evidence(origin=origin))
    assert one.root_cause == (
        "Consequence of PoolTimeout in stock: it failed first in 80% of the judged traces. The pool is too small."
    )
    assert [(fix.what, fix.where) for fix in one.fixes] == [("x", "the origin, pattern cccccccccccc")]
    assert one.confidence == 0.8
    unknown = answer(evidence(origin=msgspec.structs.replace(origin, root_cause="", suggested_fix="")))
    assert unknown.fixes[0].what == "Fix the origin first: PoolTimeout in stock"


def test_nothing_of_an_error_text_comes_out_as_mark_up() -> None:
    hostile = "see [docs](https://evil.example/x) ![a](http://e/i.png) <img src=x> @everyone \u202eabc\u200b ```sh```"
    one = answer(
        evidence(
            pattern=pattern(sample_message=Redacted(hostile), source=hostile, services=(hostile,)),
            chain=(ExceptionRecord(type="E", message=f'table "{hostile}"', frames=()),),
            routes=(Share(value=hostile, count=1),),
            similar=(similar(verdict="right", root_cause=hostile, suggested_fix=hostile),),
            passages=(Passage(document=hostile, title=hostile, text="", score=1.0),),
            missing=(hostile,),
        )
    )
    told = f"{msgspec.json.encode(one).decode()}"
    for mark in ("://", "](", "<img", "@everyone", "\u202e", "\u200b", "```"):
        assert mark not in told


texts = st.text(max_size=800)


@given(texts, texts, texts, st.floats(0, 1), st.sampled_from(["unknown", "database", "llm_api"]))
def test_any_evidence_is_answered_within_the_bounds(
    message: str, error_type: str, name: str, confidence: float, category: str
) -> None:
    chain = (ExceptionRecord(type=error_type, message=message, frames=(Frame(function=name, file=name, in_app=True),)),)
    one = answer(
        evidence(
            pattern=pattern(sample_message=Redacted(message), error_type=error_type, source=name, services=(name,)),
            rules=classified(category, confidence),
            chain=chain,
            routes=(Share(value=name, count=1),),
            similar=(similar(root_cause=message, suggested_fix=message, verdict="right"),),
            missing=(message,) * 30,
        )
    )
    assert 0.0 <= one.confidence <= confidence or one.category != category or one.confidence <= 0.95
    assert len(one.summary) <= rules.SUMMARY_CHARS_MAX
    assert len(one.root_cause) <= rules.ROOT_CAUSE_CHARS_MAX
    assert 1 <= len(one.fixes) <= remedies.FIXES_MAX
    assert all(len(part) <= remedies.FIX_CHARS_MAX for fix in one.fixes for part in (fix.what, fix.where, fix.check))
    assert len(one.evidence) <= rules.LINES_MAX
    assert len(one.missing) <= rules.LINES_MAX
