"""Reports made from real rows, kept once, on both databases."""

import json
import threading
from zoneinfo import ZoneInfo

import msgspec
import pytest
import sqlalchemy as sa

from tests.storage.samples import DAY_NS, HOUR_NS, NOON_NS, Recorder, error, errors, hex_of
from tests.storage.test_diagnoses import diagnosis
from tracemedic_processor.config import ReportSettings
from tracemedic_processor.reports import Order, due_reports, make_report, report_for_change, report_for_period
from tracemedic_processor.reports.as_json import as_json
from tracemedic_processor.reports.as_markdown import as_markdown
from tracemedic_processor.reports.summary import Summary
from tracemedic_storage import diagnoses, diagnostic_reports, pattern_acts, pattern_changes
from tracemedic_storage.error_patterns import pattern_id
from tracemedic_storage.feedback_figures import FeedbackSums
from tracemedic_storage.records import ErrorContext, Findings, PatternChange, RequestCount
from tracemedic_storage.scope import Scope
from tracemedic_storage.thresholds import Thresholds

UTC = ZoneInfo("UTC")
A, B = (pattern_id(hex_of("fingerprint", name)) for name in "ab")
DAY = Scope(since_ns=NOON_NS - 12 * HOUR_NS, until_ns=NOON_NS + 12 * HOUR_NS)
TOMORROW_NS = NOON_NS + DAY_NS


def order(id_="manual:1", **changes):
    return Order(**{"id": id_, "kind": "manual", "scope": DAY, "zone": UTC} | changes)


def made(database, **changes):
    return make_report(database, order(**changes), now_ns=TOMORROW_NS)


@pytest.fixture
def lived(database):
    """A day: pattern a (12 errors, diagnosed), b (4, from a, then back), one loner; requests; the day before 3 of a."""
    recorder = Recorder(database)
    old = [error(number, at_ns=NOON_NS - DAY_NS + number) for number in range(100, 103)]
    recorder(*old, now_ns=NOON_NS - DAY_NS)
    context = ErrorContext(agent_name="planner", sprint_id="s7")
    counts = tuple(
        RequestCount(
            kind=kind,
            service="shop",
            environment="",
            service_version="",
            minute=NOON_NS // 60_000_000_000,
            total=200,
            failed=5,
        )
        for kind in ("request", "agent_run")
    )
    events = (
        *errors(12, service_version="2.0"),
        *errors(3, fingerprint="b", context=context, service="mail"),
        error(99, fingerprint="c"),
    )
    recorder.findings(Findings(events=events, requests=counts))
    pattern_acts.resolve(database, B, author="ada", now_ns=NOON_NS + HOUR_NS)
    recorder(error(9, fingerprint="b", at_ns=NOON_NS + 2 * HOUR_NS), now_ns=NOON_NS + 2 * HOUR_NS)
    diagnoses.store(database, diagnosis(1, pattern_id=A), now_ns=NOON_NS)
    with database.write() as connection:
        linked = "UPDATE error_patterns SET origin_pattern_id = :a, origin_share = 0.75 WHERE id = :b"
        connection.execute(sa.text(linked), {"a": A, "b": B})
    return database


def test_an_empty_period_makes_a_report_that_says_so(database):
    report = made(database)
    assert report.summary == "No error occurred in this period."
    assert [figure.value for figure in report.content.health] == [None, None, 0, 0]
    assert report.content.top_issues == report.content.actions == report.content.recommendations == ()
    written = as_markdown(report)
    assert "no data" in written
    assert "Top Issues" not in written


def test_one_event_makes_no_pattern_but_is_counted(database):
    Recorder(database)(error())
    content = made(database).content
    assert (content.errors, content.errors_before, content.top_issues) == (1, 0, ())
    assert [(one.name, one.count) for one in content.by_category] == [("validation", 1)]
    assert sum(bucket.count for bucket in content.course) == 1
    assert [bucket.count for bucket in content.course].index(1) == 12


def test_an_event_at_an_edge_belongs_to_one_period(database):
    Recorder(database)(error(at_ns=DAY.since_ns))
    before = Scope(since_ns=DAY.since_ns - DAY_NS, until_ns=DAY.since_ns)
    assert made(database).content.errors == 1
    assert made(database, id_="manual:2", scope=before).content.errors == 0


def test_health_is_compared_with_the_period_before(lived):
    health = {figure.name: figure for figure in made(lived).content.health}
    assert (health["api_error_rate"].value, health["api_error_rate"].before) == (2.5, None)
    assert health["agent_success_rate"].value == 97.5
    assert (health["active_patterns"].value, health["active_patterns"].before) == (2, 1)
    assert (health["errors"].value, health["errors"].before) == (17, 3)


def test_every_figure_names_an_existing_query(lived):
    from tracemedic_storage import health_figures, judgements, repairs, report_figures  # noqa: PLC0415

    content = made(lived).content
    named = [one.query for one in (*content.health, *content.kpis)]
    modules = {"health_figures": health_figures, "judgements": judgements, "repairs": repairs}
    for query in named:
        module, _, function = query.partition("(")[0].partition(".")
        assert module == "feedback_figures" or callable(getattr(modules[module], function))
    for queries in content.queries.values():
        for function in queries.removeprefix("report_figures.").split(", "):
            assert callable(getattr(report_figures, function))


def test_top_issues_carry_their_diagnosis_and_course(lived):
    content = made(lived).content
    first, second = content.top_issues
    assert (first.pattern_id, first.errors, first.before, first.occurrences) == (A, 12, 3, 15)
    assert first.root_cause == diagnosis(1).root_cause
    assert first.suggested_fix
    assert sum(first.course) == 12
    assert [(one.name, one.count) for one in first.versions] == [("2.0", 12)]
    assert (second.pattern_id, second.status, second.origin, second.origin_share) == (B, "regressed", first.name, 0.75)
    assert [(one.name, one.count) for one in second.agents] == [("planner", 3)]
    assert [(one.name, one.count) for one in content.sprints] == [("s7", 3)]
    assert [(one.name, one.count, one.before) for one in content.by_service] == [("shop", 14, 3), ("mail", 3, 0)]


def test_cascades_happenings_and_advice(lived):
    content = made(lived).content
    (cascade,) = content.cascades
    assert (cascade.pattern_id, cascade.errors) == (A, 12)
    assert [(one.pattern_id, one.errors, one.share) for one in cascade.consequences] == [(B, 4, 0.75)]
    assert content.happened == {"regressed": 1, "resolved": 1, "created": 1, "escalated": 1}
    assert [advice.pattern_id for advice in content.actions] == [B]
    assert "back after it was resolved" in content.actions[0].reason
    assert content.recommendations[0].pattern_id == A
    assert "2.50 %" in content.recommendations[1].text


def test_ignored_patterns_are_no_issues(lived):
    pattern_acts.ignore(lived, A, author="ada", now_ns=NOON_NS + HOUR_NS, until_ns=None, until_escalates=False)
    assert [issue.pattern_id for issue in made(lived).content.top_issues] == [B]


def test_a_report_of_one_service(lived):
    content = made(lived, scope=msgspec.structs.replace(DAY, service="mail")).content
    assert (content.errors, [one.name for one in content.by_service]) == (3, ["mail"])
    assert {one.pattern_id for one in content.happenings} == {B}


def test_the_summary_is_the_models_where_one_answers(lived):
    def summarise(report):
        assert report.content.errors == 17
        return Summary(text="All is well.", by="model-1") if report.id == "manual:1" else None

    told = make_report(lived, order(), now_ns=TOMORROW_NS, summarise=summarise)
    assert (told.summary, told.summary_by) == ("All is well.", "model-1")
    assert "*Written by model-1 from the figures below.*" in as_markdown(told)
    composed = make_report(lived, order("manual:2"), now_ns=TOMORROW_NS, summarise=summarise)
    assert composed.summary_by == "figures"
    assert composed.summary.startswith("17 errors occurred, 467 % more than in the period before.")


def test_feedback_received_is_a_section_only_when_there_is_some(lived):
    assert "Feedback Received" not in as_markdown(made(lived))
    sums = FeedbackSums(submitted=4, resolved=3)
    told = make_report(lived, order("manual:2"), now_ns=TOMORROW_NS, feedback=lambda *_: sums)
    assert "## Feedback Received\n\n- Resolution rate: 75.0 %\n" in as_markdown(told)


def test_json_holds_all_of_it_with_moments(lived):
    told = json.loads(as_json(made(lived)))
    assert (told["version"], told["period_from"], told["period_to"]) == (
        1,
        "2026-01-01T00:00:00Z",
        "2026-01-02T00:00:00Z",
    )
    assert told["content"]["kpis"][0]["state"] == "missed"
    assert told["content"]["top_issues"][0]["last_seen"] == "2026-01-01T12:00:11Z"
    assert "_ns" not in json.dumps(told)


def test_what_is_kept_is_what_was_made(lived):
    report = made(lived)
    assert diagnostic_reports.get(lived, "manual:1") == report
    assert made(lived) == report
    assert diagnostic_reports.get(lived, "manual:2") is None


def test_reports_are_listed_newest_first_in_pages(lived):
    for number in range(3):
        make_report(lived, order(f"manual:{number}"), now_ns=TOMORROW_NS + number * 1_000)
    first = diagnostic_reports.list_reports(lived, limit=2)
    assert [head.id for head in first.reports] == ["manual:2", "manual:1"]
    rest = diagnostic_reports.list_reports(lived, limit=2, cursor=first.cursor)
    assert ([head.id for head in rest.reports], rest.cursor) == (["manual:0"], None)
    assert diagnostic_reports.list_reports(lived, kind="daily").reports == ()


def test_replicas_that_make_one_report_at_once_keep_one(lived):
    found = []
    racing = [
        threading.Thread(target=lambda n=n: found.append(make_report(lived, order(), now_ns=TOMORROW_NS + n * 1_000)))
        for n in range(3)
    ]
    for thread in racing:
        thread.start()
    for thread in racing:
        thread.join()
    assert len(found) == 3
    assert {report.created_at_ns for report in found} == {found[0].created_at_ns}
    assert len(diagnostic_reports.list_reports(lived).reports) == 1


def test_nothing_is_due_before_anything_happened(database):
    assert due_reports(database, ReportSettings(), NOON_NS) == ()


def test_each_period_is_due_until_it_is_made_and_none_from_before_the_beginning(database):
    Recorder(database)(error(at_ns=NOON_NS))
    settings, now_ns = ReportSettings(time_zone="Europe/Berlin", hour=7), NOON_NS + 5 * DAY_NS
    due = due_reports(database, settings, now_ns)
    assert [period.id for period in due] == [
        *(f"daily:2026-01-0{day}" for day in range(1, 6)),
        "weekly:2025-12-29",
    ]
    for period in due:
        report = report_for_period(database, period, zone=ZoneInfo("Europe/Berlin"), now_ns=now_ns)
        assert (report.id, report.trigger, report.kind) == (period.id, "schedule", period.kind)
    assert due_reports(database, settings, now_ns) == ()
    assert diagnostic_reports.get(database, "daily:2026-01-01").title == "Daily health report: 1 January 2026"
    assert diagnostic_reports.get(database, "daily:2026-01-01").content.errors == 1


def test_only_the_wanted_kinds_are_due(database):
    Recorder(database)(error(at_ns=NOON_NS))
    settings = ReportSettings(daily=False)
    assert [period.kind for period in due_reports(database, settings, NOON_NS + 5 * DAY_NS)] == ["weekly"]
    neither = ReportSettings(daily=False, weekly=False)
    assert due_reports(database, neither, NOON_NS + 5 * DAY_NS) == ()


def test_the_hundredth_occurrence_makes_one_report(database):
    recorder = Recorder(database, thresholds=Thresholds(alert_traces=5))
    recorder(*errors(5, message="boom at <b>x</b>"))
    (change,) = [one for one in pattern_changes.of_pattern(database, A) if one.kind == "alert"]
    reports = [report_for_change(database, change, zone=UTC, now_ns=NOON_NS + n * HOUR_NS) for n in (1, 2)]
    assert reports[0] == reports[1]
    assert (reports[0].kind, reports[0].trigger, reports[0].pattern_id) == ("pattern", "alert", A)
    assert reports[0].content.errors == 5
    assert len(reports[0].content.top_issues) == 1
    assert "Its root cause is not known yet." in reports[0].summary


def change(kind, owner=A):
    return PatternChange(kind=kind, pattern_id=owner, fingerprint="f", occurrences=3, at_ns=NOON_NS)


def test_a_pattern_that_becomes_critical_makes_a_report_and_others_none(database):
    Recorder(database)(*errors(3, severity="critical"), *errors(3, fingerprint="b"))
    told = report_for_change(database, change("created"), zone=UTC, now_ns=NOON_NS + HOUR_NS)
    assert (told.trigger, told.content.actions[0].pattern_id) == ("critical", A)
    assert report_for_change(database, change("created", B), zone=UTC, now_ns=NOON_NS) is None
    assert report_for_change(database, change("diagnosed"), zone=UTC, now_ns=NOON_NS) is None
    assert report_for_change(database, change("alert", "gone"), zone=UTC, now_ns=NOON_NS) is None
