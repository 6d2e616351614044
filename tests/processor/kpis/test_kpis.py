"""The key figures from real rows, on both databases."""

import msgspec
import pytest

from tests.storage.samples import DAY_NS, HOUR_NS, NOON_NS, Recorder, error, errors, hex_of
from tests.storage.test_verdicts import diagnosed, verdict  # noqa: F401 a fixture
from tracemedic_processor.kpis import gauges, kpis
from tracemedic_storage import pattern_acts, verdicts
from tracemedic_storage.error_patterns import pattern_id
from tracemedic_storage.feedback_figures import FeedbackSums
from tracemedic_storage.records import ErrorContext, Findings, RequestCount
from tracemedic_storage.scope import Scope

DAY = Scope(since_ns=NOON_NS - 12 * HOUR_NS, until_ns=NOON_NS + 12 * HOUR_NS)
MINUTE = NOON_NS // 60_000_000_000
PATTERN = pattern_id(hex_of("fingerprint", "a"))


def of(database, scope=DAY, **feedback):
    return {kpi.name: kpi for kpi in kpis(database, scope, **feedback)}


def counted(total, failed, *, minute=MINUTE, kind="request", service="shop", environment="live", version="1"):
    return RequestCount(
        kind=kind,
        service=service,
        environment=environment,
        service_version=version,
        minute=minute,
        total=total,
        failed=failed,
    )


def test_an_empty_database_has_no_data_and_no_zeros(database):
    found = of(database)
    assert len(found) == 7
    assert {(kpi.value, kpi.state) for kpi in found.values()} == {(None, "no data")}
    assert all(kpi.note for kpi in found.values())
    assert gauges(found.values()) == ()


def test_error_rate_counts_failed_requests_and_leaves_agent_runs_out(database):
    requests = counted(100, 1), counted(300, 1, minute=MINUTE + 1), counted(10, 9, kind="agent_run")
    Recorder(database).findings(Findings(requests=requests))
    rate = of(database)["error_rate"]
    assert (rate.value, rate.state, rate.counted) == (0.5, "met", {"failed": 2, "requests": 400})


def test_exactly_on_the_target_is_missed(database):
    Recorder(database).findings(Findings(requests=(counted(100, 1),)))
    assert of(database)["error_rate"].state == "missed"


def test_a_minute_belongs_to_the_period_in_which_it_begins(database):
    Recorder(database).findings(Findings(requests=(counted(5, 1), counted(7, 0, minute=MINUTE + 60))))
    hour = Scope(since_ns=NOON_NS, until_ns=NOON_NS + HOUR_NS)
    assert of(database, hour)["error_rate"].counted == {"failed": 1, "requests": 5}


@pytest.mark.parametrize(
    ("restriction", "total"),
    [({"service": "shop"}, 5), ({"environment": "test"}, 7), ({"version": "2"}, 11), ({"service": "none"}, 0)],
)
def test_error_rate_by_service_environment_and_version(database, restriction, total):
    others = counted(7, 0, service="mail", environment="test"), counted(11, 0, service="mail", version="2")
    Recorder(database).findings(Findings(requests=(counted(5, 1), *others)))
    rate = of(database, msgspec.structs.replace(DAY, **restriction))["error_rate"]
    assert rate.counted["requests"] == total
    assert (rate.state == "no data") == (total == 0)


def test_error_rate_says_that_it_knows_no_sprint(database):
    Recorder(database).findings(Findings(requests=(counted(5, 1),)))
    rate = of(database, msgspec.structs.replace(DAY, sprint="s1"))["error_rate"]
    assert (rate.state, rate.note) == ("no data", "not by sprint")


def test_detection_is_the_share_of_events_in_patterns(database):
    Recorder(database)(*errors(4), error(9, fingerprint="b"))
    found = of(database)["pattern_detection_rate"]
    assert (found.value, found.state, found.counted) == (80.0, "missed", {"in_patterns": 4, "events": 5})
    outside = Scope(since_ns=NOON_NS - DAY_NS, until_ns=NOON_NS)
    assert of(database, outside)["pattern_detection_rate"].state == "no data"


def test_detection_of_one_event_at_the_edges_of_the_period(database):
    Recorder(database)(error())
    just = Scope(since_ns=NOON_NS, until_ns=NOON_NS + 1_000)
    assert of(database, just)["pattern_detection_rate"].counted == {"in_patterns": 0, "events": 1}


def test_detection_by_sprint(database):
    context = ErrorContext(sprint_id="s7")
    Recorder(database)(*errors(3, context=context), error(9, fingerprint="b", service="mail"))
    sprint = of(database, msgspec.structs.replace(DAY, sprint="s7"))["pattern_detection_rate"]
    assert sprint.counted == {"in_patterns": 3, "events": 3}
    mail = of(database, msgspec.structs.replace(DAY, service="mail", environment=None))["pattern_detection_rate"]
    assert mail.counted == {"in_patterns": 0, "events": 1}


def resolve(database, at_ns, **changes):
    pattern_acts.resolve(database, PATTERN, author="ada", now_ns=at_ns, **changes)


def test_time_to_resolution_begins_when_the_pattern_is_made(database):
    Recorder(database)(*errors(3), now_ns=NOON_NS)
    resolve(database, NOON_NS + 6 * HOUR_NS)
    found = of(database)["mttr"]
    assert (found.value, found.state, found.counted) == (6.0, "met", {"repairs": 1})
    before = Scope(since_ns=NOON_NS, until_ns=NOON_NS + 6 * HOUR_NS)
    assert of(database, before)["mttr"].state == "no data"


def test_reopened_by_hand_the_repair_goes_on(database):
    Recorder(database)(*errors(3), now_ns=NOON_NS)
    resolve(database, NOON_NS + HOUR_NS)
    pattern_acts.reopen(database, PATTERN, author="ada", now_ns=NOON_NS + 2 * HOUR_NS)
    resolve(database, NOON_NS + 5 * HOUR_NS)
    assert (of(database)["mttr"].value, of(database)["mttr"].counted) == (5.0, {"repairs": 1})


def test_a_regression_begins_a_repair_of_its_own(database):
    recorder = Recorder(database)
    recorder(*errors(3), now_ns=NOON_NS)
    resolve(database, NOON_NS + HOUR_NS)
    recorder(error(9, at_ns=NOON_NS + 3 * HOUR_NS), now_ns=NOON_NS + 3 * HOUR_NS)
    resolve(database, NOON_NS + 6 * HOUR_NS)
    found = of(database)["mttr"]
    assert (found.value, found.counted) == (2.0, {"repairs": 2})


def test_time_to_resolution_by_environment(database):
    Recorder(database)(*errors(3, environment="live"), now_ns=NOON_NS)
    resolve(database, NOON_NS + HOUR_NS)
    assert of(database, msgspec.structs.replace(DAY, environment="live"))["mttr"].counted == {"repairs": 1}
    assert of(database, msgspec.structs.replace(DAY, environment="test"))["mttr"].state == "no data"


@pytest.mark.usefixtures("diagnosed")
def test_accuracy_counts_a_persons_newest_verdict(database):
    given = verdict(1, "wrong"), verdict(2), verdict(3, "partly", author="bob"), verdict(4, diagnosis_id="d3")
    for one in given:
        verdicts.add(database, one)
    found = of(database)["ai_accuracy"]
    assert found.counted == {"right": 2, "partly": 1, "wrong": 0}
    assert found.value == pytest.approx(250 / 3)
    assert of(database, msgspec.structs.replace(DAY, service="shop"))["ai_accuracy"].counted == found.counted
    assert of(database, msgspec.structs.replace(DAY, service="mail"))["ai_accuracy"].state == "no data"


def test_feedback_comes_from_whoever_collects_it(database):
    sums = FeedbackSums(submitted=4, responded=2, first_response_ns_sum=10 * HOUR_NS, resolved=3, rated=2, rating_sum=9)
    found = of(database, feedback=lambda *_: sums)
    values = [found[name].value for name in ("feedback_response_time", "resolution_rate", "user_satisfaction")]
    assert values == [5.0, 75.0, 4.5]
    assert [found[name].state for name in ("feedback_response_time", "resolution_rate")] == ["missed", "missed"]
    nothing = of(database, feedback=lambda *_: FeedbackSums(not_by=("version",)))
    assert nothing["resolution_rate"].note == "no feedback came"
    scope = msgspec.structs.replace(DAY, version="1")
    assert of(database, scope, feedback=lambda *_: FeedbackSums(not_by=("version",)))["resolution_rate"].note == (
        "not by version"
    )


def test_gauges_tell_value_and_target(database):
    Recorder(database).findings(Findings(requests=(counted(200, 1),)))
    told = {gauge.name: (gauge.value, gauge.unit) for gauge in gauges(of(database).values())}
    assert told == {"tracemedic.kpi.error_rate": (0.5, "%"), "tracemedic.kpi.error_rate.target": (1.0, "%")}
