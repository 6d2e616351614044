"""The errors really raised by real libraries, and what the pipeline concludes from each.

A line of `tests/data/raised/<language>.<half>.jsonl` has what OpenTelemetry's SDK of that language would record, the
judgement of a person, and under `expected` what the raising program itself knew of its stack.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tracemedic_processor.capture import Capturer
from tracemedic_processor.explain import Explanation, Question, explain
from tracemedic_processor.redaction import Redactor

FOLDER = Path(__file__).parents[1] / "data" / "raised"
HALVES = ("tuning", "measuring")

Line = dict[str, Any]


class Concluded(NamedTuple):
    """One raised error and our conclusions."""

    line: Line
    explanation: Explanation

    @property
    def function(self) -> str:
        """The function of the shop whose fault it is."""
        return self.line["group"].split("/")[-2]


def lines(half: str) -> list[Line]:
    """The raised errors of one half, of all languages."""
    files = sorted(FOLDER.glob(f"*.{half}.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


@cache
def concluded(half: str) -> tuple[Concluded, ...]:
    """Each raised error of one half with what `tracemedic explain` says of it."""
    redactor = Redactor()
    capturer = Capturer(redactor)
    return tuple(Concluded(line, explain(_question(line), capturer, redactor)) for line in lines(half))


def _question(line: Line) -> Question:
    return Question(
        type=line["type"],
        message=line["message"],
        stacktrace=line["stacktrace"],
        language=line["language"],
        service="shop",
        span_name=line["group"].split("/")[-2],
        attributes=line["attributes"],
    )


def by_language(half: str) -> dict[str, list[Concluded]]:
    """The conclusions of one half by language, `all` at the end."""
    groups: dict[str, list[Concluded]] = {}
    for one in concluded(half):
        groups.setdefault(one.line["language"], []).append(one)
    return dict(sorted(groups.items())) | {"all": list(concluded(half))}
