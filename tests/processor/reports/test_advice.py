"""What a report advises, from figures alone."""

import msgspec
import pytest

from tests.processor.reports.test_untrusted import report
from tracemedic_processor.reports.advice import ACTIONS_MAX, RECOMMENDATIONS_MAX, actions, recommendations
from tracemedic_processor.reports.summary import SUMMARY_CHARS_MAX, composed, composed_of_pattern

CONTENT = report("plain").content
(ISSUE,) = CONTENT.top_issues


def content(*issues, **changes):
    return msgspec.structs.replace(CONTENT, top_issues=issues, cascades=(), **changes)


def issue(number=1, **changes):
    return msgspec.structs.replace(ISSUE, pattern_id=f"p{number}", **changes)


@pytest.mark.parametrize(
    ("changes", "urgent"),
    [
        ({"severity": "critical"}, True),
        ({"severity": "critical", "status": "acknowledged"}, False),
        ({"severity": "critical", "status": "resolved"}, False),
        ({"severity": "high"}, False),
        ({"severity": "high", "escalated": True}, True),
        ({"severity": "medium", "escalated": True}, False),
        ({"severity": "high", "escalated": True, "status": "regressed"}, True),
    ],
)
def test_what_cannot_wait(changes, urgent):
    assert bool(actions(content(issue(**changes)))) is urgent


def test_actions_are_few_and_the_gravest_come_first():
    many = [issue(number, severity="critical", errors=number) for number in range(ACTIONS_MAX + 3)]
    found = actions(content(*many, issue(99, severity="high", escalated=True, errors=10**6)))
    assert [one.pattern_id for one in found] == ["p7", "p6", "p5", "p4", "p3"]


def test_what_is_urgent_is_not_recommended_again():
    urgent, other = issue(1, severity="critical"), issue(2)
    given = content(urgent, other)
    assert [one.pattern_id for one in recommendations(given, actions(given))] == ["p2"]


def test_origins_come_first_with_their_fix():
    given = msgspec.structs.replace(CONTENT, top_issues=(issue("x"), issue(1)), cascades=CONTENT.cascades)
    first = recommendations(given, ())[0]
    assert first.text.startswith("Repair plain first: another pattern follows from it.")
    assert len(recommendations(given, ())) <= RECOMMENDATIONS_MAX


def test_patterns_without_a_cause_are_to_be_diagnosed():
    found = recommendations(content(issue(root_cause=None, suggested_fix=None)), ())
    assert [one.reason for one in found] == ["1 of the 1 top issues"]


def test_summaries_are_bounded():
    long = content(issue(name="x" * 3_000, root_cause="y" * 3_000), health=CONTENT.health)
    assert len(composed_of_pattern(long).text) == SUMMARY_CHARS_MAX
    assert composed_of_pattern(long).by == "figures"


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        (1, 0, "One error occurred, after a period without any."),
        (5, 5, "5 errors occurred, as many as in the period before."),
        (50, 100, "50 errors occurred, 50 % fewer than in the period before."),
        (1_500, 100, "1,500 errors occurred, 15 times as many as in the period before."),
    ],
)
def test_the_summary_compares_with_the_period_before(now, before, words):
    rates = tuple(
        msgspec.structs.replace(CONTENT.health[0], name=name, unit="%", value=None)
        for name in ("api_error_rate", "agent_success_rate")
    )
    open_ = msgspec.structs.replace(CONTENT.health[0], name="active_patterns", value=0)
    given = msgspec.structs.replace(
        content(), health=(*rates, open_), errors=now, errors_before=before, happened={}, actions=()
    )
    assert composed(given).text == words
