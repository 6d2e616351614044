"""The nightly job and the jobs it forgets, with DBOS at work on a database of its own."""

from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from dbos import DBOS

from tests.service import wait_until
from tracemedic_processor.config import Settings
from tracemedic_processor.jobs import retaining, runtime

NIGHT_NS = round(datetime(2026, 3, 1, 3, 0, tzinfo=UTC).timestamp() * 1e9)
HOUR_NS = 3_600_000_000_000


@pytest.fixture
def runs(tmp_path: Path) -> Generator[list[int]]:
    done: list[int] = []

    def run() -> int:
        done.append(1)
        return 7

    retaining.prepare(run)
    with runtime.launched(Settings(data_dir=tmp_path), "here"):
        yield done


def test_it_runs_once_a_day_from_its_hour_on(runs: list[int]) -> None:
    retaining.enqueue_if_due(NIGHT_NS - 1_000_000_000, hour=3)
    assert DBOS.list_workflows() == []
    for offset_ns in (0, HOUR_NS, 20 * HOUR_NS):
        retaining.enqueue_if_due(NIGHT_NS + offset_ns, hour=3)
    wait_until(lambda: [each.status for each in DBOS.list_workflows()] == ["SUCCESS"], what="the end of the run")
    assert runs == [1]
    assert DBOS.list_workflows()[0].output == 7
    retaining.enqueue_if_due(NIGHT_NS + 24 * HOUR_NS, hour=3)
    assert {each.workflow_id for each in DBOS.list_workflows()} == {"retain:2026-03-01", "retain:2026-03-02"}


def test_jobs_that_ended_lately_are_not_forgotten(runs: list[int]) -> None:
    retaining.enqueue_if_due(NIGHT_NS, hour=3)
    wait_until(lambda: [each.status for each in DBOS.list_workflows()] == ["SUCCESS"], what="the end of the run")
    assert retaining.forget_jobs() == 0
    assert len(DBOS.list_workflows()) == 1
    assert runs == [1]
