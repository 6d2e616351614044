"""What a gRPC status code means for the parcel: the table of the OTLP specification, section "Failures".

Where we differ: UNAUTHENTICATED and PERMISSION_DENIED throw nothing away, as 401 and 403 do not (see
`http_failures`). Everything not named here is permanent.
"""

import re
from collections.abc import Iterable
from typing import cast

import grpc
import grpc.aio
from google.rpc.status_pb2 import Status

from tracemedic_exporters import answers
from tracemedic_exporters.exporter import ExportError, PermanentError, RetryableError
from tracemedic_exporters.failures import TooLargeError, UnauthorizedError

STATUS_DETAILS = "grpc-status-details-bin"

UNAUTHORIZED = frozenset({grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.PERMISSION_DENIED})
RETRYABLE = frozenset(
    {
        grpc.StatusCode.CANCELLED,
        grpc.StatusCode.DEADLINE_EXCEEDED,
        grpc.StatusCode.ABORTED,
        grpc.StatusCode.OUT_OF_RANGE,
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DATA_LOSS,
    }
)

_SAYS_TOO_LARGE = re.compile(
    r"larger than max|too large|message size|exceeds .{0,40}(size|limit)|status: 413", re.IGNORECASE
)
"""gRPC has no code for it: receivers answer RESOURCE_EXHAUSTED, HTTP proxies in front of them 413."""

_OUR_OWN_LIMIT = "CLIENT: Received message"
"""grpcio's words when the far side's answer is too large for us; a smaller request would change nothing."""


def failure(code: grpc.StatusCode, reason: str, *, retry_after_s: float | None, setting: str) -> ExportError:
    """The error to raise for `code`. `setting` names what a person has to correct when credentials are refused."""
    if code in UNAUTHORIZED:
        return UnauthorizedError(f"{reason}. Telemetry waits; correct {setting}")
    if code in RETRYABLE:
        return RetryableError(reason, retry_after_s=retry_after_s)
    if code is grpc.StatusCode.RESOURCE_EXHAUSTED and retry_after_s is not None:
        return RetryableError(reason, retry_after_s=retry_after_s)
    if _SAYS_TOO_LARGE.search(reason) and _OUR_OWN_LIMIT not in reason:
        return TooLargeError(reason)
    return PermanentError(reason)


def details(error: grpc.aio.AioRpcError) -> Status | None:
    """The `google.rpc.Status` that came with a failure."""
    metadata = cast("Iterable[tuple[str, str | bytes]]", error.trailing_metadata())  # the stubs say an opaque class
    for key, value in metadata:
        if key == STATUS_DETAILS and isinstance(value, bytes):
            return answers.status(value)
    return None
