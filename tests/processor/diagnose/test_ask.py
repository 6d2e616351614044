"""Asking over real HTTP: what each behaviour of a model becomes, and what is paid for."""

import asyncio
import pickle
import threading
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.processor.diagnose.asking import DELIMITER, EVIDENCE, MODEL, asker_of, evidence_with, redact
from tracemedic_processor.diagnose import failures
from tracemedic_processor.diagnose.answer import Answer, Spent
from tracemedic_processor.diagnose.ask import Asker
from tracemedic_processor.diagnose.evidence import Evidence
from tracemedic_processor.diagnose.failures import ModelFailure
from tracemedic_processor.diagnose.prompt import SHORT_CHARACTERS_MAX
from tracemedic_processor.testing.model_stand_in import Behaviour, ModelStandIn


@pytest.fixture
def stand_in() -> Iterator[ModelStandIn]:
    with ModelStandIn() as stand_in:
        yield stand_in


def asked(asker: Asker, evidence: Evidence = EVIDENCE) -> Answer:
    return asyncio.run(asker.ask(evidence))


def failed(asker: Asker, evidence: Evidence = EVIDENCE) -> ModelFailure:
    with pytest.raises(ModelFailure) as raised:
        asyncio.run(asker.ask(evidence))
    return raised.value


def test_a_good_answer_becomes_an_answer_with_its_cost_and_its_run(stand_in: ModelStandIn) -> None:
    answer = asyncio.run(asker_of(stand_in).ask(EVIDENCE, delimiter=DELIMITER))

    assert (answer.answered_by, answer.category, answer.confidence) == (MODEL, "database", 0.8)
    assert answer.evidence[:2] == ("frame Ledger.book (shop/ledger.py)", "service shop")
    assert answer.spent.input_tokens > 1_000
    assert answer.run_id
    assert answer.trace_id is None
    assert DELIMITER in stand_in.asked[0].question
    assert stand_in.asked[0].tools == ("diagnosis",)
    assert stand_in.paid == 1


def test_each_question_has_a_delimiter_of_its_own(stand_in: ModelStandIn) -> None:
    asker = asker_of(stand_in)
    asked(asker)
    asked(asker)
    first, second = (each.question.partition("<data-")[2].partition(" ")[0] for each in stand_in.asked)
    assert first != second


FAILURES: list[tuple[Behaviour, type[ModelFailure], int]] = [
    ("rate_limited", failures.ModelRateLimited, 1),
    ("overloaded", failures.ModelOverloaded, 1),
    ("failing", failures.ModelOverloaded, 1),
    ("reset", failures.ModelUnreachable, 1),
    ("broken_body", failures.ModelUnreachable, 1),
    ("hanging", failures.ModelTimedOut, 1),
    ("unauthorized", failures.ModelKeyRefused, 1),
    ("forbidden", failures.ModelKeyRefused, 1),
    ("out_of_quota", failures.ModelQuotaUsedUp, 1),
    ("unknown_model", failures.ModelUnknown, 1),
    ("rejected", failures.QuestionRejected, 1),
    ("too_long", failures.ContextTooLong, 2),
    ("badly", failures.AnswerRefused, 2),
    ("wrong_category", failures.AnswerRefused, 2),
    ("wrong_schema", failures.AnswerRefused, 2),
    ("broken_json", failures.AnswerRefused, 2),
    ("without_tool", failures.AnswerRefused, 2),
]


@pytest.mark.parametrize(("behaviour", "kind", "requests"), FAILURES, ids=[row[0] for row in FAILURES])
def test_what_goes_wrong_has_a_type_and_costs_no_more_requests_than_it_must(
    stand_in: ModelStandIn, behaviour: Behaviour, kind: type[ModelFailure], requests: int
) -> None:
    stand_in.behave(behaviour)
    failure = failed(asker_of(stand_in, timeout_s=0.3 if behaviour == "hanging" else 20.0))

    assert type(failure) is kind
    assert failure.model == MODEL
    assert len(stand_in.asked) == requests
    assert (failure.spent.input_tokens > 0) == (stand_in.paid > 0 and behaviour != "broken_body")
    assert failure.maybe_paid == (behaviour in {"reset", "broken_body", "hanging"})


def test_retry_after_is_told_and_bounded(stand_in: ModelStandIn) -> None:
    stand_in.behave("rate_limited")
    failure = failed(asker_of(stand_in))
    assert isinstance(failure, failures.RetryableFailure)
    assert failure.retry_after_s == 7.0

    with ModelStandIn(["rate_limited"], retry_after_s=1e9) as patient:
        failure = failed(asker_of(patient))
        assert isinstance(failure, failures.RetryableFailure)
        assert failure.retry_after_s == failures.RETRY_AFTER_S_MAX


def test_nobody_listening_is_unreachable_and_free() -> None:
    with ModelStandIn() as gone:
        asker = asker_of(gone)
    failure = failed(asker)
    assert type(failure) is failures.ModelUnreachable
    assert not failure.maybe_paid


def test_a_slow_answer_is_waited_for() -> None:
    with ModelStandIn(delay_s=0.2) as slow:
        assert asked(asker_of(slow)).category == "database"


def test_a_complaint_goes_back_once_and_a_better_answer_counts(stand_in: ModelStandIn) -> None:
    stand_in.behave("badly_once")
    answer = asked(asker_of(stand_in))

    assert answer.category == "database"
    assert stand_in.paid == 2
    complaint = stand_in.asked[1].messages[-1][1]
    assert "cites a frame that is not in the stack trace: 'phantom_function (phantom.py)'" in complaint
    assert "names a service that is not in the data: 'no-such-service-anywhere'" in complaint
    assert "contains a link" in complaint
    assert "contains a command" in complaint


def test_the_reasons_of_a_refusal_have_none_of_the_models_words(stand_in: ModelStandIn) -> None:
    stand_in.behave("badly")
    failure = failed(asker_of(stand_in))

    assert isinstance(failure, failures.AnswerRefused)
    assert "summary contains a link" in failure.reasons
    assert not any(word in f"{failure} {failure.reasons}" for word in ("example.com", "phantom", "curl"))


def test_what_a_provider_says_is_redacted(stand_in: ModelStandIn) -> None:
    key = "sk-" + "proj-" + "Ab3" * 16
    with pytest.raises(failures.ModelKeyRefused) as raised, ModelStandIn(["unauthorized"]) as refusing:
        asyncio.run(asker_of(refusing, redact=lambda text: redact(f"{text} {key}")).ask(EVIDENCE))
    assert key not in str(raised.value)


def test_a_question_that_is_too_long_is_put_once_more_in_short() -> None:
    long = evidence_with(traces=("shop GET / 1 ms\n" * 600,))
    with ModelStandIn(characters_max=2 * SHORT_CHARACTERS_MAX) as small:
        answer = asked(asker_of(small), long)
        full, short = small.asked
    assert answer.category == "database"
    assert (full.status, short.status) == (400, 200)
    assert len(short.question) < SHORT_CHARACTERS_MAX + 3_000 < len(full.question)


def test_a_complaint_that_does_not_fit_any_more_is_not_paid_for_a_third_time() -> None:
    with ModelStandIn(["badly", "too_long"]) as small:
        failure = failed(asker_of(small))
        assert type(failure) is failures.ContextTooLong
        assert failure.spent.output_tokens > 0
        assert (len(small.asked), small.paid) == (2, 1)


def test_the_next_model_is_asked_when_one_cannot_answer(stand_in: ModelStandIn) -> None:
    stand_in.behave("overloaded", "well")
    answer = asked(asker_of(stand_in, models=["openai:first", "openai:second", "openai:third"]))

    assert answer.answered_by == "openai:second"
    assert [each.model for each in stand_in.asked] == ["first", "second"]


def test_of_several_failures_the_one_with_hope_is_told(stand_in: ModelStandIn) -> None:
    stand_in.behave("unknown_model", "rate_limited", "unauthorized")
    failure = failed(asker_of(stand_in, models=["openai:first", "openai:second", "openai:third"]))
    assert isinstance(failure, failures.ModelRateLimited)
    assert failure.model == "openai:second"

    stand_in.behave("unknown_model", "unauthorized")
    assert type(failed(asker_of(stand_in, models=["openai:first", "openai:second"]))) is failures.ModelUnknown


def test_a_refused_answer_is_not_paid_for_again_at_the_next_model(stand_in: ModelStandIn) -> None:
    stand_in.behave("badly")
    failure = failed(asker_of(stand_in, models=["openai:first", "openai:second"]))
    assert isinstance(failure, failures.AnswerRefused)
    assert {each.model for each in stand_in.asked} == {"first"}


def test_what_was_paid_to_a_model_before_is_part_of_the_cost(stand_in: ModelStandIn) -> None:
    # The first model answers badly, and its second request breaks: paid once for nothing.
    stand_in.behave("badly", "failing", "well")
    answer = asked(asker_of(stand_in, models=["openai:first", "openai:second"]))
    alone = asked(asker_of(stand_in, models=["openai:second"]))
    assert answer.spent.input_tokens > alone.spent.input_tokens


def test_the_reservation_is_never_below_what_is_spent(stand_in: ModelStandIn) -> None:
    stand_in.behave("badly")
    asker = asker_of(stand_in)
    reserved = asker.reserve(EVIDENCE)
    spent = failed(asker).spent
    sent = [sum(len(text.encode()) for _, text in each.messages) for each in stand_in.asked]

    assert not reserved.price_known
    assert reserved.spent.input_tokens > sum(sent) > spent.input_tokens
    assert reserved.spent.output_tokens > spent.output_tokens


def test_every_model_is_part_of_the_reservation() -> None:
    one = Asker(["openai:gpt-4o"], redact=redact).reserve(EVIDENCE)
    two = Asker(["openai:gpt-4o", "anthropic:claude-sonnet-4-5"], redact=redact).reserve(EVIDENCE)
    assert one.price_known
    assert two.price_known
    assert two.spent.cost_usd > one.spent.cost_usd > 0
    assert two.spent.input_tokens == 2 * one.spent.input_tokens


def test_the_key_of_openai_is_not_sent_to_a_server_of_ones_own(
    stand_in: ModelStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-" + "for-openai-only")
    asked(asker_of(stand_in))
    assert stand_in.asked[0].key == "no-key"

    asked(asker_of(stand_in, api_key="of-the-server"))
    assert stand_in.asked[1].key == "of-the-server"


@pytest.mark.parametrize(
    ("model", "kind", "says"),
    [
        ("openai:gpt-4o", failures.ModelKeyRefused, "no key; set OPENAI_API_KEY in the environment"),
        ("gremlins:gpt-4o", failures.ModelUnknown, "gremlins:gpt-4o"),
        ("nothing", failures.ModelUnknown, "nothing"),
        ("groq:llama-3.3-70b-versatile", failures.ModelUnknown, "pip install 'pydantic-ai-slim[groq]'"),
    ],
)
def test_a_model_that_cannot_even_be_asked_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, model: str, kind: type[ModelFailure], says: str
) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    failure = failed(Asker([model], redact=redact))
    assert type(failure) is kind
    assert says in str(failure)
    assert failure.spent == Spent()


def test_an_asker_without_a_model_is_refused() -> None:
    with pytest.raises(ValueError, match="no model"):
        Asker([], redact=redact)


def test_failures_survive_pickling() -> None:
    refused = failures.AnswerRefused("no", model=MODEL, spent=Spent(input_tokens=3), reasons=("a", "b"))
    again = pickle.loads(pickle.dumps(refused))
    assert (str(again), again.model, again.spent, again.reasons) == ("no", MODEL, refused.spent, ("a", "b"))

    limited = pickle.loads(pickle.dumps(failures.ModelRateLimited("wait", retry_after_s=3.0, maybe_paid=True)))
    assert (limited.retry_after_s, limited.maybe_paid) == (3.0, True)


@pytest.mark.parametrize("content", [False, True])
def test_a_run_is_a_trace_without_content_unless_asked(stand_in: ModelStandIn, *, content: bool) -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))

    answer = asked(asker_of(stand_in, tracer_provider=provider, content=content))

    spans = exporter.get_finished_spans()
    root = next(span for span in spans if span.name == "diagnose")
    assert answer.trace_id == f"{root.context.trace_id:032x}"
    assert answer.span_id == f"{root.context.span_id:016x}"
    assert any((span.attributes or {}).get("gen_ai.agent.call.id") == answer.run_id for span in spans)
    told = " ".join(str(dict(span.attributes or {})) for span in spans)
    assert ("inventory-db" in told) == content
    provider.shutdown()


def test_one_asker_serves_many_threads_with_loops_of_their_own(stand_in: ModelStandIn) -> None:
    asker = asker_of(stand_in)
    answers: list[Answer] = []
    threads = [threading.Thread(target=lambda: answers.append(asked(asker))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({answer.run_id for answer in answers}) == 4
    assert stand_in.paid == 4


def test_many_questions_at_once_stay_apart(stand_in: ModelStandIn) -> None:
    async def all_at_once() -> list[Answer]:
        asker = asker_of(stand_in)
        evidence = [evidence_with(error_type=f"shop.Error{number}") for number in range(8)]
        return await asyncio.gather(*(asker.ask(each) for each in evidence))

    answers = asyncio.run(all_at_once())
    assert [f"shop.Error{number}" in answer.summary for number, answer in enumerate(answers)] == [True] * 8
