"""Key figures and reports by the command line, in a process of its own."""

import json
import time

import pytest

from tests.service import tracemedic
from tests.storage.samples import HOUR_NS, Recorder, error, hex_of
from tracemedic_storage.database import Database
from tracemedic_storage.records import Findings, RequestCount

pytestmark = pytest.mark.xdist_group("path_cli")


def asker(database_url, folder, **settings):
    """Ten errors of one pattern in the last hours; 400 requests, of which 2 failed."""
    database, now_ns = Database(database_url), time.time_ns()
    events = tuple(error(number, at_ns=now_ns - number * HOUR_NS // 60 - HOUR_NS) for number in range(10))
    count = RequestCount(
        kind="request",
        service="shop",
        environment="live",
        service_version="1",
        minute=now_ns // 60_000_000_000 - 60,
        total=400,
        failed=2,
    )
    Recorder(database).findings(Findings(events=events, requests=(count,)), now_ns=now_ns - HOUR_NS)
    database.close()
    environment = {
        "TRACEMEDIC_DATABASE__URL": database_url,
        "TRACEMEDIC_DATA_DIR": str(folder / "data"),
        "LOGNAME": "ada",
        "PATH": "",
        **settings,
    }
    return lambda *arguments: tracemedic(*arguments, environment=environment, cwd=folder)


@pytest.fixture
def ask(sqlite_url, tmp_path):
    return asker(sqlite_url, tmp_path)


def test_kpis_and_a_report_from_making_to_listing(database_url, tmp_path):
    ask = asker(database_url, tmp_path)
    rows = [json.loads(line) for line in ask("kpis", "--format", "json").stdout.splitlines()]
    states = {row["kpi"]: row["state"] for row in rows}
    assert (states["error_rate"], states["pattern_detection_rate"], states["mttr"]) == ("met", "met", "no data")
    assert all(row["definition"] for row in rows)
    made = ask("report", "--kind", "weekly", "--format", "html", "--output", "week.html")
    assert (made.returncode, made.stdout) == (0, "")
    page = (tmp_path / "week.html").read_text()
    assert page.startswith("<!doctype html>")
    assert "OutOfStock" in page
    (head,) = [json.loads(line) for line in ask("report", "--list", "--format", "json").stdout.splitlines()]
    assert (head["kind"], head["author"], head["trigger"]) == ("weekly", "ada", "manual")
    assert ask("report", "--show", head["id"], "--format", "html").stdout == page


def test_kpis_as_a_table_say_no_data(ask):
    told = ask("kpis", "--from", "30m").stdout
    assert "no data" in told
    assert "0.00" not in told


def test_a_report_about_a_pattern(ask):
    reference = hex_of("fingerprint", "a")[:8]
    told = ask("report", "--pattern", reference, "--from", "1d")
    assert told.stdout.startswith("# Pattern report: OutOfStock")
    assert "10 occurrences" in told.stdout


def test_an_unknown_time_zone_is_told(sqlite_url, tmp_path):
    ask = asker(sqlite_url, tmp_path, TRACEMEDIC_REPORTS__TIME_ZONE="Mars/Base")
    answer = ask("report")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert "Mars/Base" in answer.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("kpis", "--from", "yesterday"), "'yesterday' is no time"),
        (("kpis", "--from", "1d", "--to", "2d"), "the period is empty"),
        (("report", "--show", "weekly:1999-01-04"), "there is no report"),
        (("report", "--pattern", "ffff"), "no pattern has the id"),
        (("report", "--output", "no/such/folder.md"), "cannot write"),
    ],
)
def test_mistakes_are_told_in_one_line(ask, arguments, words):
    answer = ask(*arguments)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert words in answer.stderr
    assert answer.stderr.count("\n") == 1
