"""Why a model gave no answer; the type tells what to do about it.

ModelFailure
├── RetryableFailure        the same question may be answered later, after `retry_after_s` where it was told
│   ├── ModelRateLimited
│   ├── ModelOverloaded       also its server errors
│   └── ModelUnreachable      no connection, or it broke
│       └── ModelTimedOut
├── MisconfiguredFailure    no question is answered until a person acts
│   ├── ModelKeyRefused       missing, wrong, or without the right
│   ├── ModelQuotaUsedUp
│   └── ModelUnknown          no such model or provider, or its package is not installed
└── PermanentFailure        this question is not answered, others may be
    ├── AnswerRefused         twice an answer that no one should read, or one that smells of an attack
    ├── ContextTooLong        even for the short prompt
    └── QuestionRejected      the provider does not take the request, or filters it
"""

from typing import Final

from tracemedic_processor.diagnose.answer import Spent

NOTHING: Final = Spent()
RETRY_AFTER_S_MAX: Final = 3600.0
"""No far side puts a question off for longer than an hour: a broken header must not stop diagnoses for good."""


class ModelFailure(Exception):
    """No answer. `model` is the name asked, `spent` what is known to be paid for nothing.

    `maybe_paid` is true when the request was sent and no answer came, so that the provider may charge for it.
    All fields survive pickling.
    """

    def __init__(self, message: str, *, model: str = "", spent: Spent = NOTHING, maybe_paid: bool = False) -> None:
        super().__init__(message)
        self.model = model
        self.spent = spent
        self.maybe_paid = maybe_paid


class RetryableFailure(ModelFailure):
    """Worth asking again, after `retry_after_s` where the far side said so."""

    def __init__(
        self,
        message: str,
        *,
        model: str = "",
        spent: Spent = NOTHING,
        maybe_paid: bool = False,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message, model=model, spent=spent, maybe_paid=maybe_paid)
        self.retry_after_s = None if retry_after_s is None else min(max(retry_after_s, 0.0), RETRY_AFTER_S_MAX)


class ModelRateLimited(RetryableFailure):
    """Too many requests or tokens in too short a time (HTTP 429)."""


class ModelOverloaded(RetryableFailure):
    """The far side cannot serve now, or broke (HTTP 5xx)."""


class ModelUnreachable(RetryableFailure):
    """No connection, or one that broke before the answer."""


class ModelTimedOut(ModelUnreachable):
    """No answer in time."""


class MisconfiguredFailure(ModelFailure):
    """Only a person can help; every other question would fail alike."""


class ModelKeyRefused(MisconfiguredFailure):
    """The key is missing, wrong or not allowed to (HTTP 401, 403). Of a missing one the message names the variable."""


class ModelQuotaUsedUp(MisconfiguredFailure):
    """The account has no money or quota left (HTTP 402, `insufficient_quota`)."""


class ModelUnknown(MisconfiguredFailure):
    """There is no such model (HTTP 404) or provider, or its package is missing; the message names what to install."""


class PermanentFailure(ModelFailure):
    """Asking this again would fail again."""


class AnswerRefused(PermanentFailure):
    """The answer may not be used. `reasons` say why, plain and redacted."""

    def __init__(
        self,
        message: str,
        *,
        model: str = "",
        spent: Spent = NOTHING,
        maybe_paid: bool = False,
        reasons: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message, model=model, spent=spent, maybe_paid=maybe_paid)
        self.reasons = reasons


class ContextTooLong(PermanentFailure):
    """The model takes less text than the shortest prompt."""


class QuestionRejected(PermanentFailure):
    """The provider does not accept the request (HTTP 400, 422) or its filter stopped it."""
