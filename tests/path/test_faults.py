"""What can go wrong around the service: traces flow, nothing is lost, and one line says what to do."""

import contextlib
import itertools
import json
import os
import subprocess
import time

import grpc
import pytest

from tests.path import requests
from tests.path.site import to_logfire, to_sink
from tests.service import NotStartedError, Service, free_ports, taken_port, wait_until
from tracemedic_processor.testing.faults import bad_request, unavailable
from tracemedic_processor.testing.logfire_stand_in import STAND_IN_TOKEN, LogfireStandIn
from tracemedic_processor.testing.otlp_sink import OtlpSink
from tracemedic_storage.spool import Entry, open_spool

PATIENCE = {"retry_s_max": 0.3, "timeout_s": 2.0}
CHUNK_BYTES = 200_000
HOUR_NS = 3600 * 1_000_000_000

pytestmark = pytest.mark.xdist_group("path_faults")


@pytest.fixture
def sink():
    with OtlpSink() as sink:
        yield sink


def outage():
    return itertools.repeat(unavailable())


def names(inbox):
    return {span.name for span in inbox.spans()}


def sent(*numbers):
    return {f"number {number}" for number in numbers}


def wait_for(inbox, numbers):
    wait_until(lambda: sent(*numbers) <= names(inbox), what=f"spans {sorted(numbers)}")


def fill(service):
    """Send until no more is taken; the numbers of what was."""
    for number in itertools.count(1):
        if requests.post(service, requests.traces(number, padding_bytes=CHUNK_BYTES)).status_code != 200:
            return range(1, number)
        assert number < 200
    raise AssertionError


def check_refusals(service):
    """Both protocols ask the sender to come back later."""
    body = requests.traces(999, padding_bytes=CHUNK_BYTES)
    answer = requests.post(service, body)
    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) > 0
    with pytest.raises(grpc.RpcError) as refused:
        requests.call(service, body)
    assert refused.value.code() == grpc.StatusCode.UNAVAILABLE
    assert requests.retry_delay_s(refused.value) > 0


def test_a_full_spool_sends_senders_away_until_there_is_room(tmp_path, sink):
    sink.faults.replace(outage())
    with Service(tmp_path, exporters={"sink": to_sink(sink, **PATIENCE)}, SPOOL__BYTES_MAX="1048576") as service:
        taken = fill(service)
        assert len(taken) >= 4
        check_refusals(service)
        assert "the spool holds its 1048576 bytes" in service.wait_for_trouble("spool")
        assert service.metric("refused_requests", reason="overloaded") >= 3
        sink.faults.replace()
        wait_for(sink.inbox, taken)
        requests.send(service, requests.traces(1000, padding_bytes=CHUNK_BYTES))
        wait_for(sink.inbox, [1000])
        service.wait_ready()


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 6 MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, check=False, capture_output=True, text=True)
    except FileNotFoundError:
        pytest.skip("NOT TESTED ON A FULL DISK: there is no mount")
    if mounted.returncode != 0:
        pytest.skip(f"NOT TESTED ON A FULL DISK: a small tmpfs cannot be mounted: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_sends_senders_away_and_nothing_taken_is_lost(small_disk, tmp_path, sink):
    sink.faults.replace(outage())
    database_url = f"sqlite:///{tmp_path / 'elsewhere.sqlite'}"
    exporters = {"sink": to_sink(sink, **PATIENCE)}
    with Service(
        tmp_path, exporters=exporters, database_url=database_url, DATA_DIR=str(small_disk / "data")
    ) as service:
        taken = fill(service)
        assert len(taken) >= 4
        check_refusals(service)
        assert str(small_disk) in service.wait_for_trouble("no space left on the disk")
        sink.faults.replace()
        wait_for(sink.inbox, taken)
        wait_until(lambda: requests.post(service, requests.traces(1000)).status_code == 200, what="room again")
        wait_for(sink.inbox, [1000])
        service.wait_ready()


def test_a_broken_spool_is_set_aside_and_the_service_serves(tmp_path, sink):
    service = Service(tmp_path, exporters={"sink": to_sink(sink)})
    folder = service.data / "spool" / "0"
    folder.mkdir(parents=True)
    (folder / "data.mdb").write_bytes(b"no spool at all" * 1000)
    with service:
        assert "the spool was broken" in service.wait_for_trouble("spool")
        (aside,) = (service.data / "spool").glob("0.broken-*")
        assert str(aside) in service.stderr()
        assert (aside / "data.mdb").read_bytes().startswith(b"no spool at all")
        requests.send(service, requests.traces(1, failing=True))
        wait_for(sink.inbox, [1])
        service.wait_recorded()
        assert [row["message"] for row in service.rows("errors")] == ["no price for 1"]


def test_a_damaged_database_file_stops_no_trace_and_errors_wait_for_a_good_one(tmp_path, sink):
    service = Service(tmp_path, exporters={"sink": to_sink(sink)})
    file = service.data / "tracemedic.sqlite"
    file.parent.mkdir()
    file.write_bytes(b"this was a database once" * 500)
    with service:
        requests.send(service, requests.traces(1, failing=True))
        wait_for(sink.inbox, [1])
        assert str(file) in service.wait_for_trouble("is not a SQLite database: move it away")
        assert "move it away" in service.stderr()
        listed = service.run("errors")
        assert (listed.returncode, listed.stdout) == (2, "")
        assert "move it away" in listed.stderr
        for each in service.data.glob("tracemedic.sqlite*"):
            each.unlink()
        service.wait_ready(timeout_s=60)
        service.wait_recorded()
        assert [row["message"] for row in service.rows("errors")] == ["no price for 1"]


def test_a_wrong_logfire_token_loses_nothing_and_is_named(tmp_path):
    with LogfireStandIn(token="pylf_v1_us_" + "right") as logfire:
        settings = {"LOGFIRE_TOKEN": STAND_IN_TOKEN, "LOGFIRE_BASE_URL": logfire.base_url}
        service = Service(tmp_path, environment=settings, SHUTDOWN_S="0.5")
        with service:
            requests.send(service, requests.traces(1), requests.traces(2, failing=True))
            trouble = service.wait_for_trouble("401")
            assert "LOGFIRE_TOKEN or exporters.logfire.token" in trouble
            wait_until(lambda: "LOGFIRE_TOKEN" in service.stderr(), what="a line in the log")
            assert STAND_IN_TOKEN not in service.stderr() + trouble
            assert service.terminate() == 0
            assert logfire.inbox.all() == []
        service.environment["LOGFIRE_TOKEN"] = logfire.token
        with service:
            wait_for(logfire.inbox, [1, 2])
            service.wait_ready()


def test_a_dead_exporter_delays_no_other_and_its_share_waits_over_a_restart(tmp_path, sink):
    (port,) = free_ports(1)
    dead = {"type": "otlp_http", "endpoint": f"http://127.0.0.1:{port}", **PATIENCE}
    service = Service(tmp_path, exporters={"dead": dead, "sink": to_sink(sink)}, SHUTDOWN_S="0.5")
    with service:
        requests.send(service, *(requests.traces(number) for number in range(1, 6)))
        wait_for(sink.inbox, range(1, 6))
        assert "exporter dead" in service.wait_for_trouble("dead")
        assert service.metric("exported_requests", exporter="dead") == 0
        assert service.terminate() == 0
    with OtlpSink(http_port=port) as alive, service:
        wait_for(alive.inbox, range(1, 6))
        service.wait_ready()
        assert len(sink.inbox.spans()) == 5


def test_a_poisonous_request_is_set_aside_and_its_neighbours_pass(tmp_path, sink):
    sink.faults.replace(outage())
    with Service(tmp_path, exporters={"sink": to_sink(sink, **PATIENCE)}) as service:
        requests.send(service, requests.traces(1))
        wait_until(lambda: service.metric("export_retries") > 0, what="the first request under way")
        poison = requests.traces(3)
        requests.send(service, requests.traces(2), poison, requests.traces(4))
        # The first alone, the other three together, then one by one.
        sink.faults.replace([None, bad_request(), None, bad_request(), None])
        wait_for(sink.inbox, [1, 2, 4])
        wait_until(lambda: service.metric("export_set_aside", exporter="sink") == 1, what="the poison set aside")
        (kept,) = service.data.glob("aside/*.bin")
        assert kept.read_bytes() == poison
        assert "not understood" in kept.with_suffix(".txt").read_text()
        assert str(kept) in service.stderr()
        requests.send(service, requests.traces(5))
        wait_for(sink.inbox, [5])


def test_what_waited_a_day_is_dropped_and_counted_for_logfire_only(tmp_path, sink):
    with LogfireStandIn() as logfire:
        service = Service(tmp_path, exporters={"logfire": to_logfire(logfire), "sink": to_sink(sink)})
        consumers = {"record": "findings", "forward:logfire": "payload", "forward:sink": "payload"}
        spool, _ = open_spool(service.data / "spool" / "0", consumers)
        now_ns = time.time_ns()
        for number, age_h in ((1, 30), (2, 1)):
            received_at_ns = now_ns - age_h * HOUR_NS
            body = requests.traces(number, started_at_ns=received_at_ns)
            spool.commit(
                [
                    Entry(
                        signal="traces",
                        received_at_ns=received_at_ns,
                        digest=b"%d" % number,
                        payload=body,
                        findings=None,
                    )
                ]
            )
        spool.close()
        with service:
            requests.send(service, requests.traces(3), requests.traces(4, started_at_ns=now_ns - 30 * HOUR_NS))
            wait_for(sink.inbox, [1, 2, 3, 4])
            wait_for(logfire.inbox, [2, 3])
            assert names(logfire.inbox) == sent(2, 3)
            assert service.metric("export_expired", exporter="logfire") == 1
            wait_until(
                lambda: service.metric("export_rejected_items", exporter="logfire") == 1, what="the partial success"
            )


def test_a_stop_sends_what_waits(tmp_path, sink):
    sink.faults.replace(outage())
    with Service(tmp_path, exporters={"sink": to_sink(sink, **PATIENCE)}, SHUTDOWN_S="30") as service:
        requests.send(service, *(requests.traces(number, failing=True) for number in range(1, 21)))
        sink.faults.replace([unavailable()] * 3)
        assert service.terminate() == 0
        assert names(sink.inbox) == sent(*range(1, 21))
        assert len(service.rows("errors")) == 20
        assert "Traceback" not in service.stderr()


def test_our_own_telemetry_never_comes_to_ourselves(tmp_path, sink):
    with OtlpSink() as meant_for_services:
        variables = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": meant_for_services.http_endpoint,
            "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
            "OTEL_TRACES_EXPORTER": "otlp",
            "OTEL_METRICS_EXPORTER": "otlp",
        }
        with Service(tmp_path, exporters={"sink": to_sink(sink)}, environment=variables) as service:
            requests.send(service, requests.traces(1, failing=True))
            wait_for(sink.inbox, [1])
            service.wait_recorded()
            assert service.terminate() == 0
        assert meant_for_services.inbox.all() == []
        assert len(sink.inbox.all()) == 1


def failed_start(service, *words):
    """One clear line with all these words in it, and code 2."""
    with pytest.raises(NotStartedError, match="code 2") as failed, service:
        pass
    lines = [line for line in service.stderr().splitlines() if line.startswith("tracemedic: ")]
    assert len(lines) == 1, failed.value
    assert "Traceback" not in service.stderr()
    assert all(word in lines[0] for word in words), lines


@pytest.mark.parametrize("setting", ["RECEIVE__GRPC_ADDRESS", "RECEIVE__HTTP_ADDRESS", "WEB__ADDRESS"])
def test_a_port_in_use_is_one_clear_line(tmp_path, setting):
    with taken_port() as port:
        service = Service(tmp_path, **{setting: f"127.0.0.1:{port}"})
        failed_start(service, str(port), setting.lower().replace("__", "."))


def test_a_data_folder_in_use_is_one_clear_line(tmp_path):
    with Service(tmp_path / "one") as first:
        failed_start(Service(tmp_path / "other", DATA_DIR=str(first.data)), "is in use by process", "data_dir")
        assert first.troubles() == []


def test_a_data_folder_that_cannot_be_made_is_one_clear_line(tmp_path):
    (tmp_path / "file").write_text("")
    failed_start(Service(tmp_path, DATA_DIR=str(tmp_path / "file" / "data")), "file/data", "set another data_dir")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_data_folder_that_cannot_be_written_is_one_clear_line(tmp_path):
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o555)
    failed_start(Service(tmp_path, DATA_DIR=str(folder)), "closed", "set another data_dir")


def test_several_processes_serve_survive_a_kill_and_leave_nothing_behind(tmp_path, sink):
    grpc_port, http_port = free_ports(2)
    service = Service(
        tmp_path,
        exporters={"sink": to_sink(sink, **PATIENCE)},
        INGEST__PROCESSES="2",
        RECEIVE__GRPC_ADDRESS=f"127.0.0.1:{grpc_port}",
        RECEIVE__HTTP_ADDRESS=f"127.0.0.1:{http_port}",
    )
    with service:
        numbers = spread(service, itertools.count(1))
        wait_for(sink.inbox, numbers)
        wait_until(lambda: service.metric("received_requests") == len(numbers), what="the sum over the children")
        first, second = service.children()
        os.kill(first, 9)
        wait_until(lambda: len(set(service.children()) - {first}) == 2, what="another child")
        wait_until(lambda: not service.troubles() and spread_once(service, 500), what="both children")
        sink.faults.replace(outage())
        later = spread(service, itertools.count(1000))
        assert second in service.children()
        assert service.terminate() == 0
    assert service.data.joinpath("spool", "1").is_dir()
    sink.faults.replace()
    service.settings["INGEST__PROCESSES"] = "1"
    with service:
        wait_for(sink.inbox, later)
        service.wait_recorded()
        assert len(service.rows("errors", "--limit", "1000")) == len([*numbers, *later]) + 1


def spread(service, numbers):
    """Send over new connections, which the kernel spreads, until each child has had some."""
    before = {file: received(file) for file in report_files(service)}
    taken = []
    for number in numbers:
        requests.send(service, requests.traces(number, failing=True))
        taken.append(number)
        if len(taken) >= 10 and all(received(file) > before[file] for file in before):
            return taken
        time.sleep(0.05)
        assert len(taken) < 400
    raise AssertionError


def spread_once(service, number):
    with contextlib.suppress(Exception):
        return requests.post(service, requests.traces(number, failing=True)).status_code == 200
    return False


def report_files(service):
    return sorted(service.data.glob("run/*.json"))


def received(file):
    counters = json.loads(file.read_bytes())["counters"]
    return sum(amount for name, _, amount in counters if name == "received_requests")
