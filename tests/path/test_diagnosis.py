"""From the third failure to the diagnosis in the trace, through the real service, with and without a model."""

import contextlib
import json
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.exporters.test_webhook import Listener
from tests.path.requests import post, traces
from tests.path.site import diagnostic, plain, spans_from, to_logfire
from tests.service import Service, wait_until
from tracemedic_processor.testing.logfire_stand_in import LogfireStandIn
from tracemedic_processor.testing.model_stand_in import ModelStandIn
from tracemedic_storage import diagnoses, queries
from tracemedic_storage.records import Diagnosis, ErrorPattern

PATIENCE_S = 60.0
ORIGINAL = "GET /price"


class Place:
    """A service with a worker, and the Logfire behind it."""

    def __init__(self, service: Service, logfire: LogfireStandIn) -> None:
        self.service = service
        self.logfire = logfire

    def fail(self, *numbers: int, service: str = "shop") -> None:
        for number in numbers:
            assert post(self.service, traces(number, failing=True, service=service, name=ORIGINAL)).status_code == 200

    def pattern(self) -> ErrorPattern | None:
        with self.service.database() as database:
            found = queries.list_patterns(database).patterns
        return found[0] if found else None

    def diagnosis(self) -> Diagnosis | None:
        pattern = self.pattern()
        with self.service.database() as database:
            return pattern and diagnoses.newest_of(database, pattern.id)

    def wait_for_diagnosis(self, by: str) -> Diagnosis:
        def is_there() -> bool:
            newest = self.diagnosis()
            return newest is not None and newest.diagnosed_by == by

        wait_until(is_there, timeout_s=PATIENCE_S, what=f"a diagnosis by {by}")
        newest = self.diagnosis()
        assert newest is not None
        return newest

    def late(self) -> list[Span]:
        return [span for span in spans_from(self.logfire.inbox, "shop") if span.name == "error_diagnosed"]

    def wait_for_late(self, count: int) -> list[Span]:
        wait_until(lambda: len(self.late()) >= count, timeout_s=PATIENCE_S, what=f"{count} late spans")
        return self.late()


@contextlib.contextmanager
def place(folder: Path, **settings: str) -> Generator[Place]:
    with LogfireStandIn() as logfire:
        service = Service(folder, exporters={"logfire": to_logfire(logfire)}, ROLE="all", **settings)
        with service:
            yield Place(service, logfire)


def of_model(model: ModelStandIn) -> dict[str, str]:
    return {"DIAGNOSIS__MODELS": '["openai:stand-in"]', "DIAGNOSIS__BASE_URL": model.base_url}


def test_without_a_model_rules_diagnose_tell_the_traces_and_the_webhooks(tmp_path: Path) -> None:
    listener = Listener()
    listener.start()
    webhook = {"chat": {"url": listener.url, "allow_private": True, "kinds": ["created", "diagnosed"]}}
    try:
        with place(tmp_path, WEBHOOKS=json.dumps(webhook)) as here:
            here.fail(1, 2, 3)
            late = here.wait_for_late(3)
            diagnosis = here.wait_for_diagnosis("rules")
            wait_until(lambda: _inline_cause(here) is not None, timeout_s=PATIENCE_S, what="an inline root cause")
            wait_until(lambda: len(listener.received) >= 2, timeout_s=PATIENCE_S, what="two messages")
            shown = here.service.rows("diagnose", diagnosis.pattern_id, "--show")
            refused = [here.service.run("diagnose", *arguments) for arguments in REFUSED]
    finally:
        listener.stop()
    assert {span.trace_id for span in late} == {number.to_bytes(16, "big") for number in (1, 2, 3)}
    for span in late:
        assert span.parent_span_id == span.trace_id[-8:], "below the failing span of its trace"
        told = diagnostic(span)
        assert told["diagnosed_by"] == "rules"
        assert diagnosis.root_cause.startswith(told["root_cause"].rstrip("…"))
        assert told["suggested_fix"]
        assert told["confidence"] == diagnosis.confidence
        assert plain(span)["attributes"]["logfire.span_type"] == "log"
        assert not span.events
    assert shown[0]["root_cause"] == diagnosis.root_cause
    assert shown[0]["fixes"]
    messages = [json.loads(body) for _, _, body in listener.received]
    assert {each["event"] for each in messages} == {"pattern.created", "pattern.diagnosed"}
    assert len({each["id"] for each in messages}) == len(messages)
    assert [ran.returncode for ran in refused] == [2, 2, 2]
    assert all(len(ran.stderr.strip().splitlines()) == 1 for ran in refused)


REFUSED = (("nothing",), ("nothing", "--verdict", "perhaps"), ("nothing", "--verdict", "wrong", "--category", "odd"))


def _inline_cause(here: Place) -> Any:
    """Fails once more in a trace of its own; what failing spans carry as root cause by then."""
    here.fail(time.monotonic_ns() % 1_000_000_007 + 100)
    originals = [span for span in spans_from(here.logfire.inbox, "shop") if span.name == ORIGINAL]
    return next((cause for span in originals if (cause := diagnostic(span).get("root_cause"))), None)


def test_a_wrong_key_is_told_once_and_with_the_right_one_the_model_answers_and_is_judged(tmp_path: Path) -> None:
    key = "sk-" + "right" * 4
    with ModelStandIn(key=key) as model, place(tmp_path, **of_model(model), DIAGNOSIS__API_KEY="wrong") as here:
        here.fail(1, 2, 3)
        here.wait_for_diagnosis("rules")
        assert "401" in here.service.wait_for_trouble("openai:stand-in", timeout_s=PATIENCE_S)
        here.service.terminate()
        assert here.service.stderr().count("models are not asked any more") == 1
        here.service.settings["DIAGNOSIS__API_KEY"] = key
        with here.service:
            pattern = here.pattern()
            assert pattern is not None
            assert here.service.run("diagnose", pattern.id, "--wait", "50").returncode == 0
            diagnosis = here.wait_for_diagnosis("openai:stand-in")
            late = here.wait_for_late(3)
            judged = here.service.run(
                "diagnose", pattern.id, "--verdict", "wrong", "--category", "configuration", "--author", "me"
            )
            pattern = here.pattern()
    assert key not in here.service.stderr()
    assert diagnosis.input_tokens > 0
    assert {diagnostic(span)["diagnosed_by"] for span in late} == {"openai:stand-in"}
    assert judged.returncode == 0, judged.stderr
    assert pattern is not None
    assert pattern.category == "configuration"
