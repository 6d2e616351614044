"""Retention by the command line in a process of its own, and the listings that reach what has moved."""

import json
import time

import pytest

from tests.service import tracemedic
from tests.storage.samples import DAY_NS, Recorder, error
from tracemedic_storage import queries
from tracemedic_storage.database import Database
from tracemedic_storage.records import ErrorContext

pytestmark = pytest.mark.xdist_group("path_cli")


def asker(database_url, folder):
    """Two errors of today, three of 40 days ago and four of 500 days ago; one user had one of each."""
    now_ns = time.time_ns()
    events = [
        error(
            f"{days}-{number}",
            at_ns=now_ns - days * DAY_NS,
            received_at_ns=now_ns - days * DAY_NS,
            context=ErrorContext(agent_run_id="run-1", user_id="ada" if number == 0 else "bob"),
        )
        for days, count in ((0, 2), (40, 3), (500, 4))
        for number in range(count)
    ]
    database = Database(database_url)
    Recorder(database)(*events, now_ns=now_ns)
    database.close()
    environment = {"TRACEMEDIC_DATABASE__URL": database_url, "TRACEMEDIC_DATA_DIR": str(folder / "data"), "PATH": ""}
    return lambda *arguments, **more: tracemedic(*arguments, environment=environment | more, cwd=folder)


def rows(answer):
    assert (answer.returncode, answer.stderr) == (0, "")
    return [json.loads(line) for line in answer.stdout.splitlines()]


def test_plan_run_restore_forget(sqlite_url, tmp_path):
    ask = asker(sqlite_url, tmp_path)
    as_json = ("--format", "json")
    planned = rows(ask("retention", "plan", *as_json))
    assert [(row["step"], row["rows"]) for row in planned] == [("move", 4), ("move", 3)]
    assert "move" in ask("retention", "run").stdout

    assert len(rows(ask("errors", "--archive", *as_json))) == 9
    in_cold = ask("query", "errors-by-category", "--hours", "1200", *as_json)
    assert rows(in_cold) == [{"category": "validation", "count": 5}]
    assert len(rows(ask("query", "agent-run", "run-1", *as_json))) == 5

    days = ("--from", "2020-01-01", "--until", "2200-01-01", "--into", "old.sqlite")
    assert rows(ask("retention", "restore", *days, *as_json))[0]["error_events"] == 7
    restored = Database(f"sqlite:///{tmp_path / 'old.sqlite'}")
    assert len(queries.list_errors(restored).errors) == 7
    restored.close()

    asked = ask("retention", "forget", "--user", "ada")
    assert asked.returncode == 2
    assert "1 in the database, 1 in the cold store, 1 in the archive: with --yes" in asked.stderr
    (forgotten,) = rows(ask("retention", "forget", "--user", "ada", "--yes", *as_json))
    assert forgotten["removed"]["error_events"] == 1
    assert len(rows(ask("query", "agent-run", "run-1", "--archive", *as_json))) == 6


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("restore", "--from", "2026", "--until", "2026-01-02", "--into", "x"), "'2026' is no day"),
        (("restore", "--from", "2026-01-02", "--until", "2026-01-02", "--into", "x"), "--from has to be before"),
        (("forget", "--user", ""), "--user is empty"),
    ],
)
def test_mistakes_are_told_in_one_line(sqlite_url, tmp_path, arguments, message):
    answer = asker(sqlite_url, tmp_path)("retention", *arguments)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert message in answer.stderr
    assert answer.stderr.count("\n") == 1
