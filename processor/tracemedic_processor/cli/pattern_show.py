"""`tracemedic patterns show`: everything about one pattern."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec
from rich.console import Console
from rich.markup import escape

from tracemedic_processor.cli.listings import pattern_named, pattern_row
from tracemedic_processor.cli.output import moment, print_json_lines, visible
from tracemedic_processor.cli.settings import reading
from tracemedic_storage import diagnoses, pattern_changes, pattern_facts, queries
from tracemedic_storage.database import Database
from tracemedic_storage.records import Diagnosis, ErrorPattern, PatternChange

EXEMPLARS_MAX: Final = 5
"""Traces named as examples, the most recent ones."""
_COUNTED: Final = ("services", "versions", "environments", "routes", "agents", "tools")


def show(config: Path | None, reference: str, *, as_json: bool) -> None:
    """Print state, history, counts, diagnosis and examples of a pattern."""
    with reading(config) as database:
        told = _told(database, pattern_named(database, reference))
    if as_json:
        print_json_lines([told])
    else:
        _print(told)


def _told(database: Database, pattern: ErrorPattern) -> dict[str, object]:
    facts = pattern_facts.facts(database, pattern.id)
    newest = diagnoses.newest_of(database, pattern.id)
    exemplars = pattern_facts.recent_events(database, pattern.id, since_ns=0, limit=EXEMPLARS_MAX)
    counts = {name: dict(getattr(facts, name)) if facts else {} for name in _COUNTED}
    return {
        **pattern_row(pattern),
        "fingerprints": list(queries.fingerprints_of(database, pattern.id)),
        "resolved_at": _moment(pattern.resolved_at_ns),
        "resolved_in_version": pattern.resolved_in_version,
        "ignored_until": _moment(pattern.ignored_until_ns),
        "ignored_until_escalated": pattern.ignored_until_escalated,
        "origin_pattern_id": pattern.origin_pattern_id,
        "origin_share": pattern.origin_share,
        "created_at": moment(pattern.created_at_ns),
        "updated_at": moment(pattern.updated_at_ns),
        "newest_occurrences": counts,
        "new_since": facts.new_since if facts else None,
        "exemplar_trace_ids": [each.event.trace_id for each in exemplars],
        "diagnosis": None if newest is None else _diagnosis(newest),
        "history": [_change(change) for change in pattern_changes.of_pattern(database, pattern.id)],
    }


def _diagnosis(diagnosis: Diagnosis) -> dict[str, object]:
    return {**msgspec.to_builtins(diagnosis), "made_at": moment(diagnosis.made_at_ns)}


def _change(change: PatternChange) -> dict[str, object]:
    return {
        "at": moment(change.at_ns),
        "kind": change.kind,
        "author": change.author,
        "occurrences": change.occurrences,
        "detail": change.detail,
    }


def _moment(at_ns: int | None) -> str | None:
    return None if at_ns is None else moment(at_ns)


def _print(told: Mapping[str, object]) -> None:
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"[bold]{escape(visible(told['name']))}[/bold]")
    plain = {name: value for name, value in told.items() if name not in {"name", "history", "diagnosis"}}
    for name, value in plain.items():
        if value not in (None, "", [], {}, False):
            console.print(f"  {name.replace('_', ' '):22} {escape(_cell(value))}")
    diagnosis = told["diagnosis"]
    if isinstance(diagnosis, dict):
        console.print("[bold]diagnosis[/bold]")
        for name in ("made_at", "diagnosed_by", "category", "confidence", "summary", "root_cause", "note"):
            if value := msgspec.to_builtins(diagnosis).get(name):
                console.print(f"  {name.replace('_', ' '):22} {escape(_cell(value))}")
    console.print("[bold]history[/bold]")
    for change in msgspec.convert(told["history"], list[dict[str, object]]):
        words = f"{change['at']}  {change['kind']} by {change['author']} at {change['occurrences']} occurrences"
        console.print(f"  {escape(visible(words))}  {escape(_cell(change['detail']))}")


def _cell(value: object) -> str:
    if isinstance(value, dict):
        pairs = msgspec.convert(value, dict[str, object])
        return ", ".join(f"{visible(key)}: {_cell(each)}" for key, each in pairs.items() if each not in ({}, [], ""))
    if isinstance(value, list):
        return ", ".join(visible(each) for each in msgspec.convert(value, list[object]))
    return visible(value)
