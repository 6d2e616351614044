"""Where the secrets of a text are: rules and views behind one pre-filter."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from .encoded import encoded
from .hits import Hits, Scan
from .places import matches
from .rule import Known, Rule, Span, nothing_known
from .rules.assignments import assignments
from .scan import scan_for
from .spans import settle
from .views import View, decoded, joined

LARGE_CHARACTERS: Final = 16_384
"""In a text of this size it pays to ask where the rules may match before each looks for itself."""

_NEIGHBOURS: Final = 90
"""Characters before and after a finding by which it is told whether it can be seen without the view."""


class Finder:
    """`extra` rules always run; `exceptions` are values that are no secrets."""

    def __init__(self, rules: tuple[Rule, ...], extra: Sequence[Rule], exceptions: Sequence[re.Pattern[str]]) -> None:
        self._rules = rules
        self._extra = tuple(extra)
        self._exceptions = tuple(exceptions)
        self._scan: Scan = scan_for(rules)

    def hits(self, text: str) -> Hits | None:
        """What the pre-filter saw, None when nothing needs to be looked at."""
        hits = self._scan.hits(text)
        return hits if hits.rules or hits.sites or hits.cues or self._extra else None

    def found(self, text: str) -> list[Span]:
        """All secrets of `text`, in order and apart."""
        hits = self.hits(text)
        return [] if hits is None else self.spans(text, hits)

    def spans(self, text: str, hits: Hits) -> list[Span]:
        """The same, with what the pre-filter saw."""
        return settle((span for span in self._all(text, hits) if not self._excepted(text, span)), text)

    def _all(self, text: str, hits: Hits) -> Iterator[Span]:
        yield from self._plain(text, hits)
        if "encoded" in hits.cues:
            yield from self._viewed(text, decoded(text))
        if "wrapped" in hits.cues:
            yield from self._wrapped(text, joined(text))
        if "base64" in hits.cues:
            yield from encoded(text, self._has_secret, len(self._rules) + 1)

    def _plain(self, text: str, hits: Hits, known: Known = nothing_known) -> Iterator[Span]:
        for rank, rule in enumerate(self._extra):
            yield from _matches(rule, text, rank - len(self._extra), known)
        places = self._scan.places(text, hits.rules) if hits.rules and len(text) >= LARGE_CHARACTERS else None
        for index in hits.rules:
            yield from _matches(self._rules[index], text, index, known, places.get(index) if places else None)
        yield from assignments(text, hits.sites, len(self._rules))

    def _viewed(self, text: str, view: View | None) -> Iterator[Span]:
        if view is None:
            return

        def known(start: int, end: int) -> bool:
            return view.is_copy(start - _NEIGHBOURS, end + _NEIGHBOURS)

        for span in self._plain(view.text, self._scan.hits(view.text), known):
            start, end = view.original(span.start, span.end)
            if text[start:end] != view.text[span.start : span.end] or self._is_new(text, view, span):
                yield span._replace(start=start, end=end)

    def _is_new(self, text: str, view: View, span: Span) -> bool:
        """Whether only the view shows it: what stands before or after was disguised."""
        start, end = view.original(span.start, span.end)
        before, after = (
            view.text[max(0, span.start - _NEIGHBOURS) : span.start],
            view.text[span.end : span.end + _NEIGHBOURS],
        )
        return not (text.endswith(before, 0, start) and text.startswith(after, end))

    def _wrapped(self, text: str, view: View | None) -> Iterator[Span]:
        if view is None:
            return
        hits = self._scan.hits(view.text)
        wrapping = hits._replace(rules=[index for index in hits.rules if self._rules[index].wraps])
        for span in self._plain(view.text, wrapping, view.is_copy):
            start, end = view.original(span.start, span.end)
            quoted = span.rank < len(self._rules) or text[start - 1 : start] in {'"', "'"}
            if quoted and end - start > span.end - span.start:
                yield span._replace(start=start, end=end)

    def _has_secret(self, text: str) -> bool:
        hits = self._scan.hits(text)
        return any(not self._excepted(text, span) for span in self._plain(text, hits))

    def _excepted(self, text: str, span: Span) -> bool:
        return any(exception.fullmatch(text, span.start, span.end) for exception in self._exceptions)


def _matches(rule: Rule, text: str, rank: int, known: Known, head_ends: Sequence[int] | None = None) -> Iterable[Span]:
    for match in matches(rule.pattern, text, head_ends):
        extent = None if known(*match.span()) else rule.extent(match)
        if extent is not None and extent[0] < extent[1]:
            yield Span(*extent, rule.kind, rank)
