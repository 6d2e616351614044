"""The errors that cross the border between the receivers and the pipeline.

ReceiveError
├── Malformed    the sender's fault: gRPC INVALID_ARGUMENT, HTTP 400
└── Overloaded   ours, for a while: gRPC UNAVAILABLE with RetryInfo, HTTP 503 with Retry-After
"""


class ReceiveError(Exception):
    """A request that was not accepted; nothing of it was kept."""


class Malformed(ReceiveError):
    """The body is not what its content type and address say it is."""


class Overloaded(ReceiveError):
    """No room now; the sender keeps the data and comes back after `retry_after_s`."""

    def __init__(self, reason: str, *, retry_after_s: float) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s
