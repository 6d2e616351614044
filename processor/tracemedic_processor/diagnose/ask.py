"""Asking a model what a pattern is. The only module that knows PydanticAI.

It takes two and a half seconds and 36 MiB to import (measured), so whoever runs without a model does not.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

import msgspec
from opentelemetry.trace import NoOpTracerProvider, Span, TracerProvider
from pydantic import ValidationError
from pydantic_ai import Agent, ModelRetry, ModelSettings, RunContext, RunUsage, ToolOutput, UsageLimits, exceptions
from pydantic_ai.capabilities import Instrumentation
from pydantic_ai.models import Model, infer_model
from pydantic_ai.models.instrumented import InstrumentationSettings
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from tracemedic_processor.diagnose import failures
from tracemedic_processor.diagnose.answer import Answer, Spent
from tracemedic_processor.diagnose.checked import Unfit, checked, trusted
from tracemedic_processor.diagnose.evidence import Evidence
from tracemedic_processor.diagnose.failures import ModelFailure
from tracemedic_processor.diagnose.fenced import new_delimiter
from tracemedic_processor.diagnose.grounds import Grounds, grounds_of
from tracemedic_processor.diagnose.plain import Complaint
from tracemedic_processor.diagnose.prices import OUTPUT_TOKENS_MAX, REQUESTS_MAX, Reserved, added, cost, reserve
from tracemedic_processor.diagnose.prompt import INSTRUCTIONS, SHORT_CHARACTERS_MAX, prompt
from tracemedic_processor.diagnose.suspicion import Suspicion, suspicion
from tracemedic_processor.diagnose.visible import one_line
from tracemedic_processor.diagnose.wanted import Wanted

NO_KEY: Final = "no-key"
"""Sent to a server of your own that wants none; never the key of OpenAI, which is not meant for it."""
REASON_CHARACTERS_MAX: Final = 300
"""Of what a provider said, in the message of a failure."""
REASONS_MAX: Final = 5
"""Told of an answer of the wrong form."""

_log = logging.getLogger(__name__)


@dataclass
class _Question:
    """One question to one model, and what came of it so far."""

    grounds: Grounds
    redact: Callable[[str], str]
    usage: RunUsage = field(default_factory=RunUsage)
    complaints: tuple[Complaint, ...] = ()
    answer: Answer | None = None


class Asker:
    """Asks the first of `models` (PydanticAI's names) that answers.

    `base_url` is an OpenAI-compatible server for `openai:` models, `api_key` its key; other keys come from the
    environment. `timeout_s` is for one request. `redact` is applied to every text of an answer. With a
    `tracer_provider` each run becomes a trace, with prompts and answers in it only if `content` says so.

    Nothing is kept between two questions, so one instance may be used from several threads and event loops.
    """

    def __init__(
        self,
        models: Sequence[str],
        *,
        redact: Callable[[str], str],
        base_url: str | None = None,
        api_key: str | None = None,
        timeout_s: float = 60.0,
        tracer_provider: TracerProvider | None = None,
        content: bool = False,
    ) -> None:
        if not models:
            raise ValueError("no model is named")
        self.models = tuple(models)
        self._redact = redact
        self._base_url = base_url
        self._api_key = api_key
        self._timeout_s = timeout_s
        self._tracer = (tracer_provider or NoOpTracerProvider()).get_tracer("tracemedic")
        self._agent = _agent(tracer_provider, content=content)

    def reserve(self, evidence: Evidence) -> Reserved:
        """The most that `ask` may cost, all models counted. Prices of a server at `base_url` are not known."""
        text = prompt(evidence, delimiter=new_delimiter()).text
        each = [reserve(text, self._priced(model)) for model in self.models]
        spent = Spent()
        for one in each:
            spent = added(spent, one.spent)
        return Reserved(spent=spent, price_known=all(one.price_known for one in each))

    async def ask(self, evidence: Evidence, *, delimiter: str | None = None) -> Answer:
        """The answer of the first model that gives one, with everything paid for it, also to the models before.

        A model that cannot answer now, or never, gives way to the next; an answer that was refused does not, since the
        evidence would be as hostile to the next one. Raises the `ModelFailure` that leaves most hope: a retryable one
        when there is any, the first otherwise. `delimiter` is random unless given.
        """
        spent = Spent()
        failed: list[ModelFailure] = []
        for model in self.models:
            try:
                answer = await self.ask_one(model, evidence, delimiter=delimiter)
            except ModelFailure as failure:
                spent = added(spent, failure.spent)
                failed.append(failure)
                if isinstance(failure, failures.AnswerRefused):
                    break
                _log.info("%s gave no answer: %s", model, failure)
            else:
                return msgspec.structs.replace(answer, spent=added(spent, answer.spent))
        hopeful = _most_hopeful(failed)
        hopeful.spent = spent
        hopeful.maybe_paid = any(failure.maybe_paid for failure in failed)
        raise hopeful

    async def ask_one(self, model: str, evidence: Evidence, *, delimiter: str | None = None) -> Answer:
        """The answer of `model`; a question too long for it is put once more in short. Raises `ModelFailure`.

        At most `REQUESTS_MAX` of the requests are paid.
        """
        delimiter = delimiter or new_delimiter()
        grounds, suspected = await asyncio.to_thread(_read, evidence)
        try:
            text = prompt(evidence, delimiter=delimiter).text
            answer = await self._run(model, text, _Question(grounds, self._redact), evidence)
        except failures.ContextTooLong as failure:
            if failure.spent.output_tokens:  # it was the complaint that did not fit any more
                raise
            text = prompt(evidence, delimiter=delimiter, characters_max=SHORT_CHARACTERS_MAX).text
            answer = await self._run(model, text, _Question(grounds, self._redact), evidence)
        try:
            return trusted(answer, grounds, suspected)
        except Unfit as unfit:
            raise _refused(model, Unfit.reasons_of(unfit.complaints), answer.spent) from None

    async def _run(self, model: str, text: str, question: _Question, evidence: Evidence) -> Answer:
        built = await asyncio.to_thread(self._model, model)  # reads the certificates of the machine: 60 ms
        with self._tracer.start_as_current_span("diagnose", record_exception=False) as span:
            span.set_attribute("diagnostic.pattern_id", evidence.pattern.id)
            try:
                async with built:
                    result = await self._agent.run(
                        text,
                        model=built,
                        deps=question,
                        usage=question.usage,
                        usage_limits=UsageLimits(request_limit=REQUESTS_MAX, tool_calls_limit=0),
                        model_settings=self._settings(),
                    )
            except Exception as error:
                failure = self._failure(model, error, question)
                if failure is None:
                    raise
                raise failure from error
        answer = question.answer
        if answer is None:  # the validator ran, or there would be no result
            raise _refused(model, ("no answer",), self._spent(model, question.usage))
        return msgspec.structs.replace(
            answer,
            answered_by=model,
            spent=self._spent(model, question.usage),
            run_id=result.run_id,
            **_ids(span),
        )

    def _settings(self) -> ModelSettings:
        """No retries below ours: each request may be paid, and each is counted."""
        return ModelSettings(max_tokens=OUTPUT_TOKENS_MAX, request_timeout=self._timeout_s, max_retries=0)

    def _model(self, name: str) -> Model:
        """A model with connections of its own, closed with the question. Raises `ModelFailure`."""
        provider, _, rest = name.partition(":")
        try:
            if provider != "openai" or not (self._base_url or self._api_key):
                return infer_model(name)
            key = self._api_key or NO_KEY
            if self._base_url:
                return OpenAIChatModel(rest, provider=OpenAIProvider(base_url=self._base_url, api_key=key))
            return infer_model(name, lambda _: OpenAIProvider(api_key=key))
        except Exception as error:  # providers raise what they like when something is missing
            raise _unbuilt(name, error, self._said(error)) from error

    def _priced(self, model: str) -> str:
        return "" if self._base_url and model.startswith("openai:") else model

    def _spent(self, model: str, usage: RunUsage) -> Spent:
        paid = cost(self._priced(model), usage.input_tokens, usage.output_tokens)
        return Spent(input_tokens=usage.input_tokens, output_tokens=usage.output_tokens, cost_usd=paid or 0.0)

    def _failure(self, model: str, error: Exception, question: _Question) -> ModelFailure | None:
        """What `error` means to whoever asked; None for one that no model made."""
        spent = self._spent(model, question.usage)
        if isinstance(error, exceptions.ModelAPIError):
            return _api_failure(model, error, self._said(error), spent)
        if isinstance(error, exceptions.ContentFilterError):
            return failures.QuestionRejected(f"{model}: stopped by the provider's filter", model=model, spent=spent)
        if isinstance(error, exceptions.AgentRunError):
            return _refused(model, Unfit.reasons_of(question.complaints) or _misshapen(error), spent)
        if "credential" in type(error).__name__.lower():
            return failures.ModelKeyRefused(f"{model}: {self._said(error)}", model=model, spent=spent)
        return None

    def _said(self, error: Exception) -> str:
        """What the far side said, in short. Providers quote keys and prompts."""
        body = getattr(error, "body", None)
        told = cast("dict[str, object]", body).get("message") if isinstance(body, dict) else None
        status = f"HTTP {error.status_code}: " if isinstance(error, exceptions.ModelHTTPError) else ""
        return f"{status}{one_line(self._redact(str(told or error)))[:REASON_CHARACTERS_MAX]}"


def _read(evidence: Evidence) -> tuple[Grounds, Suspicion | None]:
    """What judging an answer takes: long enough with much evidence that the loop should not wait for it."""
    grounds = grounds_of(evidence)
    return grounds, suspicion(evidence, grounds)


def _agent(tracer_provider: TracerProvider | None, *, content: bool) -> Agent[_Question, Wanted]:
    told = InstrumentationSettings(tracer_provider=tracer_provider, include_content=content)
    agent = Agent(
        None,
        name="diagnose",
        deps_type=_Question,
        output_type=ToolOutput(Wanted, name="diagnosis", max_retries=REQUESTS_MAX - 1),
        instructions=INSTRUCTIONS,
        retries={"tools": 0, "output": REQUESTS_MAX - 1},
        defer_model_check=True,
        end_strategy="early",
        capabilities=[Instrumentation(told)] if tracer_provider else [],
    )
    agent.output_validator(_validated)
    return agent


async def _validated(context: RunContext[_Question], wanted: Wanted) -> Wanted:
    """Complain to the model about an answer that may not be used; PydanticAI asks it once more."""
    question = context.deps
    try:
        question.answer = checked(wanted, question.grounds, question.redact)
    except Unfit as unfit:
        question.complaints = unfit.complaints
        told = "\n".join(f"- {complaint.in_full()}" for complaint in unfit.complaints)
        raise ModelRetry(f"The answer may not be used:\n{told}") from None
    return wanted


def _misshapen(error: exceptions.AgentRunError) -> tuple[str, ...]:
    """What was wrong with the form of an answer, without its content."""
    cause = error.__cause__
    if isinstance(cause, ValidationError):
        found = cause.errors(include_url=False, include_context=False, include_input=False)[:REASONS_MAX]
        return tuple(f"{'.'.join(map(str, each['loc'])) or 'answer'}: {each['type']}" for each in found)
    if isinstance(error, exceptions.UsageLimitExceeded):
        return ("the model called a tool that it was not offered",)
    return ("the model's answer has not the form that was asked for",)


def _ids(span: Span) -> dict[str, str | None]:
    context = span.get_span_context()
    if not context.is_valid:
        return {}
    return {"trace_id": f"{context.trace_id:032x}", "span_id": f"{context.span_id:016x}"}


def _most_hopeful(failed: Sequence[ModelFailure]) -> ModelFailure:
    refused = [failure for failure in failed if isinstance(failure, failures.AnswerRefused)]
    retryable = [failure for failure in failed if isinstance(failure, failures.RetryableFailure)]
    return (refused or retryable or list(failed))[0]


def _refused(model: str, reasons: tuple[str, ...], spent: Spent) -> failures.AnswerRefused:
    return failures.AnswerRefused(f"{model}: {'; '.join(reasons)}", model=model, spent=spent, reasons=reasons)


_FAILURES: Final[tuple[tuple[type[exceptions.ModelAPIError], type[ModelFailure]], ...]] = (
    (exceptions.ModelQuotaExceededError, failures.ModelQuotaUsedUp),
    (exceptions.ModelRateLimitError, failures.ModelRateLimited),
    (exceptions.ModelUnavailableError, failures.ModelOverloaded),
    (exceptions.ModelServerError, failures.ModelOverloaded),
    (exceptions.ModelRequestTimeout, failures.ModelTimedOut),
    (exceptions.ModelTimeoutError, failures.ModelTimedOut),
    (exceptions.ModelConnectionError, failures.ModelUnreachable),
    (exceptions.ModelContextWindowExceededError, failures.ContextTooLong),
    (exceptions.ModelAuthenticationError, failures.ModelKeyRefused),
    (exceptions.ModelNotFoundError, failures.ModelUnknown),
    (exceptions.ModelRequestRejectedError, failures.QuestionRejected),
)
"""The first that fits."""
_TOO_LARGE: Final = 413
_AGAIN_LATER: Final = frozenset({408, 409, 425})
"""Statuses without a category that say so by themselves."""


def _api_failure(model: str, error: exceptions.ModelAPIError, said: str, spent: Spent) -> ModelFailure:
    kind = next((ours for theirs, ours in _FAILURES if isinstance(error, theirs)), None) or _kind_by_status(error)
    more: dict[str, Any] = {}
    if issubclass(kind, failures.RetryableFailure):
        more["retry_after_s"] = error.retry_after
    return kind(f"{model}: {said}", model=model, spent=spent, maybe_paid=_maybe_paid(error), **more)


def _kind_by_status(error: exceptions.ModelAPIError) -> type[ModelFailure]:
    """Without a status the answer could not be read: the far side broke, or something between."""
    if not isinstance(error, exceptions.ModelHTTPError):
        return failures.ModelUnreachable
    if error.status_code == _TOO_LARGE:
        return failures.ContextTooLong
    return failures.ModelOverloaded if error.status_code in _AGAIN_LATER else failures.QuestionRejected


def _maybe_paid(error: exceptions.ModelAPIError) -> bool:
    """Whether the request had left when it failed, and nothing came back that says it was not served."""
    if isinstance(error, exceptions.ModelConnectionError):
        return error.phase not in {"pool", "connect"}
    return not isinstance(error, exceptions.ModelHTTPError)


_VARIABLE: Final = re.compile(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]*(?:KEY|TOKEN|CREDENTIALS)\b")
_EXTRA: Final = re.compile(r"pydantic-ai-slim\[[\w-]+\]")


def _unbuilt(model: str, error: Exception, said: str) -> ModelFailure:
    """Why a model could not even be asked, with what to do about it."""
    if isinstance(error, ImportError):
        package = _EXTRA.search(str(error))
        command = f"; install it: pip install '{package[0]}'" if package else ""
        return failures.ModelUnknown(f"{model}: the package of its provider is missing{command}", model=model)
    if isinstance(error, exceptions.UserError) and "Unknown model" not in said:
        variable = _VARIABLE.search(str(error))
        needed = f"no key; set {variable[0]} in the environment" if variable else said
        return failures.ModelKeyRefused(f"{model}: {needed}", model=model)
    return failures.ModelUnknown(f"{model}: {said}", model=model)
