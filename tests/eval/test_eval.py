"""The evaluation itself: its cases are what they claim, and its figures are right, through rules and over real HTTP."""

import asyncio
from collections import Counter

import pytest
from rich.console import Console

from tests.eval.__main__ import by_rules, found_by, show
from tests.eval.cases import EvalCase, cases
from tests.eval.figures import Figures, evaluated, figures
from tracemedic_processor.config import load
from tracemedic_processor.diagnose.answer import Answer
from tracemedic_processor.diagnose.checked import checked, trusted
from tracemedic_processor.diagnose.evidence import Evidence
from tracemedic_processor.diagnose.failures import ModelOverloaded
from tracemedic_processor.diagnose.fenced import new_delimiter
from tracemedic_processor.diagnose.grounds import grounds_of
from tracemedic_processor.diagnose.prompt import prompt
from tracemedic_processor.diagnose.suspicion import suspicion
from tracemedic_processor.diagnose.wanted import Wanted
from tracemedic_processor.testing import model_answers
from tracemedic_processor.testing.model_stand_in import ModelStandIn
from tracemedic_storage.records import CATEGORIES


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGFIRE_IGNORE_NO_CONFIG", "1")


@pytest.fixture(scope="module")
def all_cases() -> list[EvalCase]:
    return cases()


def found(cases_: list[EvalCase], task: object = by_rules) -> Figures:
    return figures(asyncio.run(evaluated(cases_, task, concurrency=4)))


def test_there_are_enough_cases_of_every_category_and_they_are_always_the_same(all_cases: list[EvalCase]) -> None:
    counted = Counter(case.metadata["category"] for case in all_cases)
    assert len(all_cases) >= 150
    assert set(counted) == set(CATEGORIES)
    assert min(counted.values()) >= 5
    assert len({case.metadata["library"] for case in all_cases}) > 50
    first = cases(20)
    assert [case.name for case in first] == [case.name for case in all_cases[:20]]
    assert [case.inputs for case in first] == [case.inputs for case in all_cases[:20]]


def test_no_case_tells_its_label(all_cases: list[EvalCase]) -> None:
    assert all(case.inputs.similar == () and case.inputs.passages == () for case in all_cases)
    assert any(case.inputs.rules.category != case.metadata["category"] for case in all_cases)


def test_plausible_answers_about_honest_errors_pass_without_a_complaint(all_cases: list[EvalCase]) -> None:
    for case in all_cases:
        grounds = grounds_of(case.inputs)
        said = model_answers.well(prompt(case.inputs, delimiter=new_delimiter()).text)
        answer = checked(Wanted(**said), grounds, str)
        assert trusted(answer, grounds, suspicion(case.inputs, grounds)) == answer, case.name


def test_figures_of_rules_add_up(all_cases: list[EvalCase]) -> None:
    told = found(all_cases[:54])
    assert told.answers == 54
    assert sum(map(sum, told.matrix)) == sum(each.answers for each in told.bins) == 54
    right = sum(row[number] for number, row in enumerate(told.matrix))
    assert told.strict == pytest.approx(right / 54)
    assert told.strict <= told.lenient
    assert told.failed == {}


def test_a_wrong_answer_and_a_failure_are_counted_as_such(all_cases: list[EvalCase]) -> None:
    async def always_database(evidence: Evidence) -> Answer:
        if evidence.rules.category == "unknown":
            raise ModelOverloaded("overloaded")
        return Answer(answered_by="x", category="database", confidence=0.9, summary="s", root_cause="r")

    told = found(all_cases[:18], always_database)
    assert told.failed["ModelOverloaded"] >= 1
    assert told.answers == 18 - told.failed["ModelOverloaded"]
    assert told.by_category["database"] == 1.0
    assert sum(told.by_category.values()) == 1.0
    assert told.bins[0].told == pytest.approx(0.9)
    assert told.error == pytest.approx(0.9 - told.lenient)


def test_the_configured_model_is_asked_over_real_http(
    all_cases: list[EvalCase], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with ModelStandIn() as stand_in:
        monkeypatch.setenv("TRACEMEDIC_DIAGNOSIS__MODELS", '["openai:stand-in"]')
        monkeypatch.setenv("TRACEMEDIC_DIAGNOSIS__BASE_URL", stand_in.base_url)
        told = found_by(load(), all_cases[:4], Console(width=200))
        assert stand_in.paid == 4
    show(told, Console(width=200))
    said = capsys.readouterr().out
    assert told.answers == 4
    assert told.input_tokens > 4_000
    assert "4 cases through openai:stand-in, at an unknown price" in said
    assert "calibration error" in said
