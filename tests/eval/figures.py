"""How good the answers are: right strictly and leniently, by category, and whether confidence means what it says."""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_evals import Dataset
from pydantic_evals.evaluators import ConfusionMatrixEvaluator, Evaluator, EvaluatorContext
from pydantic_evals.reporting import EvaluationReport
from pydantic_evals.reporting.analyses import ConfusionMatrix

from tests.eval.cases import EvalCase, Label
from tracemedic_processor.diagnose.answer import Answer
from tracemedic_processor.diagnose.evidence import Evidence
from tracemedic_storage.records import Record

BINS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9)
"""Lower bounds of the confidences that are told together."""

Task = Callable[[Evidence], Awaitable[Answer]]
Report = EvaluationReport[Evidence, Any, Label]


@dataclass
class Right(Evaluator[Evidence, Any, Label]):
    """Whether the category is the label's, or one that a reasonable engineer would accept."""

    def evaluate(self, ctx: EvaluatorContext[Evidence, Any, Label]) -> dict[str, bool | str | float]:
        answer, label = ctx.output, ctx.metadata or {}
        strict = answer.category == label["category"]
        return {
            "strict": strict,
            "lenient": strict or answer.category in label["also"],
            "category": answer.category,
            "confidence": answer.confidence,
        }


class Bin(Record, frozen=True, kw_only=True):
    """Answers of about the same confidence: how many, the mean told, and how many of them were right."""

    low: float
    answers: int
    told: float
    strict: float
    lenient: float


class Figures(Record, frozen=True, kw_only=True):
    """What the evaluation found. `failed` are cases without an answer, by the type of the failure.

    `error` is the calibration error: the mean distance between the confidence told and the share that was right
    (leniently), weighted by answers.
    """

    answers: int
    strict: float
    lenient: float
    failed: dict[str, int]
    by_category: dict[str, float]
    bins: tuple[Bin, ...]
    error: float
    labels: tuple[str, ...]
    matrix: tuple[tuple[int, ...], ...]
    input_tokens: int
    output_tokens: int
    cost_usd: float


def dataset(cases: Sequence[EvalCase]) -> Dataset[Evidence, Any, Label]:
    """The cases with what they are judged by."""
    return Dataset(
        name="diagnosis",
        cases=cases,
        evaluators=[Right()],
        report_evaluators=[
            ConfusionMatrixEvaluator(
                predicted_from="labels",
                predicted_key="category",
                expected_from="metadata",
                expected_key="category",
            )
        ],
    )


async def evaluated(cases: Sequence[EvalCase], task: Task, *, concurrency: int) -> Report:
    """Every case through `task`; a case whose task raises is a failure of the report."""
    return await dataset(cases).evaluate(task, max_concurrency=concurrency, progress=False, task_name="diagnose")


def figures(report: Report) -> Figures:
    """The figures of a report."""
    judged = [(_of(case.scores, "confidence"), case.assertions, case.metadata or {}) for case in report.cases]
    rows = [(told, bool(marks["strict"].value), bool(marks["lenient"].value), label) for told, marks, label in judged]
    matrix = next((each for each in report.analyses if isinstance(each, ConfusionMatrix)), None)
    spent = [case.output.spent for case in report.cases]
    bins = _bins([(told, strict, lenient) for told, strict, lenient, _ in rows])
    return Figures(
        answers=len(rows),
        strict=_share([strict for _, strict, _, _ in rows]),
        lenient=_share([lenient for _, _, lenient, _ in rows]),
        failed=dict(Counter(failure.error_message.partition(":")[0] for failure in report.failures)),
        by_category=_by_category([(str(label["category"]), strict) for _, strict, _, label in rows]),
        bins=bins,
        error=sum(each.answers * abs(each.told - each.lenient) for each in bins) / max(1, len(rows)),
        labels=tuple(matrix.class_labels) if matrix else (),
        matrix=tuple(map(tuple, matrix.matrix)) if matrix else (),
        input_tokens=sum(each.input_tokens for each in spent),
        output_tokens=sum(each.output_tokens for each in spent),
        cost_usd=sum(each.cost_usd for each in spent),
    )


def _of(scores: Any, name: str) -> float:
    return float(scores[name].value)


def _share(marks: Sequence[bool]) -> float:
    return sum(marks) / len(marks) if marks else 0.0


def _by_category(rows: Sequence[tuple[str, bool]]) -> dict[str, float]:
    names = dict.fromkeys(name for name, _ in rows)
    return {name: _share([right for each, right in rows if each == name]) for name in names}


def _bins(rows: Sequence[tuple[float, bool, bool]]) -> tuple[Bin, ...]:
    found: list[Bin] = []
    for low, high in zip(BINS, (*BINS[1:], 1.01), strict=True):
        inside = [row for row in rows if low <= row[0] < high]
        if inside:
            told = sum(row[0] for row in inside) / len(inside)
            strict, lenient = _share([row[1] for row in inside]), _share([row[2] for row in inside])
            found.append(Bin(low=low, answers=len(inside), told=told, strict=strict, lenient=lenient))
    return tuple(found)
