import pytest

from tracemedic_processor.fingerprint import (
    VERSION,
    Grouping,
    GroupingRule,
    compute_fingerprint,
    explain_difference,
    group,
)
from tracemedic_processor.fingerprint.difference import Replacement, replacements
from tracemedic_processor.fingerprint.rules import glob_matches


def grouped(*rules: GroupingRule, message: str = "order 7 failed", **more: object) -> Grouping:
    known = {"service": "shop", "attributes": {"tenant": "acme", "http.route": "/pay"}} | more
    return group("PayError", message, "shop.pay.run", rules=rules, **known)  # pyright: ignore[reportArgumentType]


def test_without_rules_the_key_is_the_default():
    found = grouped()
    assert found.fingerprint == compute_fingerprint("PayError", "order 8 failed", "shop.pay.run")
    assert found.version == VERSION
    assert dict(found.parts) == {"type": "PayError", "message": "order <NUM> failed", "source": "shop.pay.run"}


@pytest.mark.parametrize(
    "rule",
    [
        GroupingRule(fingerprint="one"),
        GroupingRule(fingerprint="one", error_type="Pay*"),
        GroupingRule(fingerprint="one", message="order ? failed"),
        GroupingRule(fingerprint="one", message_regex=r"order \d+"),
        GroupingRule(fingerprint="one", service="sh?p", attributes={"tenant": "ac*", "http.route": "*"}),
    ],
)
def test_a_matching_rule_sets_a_fixed_key(rule: GroupingRule):
    assert grouped(rule).fingerprint == grouped(GroupingRule(fingerprint="one"), message="else").fingerprint
    assert grouped(rule).fingerprint != grouped().fingerprint


@pytest.mark.parametrize(
    "rule",
    [
        GroupingRule(fingerprint="one", error_type="pay*"),
        GroupingRule(fingerprint="one", message="order"),
        GroupingRule(fingerprint="one", message_regex=r"^failed"),
        GroupingRule(fingerprint="one", service="other"),
        GroupingRule(fingerprint="one", attributes={"missing": "*"}),
        GroupingRule(fingerprint="one", service="shop", attributes={"tenant": "globex"}),
    ],
)
def test_a_rule_with_one_condition_not_met_changes_nothing(rule: GroupingRule):
    assert grouped(rule) == grouped()


def test_the_first_matching_rule_decides_and_is_named():
    rules = (GroupingRule(fingerprint="a", service="no"), GroupingRule(fingerprint="b"), GroupingRule(fingerprint="c"))
    assert grouped(*rules).parts == (("rule", "b"),)
    assert "rule 2" in grouped(*rules).reason


def test_templates_are_filled_once():
    rule = GroupingRule(fingerprint="{service}/{error_type}/{attributes.tenant}/{attributes.none}")
    assert grouped(rule).parts == (("rule", "shop/PayError/acme/"),)
    assert grouped(rule, service="{error_type}").parts == (("rule", "{error_type}/PayError/acme/"),)


def test_the_default_key_can_be_refined():
    rule = GroupingRule(fingerprint="{default}-{service}")
    assert grouped(rule).fingerprint == grouped(rule, message="order 8 failed").fingerprint
    assert grouped(rule).fingerprint != grouped(rule, service="other").fingerprint


def test_parts_are_taken_away_and_added():
    less = GroupingRule(remove=("message",))
    assert grouped(less).fingerprint == grouped(less, message="something else").fingerprint
    more = GroupingRule(add=("{attributes.tenant}",))
    assert grouped(more).fingerprint != grouped(more, attributes={"tenant": "globex"}).fingerprint
    assert dict(grouped(more).parts)["{attributes.tenant}"] == "acme"


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({}, "needs a `fingerprint`"),
        ({"fingerprint": " "}, "empty"),
        ({"fingerprint": "a", "add": ("b",)}, "not both"),
        ({"fingerprint": "{servcie}"}, "unknown {servcie}"),
        ({"fingerprint": "x" * 2000}, "longer than"),
        ({"remove": ("frames",)}, "cannot remove 'frames'"),
        ({"remove": ("type", "message", "source")}, "nothing is left"),
        ({"fingerprint": "a", "message_regex": "("}, "cannot be used"),
        ({"fingerprint": "a", "message_regex": "(?=x)"}, "cannot be used"),
    ],
)
def test_a_wrong_rule_says_what_is_wrong(fields: dict[str, object], complaint: str):
    with pytest.raises(ValueError, match=complaint.replace("(", r"\(").replace("{", r"\{")):
        GroupingRule(**fields)  # pyright: ignore[reportArgumentType]


def test_a_custom_key_of_the_span_replaces_the_default_and_yields_to_rules():
    assert grouped(custom="mine").fingerprint == grouped(custom=" mine ", message="else").fingerprint
    assert grouped(custom="mine").fingerprint != grouped().fingerprint
    assert grouped(GroupingRule(fingerprint="mine"), custom="x").parts == (("rule", "mine"),)
    assert grouped(custom="  ") == grouped()


def test_a_custom_key_is_bounded_hashed_and_cannot_pass_for_a_default_one():
    assert len(grouped(custom="k" * 100_000).parts[0][1]) == 1024
    victim = grouped().fingerprint
    for forged in (victim, "PayError|order <NUM> failed|shop.pay.run", "{default}"):
        assert grouped(custom=forged).fingerprint != victim


@pytest.mark.parametrize(
    ("glob", "text", "matches"),
    [
        ("*", "", True),
        ("[Errno 2]*", "[Errno 2] No such file", True),
        ("a*b*c", "a-b-b-c", True),
        ("a*b*c", "a-c-b", False),
        ("*ab", "aab", True),
        ("a?c", "a\nc", True),
        ("**", "x", True),
        ("a", "ab", False),
        ("*" + "a*" * 40 + "b", "a" * 4000, False),
    ],
)
def test_globs_know_stars_and_question_marks_only(glob: str, text: str, matches: bool):
    assert glob_matches(glob, text) is matches


def test_errors_that_differ_in_variable_parts_are_explained_as_one():
    found = explain_difference(
        grouped(message="order 7 of bob@x.com failed"), grouped(message="order 8 of a@y.org failed")
    )
    assert found.together
    assert "variable parts only" in found.reason
    assert found.parts == ()
    assert found.a_replaced == (
        Replacement(placeholder="<NUM>", value="7"),
        Replacement(placeholder="<EMAIL>", value="bob@x.com"),
    )


def test_errors_apart_name_the_part_and_the_place():
    found = explain_difference(grouped(message="order 7 failed"), grouped(message="order 8 refused"))
    assert not found.together
    [part] = found.parts
    assert (part.part, part.position) == ("message", len("order <NUM> "))
    assert part.a_excerpt.endswith("failed")
    assert part.b_excerpt.endswith("refused")


def test_a_rule_on_one_side_is_the_reason():
    found = explain_difference(grouped(), grouped(custom="mine"))
    assert "diagnostic.fingerprint" in found.reason
    assert {part.part for part in found.parts} == {"type", "message", "source", "custom"}


def test_a_difference_beyond_what_counts_keeps_errors_together():
    found = explain_difference(grouped(message="x " * 150 + "a"), grouped(message="x " * 150 + "b"))
    assert found.together
    assert "does not count" in found.reason


@pytest.mark.parametrize(
    ("message", "normalised", "values"),
    [
        ("a 1 b 2", "a <NUM> b <NUM>", ["1", "2"]),
        ("1", "<NUM>", ["1"]),
        ("rewritten by a phrase", "other words <VALUE> entirely", []),
        ("x 1 tail was cut", "x <NUM> tail", []),
        ("plain", "plain", []),
    ],
)
def test_replaced_values_are_found_by_laying_the_texts_side_by_side(message: str, normalised: str, values: list[str]):
    assert [found.value for found in replacements(message, normalised)] == values
