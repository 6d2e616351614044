"""A report as JSON for programs: all of it, times in ISO 8601."""

from datetime import UTC
from typing import Any, cast

import msgspec

from tracemedic_processor.reports.periods import local
from tracemedic_storage.diagnostic_report import DiagnosticReport

VERSION = 1
"""Raised when a field changes its meaning or goes; new fields come without."""


def as_json(report: DiagnosticReport) -> str:
    """One object, indented; each key that holds nanoseconds inside (`..._ns`) is a moment in UTC without the suffix."""
    built = cast("dict[str, Any]", _moments(msgspec.to_builtins(report)))
    for kpi, record in zip(built["content"]["kpis"], report.content.kpis, strict=True):
        kpi["state"] = record.state
    return msgspec.json.format(msgspec.json.encode({"version": VERSION, **built})).decode() + "\n"


def _moments(value: object) -> object:
    if isinstance(value, dict):
        items = cast("dict[str, object]", value).items()
        return {name.removesuffix("_ns"): _moment(name, each) for name, each in items}
    if isinstance(value, (list, tuple)):
        return [_moments(each) for each in cast("list[object]", value)]
    return value


def _moment(name: str, value: object) -> object:
    if name.endswith("_ns") and isinstance(value, int):
        return local(value, UTC).isoformat().replace("+00:00", "Z")
    return _moments(value)
