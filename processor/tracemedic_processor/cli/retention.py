"""`tracemedic retention plan`, `run`, `restore` and `forget`: where data goes as it ages."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tracemedic_processor.cli.failure import Failure
from tracemedic_processor.cli.output import Columns, Row, print_json_lines, print_rows
from tracemedic_processor.cli.settings import reading, settings_for
from tracemedic_processor.cli.signing import author_of
from tracemedic_processor.config import Settings
from tracemedic_processor.retention.places import places_of
from tracemedic_processor.retention.plan import Step
from tracemedic_processor.retention.plan import plan as plan_steps
from tracemedic_processor.retention.run import run as run_steps
from tracemedic_processor.retention.secret import forgetting_key
from tracemedic_storage.cold import forgetting, restoring
from tracemedic_storage.cold.copying import Places, VerificationFailed
from tracemedic_storage.cold.files import FileGone, StoreUnavailable
from tracemedic_storage.cold.moving import RowsChanged
from tracemedic_storage.cold.register import Superseded
from tracemedic_storage.database import Database
from tracemedic_storage.failures import DatabaseUnusable

NOTHING_DUE: Final = "Nothing is due: all data is where its age says."


def plan(config: Path | None, *, as_json: bool) -> None:
    """Print what would move, and where."""
    with _places(config) as (settings, places):
        steps = plan_steps(places, settings.retention, now_ns=time.time_ns())
    _print([_row(step) for step in steps], as_json=as_json)


def run(config: Path | None, *, as_json: bool) -> None:
    """Do now what is due; print what was done."""
    with _places(config) as (settings, places):
        places.database.migrate()
        steps = run_steps(places, settings.retention, now_ns=time.time_ns())
    _print([_row(step) for step in steps], as_json=as_json)


def restore(config: Path | None, *, since: str, until: str, into: Path, as_json: bool) -> None:
    """Bring a period back into a database file of its own."""
    since_ns, until_ns = _day(since), _day(until)
    if since_ns >= until_ns:
        raise Failure("--from has to be before --until, which is not part of the period")
    with _places(config) as (_, places):
        target = Database(f"sqlite:///{into.absolute()}")
        try:
            target.migrate()
            restored = restoring.restore(places, target, since_ns=since_ns, until_ns=until_ns)
        finally:
            target.close()
    if as_json:
        print_json_lines([{"into": str(into), **restored}])
        return
    rows: list[Row] = [{"table": name, "rows": rows} for name, rows in restored.items()]
    print_rows(rows, columns=Columns(shown=("table", "rows")), as_json=False, empty="")
    print_rows(
        [], columns=Columns(shown=()), as_json=False, empty=f"Ask it with TRACEMEDIC_DATABASE__URL=sqlite:///{into}"
    )


def forget(config: Path | None, *, user: str, sure: bool, author: str | None, as_json: bool) -> None:
    """Delete one user's data everywhere, or say how much there is."""
    if not user:
        raise Failure("--user is empty")
    with _places(config) as (settings, places):
        if not sure:
            found = forgetting.counted(places, user)
            told = ", ".join(f"{count:,} in the {place}" for place, count in found.items())
            message = f"{told.replace('cold', 'cold store')}: with --yes these errors are deleted for good"
            raise Failure(message)
        key = forgetting_key(settings.data_dir)
        done = forgetting.forget(places, user, key=key, author=author_of(author), now_ns=time.time_ns())
    rows: list[Row] = [{"place": place, "rows": rows} for place, rows in sorted(done.removed.items())]
    if as_json:
        print_json_lines([{"id": done.id, "removed": dict(done.removed)}])
        return
    print_rows(rows, columns=Columns(shown=("place", "rows")), as_json=False, empty="There was nothing of this user.")


@contextmanager
def _places(config: Path | None) -> Generator[tuple[Settings, Places]]:
    settings = settings_for(config)
    try:
        with reading(config) as database:
            yield settings, places_of(settings, database)
    except (StoreUnavailable, VerificationFailed, DatabaseUnusable) as error:
        raise Failure(str(error)) from None
    except (Superseded, RowsChanged, FileGone) as error:
        message = f"{error}: another run seems to be at it; nothing is lost, try again"
        raise Failure(message) from None


def _print(rows: list[Row], *, as_json: bool) -> None:
    print_rows(
        rows, columns=Columns(shown=("step", "data", "from", "rows", "files")), as_json=as_json, empty=NOTHING_DUE
    )


def _row(step: Step) -> Row:
    at = datetime.fromtimestamp(step.start_ns / 1e9, UTC)
    when = "" if not step.start_ns else f"{at:%Y-%m}" if step.action == "archive" else f"{at:%Y-%m-%d}"
    return {"step": step.action, "data": step.name, "from": when, "rows": step.rows, "files": step.files}


def _day(text: str) -> int:
    try:
        at = datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        message = f"{text!r} is no day; say 2026-12-24"
        raise Failure(message) from None
    return round(at.timestamp()) * 1_000_000_000
