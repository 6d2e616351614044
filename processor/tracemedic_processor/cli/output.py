"""Results on standard output: a table for people, JSON for programs."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

PIPE_COLUMNS: Final = 220
"""Width of a table that goes into a file or a pipe."""
CELL_COLUMNS_MAX: Final = 60

Row = Mapping[str, object]


def print_rows(rows: Sequence[Row], *, columns: Sequence[str], as_json: bool, empty: str) -> None:
    """Print `rows`: as JSON with all their fields, as a table the `columns`, or `empty` when there are none."""
    if as_json:
        print_json_lines(rows)
        return
    console = Console(width=None if sys.stdout.isatty() else PIPE_COLUMNS)
    if not rows:
        console.print(escape(empty))
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns:
        table.add_column(column.replace("_", " "), no_wrap=True, max_width=CELL_COLUMNS_MAX)
    for row in rows:
        table.add_row(*(escape(visible(row[column])) for column in columns))
    console.print(table)


def print_json_lines(rows: Iterable[Row]) -> None:
    """One JSON object per line."""
    for row in rows:
        sys.stdout.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")


def visible(value: object) -> str:
    """A value as a cell: one line, without control characters, which could drive the reader's terminal."""
    text = "" if value is None else str(value)
    return "".join(character if character.isprintable() else " " for character in text)


def moment(at_ns: int) -> str:
    """Nanoseconds since the epoch as ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(at_ns / 1e9, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
