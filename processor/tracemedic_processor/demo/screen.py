"""What the demo shows in the terminal."""

from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Console
from rich.markup import escape

from tracemedic_processor.cli.output import visible
from tracemedic_processor.demo.departures import Departure

PIPE_COLUMNS: Final = 140
"""Width when the output goes into a file or a pipe."""
FINGERPRINT_CHARACTERS: Final = 12
_COLOURS: Final = {"low": "green", "medium": "yellow", "high": "red", "critical": "bold red"}


class Screen:
    """Prints enriched spans, those of one failure together, innermost first."""

    def __init__(self) -> None:
        found = Console(highlight=False)
        self._console = found if found.is_terminal else Console(highlight=False, width=PIPE_COLUMNS)

    def heading(self, text: str) -> None:
        """A line of its own between parts."""
        self._console.print(f"\n[bold]{escape(text)}[/]")

    def line(self, text: str) -> None:
        """A plain line."""
        self._console.print(escape(text), soft_wrap=True)

    def departed(self, departures: Iterable[Departure]) -> None:
        """Enriched spans that have left together."""
        failures: dict[str, list[Departure]] = {}
        for departure in departures:
            failures.setdefault(departure.text("error_id"), []).append(departure)
        for spans in failures.values():
            for row in _card(spans):
                self._console.print(row, no_wrap=True, overflow="ellipsis")

    def diagnosed(self, late: Sequence[Departure]) -> None:
        """Late spans: each pattern once, with how many of its traces were told."""
        patterns: dict[str, list[Departure]] = {}
        for departure in late:
            patterns.setdefault(departure.text("pattern_id"), []).append(departure)
        for spans in patterns.values():
            newest = spans[-1]
            told = f"{len(spans)} earlier {'trace' if len(spans) == 1 else 'traces'}"
            self._console.print(
                f"[bold green]error_diagnosed[/] in {told}: [magenta]{_shown(newest.text('pattern_name'))}[/]",
                no_wrap=True,
                overflow="ellipsis",
            )
            for row in _diagnosis(newest):
                self._console.print(row, no_wrap=True, overflow="ellipsis")


def _diagnosis(span: Departure) -> list[str]:
    """Why and what to do, as far as the span carries it."""
    cause, fix = _shown(span.text("root_cause")), _shown(span.text("suggested_fix"))
    sure = f"[dim]({_shown(span.text('diagnosed_by'))}, {_shown(span.text('confidence'))} sure)[/]"
    return [f"    why {sure} {cause}", f"    fix {fix}"] if cause else []


def _card(spans: Sequence[Departure]) -> list[str]:
    failure = spans[-1]
    severity = failure.text("error_severity")
    colour = _COLOURS.get(severity, "default")
    facts = (
        f"[cyan]{_shown(failure.text('error_category'))}[/]",
        f"[{colour}]{_shown(severity)}[/]",
        f"fingerprint {_shown(failure.text('pattern_fingerprint')[:FINGERPRINT_CHARACTERS])}",
        _pattern(failure),
    )
    return [
        f"[{colour}]{_shown(failure.text('error_type'))}[/]: {_shown(failure.text('error_message'))}",
        f"    service [bold]{_shown(failure.service)}[/], spans {' < '.join(_shown(span.span_name) for span in spans)}",
        f"    {', '.join(facts)}",
        *_diagnosis(failure),
    ]


def _pattern(failure: Departure) -> str:
    name = failure.text("pattern_name")
    if not name:
        return "[dim]no pattern yet[/]"
    return f"{_shown(failure.text('pattern_occurrences'))} traces so far: [magenta]{_shown(name)}[/]"


def _shown(text: str) -> str:
    """Text of a sender on one line, harmless to the terminal and to the markup."""
    return escape(" ".join(visible(text).split()))
