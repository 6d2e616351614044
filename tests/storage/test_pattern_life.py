"""How patterns regress, calm down, wake and alert again, on both databases."""

import pytest

from tests.storage.samples import DAY_NS, HOUR_NS, NOON_NS, SECOND_NS, Recorder, error, errors, hex_of
from tracemedic_storage import pattern_acts, pattern_changes, queries
from tracemedic_storage.calming import calm
from tracemedic_storage.database import Database
from tracemedic_storage.pattern_acts import PatternUnknown
from tracemedic_storage.pattern_status import StepImpossible
from tracemedic_storage.recording import Recorded
from tracemedic_storage.records import ErrorPattern, Findings, RequestCount
from tracemedic_storage.thresholds import Thresholds

ID = hex_of("fingerprint", "a")[:32]
RESOLVED_NS = NOON_NS + HOUR_NS
LATER_NS = RESOLVED_NS + SECOND_NS
CALM_NS = 6 * HOUR_NS


def kinds(recorded: Recorded) -> list[str]:
    return [change.kind for change in recorded.changes]


def pattern_of(database: Database) -> ErrorPattern:
    found = queries.get_pattern(database, ID)
    assert found is not None
    return found


def history(database: Database) -> list[tuple[str, str]]:
    return [(change.kind, change.author) for change in pattern_changes.of_pattern(database, ID)]


@pytest.fixture
def recorder(database: Database) -> Recorder:
    """A pattern of three traces of version 1.0."""
    recorder = Recorder(database)
    recorder(*errors(3, service_version="1.0"))
    return recorder


def resolve(recorder: Recorder, version: str | None = None) -> None:
    pattern_acts.resolve(recorder.database, ID, author="ada", now_ns=RESOLVED_NS, version=version)


def test_a_resolved_pattern_regresses_once_when_it_is_seen_again(recorder: Recorder) -> None:
    resolve(recorder)
    again = error(10, at_ns=LATER_NS, service_version="1.1")
    seen = recorder(again, again, error(11, at_ns=LATER_NS + 1_000), now_ns=LATER_NS)
    (change,) = seen.changes
    assert (change.kind, change.detail) == ("regressed", {"version": "1.1", "event": again.id})
    assert recorder(again, error(12, at_ns=LATER_NS)).changes == ()
    pattern = pattern_of(recorder.database)
    assert (pattern.status, pattern.resolved_at_ns, pattern.total_occurrences) == ("regressed", RESOLVED_NS, 6)
    assert history(recorder.database) == [("created", "tracemedic"), ("resolved", "ada"), ("regressed", "tracemedic")]


@pytest.mark.parametrize("at_ns", [NOON_NS, RESOLVED_NS, RESOLVED_NS + 999])
def test_what_occurred_before_never_regresses_however_late_it_comes(recorder: Recorder, at_ns: int) -> None:
    resolve(recorder)
    assert kinds(recorder(error(10, at_ns=at_ns, received_at_ns=RESOLVED_NS + 9 * DAY_NS))) == []
    assert pattern_of(recorder.database).status == "resolved"
    assert pattern_of(recorder.database).total_occurrences == 4


def test_a_redelivery_from_a_clock_ahead_of_ours_is_not_seen_again(recorder: Recorder) -> None:
    ahead = {"at_ns": RESOLVED_NS + HOUR_NS // 2, "received_at_ns": RESOLVED_NS - SECOND_NS}
    recorder(error(10, **ahead))
    resolve(recorder)
    assert kinds(recorder(error(10, **ahead))) == []
    assert kinds(recorder(error(10, **(ahead | {"received_at_ns": RESOLVED_NS + HOUR_NS})))) == []
    assert kinds(recorder(error(11, at_ns=RESOLVED_NS + DAY_NS, received_at_ns=RESOLVED_NS))) == []
    assert kinds(recorder(error(12, at_ns=0, received_at_ns=LATER_NS))) == ["regressed"]  # a sender without a clock


@pytest.mark.parametrize(
    ("resolved_in", "seen_in", "regresses"),
    [
        (None, None, True),
        ("1.1", None, False),
        ("1.1", "1.0", False),
        ("1.1", "1.1-rc.1", False),
        ("1.1", "1.1", True),
        ("v1.1", "1.1.0", True),
        ("1.9", "1.10", True),
        ("2024.05", "2024.04.30", False),
        ("abcdef1", "abcdef1", True),
        ("abcdef1", "1.0", False),  # seen before it was resolved
        ("abcdef1", "fedcba9", True),  # never seen before
        ("abcdef1", "0ddba11", False),  # answered requests before
    ],
)
def test_only_the_version_it_was_resolved_in_or_a_later_one_regresses(
    recorder: Recorder, resolved_in: str | None, seen_in: str | None, regresses: bool
) -> None:
    minute = RESOLVED_NS // (60 * SECOND_NS) - 5
    requests = RequestCount(
        kind="request", service="shop", environment="", service_version="0ddba11", minute=minute, total=1, failed=0
    )
    recorder.findings(Findings(requests=(requests,)))
    resolve(recorder, resolved_in)
    seen = recorder(error(10, at_ns=LATER_NS, service_version=seen_in))
    assert kinds(seen) == (["regressed"] if regresses else [])
    assert seen.patterns[0].status == ("regressed" if regresses else "resolved")


def test_thresholds_of_what_is_put_away_are_history_only(recorder: Recorder) -> None:
    resolve(recorder, "2.0")
    seen = recorder(*errors(120, first=3, service_version="1.0"))
    assert seen.changes == ()
    assert (seen.patterns[0].escalated, seen.patterns[0].status) == (True, "resolved")
    assert sorted(kind for kind, _ in history(recorder.database)) == ["alert", "created", "escalated", "resolved"]
    assert [change.kind for change in pattern_changes.unhandled(recorder.database)] == ["created", "resolved"]


def test_ignored_until_it_escalates(recorder: Recorder) -> None:
    pattern_acts.ignore(recorder.database, ID, author="ada", now_ns=NOON_NS, until_escalates=True)
    assert recorder(*errors(6, first=3)).changes == ()
    tenth = recorder(*errors(1, first=9))
    assert kinds(tenth) == ["reopened", "escalated"]
    assert (tenth.patterns[0].status, tenth.patterns[0].ignored_until_escalated) == ("active", False)


def test_ignored_for_good_stays_so(recorder: Recorder) -> None:
    pattern_acts.ignore(recorder.database, ID, author="ada", now_ns=NOON_NS)
    assert recorder(*errors(200, first=3), now_ns=NOON_NS + 900 * DAY_NS).changes == ()
    assert pattern_of(recorder.database).status == "ignored"
    assert calm(recorder.database, Thresholds(), NOON_NS + 900 * DAY_NS)[0].kind == "calmed"
    assert pattern_of(recorder.database).status == "ignored"


def test_ignored_until_a_time_ends_by_itself_or_with_the_next_error(recorder: Recorder) -> None:
    database, until_ns = recorder.database, NOON_NS + DAY_NS
    pattern_acts.ignore(database, ID, author="ada", now_ns=NOON_NS, until_ns=until_ns)
    assert calm(database, Thresholds(), until_ns - 1_000) == ()
    (change,) = calm(database, Thresholds(), until_ns)
    assert (change.kind, change.detail) == ("reopened", {"why": "time"})
    assert calm(database, Thresholds(), until_ns) == ()
    pattern_acts.ignore(database, ID, author="ada", now_ns=until_ns, until_ns=until_ns + DAY_NS)
    assert kinds(recorder(error(10, at_ns=until_ns), now_ns=until_ns + DAY_NS)) == ["reopened"]


def test_a_raised_severity_goes_down_when_it_calms_and_may_be_raised_again(database: Database) -> None:
    recorder = Recorder(database)
    recorder(*errors(10))
    below_ns = NOON_NS + HOUR_NS  # so long there were ten in the last hour
    assert calm(database, Thresholds(), below_ns + CALM_NS) == ()
    calmed_ns = below_ns + CALM_NS + 1_000
    (change,) = calm(database, Thresholds(), calmed_ns)
    assert (change.kind, change.pattern_id, change.occurrences) == ("calmed", ID, 10)
    assert calm(database, Thresholds(), calmed_ns) == ()
    pattern = pattern_of(database)
    assert (pattern.severity, pattern.escalated) == ("low", False)

    late = recorder(*errors(5, first=100), now_ns=calmed_ns)
    assert kinds(late) == []  # what is over is over
    again = recorder(
        *(error(number, at_ns=calmed_ns + number * SECOND_NS) for number in range(200, 210)), now_ns=calmed_ns + DAY_NS
    )
    assert kinds(again) == ["escalated"]
    assert again.patterns[0].severity == "medium"
    assert [kind for kind, _ in history(database)] == ["created", "escalated", "calmed", "escalated"]


def test_critical_stays_critical_and_a_severity_set_by_hand_stays(database: Database) -> None:
    recorder = Recorder(database)
    recorder(*errors(10, severity="critical"), *errors(10, fingerprint="b"))
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE error_patterns SET severity = 'high' WHERE severity = 'medium'")
    assert len(calm(database, Thresholds(), NOON_NS + DAY_NS)) == 2
    severities = {pattern.severity for pattern in queries.list_patterns(database).patterns}
    assert severities == {"critical", "high"}


def test_a_steady_fire_does_not_calm_however_long(database: Database) -> None:
    recorder = Recorder(database)
    recorder(*errors(200, step_ns=HOUR_NS // 9))
    assert calm(database, Thresholds(), NOON_NS + 200 * HOUR_NS // 9) == ()


def test_alerts_come_at_each_tenfold_and_never_within_the_cooldown(database: Database) -> None:
    thresholds = Thresholds(alert_traces=4, alert_cooldown_s=3_600, escalate_traces=1_000)
    recorder = Recorder(database, thresholds=thresholds)

    def alerts(first: int, last: int, now_ns: int) -> list[int]:
        seen = recorder(*errors(last - first, first=first, step_ns=DAY_NS), now_ns=now_ns)
        return [change.occurrences for change in seen.changes if change.kind == "alert"]

    assert alerts(0, 3, NOON_NS) == []
    assert alerts(3, 4, NOON_NS) == [4]
    assert alerts(4, 39, NOON_NS + DAY_NS) == []
    assert alerts(39, 41, NOON_NS + HOUR_NS - 1_000) == []  # passed, but within the cooldown
    assert alerts(41, 42, NOON_NS + HOUR_NS) == [42]
    assert alerts(41, 42, NOON_NS + DAY_NS) == []  # nothing new
    assert alerts(42, 399, NOON_NS + DAY_NS) == []
    assert alerts(399, 400, NOON_NS + DAY_NS) == [400]


def test_steps_of_an_alert() -> None:
    thresholds = Thresholds(alert_traces=100)
    assert [thresholds.alert_step(count) for count in (0, 99, 100, 999, 1_000, 10_001)] == [
        0,
        0,
        100,
        100,
        1_000,
        10_000,
    ]


def test_acts_are_signed_once_and_change_nothing_the_second_time(recorder: Recorder) -> None:
    database = recorder.database
    for _ in range(2):
        pattern = pattern_acts.acknowledge(database, ID, author=" ada ", now_ns=NOON_NS, note="mine\0")
    assert pattern.status == "acknowledged"
    assert pattern == pattern_of(database)
    pattern_acts.reopen(database, ID, author="bob", now_ns=NOON_NS)
    pattern_acts.acknowledge(database, ID, author="ada", now_ns=NOON_NS)
    changes = pattern_changes.of_pattern(database, ID)
    assert sorted((change.kind, change.author, change.at_ns - NOON_NS) for change in changes) == [
        ("acknowledged", "ada", 0),
        ("acknowledged", "ada", 1_000),  # the same microsecond is taken
        ("created", "tracemedic", 0),
        ("reopened", "bob", 0),
    ]
    (first,) = [change for change in changes if change.detail]
    assert first.detail == {"note": "mine\ufffd"}
    assert {one.kind for one in pattern_changes.unhandled(database)} == {one.kind for one in changes}, "webhooks ask"


@pytest.mark.parametrize(("author", "note"), [("", ""), ("a" * 101, ""), ("ada", "n" * 1_001)])
def test_an_act_needs_an_author_and_few_words(recorder: Recorder, author: str, note: str) -> None:
    with pytest.raises(StepImpossible, match="has"):
        pattern_acts.acknowledge(recorder.database, ID, author=author, now_ns=NOON_NS, note=note)
    assert pattern_of(recorder.database).status == "active"


def test_an_act_needs_a_pattern(database: Database) -> None:
    with pytest.raises(PatternUnknown):
        pattern_acts.resolve(database, ID, author="ada", now_ns=NOON_NS)
