"""`tracemedic diagnose`: ask for a diagnosis now, see what there is, and say whether it was right."""

import sys
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Final, get_args

import msgspec
from rich.console import Console
from rich.markup import escape

from tracemedic_processor.cli.failure import Failure
from tracemedic_processor.cli.listings import pattern_named
from tracemedic_processor.cli.output import moment, print_json_lines, visible
from tracemedic_processor.cli.settings import reading
from tracemedic_processor.cli.signing import author_of, note_of
from tracemedic_storage import diagnoses, executors, pattern_changes, verdicts
from tracemedic_storage.database import Database
from tracemedic_storage.records import (
    CATEGORIES,
    Diagnosis,
    ErrorPattern,
    PatternChange,
    Verdict,
    VerdictKind,
)

POLL_S: Final = 0.25
VERDICTS: Final[tuple[VerdictKind, ...]] = get_args(VerdictKind)


def ask(config: Path | None, reference: str, *, as_json: bool, wait_s: float, author: str | None) -> None:
    """Ask the workers for a new diagnosis and print it; after `wait_s` print what there is."""
    with reading(config) as database:
        pattern = pattern_named(database, reference)
        before = diagnoses.newest_of(database, pattern.id)
        if not _has_worker(database):
            sys.stderr.write("no worker is running yet; the question waits for one (`tracemedic serve`)\n")
        asked_at_ns = _ask(database, pattern, author_of(author))
        found = _awaited(database, pattern.id, before, asked_at_ns, wait_s)
    if found is None:
        message = f"no diagnosis within {wait_s:g} s; it will come: see `tracemedic diagnose {reference} --show`"
        raise Failure(message)
    _print(pattern, [found], as_json=as_json)


def show(config: Path | None, reference: str, *, as_json: bool) -> None:
    """Print the diagnoses of a pattern, newest first."""
    with reading(config) as database:
        pattern = pattern_named(database, reference)
        found = diagnoses.of_pattern(database, pattern.id)
    if not found:
        message = "no diagnosis yet; a running worker makes one within seconds of the pattern"
        raise Failure(message)
    _print(pattern, found, as_json=as_json)


def judge(
    config: Path | None, reference: str, *, verdict: str, category: str | None, note: str, author: str | None
) -> None:
    """Keep a verdict on the newest diagnosis of a pattern."""
    if verdict not in VERDICTS:
        message = f"--verdict {verdict}: say one of {', '.join(VERDICTS)}"
        raise Failure(message)
    if category is not None and category not in CATEGORIES:
        message = f"--category {category}: no category; they are {', '.join(CATEGORIES)}"
        raise Failure(message)
    with reading(config) as database:
        pattern = pattern_named(database, reference)
        newest = diagnoses.newest_of(database, pattern.id)
        if newest is None:
            message = "there is no diagnosis to judge yet"
            raise Failure(message)
        verdicts.add(
            database,
            Verdict(
                id=uuid.uuid4().hex,
                diagnosis_id=newest.id,
                pattern_id=pattern.id,
                verdict=verdict,
                category=category,
                note=note_of(note),
                author=author_of(author),
                at_ns=time.time_ns(),
            ),
        )
    Console().print(f"Noted: the diagnosis by {escape(visible(newest.diagnosed_by))} was {verdict}.")


def _has_worker(database: Database) -> bool:
    return bool(executors.alive_since(database, time.time_ns() - executors.SILENT_NS_MAX))


def _ask(database: Database, pattern: ErrorPattern, author: str) -> int:
    now_ns = time.time_ns() // 1_000 * 1_000
    change = PatternChange(
        kind="asked",
        pattern_id=pattern.id,
        fingerprint=pattern.fingerprint,
        occurrences=pattern.total_occurrences,
        at_ns=now_ns,
        author=author,
    )
    with database.write() as connection:
        pattern_changes.store(connection, [change])
    return now_ns


def _awaited(
    database: Database, pattern_id: str, before: Diagnosis | None, asked_at_ns: int, wait_s: float
) -> Diagnosis | None:
    """The first diagnosis made after `asked_at_ns`, which may be that of rules while a model is still asked."""
    deadline = time.monotonic() + wait_s
    while True:
        newest = diagnoses.newest_of(database, pattern_id)
        is_new = newest is not None and newest.made_at_ns >= asked_at_ns and (before is None or newest.id != before.id)
        if is_new or time.monotonic() > deadline:
            return newest if is_new else None
        time.sleep(POLL_S)


def _print(pattern: ErrorPattern, found: Sequence[Diagnosis], *, as_json: bool) -> None:
    if as_json:
        print_json_lines({**msgspec.to_builtins(each), "made_at": moment(each.made_at_ns)} for each in found)
        return
    console = Console(soft_wrap=True)
    console.print(f"[bold]{escape(visible(pattern.name))}[/bold]  ({pattern.id})")
    for each in found:
        _print_one(console, each)


def _print_one(console: Console, diagnosis: Diagnosis) -> None:
    console.print(
        f"\n{moment(diagnosis.made_at_ns)}  {diagnosis.category}, {diagnosis.confidence:.0%} sure, by "
        f"{escape(visible(diagnosis.diagnosed_by))} ({diagnosis.cause})"
    )
    if diagnosis.note:
        console.print(f"  note: {escape(visible(diagnosis.note))}")
    console.print(f"  {escape(visible(diagnosis.summary))}")
    console.print(f"  [bold]why[/bold]  {escape(visible(diagnosis.root_cause))}")
    for number, fix in enumerate(diagnosis.fixes, start=1):
        console.print(f"  [bold]fix {number}[/bold]  {escape(visible(fix.what))}")
        for label, text in (("where", fix.where), ("check", fix.check)):
            if text:
                console.print(f"         {label}: {escape(visible(text))}")
    for label, texts in (("rests on", diagnosis.evidence), ("missing", diagnosis.missing)):
        if texts:
            console.print(f"  {label}: {escape(visible('; '.join(texts)))}")
