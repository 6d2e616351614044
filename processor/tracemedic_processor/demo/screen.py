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
    ]


def _pattern(failure: Departure) -> str:
    name = failure.text("pattern_name")
    if not name:
        return "[dim]no pattern yet[/]"
    return f"{_shown(failure.text('pattern_occurrences'))} traces so far: [magenta]{_shown(name)}[/]"


def _shown(text: str) -> str:
    """Text of a sender on one line, harmless to the terminal and to the markup."""
    return escape(" ".join(visible(text).split()))
