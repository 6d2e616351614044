"""`make quality`: one table of all figures by half and language, with the targets under it; `--json` for programs."""

import json
import sys

from rich.console import Console
from rich.table import Table

from tests.quality.raised import HALVES
from tests.quality.report import COLUMNS, TARGETS, calibration, reaches, rows


def main() -> None:
    """Print the table."""
    found = rows()
    if "--json" in sys.argv:
        sys.stdout.write(
            json.dumps({"rows": found, "calibration": {half: calibration(half) for half in HALVES}}) + "\n"
        )
        return
    table = Table("half", "set", *COLUMNS, box=None, pad_edge=False, header_style="bold")
    for row in found:
        table.add_row(str(row["half"]), str(row["set"]), *(_cell(name, row.get(name)) for name in COLUMNS))
    table.add_section()
    table.add_row("target", "", *(_target(name) for name in COLUMNS))
    console = Console(width=None if sys.stdout.isatty() else 190, highlight=False)
    console.print(table)
    for half in HALVES:
        bins = "   ".join(
            f"from {bin_['from']}: {bin_['strict']:.0%} of {bin_['answers']}" for bin_ in calibration(half)
        )
        console.print(f"calibration of the category, raised, {half}: {bins}")


def _cell(name: str, value: float | str | None) -> str:
    if value is None:
        return ""
    if name == "lines" or isinstance(value, str):
        return str(value)
    text = f"{value:.1%}"
    return text if reaches(name, value) else f"[red]{text} ![/]"


def _target(name: str) -> str:
    target = TARGETS.get(name)
    return "" if target is None else f"{'at most ' if name == 'abstained' else ''}{target:.0%}"


if __name__ == "__main__":
    main()
