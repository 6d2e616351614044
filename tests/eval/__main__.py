"""`make eval`: the labelled errors through the configured models, or through rules while none is configured.

`--limit N` takes N cases, spread over the categories; `--json` prints the figures for programs. Models, keys and the
address of a server come from the configuration (`TRACEMEDIC_DIAGNOSIS__MODELS='["openai:gpt-5"]'`, ...). Every case is
one question, so a whole run with a model costs money: the most it may be is told first.
"""

import argparse
import asyncio
import os
import sys

import msgspec
from rich.console import Console
from rich.table import Table

from tests.eval.cases import EvalCase, cases
from tests.eval.figures import Figures, Task, evaluated, figures
from tracemedic_processor.config import ConfigError, Settings, load
from tracemedic_processor.diagnose import rules
from tracemedic_processor.diagnose.answer import Answer
from tracemedic_processor.diagnose.evidence import Evidence
from tracemedic_processor.redaction import Redactor


def main() -> None:
    """Evaluate and print."""
    os.environ.setdefault("LOGFIRE_IGNORE_NO_CONFIG", "1")  # pydantic-evals would say that nothing is sent
    arguments = _arguments()
    try:
        settings = load()
    except ConfigError as error:
        sys.exit(str(error))
    chosen = cases(arguments.limit)
    console = Console(width=None if sys.stdout.isatty() else 200, highlight=False, stderr=arguments.json)
    found = found_by(settings, chosen, console)
    if arguments.json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")
    else:
        show(found, console)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.eval", description=__doc__)
    parser.add_argument("--limit", type=int, default=None, help="how many cases, spread over the categories")
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    return parser.parse_args()


def found_by(settings: Settings, chosen: list[EvalCase], console: Console) -> Figures:
    """The figures of the configured way to answer."""
    task = _task(settings, chosen, console)
    return figures(asyncio.run(evaluated(chosen, task, concurrency=settings.diagnosis.concurrency)))


def _task(settings: Settings, chosen: list[EvalCase], console: Console) -> Task:
    diagnosis = settings.diagnosis
    if not diagnosis.models:
        console.print(f"{len(chosen)} cases through rules")
        return by_rules
    from tracemedic_processor.diagnose.ask import Asker  # noqa: PLC0415 slow to import

    redactor = Redactor()
    asker = Asker(
        diagnosis.models,
        redact=lambda text: redactor.redact(text).text,
        base_url=diagnosis.base_url,
        api_key=diagnosis.api_key.get_secret_value() if diagnosis.api_key else None,
        timeout_s=diagnosis.timeout_s,
    )
    most = [asker.reserve(case.inputs) for case in chosen]
    dollars = sum(each.spent.cost_usd for each in most)
    known = f"at most ${dollars:.2f}" if all(each.price_known for each in most) else "at an unknown price"
    console.print(f"{len(chosen)} cases through {', '.join(diagnosis.models)}, {known}")
    return asker.ask


async def by_rules(evidence: Evidence) -> Answer:
    """The answer without a model."""
    return rules.answer(evidence)


def show(found: Figures, console: Console) -> None:
    """Print the figures as tables."""
    console.print(f"answers {found.answers}   strict {found.strict:.1%}   lenient {found.lenient:.1%}")
    if found.failed:
        console.print("without an answer: " + ", ".join(f"{kind} {count}" for kind, count in found.failed.items()))
    if found.input_tokens:
        console.print(f"spent: {found.input_tokens} tokens in, {found.output_tokens} out, ${found.cost_usd:.4f}")
    console.print(_confusion(found))
    console.print(_calibration(found))
    console.print(f"calibration error {found.error:.3f}")


def _confusion(found: Figures) -> Table:
    """A row for each true category; the numbers of the columns are those of the rows."""
    table = Table("", "is \\ told", *map(str, range(1, len(found.labels) + 1)), "right", box=None, pad_edge=False)
    for number, (label, row) in enumerate(zip(found.labels, found.matrix, strict=True), 1):
        cells = [str(count) if count else "." for count in row]
        table.add_row(str(number), label, *cells, f"{found.by_category.get(label, 0.0):.0%}")
    return table


def _calibration(found: Figures) -> Table:
    table = Table("confidence from", "answers", "told", "right strictly", "leniently", box=None, pad_edge=False)
    for each in found.bins:
        table.add_row(f"{each.low}", str(each.answers), f"{each.told:.2f}", f"{each.strict:.0%}", f"{each.lenient:.0%}")
    return table


if __name__ == "__main__":
    main()
