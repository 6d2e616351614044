"""Misbehaviour of a backend, by script and therefore the same every time."""

import threading
from collections.abc import Iterable, Iterator

import grpc
import msgspec
from google.protobuf.duration_pb2 import Duration
from google.rpc.error_details_pb2 import RetryInfo
from google.rpc.status_pb2 import Status


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """One request treated badly. With `keeps`, the request is kept all the same, as when only the answer is lost."""

    keeps: bool = False


class Refuse(Fault, frozen=True, kw_only=True):
    """An answer that is no success, in the words of both protocols. `retry_after_s`: Retry-After and RetryInfo."""

    http_status: int
    grpc_code: grpc.StatusCode
    message: str = ""
    retry_after_s: float | None = None

    @property
    def google_status(self) -> Status:
        """The same as a `google.rpc.Status`, with `RetryInfo` when there is a delay."""
        status = Status(code=self.grpc_code.value[0], message=self.message)
        if self.retry_after_s is not None:
            delay = Duration()
            delay.FromNanoseconds(round(self.retry_after_s * 1e9))
            status.details.add().Pack(RetryInfo(retry_delay=delay))
        return status


class Hang(Fault, frozen=True, kw_only=True):
    """Never answers; the sender's patience ends it."""


class Reset(Fault, frozen=True, kw_only=True):
    """Breaks the connection instead of answering."""


class Slow(Fault, frozen=True, kw_only=True):
    """Takes the request and answers rightly, after `delay_s`."""

    keeps: bool = True
    delay_s: float


class PartlyRejected(Fault, frozen=True, kw_only=True):
    """Takes the request but says that `rejected` items of it were dropped."""

    keeps: bool = True
    rejected: int
    message: str = "rejected by script"


def unavailable(retry_after_s: float | None = None) -> Refuse:
    """503 or UNAVAILABLE: backpressure."""
    return Refuse(
        http_status=503, grpc_code=grpc.StatusCode.UNAVAILABLE, message="overloaded", retry_after_s=retry_after_s
    )


def throttled(retry_after_s: float | None = 1.0) -> Refuse:
    """429 or RESOURCE_EXHAUSTED: the sender's quota. Without a delay the gRPC answer is permanent."""
    return Refuse(
        http_status=429, grpc_code=grpc.StatusCode.RESOURCE_EXHAUSTED, message="quota", retry_after_s=retry_after_s
    )


def bad_request() -> Refuse:
    """400 or INVALID_ARGUMENT."""
    return Refuse(http_status=400, grpc_code=grpc.StatusCode.INVALID_ARGUMENT, message="not understood")


def unauthorized(message: str = "unknown token") -> Refuse:
    """401 or UNAUTHENTICATED."""
    return Refuse(http_status=401, grpc_code=grpc.StatusCode.UNAUTHENTICATED, message=message)


def too_large() -> Refuse:
    """413, or what gRPC receivers say in its place."""
    return Refuse(
        http_status=413, grpc_code=grpc.StatusCode.RESOURCE_EXHAUSTED, message="Received message larger than max"
    )


class FaultScript:
    """Gives each request the next fault; None is good behaviour, and so is everything after the end.

    Takes any iterable, so an endless one (`itertools.repeat(unavailable())`) is an outage until `replace`.
    """

    def __init__(self, faults: Iterable[Fault | None] = ()) -> None:
        self._lock = threading.Lock()
        self._faults: Iterator[Fault | None] = iter(faults)

    def replace(self, faults: Iterable[Fault | None] = ()) -> None:
        """Go on with another script; with none, behave."""
        with self._lock:
            self._faults = iter(faults)

    def next(self) -> Fault | None:
        """What to do to the request that has just arrived."""
        with self._lock:
            return next(self._faults, None)
