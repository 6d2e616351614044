import grpc
import pytest
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import BadRequest, RetryInfo
from google.rpc.status_pb2 import Status

from tracemedic_exporters.answers import RETRY_AFTER_S_MAX, retry_delay_s
from tracemedic_exporters.exporter import ExportError, PermanentError, RetryableError
from tracemedic_exporters.failures import TooLargeError, UnauthorizedError
from tracemedic_exporters.grpc_failures import failure

CODES: dict[str, type[ExportError]] = {
    "CANCELLED": RetryableError,
    "DEADLINE_EXCEEDED": RetryableError,
    "ABORTED": RetryableError,
    "OUT_OF_RANGE": RetryableError,
    "UNAVAILABLE": RetryableError,
    "DATA_LOSS": RetryableError,
    "RESOURCE_EXHAUSTED": PermanentError,
    "UNKNOWN": PermanentError,
    "INVALID_ARGUMENT": PermanentError,
    "NOT_FOUND": PermanentError,
    "ALREADY_EXISTS": PermanentError,
    "FAILED_PRECONDITION": PermanentError,
    "UNIMPLEMENTED": PermanentError,
    "INTERNAL": PermanentError,
    "PERMISSION_DENIED": UnauthorizedError,
    "UNAUTHENTICATED": UnauthorizedError,
}


def test_the_table_names_every_code() -> None:
    assert set(CODES) == {code.name for code in grpc.StatusCode} - {"OK"}


@pytest.mark.parametrize("name", CODES)
def test_every_code_has_its_meaning(name: str) -> None:
    assert type(failure(grpc.StatusCode[name], "x", retry_after_s=None, setting="y")) is CODES[name]


def test_an_exhausted_resource_with_a_delay_is_retryable() -> None:
    error = failure(grpc.StatusCode.RESOURCE_EXHAUSTED, "x", retry_after_s=4, setting="y")
    assert type(error) is RetryableError
    assert error.retry_after_s == 4


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("RESOURCE_EXHAUSTED", "grpc: received message larger than max (5 vs. 4)"),
        ("RESOURCE_EXHAUSTED", "SERVER: Received message larger than max (5 vs. 4)"),
        ("RESOURCE_EXHAUSTED", "gRPC message exceeds maximum size 4194304: 5000000"),
        ("UNKNOWN", "Received http2 header with status: 413"),
        ("INVALID_ARGUMENT", "request is too large"),
    ],
)
def test_too_large_is_recognised_by_its_words(name: str, words: str) -> None:
    assert type(failure(grpc.StatusCode[name], words, retry_after_s=None, setting="y")) is TooLargeError


def test_an_answer_too_large_for_us_is_no_reason_to_split() -> None:
    words = "CLIENT: Received message larger than max (5 vs. 4)"
    assert type(failure(grpc.StatusCode.RESOURCE_EXHAUSTED, words, retry_after_s=None, setting="y")) is PermanentError


def with_delay(seconds: int, nanos: int = 0) -> Status:
    status = Status(code=14)
    status.details.add().Pack(BadRequest())
    status.details.add().Pack(RetryInfo(retry_delay=Duration(seconds=seconds, nanos=nanos)))
    return status


@pytest.mark.parametrize(
    ("status", "delay_s"),
    [
        (None, None),
        (Status(), None),
        (with_delay(2, 500_000_000), 2.5),
        (with_delay(0), 0),
        (with_delay(-5), 0),
        (with_delay(10**9), RETRY_AFTER_S_MAX),
    ],
)
def test_retry_info_is_found_among_the_details_and_bounded(status: Status | None, delay_s: float | None) -> None:
    assert retry_delay_s(status) == delay_s


def test_a_detail_that_is_broken_says_nothing() -> None:
    status = Status()
    status.details.add(type_url="type.googleapis.com/google.rpc.RetryInfo", value=b"\xff\xff")
    assert retry_delay_s(status) is None
