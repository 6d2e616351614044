"""What is told of a span in words: which attributes, how long, and never unredacted."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Final

from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tracemedic_processor.attributes import (
    ERROR_TYPE,
    EXCEPTION_MESSAGE,
    EXCEPTION_TYPE,
    Scalar,
    scalars,
    tells_exception,
)
from tracemedic_processor.redaction import Redactor

Redact = Callable[[str, str], str]
"""Takes an attribute's key (empty for other text) and its value; gives the value without secrets."""

NAME_CHARACTERS_MAX: Final = 120
VALUE_CHARACTERS_MAX: Final = 160
"""A statement's beginning tells which one it is; the whole of it would push the rest of the trace out."""
ERROR_CHARACTERS_MAX: Final = 300
ATTRIBUTES_MAX: Final = 12
"""Attributes kept per span: a tree shows what was called, the error event has the rest."""
REDACTED_CHARACTERS_MAX: Final = 2_048
"""So much is redacted before it is cut: a secret must not lose the words by which it is known."""
REDACTED_CACHED: Final = 4_096
"""Redacted texts remembered: names, methods and routes repeat from span to span, and redacting is most of the work."""

_TELLING: Final = (
    "error.type",
    "http.",
    "url.path",
    "url.template",
    "db.",
    "rpc.",
    "messaging.",
    "gen_ai.",
    "graphql.",
    "faas.",
    "peer.",
    "server.address",
)
"""What was called and what came back, in the semantic conventions' words; earlier ones stay when there are too many."""
_UNTOLD: Final = (
    "db.query.parameter.",
    "gen_ai.completion",
    "gen_ai.input",
    "gen_ai.output",
    "gen_ai.prompt",
    "gen_ai.system_instructions",
    "gen_ai.tool.call.arguments",
    "gen_ai.tool.call.result",
    "http.request.body",
    "http.request.header.",
    "http.response.body",
    "http.response.header.",
    "http.user_agent",
    "messaging.message.body",
)
"""Content rather than description: conversations, headers and bodies stay where they are."""


def redact_with(redactor: Redactor) -> Redact:
    """What a `Redactor` makes of attributes and other texts; safe to share between threads."""

    @lru_cache(maxsize=REDACTED_CACHED)
    def redact(key: str, text: str) -> str:
        return (redactor.redact_attribute(key, text) if key else redactor.redact(text)).text

    return redact


def short(redact: Redact, key: str, text: str, characters_max: int) -> str:
    """`text` redacted and cut."""
    clean = redact(key, text[:REDACTED_CHARACTERS_MAX])
    return clean if len(clean) <= characters_max else clean[: characters_max - 1] + "…"


def telling_attributes(attributes: Mapping[str, Scalar], redact: Redact) -> dict[str, str]:
    """Those attributes that say what was called and what came back."""
    found = ((_rank(key), key) for key in attributes if not key.startswith(_UNTOLD) and len(key) <= NAME_CHARACTERS_MAX)
    worth = sorted(each for each in found if each[0] < len(_TELLING))[:ATTRIBUTES_MAX]
    return {key: short(redact, key, _text(attributes[key]), VALUE_CHARACTERS_MAX) for _, key in worth}


def error_of(span: Span, redact: Redact) -> str:
    """Type and message of the last exception the span recorded, else what its status or `error.type` says."""
    return short(redact, "", _exception(span.events) or _status(span), ERROR_CHARACTERS_MAX)


def _rank(key: str) -> int:
    return next((rank for rank, prefix in enumerate(_TELLING) if key.startswith(prefix)), len(_TELLING))


def _text(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _exception(events: Iterable[Span.Event]) -> str:
    told = [attributes for event in events if tells_exception(attributes := scalars(event.attributes))]
    if not told:
        return ""
    words = (str(told[-1].get(key, "")) for key in (EXCEPTION_TYPE, EXCEPTION_MESSAGE))
    return ": ".join(word for word in words if word)


def _status(span: Span) -> str:
    if span.status.code != Status.STATUS_CODE_ERROR:
        return ""
    return span.status.message or str(scalars(span.attributes).get(ERROR_TYPE, ""))
