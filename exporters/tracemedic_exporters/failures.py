"""Closer kinds of the two ways to fail, for wrappers that can do something about them.

PermanentError
├── TooLargeError         the far side refuses the size: `Split` halves
└── UndeliveredError      some pieces of a split parcel were refused, the others are delivered
RetryableError
├── DoubtfulError         the far side broke: its own trouble, or these very bytes; `Retry` can be told to give up
└── MisconfiguredError    only a person can help; asked again rarely, so that nothing is lost meanwhile
    └── UnauthorizedError   the credentials are missing, wrong or expired
"""

from tracemedic_exporters.exporter import Parcel, PermanentError, RetryableError

ASK_A_PERSON_AGAIN_S = 60.0
"""Between two attempts when only a person can help: soon enough after the repair, rare enough to annoy nobody."""


class TooLargeError(PermanentError):
    """The far side refuses a body of this size; smaller ones may pass."""


class UndeliveredError(PermanentError):
    """Some pieces of a parcel were refused for good. `parcels` are those; every other piece is delivered."""

    def __init__(self, reason: str, *, parcels: tuple[Parcel, ...]) -> None:
        super().__init__(reason)
        self.parcels = parcels


class DoubtfulError(RetryableError):
    """The far side failed in a way that may be an incident of its own or the fault of these bytes (HTTP 500)."""


class MisconfiguredError(RetryableError):
    """Nothing passes until a person changes a setting, here or at the far side."""

    def __init__(self, reason: str, *, retry_after_s: float | None = ASK_A_PERSON_AGAIN_S) -> None:
        super().__init__(reason, retry_after_s=retry_after_s)


class UnauthorizedError(MisconfiguredError):
    """The far side does not accept the credentials. The message names the setting that carries them."""
