"""The exporter for Logfire, against its stand-in."""

import asyncio
import time
from functools import partial

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tracemedic_exporters.exporter import Exporter, Parcel
from tracemedic_exporters.failures import UndeliveredError
from tracemedic_exporters.logfire import AGE_S_MAX, base_url_of, logfire
from tracemedic_exporters.retry import Retry
from tracemedic_processor.testing import faults
from tracemedic_processor.testing.logfire_stand_in import LogfireStandIn

DAY_NS = 24 * 3600 * 10**9


async def no_wait(wait_s: float) -> None:
    await asyncio.sleep(0)


def parcel(*names: str, age_ns: int = 0, span_age_ns: int = 0) -> Parcel:
    now_ns = time.time_ns()
    request = ExportTraceServiceRequest()
    scope = request.resource_spans.add().scope_spans.add()
    for name in names:
        at_ns = now_ns - span_age_ns
        scope.spans.add(name=name, start_time_unix_nano=at_ns, end_time_unix_nano=at_ns + 1)
    return Parcel(signal="traces", body=request.SerializeToString(), received_at_ns=now_ns - age_ns)


def export(exporter: Exporter, *parcels: Parcel) -> None:
    async def work() -> None:
        try:
            for each in parcels:
                await exporter.export(each)
        finally:
            await exporter.close()

    asyncio.run(work())


@pytest.mark.parametrize(
    ("token", "region"),
    [
        ("pylf_v1_" + "us_abc", "us"),
        ("pylf_v1_" + "eu_abc", "eu"),
        ("pylf_v12_" + "eu_abc", "eu"),
        ("pylf_v1_" + "mars_abc", "us"),
        ("pylf_v1_" + "abc", "us"),
        ("anything", "us"),
    ],
)
def test_the_tokens_region_is_the_address(token: str, region: str) -> None:
    assert base_url_of(token) == f"https://logfire-{region}.pydantic.dev"


def test_spans_arrive_with_the_bare_token_and_gzip() -> None:
    with LogfireStandIn() as stand_in:
        export(logfire(stand_in.token, stand_in.base_url), parcel("GET /"))
        (received,) = stand_in.inbox.all()
        assert [span.name for span in stand_in.spans()] == ["GET /"]
    assert received.headers["authorization"] == stand_in.token
    assert received.headers["content-encoding"] == "gzip"


def test_spaces_around_a_token_are_no_part_of_it() -> None:
    with LogfireStandIn() as stand_in:
        export(logfire(f" {stand_in.token}\n", stand_in.base_url), parcel("GET /"))
        assert len(stand_in.spans()) == 1


@pytest.mark.parametrize("token", ["", "  ", "pylf_v1_" + "us_ä", "two words"])
def test_a_token_that_cannot_be_sent_is_refused_at_once(token: str) -> None:
    with pytest.raises(ValueError, match="LOGFIRE_TOKEN"):
        logfire(token)


def test_a_refused_token_loses_nothing_and_says_what_to_correct(caplog: pytest.LogCaptureFixture) -> None:
    waits_s: list[float] = []

    async def sleep(wait_s: float) -> None:
        waits_s.append(wait_s)

    with LogfireStandIn(faults=[faults.unauthorized(), faults.unauthorized()]) as stand_in:
        export(logfire(stand_in.token, stand_in.base_url, retry=partial(Retry, sleep=sleep)), parcel("GET /"))
        assert len(stand_in.spans()) == 1
    assert min(waits_s) >= 60
    (line,) = [record.getMessage() for record in caplog.records if record.levelname == "ERROR"]
    assert "answered 401" in line
    assert "correct LOGFIRE_TOKEN" in line
    assert stand_in.token not in caplog.text


def test_an_incident_is_waited_out() -> None:
    script = [faults.unavailable(), faults.Reset(), faults.throttled(), None]
    with LogfireStandIn(faults=script) as stand_in:
        export(logfire(stand_in.token, stand_in.base_url, retry=partial(Retry, sleep=no_wait)), parcel("one", "two"))
        assert [span.name for span in stand_in.spans()] == ["one", "two"]


def test_what_is_older_than_the_window_is_dropped_and_told() -> None:
    dropped: list[Parcel] = []
    old = parcel("old", age_ns=AGE_S_MAX * 10**9 + 10**9)
    with LogfireStandIn() as stand_in:
        export(logfire(stand_in.token, stand_in.base_url, on_dropped=dropped.append), old, parcel("young"))
        assert [span.name for span in stand_in.spans()] == ["young"]
    assert dropped == [old]


def test_what_logfire_itself_drops_is_told_and_not_sent_again() -> None:
    told: list[int] = []
    with LogfireStandIn() as stand_in:
        exporter = logfire(
            stand_in.token, stand_in.base_url, on_partial_success=lambda rejected, message: told.append(rejected)
        )
        export(exporter, parcel("ancient", span_age_ns=DAY_NS + 10**9), parcel("fresh"))
        assert [span.name for span in stand_in.spans()] == ["fresh"]
    assert told == [1]


def test_large_parcels_are_split_below_the_bound() -> None:
    names = [f"{number:0100}" for number in range(100)]
    with LogfireStandIn() as stand_in:
        export(logfire(stand_in.token, stand_in.base_url, body_bytes_max=3000), parcel(*names))
        assert [span.name for span in stand_in.spans()] == names
        assert len(stand_in.inbox.all()) > 3
        assert all(len(body) <= 3000 for body in stand_in.inbox.bodies("traces"))


def test_a_request_too_large_for_logfire_is_halved_and_a_span_too_large_set_aside() -> None:
    with LogfireStandIn(request_bytes_max=2000) as stand_in:
        with pytest.raises(UndeliveredError) as caught:
            export(logfire(stand_in.token, stand_in.base_url), parcel("a" * 900, "b" * 5000, "c" * 900, "d" * 900))
        assert [span.name[0] for span in stand_in.spans()] == ["a", "c", "d"]
    assert len(caught.value.parcels) == 1
