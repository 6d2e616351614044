"""Results on standard output: a table for people, JSON for programs."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tracemedic_storage.records import Record

PIPE_COLUMNS: Final = 220
"""Width of a table that goes into a file or a pipe."""
CELL_COLUMNS_MAX: Final = 60
GAP_COLUMNS: Final = 2
FLEXIBLE_COLUMNS_MIN: Final = 24
"""A message cut shorter tells nothing."""

Row = Mapping[str, object]


class Columns(Record, frozen=True, kw_only=True):
    """Which fields a table shows.

    Where it is too wide the `flexible` ones are cut, and then the `optional` ones left out in their order.
    """

    shown: tuple[str, ...]
    flexible: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


def print_rows(rows: Sequence[Row], *, columns: Columns, as_json: bool, empty: str) -> None:
    """Print `rows`: as JSON with all their fields, as a table the `columns`, or `empty` when there are none."""
    if as_json:
        print_json_lines(rows)
        return
    console = Console(width=None if sys.stdout.isatty() else PIPE_COLUMNS)
    if not rows:
        console.print(escape(empty))
        return
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, GAP_COLUMNS, 0, 0))
    chosen = _fitting(rows, columns, console.width)
    flexible_width = _flexible_width(rows, chosen, columns, console.width)
    for column in chosen:
        width = min(_width(rows, column), flexible_width if column in columns.flexible else CELL_COLUMNS_MAX)
        table.add_column(column.replace("_", " "), no_wrap=True, width=width)
    for row in rows:
        table.add_row(*(escape(visible(row[column])) for column in chosen))
    console.print(table)


def _fitting(rows: Sequence[Row], columns: Columns, width: int) -> list[str]:
    chosen = list(columns.shown)
    for column in columns.optional:
        if _flexible_width(rows, chosen, columns, width) >= FLEXIBLE_COLUMNS_MIN:
            break
        chosen.remove(column)
    return chosen


def _flexible_width(rows: Sequence[Row], chosen: Sequence[str], columns: Columns, width: int) -> int:
    """What each flexible column may take when the others have what they need."""
    fixed = sum(_width(rows, each) for each in chosen if each not in columns.flexible)
    flexible = sum(each in columns.flexible for each in chosen)
    left = width - fixed - GAP_COLUMNS * len(chosen)
    return max(1, left // flexible) if flexible else left


def _width(rows: Sequence[Row], column: str) -> int:
    return min(CELL_COLUMNS_MAX, max(len(column), *(len(visible(row[column])) for row in rows)))


def print_json_lines(rows: Iterable[Row]) -> None:
    """One JSON object per line."""
    for row in rows:
        sys.stdout.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")


def visible(value: object) -> str:
    """A value as a cell: one line, without control characters, which could drive the reader's terminal."""
    text = "" if value is None else str(value)
    return "".join(character if character.isprintable() else " " for character in text)


def short_moment(at_ns: int) -> str:
    """The same for a table: without the year and the fraction."""
    return datetime.fromtimestamp(at_ns / 1e9, UTC).strftime("%m-%d %H:%M:%S")


def moment(at_ns: int) -> str:
    """Nanoseconds since the epoch as ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(at_ns / 1e9, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
