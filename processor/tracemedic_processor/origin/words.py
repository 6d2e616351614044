"""What the words of a failure tell of its cause: given up, cancelled, passed on, and of whom it speaks."""

import re
from collections.abc import Mapping, Set
from functools import lru_cache
from typing import Final

from tracemedic_storage.records import ErrorEvent, Record

MESSAGE_CHARACTERS_MAX: Final = 2_000
"""Of a message this much is looked at: what an exception says of its cause stands at its beginning."""
TELLING_CHARACTERS_MIN: Final = 5
"""A shorter message within another one tells nothing: `1` is in many."""
_TEXTS_CACHED: Final = 2_048
"""Span names and addresses repeat within a trace and from trace to trace."""

_CANCELLED: Final = re.compile(
    r"cancell?ed|cancellation|aborted|disconnect|broken ?pipe|client closed|generatorexit|^(?:http 499|grpc 1)\n",
    re.IGNORECASE,
)
_GAVE_UP: Final = re.compile(r"time[d ]?-?out|deadline.?exceeded|^grpc 4\n", re.IGNORECASE)
_ANSWERED: Final = re.compile(
    r"\b[45]\d\d\b|bad gateway|service unavailable|internal server error|statuscode\.", re.IGNORECASE
)
_PASSED_ON: Final = re.compile(
    r"\b(?:http|status|code|answered|answer|returned|response|responded|got|error:?)\W{0,3}(?:status|code|error)?\W{0,3}"
    r"[45]\d\d\b|\b[45]\d\d\b[^.]{0,60}\bfrom\b|(?:server|client) error|upstream|downstream|bad gateway"
    r"|service unavailable|internal server error|statuscode\.|connection (?:reset|closed)|socket hang up"
    r"|remote (?:end|protocol)|without sending|econnreset",
    re.IGNORECASE,
)
_EXHAUSTED: Final = re.compile(
    r"\battempts?\b|\bretr(?:y|ies|ied)|gave up|giving up|exhausted|circuit.{0,40}\bopen\b", re.IGNORECASE
)
_BARE: Final = re.compile(r"(?:HTTP|gRPC) \S+|Error|\d{3}|_OTHER")
_TOKEN: Final = re.compile(r"[\w-]{3,}")
_PATH: Final = re.compile(r"(?:https?://[^\s/'\"]+|(?<![\w/.]))((?:/[\w.~%{}<>:$*-]+)+)")
_VARIABLE: Final = re.compile(r"[{<:*$].*")
_ADDRESSES: Final = ("url.full", "http.url", "server.address", "peer.service", "rpc.service")
_SERVED: Final = ("http.route", "http.target")
"""Only spans of serving a request have these: then the addresses beside them are the service's own."""
_MESSAGING: Final = "messaging.system"


class Words(Record, frozen=True, kw_only=True):
    """One failure as far as its words tell.

    `is_bare`: a status that says nothing of its own. `is_cancelled`: somebody else ended this work. `gave_up`: it
    stopped waiting for an answer. `passes_on`: it tells of a failure elsewhere. `is_exhausted`: it was raised for want
    of further attempts. `tokens` are the words of message and addresses, `paths` the paths of URLs among them.
    """

    kind: str
    message: str
    said: str
    tokens: frozenset[str]
    paths: tuple[str, ...]
    is_bare: bool
    is_cancelled: bool
    gave_up: bool
    passes_on: bool
    is_exhausted: bool
    is_message: bool


def words_of(event: ErrorEvent) -> Words:
    """Read one failure: 30 microseconds."""
    message = event.message[:MESSAGE_CHARACTERS_MAX]
    text = f"{event.error_type}\n{message}"
    is_bare = event.stack_hash is None and not message and _BARE.fullmatch(event.error_type) is not None
    addressed = f"{message}\n{_called(event.context.attributes)}"
    return Words(
        kind=short_type(event.error_type),
        message=message,
        said=message.strip().split("\n", 1)[0],
        tokens=frozenset(_TOKEN.findall(addressed)),
        paths=paths_in(addressed),
        is_bare=is_bare,
        is_cancelled=_CANCELLED.search(text) is not None,
        gave_up=_gave_up(event, text, is_bare),
        passes_on=is_bare or tells_of_others(event.error_type, message),
        is_exhausted=_EXHAUSTED.search(text) is not None,
        is_message=_MESSAGING in event.context.attributes,
    )


def tells_of_others(error_type: str, message: str) -> bool:
    """Whether an exception tells of a failure elsewhere: an answer with an error status, a connection cut off."""
    return _PASSED_ON.search(f"{error_type}: {message[:MESSAGE_CHARACTERS_MAX]}") is not None


def quotes(outer: Words, inner: Words) -> bool:
    """Whether `outer` says the words or the type of `inner`, as wrappers do."""
    if len(inner.said) >= TELLING_CHARACTERS_MIN and inner.said in outer.message:
        return True
    return len(inner.kind) >= TELLING_CHARACTERS_MIN and inner.kind in outer.tokens


def speaks_of(words: Words, service: str, routes: Set[str], other_services: Set[str]) -> bool | None:
    """Whether a failure names this service or one of its routes; None when it names nobody."""
    if words.paths and routes:
        if not any(_is_same_route(path, route) for path in words.paths for route in routes):
            return False
    elif service not in words.tokens:
        return False if words.tokens & other_services else None
    return not (words.tokens & other_services) or service in words.tokens


def _called(attributes: Mapping[str, str]) -> str:
    """Whom a call was addressed to."""
    if any(key in attributes for key in _SERVED) or ("url.path" in attributes and "url.full" not in attributes):
        return ""
    return "\n".join(attributes[key] for key in _ADDRESSES if key in attributes)


@lru_cache(maxsize=_TEXTS_CACHED)
def paths_in(text: str) -> tuple[str, ...]:
    """The paths in a text, those of URLs without scheme and host."""
    return tuple(path.rstrip("/.") for path in _PATH.findall(text))


@lru_cache(maxsize=_TEXTS_CACHED)
def short_type(error_type: str) -> str:
    """`Timeout` of `shop.errors.Timeout`."""
    return re.split(r"[.:\\/]", error_type)[-1]


def _gave_up(event: ErrorEvent, text: str, is_bare: bool) -> bool:
    # The status in the context is no sign: it may be what the caller itself answered later.
    said = _GAVE_UP.search(text) is not None
    if is_bare or said:
        return said and not _ANSWERED.search(text)
    return event.category == "timeout" and not _ANSWERED.search(text)


def _is_same_route(path: str, route: str) -> bool:
    fixed = _VARIABLE.sub("", route).rstrip("/")
    return bool(fixed) and (path.endswith(fixed) or (fixed != route and path.startswith(fixed)))
