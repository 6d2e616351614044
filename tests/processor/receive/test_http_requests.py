"""One request, one answer."""

import gzip
import zlib

import pytest
import zstandard
from google.rpc import code_pb2, status_pb2

from tests.processor.receive import support
from tests.processor.receive.support import JSON, MIB, PROTOBUF, run, spans
from tracemedic_processor.errors import Malformed, Overloaded
from tracemedic_processor.testing.memory_intake import MemoryIntake


def raw_deflate(body: bytes) -> bytes:
    return zlib.compress(body)[2:-4]


def send_with(settings, *, method="POST", **request):
    """One request to a receiver with these settings."""
    answers = []

    async def test() -> None:
        async with (
            support.http_receiver(MemoryIntake(), **settings) as receiver,
            support.http_client(receiver) as client,
        ):
            answers.append(await client.request(method, "/v1/traces", **request))

    run(test())
    return answers[0]


def status_of(answer) -> status_pb2.Status:
    assert answer.headers["content-type"] == "application/x-protobuf"
    return status_pb2.Status.FromString(answer.content)


@pytest.mark.parametrize("signal", ["traces", "logs", "metrics"])
def test_hands_every_signal_on_as_the_bytes_that_came(send, intake, signal):
    answer = send(f"/v1/{signal}", content=b"\x0a\x00", headers=PROTOBUF)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-type"] == "application/x-protobuf"
    assert intake.accepted == [(signal, b"\x0a\x00")]


@pytest.mark.parametrize(
    ("encoding", "compress"),
    [
        ("identity", bytes),
        ("gzip", gzip.compress),
        ("GZip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("gzip", lambda body: gzip.compress(body[:70]) + gzip.compress(body[70:])),
        ("deflate", zlib.compress),
        ("deflate", raw_deflate),
        ("zstd", zstandard.compress),
        ("zstd", lambda body: zstandard.compress(body[:70]) + zstandard.compress(body[70:])),
        ("zstd", lambda body: zstandard.ZstdCompressor(write_content_size=False).compress(body)),
    ],
)
def test_inflates_what_senders_compress(send, intake, encoding, compress):
    body = spans(*["span"] * 40_000)
    headers = PROTOBUF | {"content-encoding": encoding}
    assert send(content=compress(body), headers=headers).status_code == 200
    assert intake.accepted == [("traces", body)]


@pytest.mark.parametrize("headers", [PROTOBUF, JSON, PROTOBUF | {"content-encoding": "gzip"}])
def test_an_empty_request_is_a_success(send, headers):
    assert send(content=b"", headers=headers).status_code == 200


def test_json_is_handed_on_as_protobuf_and_answered_as_json(send, intake):
    body = {
        "resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "01" * 16, "spanId": "02" * 8, "name": "a"}]}]}],
        "newField": 1,
    }
    answer = send(json=body, headers={"content-type": "application/json; charset=utf-8"})
    assert (answer.status_code, answer.json()) == (200, {})
    assert intake.accepted == [("traces", spans("a"))]


def test_large_json_is_decoded_too(send, intake):
    body = {"resourceSpans": [{"scopeSpans": [{"spans": [{"name": f"span {n}"} for n in range(10_000)]}]}]}
    assert send(json=body).status_code == 200
    assert len(intake.accepted[0][1]) > 100_000


def test_a_warning_is_a_partial_success_in_the_type_of_the_request(send, intake):
    intake.warning = "too old"
    assert support.partial_message(send(content=b"\x0a\x00", headers=PROTOBUF).content) == "too old"
    assert send(json={"resourceSpans": []}).json() == {}
    assert send(json={"resourceSpans": [{}]}).json() == {"partialSuccess": {"errorMessage": "too old"}}


BROKEN = [
    ({}, b"\xff\xff"),
    ({"content-encoding": "gzip"}, b"no gzip"),
    ({"content-encoding": "gzip"}, gzip.compress(b"\x0a\x00" * 99, mtime=0)[:-1]),
    ({"content-encoding": "gzip"}, gzip.compress(b"\x0a\x00", mtime=0) + b"\x00"),
    ({"content-encoding": "gzip"}, gzip.compress(b"", mtime=0) * 1000),
    ({"content-encoding": "deflate"}, zlib.compress(b"\x0a\x00" * 99)[:-1]),
    ({"content-encoding": "deflate"}, zlib.compress(b"\x0a\x00") + b"more"),
    ({"content-encoding": "deflate"}, raw_deflate(b"\x0a\x00" * 99)[:-1]),
    ({"content-encoding": "zstd"}, zstandard.compress(b"\x0a\x00" * 99)[:-1]),
    ({"content-encoding": "zstd"}, zstandard.compress(b"\x0a\x00") + b"more"),
    ({"content-encoding": "zstd"}, b"\x28\xb5"),
]


@pytest.mark.parametrize(("headers", "body"), BROKEN)
def test_broken_bodies_are_400_with_a_status_in_protobuf(send, headers, body):
    answer = send(content=body, headers=PROTOBUF | headers)
    assert answer.status_code == 400
    assert status_of(answer).code == code_pb2.INVALID_ARGUMENT
    assert status_of(answer).message


def test_broken_json_is_400_with_a_status_in_json_that_names_the_place(send):
    answer = send(json={"resourceSpans": [{"scopeSpans": [{"spans": [{}, {"traceId": "xyz"}]}]}]})
    assert answer.status_code == 400
    assert answer.json()["code"] == code_pb2.INVALID_ARGUMENT
    assert answer.json()["message"].startswith("$.resourceSpans[0].scopeSpans[0].spans[1].traceId: ")
    assert answer.json()["details"][0]["@type"].endswith("google.rpc.BadRequest")


@pytest.mark.parametrize(
    ("failure", "retry_after"),
    [(Overloaded("full", retry_after_s=2.1), "3"), (Overloaded("full", retry_after_s=0), "1"), (KeyError("bug"), "5")],
)
def test_overload_and_bugs_are_503_with_retry_after(send, intake, failure, retry_after):
    intake.failure = failure
    answer = send(content=spans("a"), headers=PROTOBUF)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, retry_after)
    assert status_of(answer).code == code_pb2.UNAVAILABLE


REFUSED = [
    ("POST", "/v1/traces", {"content-type": "text/plain"}, 415, "application/x-protobuf or application/json"),
    ("POST", "/v1/traces", {}, 415, "application/x-protobuf or application/json"),
    ("POST", "/v1/traces", PROTOBUF | {"content-encoding": "snappy"}, 415, "gzip, deflate, zstd"),
    ("POST", "/v1/traces", PROTOBUF | {"content-encoding": "gzip, gzip"}, 415, "gzip, deflate, zstd"),
    ("POST", "/v1/profiles", PROTOBUF, 404, "/v1/traces, /v1/logs, /v1/metrics"),
    ("POST", "/", PROTOBUF, 404, "/v1/traces, /v1/logs, /v1/metrics"),
    ("PUT", "/v1/traces", PROTOBUF, 405, "POST"),
    ("OPTIONS", "/v1/traces", PROTOBUF, 405, "POST"),
]


@pytest.mark.parametrize(("method", "path", "headers", "code", "hint"), REFUSED)
def test_what_is_no_export_is_refused_with_a_hint(send, method, path, headers, code, hint):
    answer = send(path, method=method, content=b"\x0a\x00", headers=headers)
    assert answer.status_code == code
    assert hint in answer.text
    assert answer.headers.get("allow") == ("POST" if code == 405 else None)


@pytest.mark.parametrize(("path", "code"), [("/", 200), ("/v1/traces", 405), ("/v1/logs", 405)])
def test_people_with_a_browser_read_a_line(send, path, code):
    answer = send(path, method="GET")
    assert answer.status_code == code
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.text.startswith("tracemedic receives OTLP here")


def test_only_senders_with_a_known_token_are_heard():
    token = "sesame-" + "token"
    for authorization, code in [(f"Bearer {token}", 200), (f"bearer {token}", 200), ("Bearer other", 401), (None, 401)]:
        headers = PROTOBUF | ({"authorization": authorization} if authorization else {})
        answer = send_with({"bearer_tokens": [token]}, content=b"\x0a\x00", headers=headers)
        assert answer.status_code == code
        assert answer.headers.get("www-authenticate") == ("Bearer" if code == 401 else None)


def test_browser_pages_of_configured_origins_may_send():
    origin = "https://shop.example"
    preflight = {
        "origin": origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,x-tenant",
    }
    settings = {"cors_origins": [origin]}
    answer = send_with(settings, method="OPTIONS", headers=preflight)
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == origin
    assert answer.headers["access-control-allow-headers"] == "content-type,x-tenant"
    sent = send_with(settings, content=b"", headers=PROTOBUF | {"origin": origin})
    assert sent.headers["access-control-allow-origin"] == origin
    failed = send_with(settings, content=b"\xff", headers=PROTOBUF | {"origin": origin})
    assert failed.headers["access-control-allow-origin"] == origin
    for elsewhere, allowed in [("https://evil.example", [origin]), (origin, [])]:
        headers = preflight | {"origin": elsewhere}
        answer = send_with({"cors_origins": allowed}, method="OPTIONS", headers=headers)
        assert answer.status_code == 405
        assert "access-control-allow-origin" not in answer.headers


BOMBS = [
    ("gzip", gzip.compress),
    ("deflate", zlib.compress),
    ("deflate", raw_deflate),
    ("zstd", zstandard.compress),
    ("identity", bytes),
]


@pytest.mark.parametrize(("encoding", "compress"), BOMBS)
def test_bodies_over_the_bound_are_413(encoding, compress):
    headers = PROTOBUF | {"content-encoding": encoding}
    answer = send_with({"body_bytes_max": MIB}, content=compress(bytes(9 * MIB)), headers=headers)
    assert answer.status_code == 413
    assert status_of(answer).code == code_pb2.RESOURCE_EXHAUSTED


def test_json_that_would_fill_the_memory_when_decoded_is_413():
    bomb = b'{"resourceSpans":[' + b"{}," * 100_000 + b"{}]}"
    settings = {"body_bytes_max": MIB, "inflight_bytes_max": 4 * MIB}
    assert send_with(settings, content=bomb, headers=JSON).status_code == 413


def test_refusals_of_the_pipeline_keep_nothing(send, intake):
    intake.failure = Malformed("bad")
    assert send(content=b"\x0a\x00", headers=PROTOBUF).status_code == 400
    assert intake.accepted == []
