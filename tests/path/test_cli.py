"""The command line in a process of its own, on a database with something in it."""

import json

import pytest

from tests.service import tracemedic
from tests.storage.samples import NOON_NS, Recorder, error
from tracemedic_storage.database import Database
from tracemedic_storage.records import ErrorContext

MINUTE_NS = 60 * 10**9

pytestmark = pytest.mark.xdist_group("path_cli")


def fill(database_url):
    """Twelve traces of one kind, one of another that an agent's run met."""
    database = Database(database_url)
    run = error(
        99, fingerprint="b", message="the [red]tool[/red]\x1b[31m broke", context=ErrorContext(agent_run_id="run-7")
    )
    Recorder(database)(*(error(trace, at_ns=NOON_NS + trace * MINUTE_NS) for trace in range(12)), run)
    database.close()


@pytest.fixture
def ask(database_url, tmp_path):
    """A command on a filled database of either kind."""
    fill(database_url)
    environment = {"TRACEMEDIC_DATABASE__URL": database_url, "TRACEMEDIC_DATA_DIR": str(tmp_path / "data"), "PATH": ""}
    return lambda *arguments: tracemedic(*arguments, environment=environment, cwd=tmp_path)


def rows(answer):
    assert (answer.returncode, answer.stderr) == (0, "")
    return [json.loads(line) for line in answer.stdout.splitlines()]


def test_listings_as_json(ask):
    errors = rows(ask("errors", "--format", "json", "--limit", "5"))
    assert [row["message"] for row in errors] == ["boom"] * 5
    assert errors[0]["occurred_at"] == "2026-01-01T12:11:00.000Z"
    assert errors[0]["pattern_name"]
    (pattern,) = rows(ask("patterns", "--format", "json"))
    assert (pattern["occurrences"], pattern["status"], pattern["escalated"]) == (12, "active", True)
    assert len(pattern["fingerprint"]) == 64
    (of_run,) = rows(ask("query", "agent-run", "run-7", "--format", "json"))
    assert of_run["agent_run_id"] == "run-7"
    assert rows(ask("query", "active-patterns", "--format", "json", "--more-than", "11"))[0]["id"] == pattern["id"]
    hours = str(24 * 365 * 100)
    counted = rows(ask("query", "errors-by-category", "--hours", hours, "--format", "json"))
    assert counted == [{"category": "validation", "count": 13}]


@pytest.fixture
def ask_sqlite(sqlite_url, tmp_path):
    fill(sqlite_url)
    environment = {"TRACEMEDIC_DATABASE__URL": sqlite_url, "TRACEMEDIC_DATA_DIR": str(tmp_path / "data"), "PATH": ""}
    return lambda *arguments, **more: tracemedic(*arguments, environment=environment | more, cwd=tmp_path)


def test_listings_as_tables_cannot_drive_the_terminal(ask_sqlite):
    answer = ask_sqlite("errors", "--category", "validation", "--limit", "50")
    assert answer.returncode == 0
    assert len(answer.stdout.splitlines()) == 14
    assert "the [red]tool[/red]" in answer.stdout
    assert "\x1b" not in answer.stdout
    assert "OutOfStock" in answer.stdout
    table = ask_sqlite("patterns")
    assert "high" in table.stdout or "↑" in table.stdout


def test_filters_choose(ask_sqlite):
    (pattern,) = rows(ask_sqlite("patterns", "--format", "json"))
    chosen = rows(ask_sqlite("errors", "--pattern", pattern["fingerprint"][:8], "--format", "json"))
    assert len(chosen) == 12
    of_trace = rows(ask_sqlite("errors", "--trace", chosen[0]["trace_id"], "--format", "json"))
    assert [row["id"] for row in of_trace] == [chosen[0]["id"]]
    assert rows(ask_sqlite("errors", "--service", "nobody", "--format", "json")) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("errors", "--category", "databse"), ["'databse' is no category", "database"]),
        (("patterns", "--status", "open"), ["'open' is no status", "regressed"]),
        (("errors", "--pattern", "ffffffff"), ["no pattern has the id", "tracemedic patterns"]),
        (("errors", "--limit", "0"), ["--limit"]),
        (("errors", "--format", "xml"), ["--format"]),
        (("frobnicate",), ["frobnicate"]),
        (("errors", "--config", "missing.yaml"), ["missing.yaml", "cannot be read"]),
    ],
)
def test_bad_input_is_one_clear_line_and_code_2(ask_sqlite, arguments, words):
    answer = ask_sqlite(*arguments)
    assert (answer.returncode, answer.stdout) == (2, "")
    (line,) = answer.stderr.splitlines()
    assert line.startswith("tracemedic: ")
    assert all(word in line for word in words)


def test_a_database_that_is_not_there_is_one_clear_line(tmp_path):
    answer = tracemedic("errors", environment={"TRACEMEDIC_DATA_DIR": str(tmp_path / "data")}, cwd=tmp_path)
    assert answer.returncode == 2
    assert "no errors recorded yet" in answer.stderr
    assert not (tmp_path / "data").exists()
    away = {"TRACEMEDIC_DATABASE__URL": "postgresql://u:" + "hunter" + "2x9@127.0.0.1:1/n"}
    answer = tracemedic("errors", environment=away, cwd=tmp_path)
    (line,) = answer.stderr.splitlines()
    assert answer.returncode == 2
    assert "127.0.0.1:1" in line
    assert "hunter" not in line


def test_check_config_shows_what_holds_and_no_secret(tmp_path):
    token = "pylf_v1_us_" + "standin"
    environment = {"LOGFIRE_TOKEN": token, "TRACEMEDIC_DATABASE__URL": "postgresql://u:" + "hunter" + "2x9@h/n"}
    for arguments in (("check-config",), ("check-config", "--format", "json")):
        answer = tracemedic(*arguments, environment=environment, cwd=tmp_path)
        assert answer.returncode == 0
        assert token not in answer.stdout + answer.stderr
        assert "hunter" not in answer.stdout + answer.stderr
    assert json.loads(answer.stdout)["exporters"]["logfire"]["type"] == "logfire"
    assert list(tmp_path.iterdir()) == []


def test_check_config_tells_a_mistake_in_one_line(tmp_path):
    (tmp_path / "tracemedic.yaml").write_text("spool: {byte_max: 7}")
    answer = tracemedic("check-config", environment={}, cwd=tmp_path)
    assert (answer.returncode, answer.stdout) == (2, "")
    (line,) = answer.stderr.splitlines()
    assert "did you mean bytes_max?" in line


def test_explain_reads_a_stack_trace_from_standard_input(tmp_path):
    stack = 'Traceback (most recent call last):\n  File "/app/shop/cart.py", line 1, in add\n    x()\nKeyError: 7\n'
    answer = tracemedic("explain", "--format", "json", environment={}, cwd=tmp_path, stdin=stack)
    (told,) = rows(answer)
    assert (told["error_type"], told["source"], told["language"]) == ("KeyError", "shop.cart:add", "python")
    empty = tracemedic("explain", environment={}, cwd=tmp_path)
    assert empty.returncode == 2
