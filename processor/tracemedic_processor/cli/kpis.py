"""`tracemedic kpis`: the key figures with their targets."""

import time
from pathlib import Path
from typing import Final

from tracemedic_processor.cli.output import Columns, Row, moment, print_rows
from tracemedic_processor.cli.period import period_of
from tracemedic_processor.cli.settings import reading
from tracemedic_processor.kpis import kpis as all_kpis
from tracemedic_storage.kpi import Kpi
from tracemedic_storage.records import Record
from tracemedic_storage.scope import Scope

DEFAULT_S: Final = 7 * 86_400
"""A week is long enough for each figure to mean something."""
_COLUMNS: Final = Columns(
    shown=("kpi", "value", "target", "state", "counted", "note"), flexible=("counted",), optional=("note",)
)


class Chosen(Record, frozen=True, kw_only=True):
    """What was asked for on the command line."""

    since: str | None = None
    until: str | None = None
    service: str | None = None
    environment: str | None = None
    version: str | None = None
    sprint: str | None = None


def kpis(config: Path | None, chosen: Chosen, *, as_json: bool) -> None:
    """Print the seven figures over a period, the last seven days without one."""
    since_ns, until_ns = period_of(chosen.since, chosen.until, now_ns=time.time_ns(), default_s=DEFAULT_S)
    scope = Scope(
        since_ns=since_ns,
        until_ns=until_ns,
        service=chosen.service,
        environment=chosen.environment,
        version=chosen.version,
        sprint=chosen.sprint,
    )
    with reading(config) as database:
        found = all_kpis(database, scope)
    rows = [_row(kpi, scope) if as_json else _short_row(kpi) for kpi in found]
    print_rows(rows, columns=_COLUMNS, as_json=as_json, empty="")


def _row(kpi: Kpi, scope: Scope) -> Row:
    return {
        "kpi": kpi.name,
        "value": kpi.value,
        "unit": kpi.unit,
        "target": kpi.target,
        "better": kpi.better,
        "state": kpi.state,
        "counted": kpi.counted,
        "note": kpi.note,
        "definition": kpi.definition,
        "not_by": list(kpi.not_by),
        "query": kpi.query,
        "from": moment(scope.since_ns),
        "to": moment(scope.until_ns),
        **{name: getattr(scope, name) for name in scope.chosen},
    }


def _short_row(kpi: Kpi) -> Row:
    return {
        "kpi": kpi.title,
        "value": "–" if kpi.value is None else f"{kpi.value:.2f} {kpi.unit}",
        "target": f"{'<' if kpi.better == 'lower' else '>'} {kpi.target:g} {kpi.unit}",
        "state": kpi.state,
        "counted": ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in kpi.counted.items()),
        "note": kpi.note,
    }
