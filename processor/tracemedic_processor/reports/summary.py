"""The executive summary composed from the figures of a report, where no model writes it. Pure."""

from collections.abc import Callable, Iterator
from typing import Final

from tracemedic_processor.reports.numbers import (
    amount,
    change_text,
    figure_change,
    share_text,
    shortened,
    target_text,
    value_text,
)
from tracemedic_storage.diagnostic_report import Content, DiagnosticReport, Figure
from tracemedic_storage.records import Record

SUMMARY_CHARS_MAX: Final = 2_000
"""A summary that is longer is none; a model's answer is cut here."""
BY_FIGURES: Final = "figures"


class Summary(Record, frozen=True, kw_only=True):
    """A summary and who wrote it: `figures`, or a model's name."""

    text: str
    by: str


Summarise = Callable[[DiagnosticReport], Summary | None]
"""A model's summary of a report whose own is still empty; None when it has none to give."""


def composed(content: Content) -> Summary:
    """The figures in sentences."""
    return Summary(text=" ".join(_sentences(content))[:SUMMARY_CHARS_MAX], by=BY_FIGURES)


def composed_of_pattern(content: Content) -> Summary:
    """The figures of one pattern in sentences."""
    issue = content.top_issues[0]
    often = (
        f"{issue.name} occurred {amount(issue.occurrences)} times in all and {amount(issue.errors)} times in the period"
        f" ({change_text(issue.errors, issue.before)} against the period before)."
    )
    words = [
        often,
        f"It is {issue.severity}, {issue.category.replace('_', ' ')}, and {issue.status}.",
    ]
    words.extend([issue.root_cause] if issue.root_cause else ["Its root cause is not known yet."])
    if issue.origin:
        words.append(f"It mostly follows from {issue.origin}.")
    return Summary(text=" ".join(words)[:SUMMARY_CHARS_MAX], by=BY_FIGURES)


def _sentences(content: Content) -> Iterator[str]:
    if not content.errors:
        yield "No error occurred in this period."
    else:
        yield f"{_errors(content.errors)} occurred, {_compared(content)}."
    yield from _rates({figure.name: figure for figure in content.health}, content)
    yield from _patterns(content)
    if content.errors and content.top_issues:
        top = content.top_issues[0]
        yield f"The most frequent was {shortened(top.name)} ({share_text(top.errors, content.errors)} of all errors)."
    if content.cascades:
        first = content.cascades[0]
        followed = sum(one.errors for one in first.consequences)
        yield f"The largest cascade began with {shortened(first.name)}; {_errors(followed)} followed from it."
    if content.actions:
        count = len(content.actions)
        yield f"{count} {'matter needs' if count == 1 else 'matters need'} immediate action."


def _errors(count: int) -> str:
    return "One error" if count == 1 else f"{amount(count)} errors"


def _compared(content: Content) -> str:
    change = change_text(content.errors, content.errors_before)
    if change == "none before":
        return "after a period without any"
    if change == "as before":
        return "as many as in the period before"
    if change.startswith("×"):
        return f"{change[1:]} times as many as in the period before"
    return f"{change[1:]} {'more' if change.startswith('+') else 'fewer'} than in the period before"


def _rates(health: dict[str, Figure], content: Content) -> Iterator[str]:
    rate = health["api_error_rate"]
    kpi = next((each for each in content.kpis if each.name == "error_rate"), None)
    if rate.value is not None and kpi is not None:
        verdict = "within" if kpi.state == "met" else "beyond"
        yield f"The API error rate was {value_text(rate.value, '%')}, {verdict} its target of {target_text(kpi)}."
    agents = health["agent_success_rate"]
    if agents.value is not None:
        yield f"{value_text(agents.value, '%')} of agent runs succeeded."


def _patterns(content: Content) -> Iterator[str]:
    words = {"created": "new", "regressed": "regressed", "resolved": "resolved"}
    told = [f"{content.happened[kind]} {word}" for kind, word in words.items() if content.happened.get(kind)]
    active = next(figure for figure in content.health if figure.name == "active_patterns")
    count = int(active.value or 0)
    if count or told:
        need = (
            f"{amount(count)} {'pattern needs' if count == 1 else 'patterns need'} attention ({figure_change(active)})"
        )
        yield f"{need}; in the period {', '.join(told)}." if told else f"{need}."
