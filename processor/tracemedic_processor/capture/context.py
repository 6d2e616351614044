"""The request, the agent and the user around an error, found under the names that telemetry gives them."""

from collections.abc import Iterable, Iterator
from typing import Final

from tracemedic_processor.aliases import ContextAliases
from tracemedic_processor.attributes import Scalar
from tracemedic_processor.occurrence import Attributes, Occurrence
from tracemedic_processor.redaction import Redactor
from tracemedic_storage.records import ErrorContext

ID_CHARACTERS_MAX: Final = 128
"""An id is an id; a longer value is cut, so that a hostile one cannot fill an index."""
ATTRIBUTES_MAX: Final = 24
"""Further attributes kept per event: more than a person reads."""
ATTRIBUTE_CHARACTERS_MAX: Final = 256


_AGENT_NAME: Final = ("gen_ai.agent.name",)
_TOOL_NAME: Final = ("gen_ai.tool.name",)
_HTTP_METHOD: Final = ("http.request.method", "http.method")
_HTTP_ROUTE: Final = ("http.route", "url.path", "http.target")
_HTTP_STATUS: Final = ("http.response.status_code", "http.status_code")

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
    """Reads contexts by configured aliases."""

    def __init__(self, aliases: ContextAliases, redactor: Redactor) -> None:
        self._redactor = redactor
        self._ids = {
            name: (*keys, *(f"baggage.{key}" for key in keys))
            for name, keys in ((name, getattr(aliases, name)) for name in ContextAliases.__struct_fields__)
        }

    def read(self, occurrence: Occurrence) -> ErrorContext:
        """The context of one occurrence: its own attributes first, then the spans above, then the resource."""
        layers = (
            occurrence.attributes,
            occurrence.item_attributes,
            *occurrence.ancestors(),
            occurrence.resource.attributes,
        )
        ids = {name: self._id(layers, keys) for name, keys in self._ids.items()}
        status = _first(layers, _HTTP_STATUS)
        return ErrorContext(
            **ids,
            agent_name=self._id(layers, _AGENT_NAME),
            tool_name=self._id(layers, _TOOL_NAME),
            http_method=self._id(layers, _HTTP_METHOD),
            http_route=self._id(layers, _HTTP_ROUTE),
            http_status=status if isinstance(status, int) else None,
            attributes=dict(self._kept(occurrence.item_attributes)),
        )

    def _id(self, layers: Iterable[Attributes], keys: tuple[str, ...]) -> str | None:
        value = _first(layers, keys)
        return None if value is None else self._redactor.redact(str(value)[:ID_CHARACTERS_MAX]).text

    def _kept(self, attributes: Attributes) -> Iterator[tuple[str, str]]:
        worth = (key for key in attributes if key.startswith(KEPT_PREFIXES) and not key.startswith(_NOT_KEPT))
        for key, _ in zip(worth, range(ATTRIBUTES_MAX), strict=False):
            value = str(attributes[key])[:ATTRIBUTE_CHARACTERS_MAX]
            yield key[:ATTRIBUTE_CHARACTERS_MAX], self._redactor.redact_attribute(key, value).text


def _first(layers: Iterable[Attributes], keys: tuple[str, ...]) -> Scalar | None:
    """The value of the first key that any layer holds, nearest layer first; header attributes are lists of one."""
    for layer in layers:
        for key in keys:
            value = layer.get(key)
            if value is not None and value != "":
                return _only(value)
    return None


def _only(value: Scalar) -> Scalar:
    if isinstance(value, str) and value.startswith('["') and value.endswith('"]'):
        return value[2:-2]
    return value
