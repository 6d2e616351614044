"""Every way to refuse a request, and how each is said in gRPC and in HTTP.

    ReceiveError (errors.py)
    ├── Malformed             INVALID_ARGUMENT, 400
    ├── Overloaded            UNAVAILABLE with RetryInfo, 503 with Retry-After
    ├── BodyTooLarge          RESOURCE_EXHAUSTED without RetryInfo, 413
    ├── Unauthenticated       UNAUTHENTICATED, 401
    └── HTTP only: SlowBody 408, UnknownPath 404, WrongMethod 405, UnsupportedMedia 415, SenderGone 499

The codes follow the OTLP specification, "Failures": which of them make a sender retry and which make it drop.
"""

import logging
import math
from typing import NamedTuple

from google.protobuf import duration_pb2
from google.rpc import code_pb2, error_details_pb2, status_pb2

from tracemedic_processor.errors import Malformed, Overloaded, ReceiveError

_logger = logging.getLogger(__name__)

_MESSAGE_CHARS_MAX = 500
"""gRPC clients take 8 KiB of trailers by default, and the message stands in them twice, percent-encoded once."""

_BROKEN_RETRY_AFTER_S = 5.0
"""After a failure of our own: time enough for a restart."""


class BodyTooLarge(ReceiveError):
    """Larger than `body_bytes_max`, as sent or decompressed. Sending it again cannot help."""


class Unauthenticated(ReceiveError):
    """The bearer token is missing or wrong."""


class SlowBody(ReceiveError):
    """The request did not arrive within `body_timeout_s`."""


class SenderGone(ReceiveError):
    """The sender closed the connection before its request was complete; nobody is left to be answered."""


class UnknownPath(ReceiveError):
    """No signal is received there."""


class WrongMethod(ReceiveError):
    """Signals are received by POST only."""


class UnsupportedMedia(ReceiveError):
    """Content type or encoding is none we read."""


class Codes(NamedTuple):
    """One refusal in both protocols."""

    grpc: int
    http: int


_CODES: dict[type[ReceiveError], Codes] = {
    Malformed: Codes(code_pb2.INVALID_ARGUMENT, 400),
    Overloaded: Codes(code_pb2.UNAVAILABLE, 503),
    BodyTooLarge: Codes(code_pb2.RESOURCE_EXHAUSTED, 413),
    Unauthenticated: Codes(code_pb2.UNAUTHENTICATED, 401),
    SlowBody: Codes(code_pb2.DEADLINE_EXCEEDED, 408),
    SenderGone: Codes(code_pb2.CANCELLED, 499),
    UnknownPath: Codes(code_pb2.UNIMPLEMENTED, 404),
    WrongMethod: Codes(code_pb2.UNIMPLEMENTED, 405),
    UnsupportedMedia: Codes(code_pb2.INVALID_ARGUMENT, 415),
}


def refusal_of(error: Exception) -> ReceiveError:
    """What the sender is told about `error`.

    A failure of our own is logged and retryable: the data is not at fault.
    """
    if isinstance(error, ReceiveError) and type(error) in _CODES:
        return error
    _logger.error("a request failed inside tracemedic; its sender was asked to come back", exc_info=error)
    return Overloaded("internal failure, nothing was kept", retry_after_s=_BROKEN_RETRY_AFTER_S)


def codes_of(refusal: ReceiveError) -> Codes:
    """The codes of what `refusal_of` gave."""
    return _CODES[type(refusal)]


def retry_info_of(refusal: Overloaded) -> error_details_pb2.RetryInfo:
    """When to come back."""
    delay = duration_pb2.Duration()
    delay.FromMilliseconds(math.ceil(refusal.retry_after_s * 1000))
    return error_details_pb2.RetryInfo(retry_delay=delay)


def status_of(refusal: ReceiveError) -> status_pb2.Status:
    """The `google.rpc.Status` with its details: `RetryInfo` when retrying helps, `BadRequest` for bad data."""
    message = str(refusal)[:_MESSAGE_CHARS_MAX]
    status = status_pb2.Status(code=codes_of(refusal).grpc, message=message)
    if isinstance(refusal, Overloaded):
        status.details.add().Pack(retry_info_of(refusal))
    elif isinstance(refusal, Malformed):
        violation = error_details_pb2.BadRequest.FieldViolation(field="body", description=message)
        status.details.add().Pack(error_details_pb2.BadRequest(field_violations=[violation]))
    return status
