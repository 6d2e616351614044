"""Two workers share one PostgreSQL; one of them is killed again and again in the midst of its jobs."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.exporters.test_webhook import Listener
from tests.postgres import PostgresServer
from tests.service import Service, wait_until
from tests.storage.samples import error
from tracemedic_processor.testing.model_stand_in import ModelStandIn
from tracemedic_storage import executors
from tracemedic_storage.database import Database
from tracemedic_storage.recording import record
from tracemedic_storage.records import Findings
from tracemedic_storage.tables import diagnoses, error_patterns, notifications
from tracemedic_storage.thresholds import Thresholds

IS_LONG = bool(os.environ.get("TRACEMEDIC_TEST_LONG"))
KILLS = 20 if IS_LONG else 1
PATTERNS_PER_KILL = 8
MODEL_S = 0.4


class Worker:
    """`tracemedic serve --role worker`, killed and started again at will."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._folder = folder
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self._folder / "worker.out").open("wb") as out, (self._folder / "worker.err").open("ab") as err:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tracemedic_processor", "serve", "--role", "worker"],
                stdout=out,
                stderr=err,
                cwd=self._folder,
                env=self._environment,
            )

    def kill(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


def worker(folder: Path, database_url: str, **settings: str) -> Worker:
    folder.mkdir()
    return Worker(folder, Service(folder, database_url=database_url, **settings).variables())


def new_patterns(database: Database, first: int, count: int) -> None:
    """As three failures each, just now."""
    now_ns = time.time_ns()
    events = tuple(
        error(f"{number}-{trace}", fingerprint=number, message=f"number {number}", at_ns=now_ns, received_at_ns=now_ns)
        for number in range(first, first + count)
        for trace in range(3)
    )
    record(database, [(first + 1, Findings(events=events))], spool_id="s", thresholds=Thresholds(), now_ns=now_ns)


def alive(database: Database) -> int:
    return len(executors.alive_since(database, time.time_ns() - 5_000_000_000))


@pytest.mark.postgres
def test_every_pattern_is_diagnosed_and_told_once_however_often_a_worker_dies(
    tmp_path: Path, postgres_server: PostgresServer
) -> None:
    url = postgres_server.create_database()
    database = Database(url)
    database.migrate()
    listener = Listener()
    listener.start()
    with ModelStandIn(delay_s=MODEL_S) as model:
        settings = {
            "DIAGNOSIS__MODELS": '["openai:stand-in"]',
            "DIAGNOSIS__BASE_URL": model.base_url,
            "DIAGNOSIS__REQUESTS_PER_MINUTE": "6000",
            "DIAGNOSIS__USD_PER_DAY": "1000",
            "DIAGNOSIS__TOKENS_PER_DAY": "1000000000",
            "DIAGNOSIS__TOKENS_PER_MONTH": "1000000000",
            "WEBHOOKS": f'{{"chat": {{"url": "{listener.url}", "allow_private": true, "per_hour": 100000}}}}',
        }
        steady, dying = (worker(tmp_path / name, url, **settings) for name in ("steady", "dying"))
        try:
            steady.start()
            for kill in range(KILLS):
                dying.start()
                wait_until(lambda: alive(database) == 2, timeout_s=90, what="two workers")
                asked = len(model.asked)
                new_patterns(database, kill * PATTERNS_PER_KILL, PATTERNS_PER_KILL)
                wait_until(lambda asked=asked: len(model.asked) > asked, timeout_s=60, what="a question")
                time.sleep(MODEL_S / 2)
                dying.kill()
                wait_until(lambda: alive(database) == 1, timeout_s=60, what="one worker")
            patterns = KILLS * PATTERNS_PER_KILL
            wait_until(lambda: _by_model(database) == patterns, timeout_s=120, what="all diagnoses")
            wait_until(lambda: _told(database) == patterns, timeout_s=60, what="all messages")
        finally:
            steady.kill()
            listener.stop()
    with database.read() as connection:
        per_pattern = Counter(
            connection.scalars(sa.select(diagnoses.c.pattern_id).where(diagnoses.c.diagnosed_by == "openai:stand-in"))
        )
        assert connection.scalar(sa.select(sa.func.count()).select_from(error_patterns)) == patterns
    database.close()
    assert set(per_pattern.values()) == {1}
    assert model.paid <= patterns + 4 * KILLS, "at most what was under way when a worker died is paid again"
    keys = [headers["idempotency-key"] for _, headers, _ in listener.received]
    assert len(set(keys)) == patterns
    assert len(keys) <= patterns + 8 * KILLS


def _by_model(database: Database) -> int:
    chosen = sa.select(sa.func.count(sa.distinct(diagnoses.c.pattern_id))).where(diagnoses.c.diagnosed_by != "rules")
    with database.read() as connection:
        return connection.scalar(chosen) or 0


def _told(database: Database) -> int:
    chosen = sa.select(sa.func.count()).where(notifications.c.channel == "chat", notifications.c.outcome == "sent")
    with database.read() as connection:
        return connection.scalar(chosen) or 0


def test_a_worker_that_dies_is_started_again_and_ends_with_its_parent(tmp_path: Path) -> None:
    with Service(tmp_path, ROLE="all") as service:
        wait_until(lambda: _reported(service) > 0, timeout_s=60, what="the worker's report")
        [first] = service.children()
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: service.children() not in ([], [first]), timeout_s=60, what="another worker")
        assert "the process worker ended" in service.stderr()
        [second] = service.children()
        assert service.process is not None
        os.kill(service.process.pid, signal.SIGKILL)
        wait_until(lambda: not _lives(second), timeout_s=30, what="the end of the orphan")


def _reported(service: Service) -> int:
    file = service.data / "run" / "worker.json"
    return file.stat().st_size if file.exists() else 0


def _lives(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "zombie" not in status.read_text()
