"""What people decide about patterns, by the command line in a process of its own."""

import json

import pytest

from tests.service import tracemedic
from tests.storage.samples import Recorder, errors, hex_of
from tracemedic_storage.database import Database

pytestmark = pytest.mark.xdist_group("path_cli")
A, B = hex_of("fingerprint", "a"), hex_of("fingerprint", "b")


def asker(database_url, folder):
    """Patterns a (12 traces) and b (5 traces, 2 of them with a)."""
    database = Database(database_url)
    Recorder(database)(*errors(12, service_version="1.2"), *errors(5, first=10, fingerprint="b"))
    database.close()
    environment = {
        "TRACEMEDIC_DATABASE__URL": database_url,
        "TRACEMEDIC_DATA_DIR": str(folder / "data"),
        "LOGNAME": "ada",
        "PATH": "",
    }
    return lambda *arguments: tracemedic("patterns", *arguments, environment=environment, cwd=folder)


@pytest.fixture
def ask(sqlite_url, tmp_path):
    return asker(sqlite_url, tmp_path)


def rows(answer):
    assert (answer.returncode, answer.stderr) == (0, "")
    return [json.loads(line) for line in answer.stdout.splitlines()]


def test_a_life(database_url, tmp_path):
    ask = asker(database_url, tmp_path)
    assert len(rows(ask("--format", "json"))) == 2
    (acknowledged,) = rows(ask("acknowledge", A[:8], "--note", "on it", "--format", "json"))
    assert (acknowledged["status"], acknowledged["id"]) == ("acknowledged", A[:32])
    (merged,) = rows(ask("merge", A[:8], B[:8], "--author", "bob", "--format", "json"))
    assert merged["occurrences"] == 15
    assert "resolved" in ask("resolve", B[:32], "--in-version", "2.0").stdout
    assert rows(ask("--format", "json")) == []
    assert "--all" in ask().stdout
    assert [row["status"] for row in rows(ask("--all", "--format", "json"))] == ["resolved"]
    assert len(rows(ask("--status", "resolved", "--format", "json"))) == 1

    (told,) = rows(ask("show", B[:32], "--format", "json"))
    assert (told["id"], told["resolved_in_version"], told["fingerprints"]) == (A[:32], "2.0", sorted((A, B)))
    assert told["newest_occurrences"]["versions"] == {"1.2": 12}
    assert len(told["exemplar_trace_ids"]) == 5
    last = [(change["kind"], change["author"], change["detail"]) for change in told["history"][-3:]]
    assert last[0] == ("acknowledged", "ada", {"note": "on it"})
    assert last[1][:2] == ("merged", "bob")
    assert last[2] == ("resolved", "ada", {"version": "2.0"})

    (new,) = rows(ask("split", A[:8], B[:8], "--format", "json"))
    assert (new["id"], new["occurrences"], new["status"]) == (B[:32], 5, "active")
    table = ask("show", A[:8]).stdout
    assert all(words in table for words in ("OutOfStock", "resolved in version", "split by ada", "versions: 1.2: 12"))
    (ignored,) = rows(ask("ignore", B, "--until", "7d", "--format", "json"))
    assert ignored["status"] == "ignored"
    assert rows(ask("reopen", B, "--format", "json"))[0]["status"] == "active"


def test_a_secret_in_a_note_stays_outside(ask):
    secret = "AKIA" + "IOSFODNN7EXAMPLQ"
    rows(ask("ignore", A, "--until-escalated", "--note", f"see {secret}", "--format", "json"))
    shown = ask("show", A, "--format", "json").stdout
    assert secret not in shown
    assert "[redacted:" in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("frobnicate",), ["frobnicate"]),
        (("show",), ["PATTERN"]),
        (("show", "ffffffff"), ["no pattern has the id"]),
        (("merge", A), ["OTHER"]),
        (("merge", A, A), ["others than itself"]),
        (("merge", A, "ffffffff"), ["no pattern has the id"]),
        (("split", A, A), ["the pattern's own"]),
        (("split", A, B), ["no fingerprints of this pattern"]),
        (("ignore", A, "--until", "tomorrow"), ["'tomorrow' is no time", "7d"]),
        (("ignore", A, "--until", "2020-01-01"), ["is over"]),
        (("ignore", A, "--until", "7d", "--until-escalated"), ["exclude"]),
        (("resolve", A, "--in-version", ""), ["1 to 200"]),
        (("reopen", A, "--author", "a" * 101), ["author"]),
        (("--status", "open"), ["'open' is no status"]),
    ],
)
def test_bad_input_is_one_clear_line_and_code_2(ask, arguments, words):
    answer = ask(*arguments)
    assert (answer.returncode, answer.stdout) == (2, "")
    (line,) = answer.stderr.splitlines()
    assert all(word in line for word in words)
