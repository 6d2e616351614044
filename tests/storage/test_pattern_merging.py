"""One pattern with several fingerprints: made, counted, taken apart, on both databases."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from tests.postgres import PostgresServer
from tests.storage.samples import DAY_NS, HOUR_NS, NOON_NS, SECOND_NS, Recorder, error, errors, hex_of
from tracemedic_storage import diagnoses, pattern_acts, pattern_changes, queries
from tracemedic_storage.database import Database
from tracemedic_storage.pattern_acts import PatternUnknown
from tracemedic_storage.pattern_merging import merge
from tracemedic_storage.pattern_splitting import split
from tracemedic_storage.pattern_status import StepImpossible
from tracemedic_storage.queries import ErrorFilter
from tracemedic_storage.recording import Recorded
from tracemedic_storage.records import Diagnosis, ErrorPattern
from tracemedic_storage.thresholds import Thresholds

A, B, C = (hex_of("fingerprint", name) for name in "abc")
IDS = [fingerprint[:32] for fingerprint in (A, B, C)]
QUIET = Thresholds(escalate_traces=1_000, alert_traces=1_000)


def kinds(recorded: Recorded) -> list[str]:
    return [change.kind for change in recorded.changes]


def joined(database: Database, *others: int, thresholds: Thresholds | None = None) -> ErrorPattern:
    return merge(
        database,
        IDS[0],
        [IDS[other] for other in others],
        author="ada",
        now_ns=NOON_NS + DAY_NS,
        thresholds=thresholds or Thresholds(),
    )


def taken_out(database: Database, fingerprint: str, *, pattern: int = 0) -> ErrorPattern:
    return split(database, IDS[pattern], fingerprint, author="bob", now_ns=NOON_NS + DAY_NS, thresholds=Thresholds())


def found(database: Database, reference: str = A) -> ErrorPattern:
    pattern = queries.get_pattern(database, reference)
    assert pattern is not None
    return pattern


@pytest.fixture
def recorder(database: Database) -> Recorder:
    """Patterns a (traces 0 to 4), b (traces 3 to 8) and c (traces 20 to 22), each hourly."""
    recorder = Recorder(database)
    recorder(*errors(5, step_ns=HOUR_NS))
    recorder(*errors(6, first=3, step_ns=HOUR_NS, fingerprint="b", service="api", severity="high"), now_ns=NOON_NS)
    recorder(*errors(3, first=20, step_ns=HOUR_NS, fingerprint="c"))
    return recorder


def test_a_merged_pattern_counts_the_distinct_traces_of_all(recorder: Recorder) -> None:
    database = recorder.database
    pattern = joined(database, 1)
    assert pattern == found(database)
    assert pattern.total_occurrences == 9  # traces 3 and 4 had both
    assert (pattern.services, pattern.severity) == (("api", "shop"), "high")
    assert (pattern.first_seen_ns, pattern.last_seen_ns) == (NOON_NS, NOON_NS + 8 * HOUR_NS)
    assert pattern.updated_at_ns == NOON_NS + DAY_NS
    listed = queries.list_errors(database, ErrorFilter(pattern_id=pattern.id)).errors
    assert {known.pattern_id for known in listed} == {pattern.id}
    assert len(listed) == 11
    assert [one.id for one in queries.list_patterns(database).patterns] == [IDS[2], IDS[0]]
    assert queries.fingerprints_of(database, pattern.id) == tuple(sorted((A, B)))


def test_old_ids_and_fingerprints_lead_to_the_pattern(recorder: Recorder) -> None:
    joined(recorder.database, 1, 2)
    for reference in (*IDS, A, B, C[:9]):
        assert found(recorder.database, reference).id == IDS[0]


def test_what_comes_later_is_counted_once_a_trace(recorder: Recorder) -> None:
    joined(recorder.database, 1)
    both = [error(trace, fingerprint=name, at_ns=NOON_NS + DAY_NS) for trace in (4, 50) for name in "ab"]
    recorded = recorder(*both, error(51, fingerprint="b", at_ns=NOON_NS + DAY_NS))
    (pattern,) = recorded.patterns
    assert (pattern.id, pattern.total_occurrences) == (IDS[0], 11)
    assert recorded.fingerprints == {IDS[0]: tuple(sorted((A, B)))}
    assert recorder(*both).patterns[0].total_occurrences == 11
    assert recorder(error(51, at_ns=NOON_NS + DAY_NS)).patterns[0].total_occurrences == 11
    with recorder.database.read() as connection:
        of = connection.execute(
            sa.text("SELECT DISTINCT pattern_id FROM error_events WHERE trace_id = :id"),
            {"id": hex_of("trace", 51)[:32]},
        ).all()
    assert [tuple(row) for row in of] == [(IDS[0],)]


def test_thresholds_hold_for_all_fingerprints_together(database: Database) -> None:
    recorder = Recorder(database)
    recorder(*errors(4), *errors(4, first=2, fingerprint="b"))
    assert joined(database, 1).total_occurrences == 6
    assert kinds(recorder(*errors(3, first=6), *errors(2, first=6, fingerprint="b"))) == []  # nine in all
    assert kinds(recorder(*errors(1, first=9, fingerprint="b"))) == ["escalated"]
    assert kinds(recorder(*errors(89, first=10, fingerprint="b"))) == []
    assert kinds(recorder(error(99))) == ["alert"]
    assert kinds(recorder(*errors(150, first=100, fingerprint="b"))) == []


def test_thresholds_that_patterns_reach_together_are_crossed_by_merging(database: Database) -> None:
    thresholds = Thresholds(escalate_traces=8, alert_traces=10)
    recorder = Recorder(database, thresholds=thresholds)
    recorder(*errors(5), *errors(7, first=4, fingerprint="b"))
    pattern = joined(database, 1, thresholds=thresholds)
    assert (pattern.total_occurrences, pattern.escalated, pattern.severity) == (11, True, "medium")
    changes = pattern_changes.of_pattern(database, IDS[0])
    assert [(one.kind, one.author) for one in changes if one.at_ns >= NOON_NS + DAY_NS] == [
        ("alert", "tracemedic"),
        ("escalated", "tracemedic"),
        ("merged", "ada"),
    ]
    assert {one.kind for one in pattern_changes.unhandled(database)} == {"created", "alert", "escalated", "merged"}
    assert kinds(recorder(*errors(4, first=11))) == []


def test_history_and_diagnoses_go_along(recorder: Recorder) -> None:
    database = recorder.database
    diagnosis = Diagnosis(
        id="d",
        pattern_id=IDS[1],
        cause="created",
        made_at_ns=NOON_NS,
        diagnosed_by="rules",
        category="network",
        confidence=0.5,
        summary="s",
        root_cause="r",
    )
    assert diagnoses.store(database, diagnosis, now_ns=NOON_NS)
    pattern_acts.acknowledge(database, IDS[1], author="bob", now_ns=NOON_NS)
    pattern = joined(database, 1)
    assert (pattern.status, pattern.ai_root_cause, pattern.category) == ("active", "r", "network")
    assert [one.id for one in diagnoses.of_pattern(database, IDS[0])] == ["d"]
    changes = pattern_changes.of_pattern(database, IDS[0])
    assert sorted(one.kind for one in changes) == ["acknowledged", "created", "created", "diagnosed", "merged"]
    (merged,) = [one for one in changes if one.kind == "merged"]
    assert (merged.author, merged.detail["from"], merged.detail["occurrences"]) == ("ada", IDS[1], "6")
    assert not diagnoses.store(database, Diagnosis(**{**_fields(diagnosis), "id": "late"}), now_ns=NOON_NS)


def _fields(diagnosis: Diagnosis) -> dict[str, object]:
    return {name: getattr(diagnosis, name) for name in diagnosis.__struct_fields__}


def test_merging_again_changes_nothing(recorder: Recorder) -> None:
    once = joined(recorder.database, 1)
    assert joined(recorder.database, 1) == once
    assert joined(recorder.database, 1, 2).total_occurrences == 12
    assert sum(one.kind == "merged" for one in pattern_changes.of_pattern(recorder.database, IDS[0])) == 2


@pytest.mark.parametrize(
    ("into", "others", "error_type"),
    [
        (IDS[0], [], StepImpossible),
        (IDS[0], [IDS[1], IDS[0]], StepImpossible),
        (IDS[0], [f"{number}" for number in range(101)], StepImpossible),
        (IDS[0], [IDS[1], "f" * 32], PatternUnknown),
        ("f" * 32, [IDS[1]], PatternUnknown),
    ],
)
def test_what_cannot_be_merged_stays(
    recorder: Recorder, into: str, others: list[str], error_type: type[Exception]
) -> None:
    with pytest.raises(error_type):
        merge(recorder.database, into, others, author="ada", now_ns=NOON_NS, thresholds=Thresholds())
    assert len(queries.list_patterns(recorder.database).patterns) == 3


def test_splitting_undoes_merging(recorder: Recorder) -> None:
    database = recorder.database
    before = {pattern.id: pattern for pattern in queries.list_patterns(database).patterns}
    joined(database, 1, 2)
    pattern = taken_out(database, B)
    assert pattern == found(database, B)
    assert (pattern.id, pattern.status, pattern.severity, pattern.total_occurrences) == (IDS[1], "active", "high", 6)
    left = found(database, A)
    assert (left.total_occurrences, left.severity, left.services) == (8, "low", ("shop",))
    taken_out(database, C)
    for id_, known in before.items():
        now = found(database, id_)
        assert (now.total_occurrences, now.first_seen_ns, now.last_seen_ns, now.name) == (
            known.total_occurrences,
            known.first_seen_ns,
            known.last_seen_ns,
            known.name,
        )
        assert len(queries.list_errors(database, ErrorFilter(pattern_id=id_)).errors) == known.total_occurrences
    kinds_of = [[one.kind for one in pattern_changes.of_pattern(database, id_)] for id_ in IDS]
    assert kinds_of[1:] == [["created"], ["created"]]
    assert sorted(kinds_of[0])[-2:] == ["split", "split"]
    assert recorder(error(90, fingerprint="b", at_ns=NOON_NS)).patterns[0].id == IDS[1]


def test_what_cannot_be_split_stays(recorder: Recorder) -> None:
    database = recorder.database
    joined(database, 1)
    with pytest.raises(StepImpossible, match="the pattern's own"):
        taken_out(database, A)
    with pytest.raises(StepImpossible, match="no fingerprint of this pattern"):
        taken_out(database, C)
    with pytest.raises(PatternUnknown):
        taken_out(database, B, pattern=1)
    assert found(database).total_occurrences == 9


def test_a_split_pattern_burns_on_only_when_it_does_so_alone(database: Database) -> None:
    recorder = Recorder(database)
    at_ns = NOON_NS + DAY_NS - HOUR_NS
    recorder(*(error(n, at_ns=at_ns + n * SECOND_NS) for n in range(12)))
    recorder(*(error(n, fingerprint="b", at_ns=at_ns + n * SECOND_NS) for n in range(20, 32)))
    recorder(*(error(n, fingerprint="c", at_ns=at_ns + n * SECOND_NS) for n in range(3)))
    joined(database, 1, 2)
    assert [taken_out(database, one).escalated for one in (B, C)] == [True, False]


def test_a_new_version_joins_the_pattern_of_the_former_key(database: Database) -> None:
    recorder = Recorder(database)
    recorder(*errors(1, fingerprint="b", fingerprint_version=2))  # before there was anything to join
    recorder(*errors(4))
    renewed = errors(3, first=3, fingerprint="b", fingerprint_version=2, former_fingerprint=A)
    recorded = recorder(*renewed)
    (pattern,) = recorded.patterns
    assert (pattern.id, pattern.total_occurrences, pattern.fingerprint_version) == (IDS[0], 6, 1)
    assert recorded.fingerprints == {IDS[0]: tuple(sorted((A, B)))}
    assert recorder(*renewed).events_merged == 3
    assert found(database, B) == pattern
    assert len(queries.list_errors(database, ErrorFilter(pattern_id=IDS[0])).errors) == 8
    assert {known.pattern_id for known in queries.list_errors(database).errors} == {IDS[0]}
    assert [one.kind for one in pattern_changes.of_pattern(database, IDS[0])] == ["created", "merged"]
    again = recorder(error(50, fingerprint="b", fingerprint_version=2))  # when the old key is no longer told
    assert again.patterns[0].total_occurrences == 7


def test_a_former_key_without_a_pattern_changes_nothing(database: Database) -> None:
    recorder = Recorder(database)
    recorder(*errors(2))
    recorded = recorder(*errors(3, first=2, fingerprint="b", former_fingerprint=A))
    assert kinds(recorded) == ["created"]
    assert recorded.patterns[0].id == IDS[1]
    assert kinds(recorder(error(9), error(10, fingerprint="c", former_fingerprint=hex_of("never")))) == ["created"]


@pytest.mark.postgres
def test_recorders_merge_and_split_at_the_same_time(postgres_server: PostgresServer, postgres_url: str) -> None:
    """Two replicas record four fingerprints while these are merged and split again and again."""
    names = "abcd"
    ids = [hex_of("fingerprint", name)[:32] for name in names]
    rounds = 6

    def fresh(replica: int, round_: int) -> list:
        first = replica * 20 + round_ * 30
        return [error(first + n, fingerprint=name, at_ns=NOON_NS + n * DAY_NS) for n in range(30) for name in names]

    database = Database(postgres_url)
    Recorder(database, thresholds=QUIET)(*(error(n, fingerprint=name) for n in range(3) for name in names))

    def record(replica: int) -> int:
        own = Database(postgres_url)
        recorder = Recorder(own, spool_id=f"replica {replica}", thresholds=QUIET)
        new = sum(recorder(*fresh(replica, round_)).events_new for round_ in range(rounds))
        own.close()
        return new

    def rearrange() -> None:
        own = Database(postgres_url)
        signed = {"author": "ada", "now_ns": NOON_NS, "thresholds": QUIET}
        for round_ in range(rounds):
            merge(own, ids[0], ids[1:], **signed)
            if round_ < rounds - 1:
                for name in names[1:]:
                    split(own, ids[0], hex_of("fingerprint", name), **signed)
        own.close()

    with ThreadPoolExecutor(3) as threads:
        rearranged = threads.submit(rearrange)
        new = sum(threads.map(record, range(2)))
        rearranged.result()
    (pattern,) = queries.list_patterns(database).patterns
    with database.read() as connection:
        traces = connection.scalar(sa.text("SELECT count(DISTINCT trace_id) FROM error_traces"))
        others = connection.scalar(sa.text("SELECT count(*) FROM error_events WHERE pattern_id <> :id"), {"id": ids[0]})
        events = connection.scalar(sa.text("SELECT count(*) FROM error_events"))
    database.close()
    assert (pattern.id, pattern.total_occurrences, others, events) == (ids[0], traces, 0, new + 12)
