"""A report as Markdown: the sections of the mission's template in its order, then the details."""

import re
from collections.abc import Iterator, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from tracemedic_processor.diagnose.visible import one_line
from tracemedic_processor.reports.numbers import (
    amount,
    change_text,
    figure_change,
    moment_text,
    period_text,
    stretch_text,
    target_text,
    value_text,
)
from tracemedic_processor.reports.words import FEEDBACK_KPIS, by_text, kind_text, scope_text
from tracemedic_storage.diagnostic_report import Advice, Cascade, Content, Count, DiagnosticReport, Issue

_SPECIAL: Final = re.compile(r"[\\`*_\[\]<>&|~$!^]|:(?=//)|(?<=mailto):|(?<=xmpp):|(?<=www)\.", re.IGNORECASE)
_MENTION: Final = re.compile(r"([@#])(?=\w)")
_LIKE_A_MARK: Final = re.compile(r"^(\d{1,9})([.)])(?=\s|$)|^([#+=-])")
_WORD_JOINER: Final = "\N{WORD JOINER}"


def escaped(text: str) -> str:
    """Text from outside in one line, in which Markdown finds no link, image, HTML, mention or formatting.

    Backslashes do not keep forges from turning `a@b.c` and `#1` into links; an invisible joiner does.
    """
    marked = _SPECIAL.sub(lambda found: f"\\{found[0]}", one_line(text))
    joined = _MENTION.sub(rf"\1{_WORD_JOINER}", marked)
    return _LIKE_A_MARK.sub(lambda found: f"{found[1]}\\{found[2]}" if found[1] else f"\\{found[3]}", joined)


def as_markdown(report: DiagnosticReport) -> str:
    """The whole report; sections without content are left out."""
    content, zone = report.content, ZoneInfo(report.content.time_zone)
    sections = (
        ("Executive Summary", [escaped(report.summary), "", f"*{escaped(by_text(report.summary_by))}*"]),
        ("System Health", list(_health(content))),
        ("Top Issues", list(_issues(content.top_issues))),
        ("Recommendations", list(_advice(content.recommendations, numbered=True))),
        ("Immediate Actions Required", list(_advice(content.actions, numbered=False))),
        ("What Happened", list(_happenings(content, zone))),
        ("Cascades", list(_cascades(content.cascades))),
        ("Errors over Time", list(_course(content, zone))),
        ("Errors by Category", list(_counts("Category", content.by_category))),
        ("Errors by Service", list(_counts("Service", content.by_service))),
        ("Affected Versions", list(_counts("Version", content.versions))),
        ("Affected Agents", list(_counts("Agent", content.agents))),
        ("Sprints", list(_counts("Sprint", content.sprints))),
        ("Key Figures", list(_kpis(content))),
        ("Feedback Received", list(_feedback(content))),
        ("Where the Figures Come From", list(_queries(content))),
    )
    lines = [f"# {escaped(report.title)}", "", *_head(report, zone)]
    for title, body in sections:
        if body:
            lines += ["", f"## {title}", "", *body]
    return "\n".join(lines) + "\n"


def _head(report: DiagnosticReport, zone: ZoneInfo) -> Iterator[str]:
    period = period_text(report.period_from_ns, report.period_to_ns, zone)
    made = moment_text(report.created_at_ns, zone)
    restricted = scope_text(report.content.scope)
    about = f"{period} ({zone.key}){restricted}; made {made} by {report.author}"
    yield escaped(about)


def _health(content: Content) -> Iterator[str]:
    for figure in content.health:
        change = figure_change(figure)
        words = [f"- {figure.title}: **{value_text(figure.value, figure.unit)}**"]
        if change:
            words.append(f"({change} against the period before)")
        yield " ".join(words) + (f"; {figure.note}" if figure.note else "")


def _advice(advice: Sequence[Advice], *, numbered: bool) -> Iterator[str]:
    for number, one in enumerate(advice, start=1):
        mark = f"{number}." if numbered else "-"
        yield f"{mark} {escaped(one.text)} ({escaped(one.reason)})"


def _issues(issues: Sequence[Issue]) -> Iterator[str]:
    for number, issue in enumerate(issues, start=1):
        change = change_text(issue.errors, issue.before)
        yield (
            f"{number}. **{escaped(issue.name)}** - {amount(issue.occurrences)} occurrences, "
            f"{amount(issue.errors)} errors in the period ({change})"
        )
        facts = f"{issue.severity}, {issue.category}, {issue.status}"
        yield f"   - {escaped(facts)}; pattern `{issue.pattern_id}`"
        yield f"   - Root Cause: {escaped(issue.root_cause or 'not known yet')}"
        yield f"   - Suggested Fix: {escaped(issue.suggested_fix or 'none yet')}"
        yield from _surroundings(issue)


def _surroundings(issue: Issue) -> Iterator[str]:
    named = {
        "Services": issue.services,
        "Versions": tuple(count.name for count in issue.versions),
        "Agents": tuple(count.name for count in issue.agents),
        "Follows from": (issue.origin,) if issue.origin else (),
    }
    for label, names in named.items():
        if names:
            yield f"   - {label}: {', '.join(escaped(name) for name in names)}"


def _happenings(content: Content, zone: ZoneInfo) -> Iterator[str]:
    if content.happened:
        yield ", ".join(f"{kind_text(kind)}: {count}" for kind, count in content.happened.items())
        yield ""
    for one in content.happenings:
        when = escaped(moment_text(one.at_ns, zone))
        facts = f"{one.severity}, {amount(one.occurrences)} occurrences"
        yield f"- {when}: {kind_text(one.kind)}, {escaped(one.name)} ({facts})"


def _cascades(cascades: Sequence[Cascade]) -> Iterator[str]:
    for cascade in cascades:
        yield f"- **{escaped(cascade.name)}** ({amount(cascade.errors)} errors)"
        for one in cascade.consequences:
            yield f"  - {escaped(one.name)}: {amount(one.errors)} errors, {one.share:.0%} of them follow from it"


def _course(content: Content, zone: ZoneInfo) -> Iterator[str]:
    if content.errors:
        yield from _table(("From", "Errors", "Before"))
    for one in content.course if content.errors else ():
        stretch = escaped(stretch_text(one.since_ns, one.until_ns, zone))
        yield f"| {stretch} | {amount(one.count)} | {amount(one.before)} |"


def _counts(title: str, counts: Sequence[Count]) -> Iterator[str]:
    if counts:
        yield from _table((title, "Errors", "Before", "Change"))
    for one in counts:
        change = change_text(one.count, one.before)
        yield f"| {escaped(one.name)} | {amount(one.count)} | {amount(one.before)} | {change} |"


def _kpis(content: Content) -> Iterator[str]:
    if content.kpis:
        yield from _table(("Figure", "Value", "Target", "State"))
    for kpi in content.kpis:
        state = f"{kpi.state} ({kpi.note})" if kpi.note else kpi.state
        yield f"| {kpi.title} | {value_text(kpi.value, kpi.unit)} | {escaped(target_text(kpi))} | {escaped(state)} |"


def _feedback(content: Content) -> Iterator[str]:
    for kpi in content.kpis:
        if kpi.name in FEEDBACK_KPIS and kpi.value is not None:
            yield f"- {kpi.title}: {value_text(kpi.value, kpi.unit)}"


def _queries(content: Content) -> Iterator[str]:
    named = {
        **{figure.title: figure.query for figure in content.health},
        **{kpi.title: kpi.query for kpi in content.kpis},
        **{name.replace("_", " ").capitalize(): query for name, query in content.queries.items()},
    }
    for name, query in named.items():
        yield f"- {name}: `{query}`"


def _table(titles: Sequence[str]) -> tuple[str, str]:
    return f"| {' | '.join(titles)} |", f"|{'|'.join([' --- ', *[' ---: '] * (len(titles) - 1)])}|"
