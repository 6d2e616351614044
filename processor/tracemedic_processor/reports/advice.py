"""What to do next: by rules over the figures of a report, each with its reason. Pure."""

from collections.abc import Iterator, Sequence
from typing import Final

from tracemedic_processor.reports.numbers import amount, share_text, shortened, target_text, value_text
from tracemedic_storage.diagnostic_report import Advice, Content, Issue
from tracemedic_storage.records import SEVERITIES

ACTIONS_MAX: Final = 5
"""More than these nobody does at once."""
RECOMMENDATIONS_MAX: Final = 7
ORIGINS_MAX: Final = 2
_FIXES_MAX: Final = 3
_HIGH: Final = SEVERITIES.index("high")


def actions(content: Content) -> tuple[Advice, ...]:
    """What cannot wait: patterns in need of attention that are critical, came back, or burn while they are severe."""
    regressed = {one.pattern_id for one in content.happenings if one.kind == "regressed"}
    urgent = [issue for issue in content.top_issues if _is_urgent(issue, regressed)]
    urgent.sort(key=lambda issue: (-SEVERITIES.index(issue.severity), -issue.errors, issue.pattern_id))
    return tuple(
        Advice(text=_remedy(issue), reason=_why(issue, regressed), pattern_id=issue.pattern_id)
        for issue in urgent[:ACTIONS_MAX]
    )


def recommendations(content: Content, urgent: Sequence[Advice]) -> tuple[Advice, ...]:
    """What is worth doing besides: origins first, then the frequent, then what would make the diagnoses better."""
    said = {advice.pattern_id for advice in urgent} | {one.pattern_id for one in content.cascades[:ORIGINS_MAX]}
    found = [*_origins_first(content), *_target(content), *_fixes(content, said), *_diagnoses(content)]
    return tuple(found[:RECOMMENDATIONS_MAX])


def _is_urgent(issue: Issue, regressed: set[str]) -> bool:
    if issue.status not in {"active", "regressed"}:
        return False
    is_severe = SEVERITIES.index(issue.severity) >= _HIGH
    return issue.severity == "critical" or issue.pattern_id in regressed or (issue.escalated and is_severe)


def _why(issue: Issue, regressed: set[str]) -> str:
    words = [issue.severity, f"{amount(issue.errors)} errors in the period"]
    if issue.pattern_id in regressed:
        words.append("back after it was resolved")
    if issue.escalated:
        words.append("escalated")
    return ", ".join(words)


def _remedy(issue: Issue) -> str:
    return f"{shortened(issue.name)}: {issue.suggested_fix or 'find its cause; no fix is known yet'}"


def _origins_first(content: Content) -> Iterator[Advice]:
    fixes = {issue.pattern_id: issue.suggested_fix for issue in content.top_issues}
    for cascade in content.cascades[:ORIGINS_MAX]:
        followed = sum(one.errors for one in cascade.consequences)
        count = len(cascade.consequences)
        others = "another pattern follows" if count == 1 else f"{count} other patterns follow"
        fix = fixes.get(cascade.pattern_id)
        yield Advice(
            text=f"Repair {shortened(cascade.name)} first: {others} from it." + (f" {fix}" if fix else ""),
            reason=f"{amount(followed)} errors were its consequences",
            pattern_id=cascade.pattern_id,
        )


def _target(content: Content) -> Iterator[Advice]:
    rate = next((kpi for kpi in content.kpis if kpi.name == "error_rate"), None)
    if rate is None or rate.state != "missed" or not content.top_issues:
        return
    top = content.top_issues[0]
    yield Advice(
        text=f"Bring the error rate of {value_text(rate.value, rate.unit)} to its target ({target_text(rate)}): "
        f"{shortened(top.name)} alone is {share_text(top.errors, content.errors)} of all errors.",
        reason=f"{amount(rate.counted['failed'])} of {amount(rate.counted['requests'])} requests failed",
        pattern_id=top.pattern_id,
    )


def _fixes(content: Content, said: set[str | None]) -> Iterator[Advice]:
    waiting = [
        issue
        for issue in content.top_issues
        if issue.pattern_id not in said and issue.suggested_fix and issue.status not in {"resolved", "ignored"}
    ]
    for issue in waiting[:_FIXES_MAX]:
        yield Advice(text=_remedy(issue), reason=_why(issue, set()), pattern_id=issue.pattern_id)


def _diagnoses(content: Content) -> Iterator[Advice]:
    without = sum(issue.root_cause is None for issue in content.top_issues)
    if without:
        yield Advice(
            text="Have the patterns without a root cause diagnosed: tracemedic diagnose PATTERN.",
            reason=f"{without} of the {len(content.top_issues)} top issues",
        )
    accuracy = next((kpi for kpi in content.kpis if kpi.name == "ai_accuracy"), None)
    if accuracy is not None and accuracy.state == "no data" and without < len(content.top_issues):
        yield Advice(
            text="Say whether the diagnoses were right: tracemedic diagnose PATTERN --verdict right.",
            reason="nobody judged one in the period, so their accuracy is not known",
        )
