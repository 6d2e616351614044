"""`tracemedic demo` as a newcomer runs it: the real thing in a process of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.service import wait_until

END_S_MAX = 120.0


pytestmark = pytest.mark.xdist_group("path_demo")


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Temporary files go into `folder`; variables that must not change the demo are set."""
    disturbing = {"TRACEMEDIC_WEB__ADDRESS": "nowhere", "OTEL_SDK_DISABLED": "true", "LOGFIRE_TOKEN": "none"}
    return {**os.environ, **disturbing, "TMPDIR": str(folder), **more}


def demo(variables: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tracemedic_processor", "demo", *arguments]
    return subprocess.run(
        command,
        env=dict(variables),
        cwd=variables["TMPDIR"],
        text=True,
        capture_output=True,
        timeout=END_S_MAX,
        check=False,
    )


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    folder = tmp_path_factory.mktemp("demo")
    return demo(environment(folder), "--seconds", "1"), folder


def test_it_ends_by_itself_and_leaves_nothing_behind(played: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    finished, folder = played
    assert (finished.returncode, finished.stderr) == (0, "")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("error", "category", "spans"),
    [
        ("KeyError: 'pot'", "programming_error, medium", "find price < load order < GET /orders/{number}"),
        ("KeyError: 'SHOP_SMTP_HOST'", "configuration, critical", "send mail < GET /mails/{number}"),
        ("psycopg.OperationalError: connection failed", "database, high", "SELECT stock < GET /stock/{number}"),
        ("PaymentError: 401 Unauthorized", "authentication, high", "charge card < GET /payments/{number}"),
        ("ValidationError: 1 validation error for Cart", "validation, low", "check cart < GET /carts/{number}"),
        ("ToolFailed: search exceeded 3 retries", "agent_tool, medium", "execute_tool search < invoke_agent"),
    ],
)
def test_every_kind_of_failure_becomes_a_known_pattern(
    played: tuple[subprocess.CompletedProcess[str], Path], error: str, category: str, spans: str
) -> None:
    lines = played[0].stdout.splitlines()
    cards = [lines[at : at + 3] for at, line in enumerate(lines) if error in line and not line.startswith(" ")]
    cards = [card for card in cards if card[1].startswith("    service shop, spans ")]
    assert len(cards) >= 4
    assert any(spans in where for _, where, _ in cards)
    assert category in cards[0][2], "later ones may have escalated"
    assert cards[0][2].endswith("no pattern yet")
    assert " traces so far: " in cards[-1][2]


def test_a_secret_in_a_message_is_shown_redacted(played: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    shown = played[0].stdout
    assert "api_key=[redacted:" in shown
    assert "[redacted:email]" in shown
    assert "_live_" not in shown
    assert "ada@" not in shown


def test_the_patterns_are_listed_at_the_end(played: tuple[subprocess.CompletedProcess[str], Path]) -> None:
    _, _, listing = played[0].stdout.partition("`tracemedic patterns` says:")
    names = [line for line in listing.splitlines() if " in shop:" in line]
    assert len(names) == 6


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    shown = tmp_path / "shown"
    work = tmp_path / "work"
    work.mkdir()
    with shown.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "tracemedic_processor", "demo"],
            env=environment(work),
            stdout=file,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until(lambda: any(work.glob("*/tracemedic.log")), timeout_s=END_S_MAX, what="the first child")
        process.send_signal(number)
        assert process.wait(END_S_MAX) == 128 + number
    finally:
        process.kill()
        process.wait()
    assert "Traceback" not in shown.read_text()
    assert list(work.iterdir()) == []


def test_without_the_instrumentation_it_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "class Missing:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'opentelemetry.instrumentation.fastapi':\n"
        "            raise ModuleNotFoundError(name)\n"
        "sys.meta_path.insert(0, Missing())\n"
    )
    finished = demo(environment(tmp_path, PYTHONPATH=str(tmp_path)))
    assert finished.returncode == 2
    assert "make demo" in finished.stderr
    assert finished.stderr.count("\n") == 1
