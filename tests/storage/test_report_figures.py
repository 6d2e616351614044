"""What reports count, where the reports' own tests do not look: bounds and texts."""

import msgspec
import pytest

from tests.storage.samples import DAY_NS, HOUR_NS, NOON_NS, Recorder, error, errors, hex_of
from tracemedic_storage import diagnostic_reports, report_figures
from tracemedic_storage.diagnostic_report import Content, DiagnosticReport
from tracemedic_storage.error_patterns import pattern_id
from tracemedic_storage.report_figures import BUCKETS_MAX
from tracemedic_storage.scope import Scope

DAY = Scope(since_ns=NOON_NS - DAY_NS, until_ns=NOON_NS + DAY_NS)
A = pattern_id(hex_of("fingerprint", "a"))


def test_stretches_have_a_bound_and_an_event_lies_in_one(database):
    Recorder(database)(error(at_ns=NOON_NS))
    edges = tuple(NOON_NS + number * HOUR_NS for number in range(-1, BUCKETS_MAX))
    counts = report_figures.course(database, DAY, edges)
    assert (len(counts), counts[:2], sum(counts)) == (BUCKETS_MAX, (0, 1), 1)
    with pytest.raises(ValueError, match="stretches"):
        report_figures.course(database, DAY, (*edges, edges[-1] + 1))
    assert report_figures.course(database, DAY, ()) == ()


def test_a_pattern_is_counted_by_all_its_fingerprints_and_within_the_scope(database):
    Recorder(database)(*errors(4, service="shop"), *errors(3, first=10, service="mail"), error(99, fingerprint="c"))
    assert report_figures.pattern_counts(database, DAY) == {A: 7}
    assert report_figures.pattern_counts(database, msgspec.structs.replace(DAY, service="mail")) == {A: 3}
    assert report_figures.pattern_courses(database, DAY, (DAY.since_ns, NOON_NS, DAY.until_ns), [A]) == {A: (0, 7)}
    assert report_figures.pattern_courses(database, DAY, (DAY.since_ns, DAY.until_ns), []) == {}


def test_a_report_with_characters_that_a_database_refuses_is_kept(database):
    report = DiagnosticReport(
        id="manual:1",
        kind="manual",
        title="nul \0 and half \ud800",
        trigger="manual",
        author="ada",
        period_from_ns=DAY.since_ns,
        period_to_ns=DAY.until_ns,
        created_at_ns=NOON_NS,
        summary="\0",
        content=Content(scope=DAY, before=DAY, time_zone="UTC", health=()),
    )
    kept = diagnostic_reports.store(database, report)
    assert kept.title == "nul \ufffd and half \ufffd"
    assert diagnostic_reports.get(database, "manual:1") == kept
    other = msgspec.structs.replace(report, title="other")
    assert diagnostic_reports.store(database, other) == kept


def test_the_earliest_data(database):
    assert diagnostic_reports.earliest_data_ns(database) is None
    Recorder(database)(error(at_ns=NOON_NS))
    assert diagnostic_reports.earliest_data_ns(database) == NOON_NS
