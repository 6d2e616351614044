"""The steps of a diagnosis with real parts: a database, the evidence, rules, and a model behind real HTTP."""

import asyncio
import itertools
from collections.abc import Sequence

import msgspec
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.storage.samples import NOON_NS, Recorder, errors
from tracemedic_processor.config import DiagnosisSettings, Settings
from tracemedic_processor.diagnosing import asking_of, gatherer_of
from tracemedic_processor.jobs.diagnoser import ATTEMPTS_MAX, Diagnoser, LateSpans, Next
from tracemedic_processor.jobs.pause import PROBE_S, Pause
from tracemedic_processor.testing.model_stand_in import Behaviour, ModelStandIn
from tracemedic_storage import diagnoses, error_patterns, model_calls, queries
from tracemedic_storage.database import Database
from tracemedic_storage.model_calls import Budget
from tracemedic_storage.records import Diagnosis, ErrorPattern

WIDE = Budget(tokens_per_day=10**9, tokens_per_month=10**9, usd_per_day=1e3, usd_per_month=1e3)


class Bench:
    """A diagnoser and what it sends."""

    def __init__(
        self, database: Database, model: ModelStandIn | None = None, *, budget: Budget = WIDE, per_hour: int = 100
    ) -> None:
        chosen = (
            DiagnosisSettings(models=("openai:stand-in",), base_url=model.base_url) if model else DiagnosisSettings()
        )
        settings = Settings(diagnosis=chosen)
        self.database = database
        self.sent: list[bytes] = []
        self.pause = Pause(lambda: 0.0)
        self.diagnoser = Diagnoser(
            database=database,
            gather=gatherer_of(settings, database),
            asking=asking_of(settings, None),
            budget=budget,
            late=LateSpans(per_pattern=5, per_hour=per_hour),
            send=self._send,
            pattern_url=None,
            executor_id="here",
            pause=self.pause,
            now_ns=itertools.count(NOON_NS + 60_000_000_000, 1_000_000).__next__,
        )
        Recorder(database)(*errors(3), now_ns=NOON_NS)
        [self.pattern] = queries.list_patterns(database).patterns

    async def _send(self, body: bytes) -> None:
        self.sent.append(body)

    def by_rules(self) -> Next:
        return asyncio.run(self.diagnoser.by_rules(self.pattern.id, "created", "job"))

    def by_model(self, attempt: int = 0) -> Next:
        return asyncio.run(self.diagnoser.by_model(self.pattern.id, "created", "ask:job", attempt))

    def tell(self) -> int:
        return asyncio.run(self.diagnoser.tell_traces(self.pattern.id))

    def newest(self) -> Diagnosis:
        found = diagnoses.newest_of(self.database, self.pattern.id)
        assert found is not None
        return found

    def change(self, **fields: object) -> None:
        changed: ErrorPattern = msgspec.structs.replace(self.pattern, **fields)
        with self.database.write() as connection:
            error_patterns.update(connection, [changed])


def test_without_a_model_rules_are_the_answer_and_doing_it_again_changes_nothing(database: Database) -> None:
    bench = Bench(database)
    assert [bench.by_rules(), bench.by_rules()] == [Next(do="tell"), Next(do="tell")]
    assert len(diagnoses.of_pattern(database, bench.pattern.id)) == 1
    assert bench.newest().diagnosed_by == "rules"
    assert bench.newest().note == ""


def test_with_a_model_rules_answer_first_and_the_model_follows(database: Database) -> None:
    with ModelStandIn() as model:
        bench = Bench(database, model)
        assert bench.by_rules() == Next(do="ask")
        assert bench.newest().diagnosed_by == "rules"
        assert bench.by_model() == Next(do="tell")
    assert bench.newest().diagnosed_by == "openai:stand-in"
    assert model_calls.spent_since(database, 0).tokens == bench.newest().input_tokens + bench.newest().output_tokens


def test_rules_do_not_take_the_place_of_a_models_answer(database: Database) -> None:
    with ModelStandIn(["well", "failing"]) as model:
        bench = Bench(database, model)
        bench.by_model()
        assert bench.by_rules() == Next(do="ask")
        assert bench.by_model(ATTEMPTS_MAX - 1) == Next(do="tell")
    assert bench.newest().diagnosed_by == "openai:stand-in"
    assert len(diagnoses.of_pattern(database, bench.pattern.id)) == 1


@pytest.mark.parametrize(
    ("behaviour", "wait_s"), [("rate_limited", 7.0), ("overloaded", 5.0), ("failing", 5.0), ("reset", 5.0)]
)
def test_trouble_that_passes_is_waited_for(database: Database, behaviour: Behaviour, wait_s: float) -> None:
    with ModelStandIn([behaviour, "well"]) as model:
        bench = Bench(database, model)
        bench.by_rules()
        assert bench.by_model() == Next(do="wait", wait_s=wait_s)
        assert bench.newest().diagnosed_by == "rules"
        assert bench.by_model(1) == Next(do="tell")
    assert bench.newest().diagnosed_by == "openai:stand-in"


@pytest.mark.parametrize("behaviour", ["unauthorized", "out_of_quota", "unknown_model"])
def test_what_only_a_person_can_mend_rests_the_queue_without_counting(database: Database, behaviour: Behaviour) -> None:
    with ModelStandIn([behaviour]) as model:
        bench = Bench(database, model)
        assert bench.by_model() == Next(do="wait", wait_s=PROBE_S, counts=False)
        assert bench.by_model() == Next(do="wait", wait_s=PROBE_S, counts=False)
    assert len(model.asked) == 1, "the second did not even ask"
    assert "openai:stand-in" in (bench.pause.trouble or "")


@pytest.mark.parametrize("behaviour", ["badly", "wrong_category", "wrong_schema", "broken_json", "without_tool"])
def test_an_answer_nobody_should_read_is_replaced_by_rules_with_a_note(
    database: Database, behaviour: Behaviour
) -> None:
    with ModelStandIn([behaviour]) as model:
        bench = Bench(database, model)
        bench.by_rules()
        assert bench.by_model() == Next(do="tell")
    assert bench.newest().diagnosed_by == "rules"
    assert "openai:stand-in" in bench.newest().note


def test_a_used_up_budget_is_said_and_nothing_is_asked(database: Database) -> None:
    narrow = msgspec.structs.replace(WIDE, tokens_per_day=10)
    with ModelStandIn() as model:
        bench = Bench(database, model, budget=narrow)
        bench.by_rules()
        assert bench.by_model() == Next(do="tell")
    assert model.asked == ()
    assert bench.newest().note == "the day's 10 tokens are used up"


def test_a_consequence_points_to_its_origin_and_asks_no_model(database: Database) -> None:
    with ModelStandIn() as model:
        bench = Bench(database, model)
        Recorder(database, spool_id="2")(*errors(3, first=50, fingerprint="origin", message="db gone"), now_ns=NOON_NS)
        [origin] = [each for each in queries.list_patterns(database).patterns if each.id != bench.pattern.id]
        bench.change(origin_pattern_id=origin.id, origin_share=0.9)
        assert bench.by_rules() == Next(do="tell")
    assert model.asked == ()
    assert bench.newest().origin_pattern_id == origin.id


def test_a_pattern_that_is_gone_needs_nothing(database: Database) -> None:
    bench = Bench(database)
    bench.pattern = msgspec.structs.replace(bench.pattern, id="f" * 32)
    assert bench.by_rules() == Next(do="gone")
    assert bench.by_model() == Next(do="gone")
    assert bench.tell() == 0


def test_each_recent_trace_is_told_once_within_the_hours_limit(database: Database) -> None:
    bench = Bench(database, per_hour=2)
    bench.by_rules()
    assert bench.tell() == 2
    assert bench.tell() == 0
    assert len(_spans(bench.sent)) == 2


def _spans(bodies: Sequence[bytes]) -> list[str]:
    groups = [group for body in bodies for group in ExportTraceServiceRequest.FromString(body).resource_spans]
    return [span.name for group in groups for scope in group.scope_spans for span in scope.spans]
