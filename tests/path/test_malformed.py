"""Requests that were real once, mutated: never a crash, never UNKNOWN or INTERNAL, and the next good one is served."""

import gzip
import http.client
import random
import zlib

import grpc
import pytest
import zstandard

from tests.path import obligations, requests
from tests.path.site import to_sink
from tests.service import Service, wait_until
from tracemedic_exporters.otlp_grpc import METHODS
from tracemedic_processor.testing.otlp_sink import OtlpSink

MUTANTS = 600
ANSWERS_HTTP = {200, 400, 413}
ANSWERS_GRPC = {grpc.StatusCode.OK, grpc.StatusCode.INVALID_ARGUMENT}

pytestmark = pytest.mark.xdist_group("path_malformed")


@pytest.fixture(scope="module")
def sink():
    with OtlpSink() as sink:
        yield sink


@pytest.fixture(scope="module")
def service(sink, tmp_path_factory):
    folder = tmp_path_factory.mktemp("malformed")
    with Service(folder, exporters={"sink": to_sink(sink)}) as service:
        yield service


def truncated(body, chance, _other):
    return body[: chance.randrange(len(body))]


def flipped(body, chance, _other):
    mutant = bytearray(body)
    for _ in range(chance.randrange(1, 9)):
        mutant[chance.randrange(len(mutant))] ^= 1 << chance.randrange(8)
    return bytes(mutant)


def spliced(body, chance, other):
    return body[: chance.randrange(len(body))] + other[chance.randrange(len(other)) :]


def inserted(body, chance, _other):
    at = chance.randrange(len(body))
    return body[:at] + chance.randbytes(chance.randrange(1, 20)) + body[at:]


def repeated(body, chance, _other):
    at, length = chance.randrange(len(body)), chance.randrange(1, 64)
    return body[: at + length] + body[at : at + length] * chance.randrange(1, 50) + body[at + length :]


MUTATIONS = (truncated, flipped, spliced, inserted, repeated)


def mutants(seed):
    """Signals and bodies, the same for the same seed."""
    chance = random.Random(seed)
    originals, _ = obligations.plan(30, seed)
    for number in range(MUTANTS):
        original, other = chance.choice(originals), chance.choice(originals)
        mutation = MUTATIONS[number % len(MUTATIONS)]
        yield original.signal, mutation(original.body, chance, other.body)


def check_that_it_lives(service, sink, number):
    """Nothing hangs in the spool, nobody complains, a fresh trace flows."""
    assert service.process.poll() is None
    requests.send(service, requests.traces(number, failing=True))
    wait_until(lambda: any(span.name == f"number {number}" for span in sink.inbox.spans()), what="the fresh trace")
    wait_until(lambda: service.metric("spool_items") == 0, what="an empty spool")
    assert service.troubles() == []
    assert "Traceback" not in service.stderr()
    assert service.metric("pipeline_failures") == 0


def test_mutated_requests_over_http_are_taken_or_refused_as_bad(service, sink):
    connection = http.client.HTTPConnection(service.http, timeout=30)
    for signal, body in mutants(seed=1):
        connection.request("POST", f"/v1/{signal}", body, requests.HEADERS)
        answer = connection.getresponse()
        answer.read()
        assert answer.status in ANSWERS_HTTP, body
    connection.close()
    check_that_it_lives(service, sink, 10**9)


def test_mutated_requests_over_grpc_are_taken_or_refused_as_bad(service, sink):
    with grpc.insecure_channel(service.grpc) as channel:
        for signal, body in mutants(seed=2):
            assert grpc_answer(channel, METHODS[signal], body) in ANSWERS_GRPC, body
        for signal in METHODS:
            for other, body in mutants(seed=3):
                if other != signal:
                    assert grpc_answer(channel, METHODS[signal], body) in ANSWERS_GRPC, body
    check_that_it_lives(service, sink, 10**9 + 1)


def grpc_answer(channel, method, body):
    try:
        channel.unary_unary(method)(body, timeout=30)
    except grpc.RpcError as error:
        return error.code()
    return grpc.StatusCode.OK


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "zstd"])
def test_mutated_compressed_bodies_are_taken_or_refused_as_bad(service, sink, encoding):
    chance = random.Random(4)
    connection = http.client.HTTPConnection(service.http, timeout=30)
    for number in range(60):
        body = MUTATIONS[number % len(MUTATIONS)](compressed(encoding), chance, compressed(encoding))
        connection.request("POST", "/v1/traces", body, requests.HEADERS | {"content-encoding": encoding})
        answer = connection.getresponse()
        answer.read()
        assert answer.status in ANSWERS_HTTP, body
    connection.close()
    check_that_it_lives(service, sink, 10**9 + 2 + len(encoding))


def compressed(encoding):
    body = requests.traces(7, failing=True, padding_bytes=200)
    return {"gzip": gzip.compress, "deflate": zlib.compress, "zstd": zstandard.ZstdCompressor().compress}[encoding](
        body
    )


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'{"resourceSpans": 7}',
        b'{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "zz"}]}]}]}',
        b"\xff\xfe{",
    ],
)
def test_json_that_is_none_is_refused_as_bad(service, body):
    answer = requests.post(service, body, **{"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("application/json")
