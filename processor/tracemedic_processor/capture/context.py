"""The request, the agent and the user around an error, found under the names that telemetry gives them."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from tracemedic_processor.aliases import ContextAliases
from tracemedic_processor.attributes import Scalar
from tracemedic_processor.lru import Lru
from tracemedic_processor.occurrence import Attributes, Occurrence
from tracemedic_processor.redaction import Redactor
from tracemedic_storage.records import ErrorContext, Redacted

ID_CHARACTERS_MAX: Final = 128
"""An id is an id; a longer value is cut, so that a hostile one cannot fill an index."""
ATTRIBUTES_MAX: Final = 24
"""Further attributes kept per event: more than a person reads."""
ATTRIBUTE_CHARACTERS_MAX: Final = 256


ATTRIBUTES_CACHED: Final = 8192
"""Redacted attributes remembered: routes, methods and hosts repeat with every error."""

_FIXED: Final = {
    "agent_name": ("gen_ai.agent.name",),
    "tool_name": ("gen_ai.tool.name",),
    "http_method": ("http.request.method", "http.method"),
    "http_route": ("http.route", "url.path", "http.target"),
    "http_status": ("http.response.status_code", "http.status_code"),
}
"""Under which keys the semantic conventions have, and had, the rest of the context."""

KEPT_PREFIXES: Final = (
    "client.",
    "cloud.",
    "code.",
    "db.",
    "error.",
    "faas.",
    "feature_flag.",
    "gen_ai.",
    "graphql.",
    "http.",
    "messaging.",
    "network.",
    "peer.",
    "rpc.",
    "server.",
    "url.",
    "vcs.",
)
"""Span attributes worth keeping beside an error: the semantic conventions' groups that describe what was being done."""
REPOSITORY_PREFIX: Final = "vcs."
"""Of the resource only where its code is: a permalink needs it, and the rest stands in columns of its own."""
_NOT_KEPT: Final = (
    "gen_ai.input",
    "gen_ai.output",
    "gen_ai.prompt",
    "gen_ai.completion",
    "gen_ai.system_instructions",
    "gen_ai.tool.call.arguments",
    "gen_ai.tool.call.result",
    "http.request.header.",
    "http.response.header.",
)
"""Content rather than description: conversations and headers stay where they are."""


class ContextReader:
    """Reads contexts by configured aliases. Keeps a cache, so one instance serves one thread."""

    def __init__(self, aliases: ContextAliases, redactor: Redactor) -> None:
        self._redactor = redactor
        self._attributes: Lru[tuple[str, str], Redacted] = Lru(ATTRIBUTES_CACHED)
        named = {name: getattr(aliases, name) for name in ContextAliases.__struct_fields__}
        self._fields = {name: (*keys, *(f"baggage.{key}" for key in keys)) for name, keys in named.items()} | _FIXED
        self._rank = {key: (name, rank) for name, keys in self._fields.items() for rank, key in enumerate(keys)}
        self._keys_without: dict[frozenset[str], frozenset[str]] = {}

    def read(self, occurrence: Occurrence) -> ErrorContext:
        """The context of one occurrence: its own attributes first, then the spans above, then the resource."""
        found: dict[str, Scalar] = {}
        self._fill(found, occurrence.attributes)
        self._fill(found, occurrence.item_attributes)
        for above in occurrence.ancestors(self._missing(frozenset(found))):
            self._fill(found, above)
        self._fill(found, occurrence.resource.attributes)
        status = found.pop("http_status", None)
        return ErrorContext(
            **{name: self._redacted(name, str(_only(value))[:ID_CHARACTERS_MAX]) for name, value in found.items()},
            http_status=status if isinstance(status, int) else None,
            attributes=dict(self._kept(occurrence.item_attributes, occurrence.resource.attributes)),
        )

    def _missing(self, found: frozenset[str]) -> frozenset[str]:
        """The keys of all fields but those `found`: the same object for the same fields, a thousand at the most."""
        keys = self._keys_without.get(found)
        if keys is None:
            keys = frozenset(key for name, keys in self._fields.items() if name not in found for key in keys)
            self._keys_without[found] = keys
        return keys

    def _fill(self, found: dict[str, Scalar], layer: Attributes) -> None:
        """Take from `layer` what is not known yet; of several keys for one thing the most telling."""
        ranks = self._rank
        hits = [key for key in layer if key in ranks]
        for key in sorted(hits, key=ranks.__getitem__) if len(hits) > 1 else hits:
            name = ranks[key][0]
            if name not in found and layer[key] != "":
                found[name] = layer[key]

    def _kept(self, attributes: Attributes, resource: Attributes) -> Iterator[tuple[str, str]]:
        worth = {key: attributes[key] for key in attributes if _is_worth_keeping(key)}
        for key in resource:
            if key.startswith(REPOSITORY_PREFIX):
                worth.setdefault(key, resource[key])
        for key in list(worth)[:ATTRIBUTES_MAX]:
            value = str(worth[key])[:ATTRIBUTE_CHARACTERS_MAX]
            yield key[:ATTRIBUTE_CHARACTERS_MAX], self._redacted(key, value)

    def _redacted(self, key: str, value: str) -> Redacted:
        return self._attributes.get_or_make((key, value), lambda: self._redactor.redact_attribute(key, value).text)


@lru_cache(maxsize=ATTRIBUTES_CACHED)
def _is_worth_keeping(key: str) -> bool:
    return key.startswith(KEPT_PREFIXES) and not key.startswith(_NOT_KEPT)


def _only(value: Scalar) -> Scalar:
    """Header attributes are lists of one."""
    if isinstance(value, str) and value.startswith('["') and value.endswith('"]'):
        return value[2:-2]
    return value
