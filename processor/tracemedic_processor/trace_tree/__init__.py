"""One trace as a person or a model reads it: chosen spans with short redacted texts, and a tree of them as text.

`spans_of` reads a request, `joined` adds up what several requests and replicas had, `bounded` keeps the result small,
`render` writes it down.
"""

from .choice import LEFT_OUT, bounded
from .joined import joined
from .render import render
from .spans import spans_by_trace, spans_of
from .texts import Redact, redact_with

__all__ = ["LEFT_OUT", "Redact", "bounded", "joined", "redact_with", "render", "spans_by_trace", "spans_of"]
