"""How good the classifier is, on the half it was tuned on and on the half it was not: `measure()`.

A case is one line of `tests/data/classify/*.jsonl`: type, message, modules of the innermost library frames, the span's
attributes, causes (outermost first), language, category, further categories that a reasonable engineer would accept,
severity. The halves are split by library: what was measured on was never tuned on.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tracemedic_processor.classify import Subject, classify
from tracemedic_storage.records import CATEGORIES, SEVERITIES, Classification, ExceptionRecord, Frame, StackTrace

DATA = Path(__file__).parents[1] / "data" / "classify"
THREADS = Path(__file__).parents[1] / "data" / "classify_collected"
"""Error texts of other people's public threads, labelled before the classifier saw them; no severity, no frames."""
HALVES = {"tuning": ("tuning", "raised"), "measuring": ("measuring",)}
"""The files of each half; `raised.jsonl` is written by `raise_python.py`."""
BINS = (0.0, 0.5, 0.6, 0.7, 0.85, 0.9)
"""Lower bounds of the confidences told together in the reliability table."""

Case = dict[str, Any]
Judged = tuple[Case, Classification]


def cases(half: str) -> list[Case]:
    """The labelled errors of one half."""
    files = [DATA / f"{name}.jsonl" for name in HALVES[half]]
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def subject_of(case: Case) -> Subject:
    """The case as the pipeline would hand it over."""
    frames = tuple(Frame(function="f", module=module) for module in case.get("modules", ()))
    causes = tuple(
        ExceptionRecord(type=cause["type"], message=cause["message"], relation=cause.get("relation", "cause"))
        for cause in case.get("causes", ())
    )
    reported = ExceptionRecord(type=case["type"], message=case["message"], frames=frames)
    return Subject(
        error_type=case["type"],
        message=case["message"],
        stack=StackTrace(language=case["language"], chain=(reported, *causes)),
        language=case["language"],
        attributes=case.get("attributes", {}),
        span_kind=case.get("span_kind", ""),
    )


def measure() -> dict[str, dict[str, Any]]:
    """The figures of both halves."""
    return {half: figures([(case, classify(subject_of(case))) for case in cases(half)]) for half in HALVES}


def threads(half: str) -> list[Case]:
    """The labelled error texts from public threads of one half."""
    return [json.loads(line) for line in (THREADS / f"{half}.jsonl").read_text(encoding="utf-8").splitlines()]


def known() -> list[Case]:
    """Error texts of well-known libraries written from memory and labelled beforehand; the rules were tuned on them."""
    return [json.loads(line) for line in (THREADS / "known.jsonl").read_text(encoding="utf-8").splitlines()]


def measure_threads(half: str) -> dict[str, Any]:
    """The figures of one half of the public threads."""
    return figures([(case, classify(subject_of(case))) for case in threads(half)])


def figures(judged: list[Judged]) -> dict[str, Any]:
    """Strict and lenient accuracy, macro-F1, abstentions, calibration, severity where labelled, and by language."""
    rated = [(case, answer) for case, answer in judged if "severity" in case]
    return {
        "cases": len(judged),
        "strict": _share(case["category"] == answer.category for case, answer in judged),
        "lenient": _share(_accepted(case, answer) for case, answer in judged),
        "macro_f1": _macro_f1(judged),
        "abstained": _share(answer.category == "unknown" and case["category"] != "unknown" for case, answer in judged),
        "severity_exact": _share(case["severity"] == answer.severity for case, answer in rated),
        "severity_within_one": _share(_steps(case, answer) <= 1 for case, answer in rated) if rated else None,
        "calibration": _calibration(judged),
        "by_language": _by_language(judged),
    }


def _accepted(case: Case, answer: Classification) -> bool:
    return answer.category == case["category"] or answer.category in case["also"]


def _steps(case: Case, answer: Classification) -> int:
    return abs(SEVERITIES.index(case["severity"]) - SEVERITIES.index(answer.severity))


def _share(answers: Iterable[bool]) -> float:
    told = list(answers)
    return round(sum(told) / len(told), 3) if told else 0.0


def _macro_f1(judged: list[Judged]) -> float:
    scores: list[float] = []
    for category in CATEGORIES:
        wanted = sum(case["category"] == category for case, _ in judged)
        given = sum(answer.category == category for _, answer in judged)
        right = sum(case["category"] == answer.category == category for case, answer in judged)
        if wanted or given:
            scores.append(2 * right / (wanted + given))
    return round(sum(scores) / len(scores), 3) if scores else 0.0


def _calibration(judged: list[Judged]) -> list[dict[str, float]]:
    """Per bin of told confidence: how many answers, the mean told, and the part that was strictly right."""
    rows: list[dict[str, float]] = []
    for low, high in zip(BINS, (*BINS[1:], 1.01), strict=True):
        inside = [one for one in judged if low <= one[1].confidence < high and one[1].category != "unknown"]
        if inside:
            told = sum(answer.confidence for _, answer in inside) / len(inside)
            strict = _share(case["category"] == answer.category for case, answer in inside)
            lenient = _share(_accepted(case, answer) for case, answer in inside)
            rows.append(
                {"from": low, "answers": len(inside), "told": round(told, 3), "strict": strict, "lenient": lenient}
            )
    return rows


def _by_language(judged: list[Judged]) -> dict[str, dict[str, float]]:
    groups: defaultdict[str, list[Judged]] = defaultdict(list)
    for case, answer in judged:
        groups[case["language"] or "none"].append((case, answer))
    return {
        language: {
            "cases": len(group),
            "strict": _share(case["category"] == answer.category for case, answer in group),
            "lenient": _share(_accepted(case, answer) for case, answer in group),
        }
        for language, group in sorted(groups.items())
    }
