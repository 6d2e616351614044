"""Jobs over a database that is away for a moment, with DBOS at work."""

from pathlib import Path

from dbos import DBOS

from tests.processor.jobs.samples import change
from tests.service import wait_until
from tracemedic_processor.config import Settings
from tracemedic_processor.jobs import reporting, runtime
from tracemedic_storage.failures import DatabaseUnavailable
from tracemedic_storage.records import PatternChange


def test_a_job_outlives_a_database_that_is_away_and_ends_with_any_other_mistake(tmp_path: Path) -> None:
    asked: list[str] = []

    def report(one: PatternChange) -> bool:
        asked.append(one.kind)
        if one.kind == "alert":
            raise ValueError("no such thing")
        if len(asked) < 2:
            raise DatabaseUnavailable("away")
        return True

    reporting.prepare(report)
    with runtime.launched(Settings(data_dir=tmp_path), "here"):
        reporting.enqueue(change(kind="created"))
        wait_until(lambda: _statuses() == {"created": "SUCCESS"}, what="the report")
        reporting.enqueue(change(kind="alert"))
        wait_until(lambda: _statuses() == {"created": "SUCCESS", "alert": "ERROR"}, what="the mistake")
    assert asked == ["created", "created", "alert"]


def _statuses() -> dict[str, str]:
    return {each.workflow_id.split(":")[2]: each.status for each in DBOS.list_workflows()}
