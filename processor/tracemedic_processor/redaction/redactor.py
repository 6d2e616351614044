"""Secrets out of text, the sentence left readable."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from tracemedic_storage.records import Record, Redacted, RedactionCount

from .rule import Rule, Span, whole
from .rules import IP_RULES, RULES
from .rules.assignments import assignments
from .scan import Hits, Scan, scan_for
from .spans import replace, settle

_PASSES_MAX = 6
_KIND = re.compile(r"[a-z0-9_]{1,64}")


class Redaction(Record):
    """Text without its secrets, and what was taken out. Without a finding `text` is the very object given."""

    text: Redacted
    counts: tuple[RedactionCount, ...] = ()


class Redactor:
    """Finds secrets and personal data, and replaces each by `[redacted:kind]`. Safe to share between threads.

    `extra_patterns` maps a kind (lower-case letters, digits, `_`) to a regular expression; its group `secret`, where
    it has one, is what is replaced. `exceptions` are regular expressions; what one matches in full is kept.
    Raises ValueError with one line for a pattern that does not compile or a kind that is no name.
    """

    def __init__(
        self,
        *,
        ip_addresses: bool = False,
        extra_patterns: Mapping[str, str] = {},
        exceptions: Sequence[str] = (),
    ) -> None:
        self._extra = tuple(_extra_rule(kind, pattern) for kind, pattern in extra_patterns.items())
        self._exceptions = tuple(_compiled("exception", pattern) for pattern in exceptions)
        self._rules = RULES + (IP_RULES if ip_addresses else ())
        self._scan: Scan = scan_for(self._rules)

    def redact(self, text: str) -> Redaction:
        """`text` without secrets."""
        return self._redact(text, keep_lines=False)

    def redact_stacktrace(self, text: str) -> Redaction:
        """Like `redact`, with as many lines as before and captured locals shown as types."""
        return self._redact(text, keep_lines=True)

    def redact_attribute(self, key: str, value: str) -> Redaction:
        """Like `redact`, with an attribute's key as context."""
        prefix = f"{key}="
        whole_pair = self._redact(prefix + value, keep_lines=False)
        if not whole_pair.counts:
            return Redaction(text=Redacted(value))
        return Redaction(text=Redacted(whole_pair.text.removeprefix(prefix)), counts=whole_pair.counts)

    def _redact(self, text: str, *, keep_lines: bool) -> Redaction:
        hits = self._scan.hits(text)
        if not hits.rules and not hits.sites and not self._extra:
            return Redaction(text=Redacted(text))
        counts: Counter[str] = Counter()
        for _ in range(_PASSES_MAX):
            spans = settle(self._find(text, hits), text)
            if not spans:
                break
            counts.update(span.kind for span in spans)
            text = replace(text, spans, keep_lines=keep_lines)
            hits = self._scan.hits(text)
        return Redaction(
            text=Redacted(text),
            counts=tuple(RedactionCount(kind=kind, count=count) for kind, count in sorted(counts.items())),
        )

    def _find(self, text: str, hits: Hits) -> Iterator[Span]:
        for rank, rule in enumerate(self._extra):
            yield from self._matches(rule, text, rank - len(self._extra))
        for index in hits.rules:
            yield from self._matches(self._rules[index], text, index)
        for span in assignments(text, hits.sites, len(self._rules)):
            if not self._excepted(text[span.start : span.end]):
                yield span

    def _matches(self, rule: Rule, text: str, rank: int) -> Iterator[Span]:
        for match in rule.pattern.finditer(text):
            extent = rule.extent(match)
            if extent is not None and extent[0] < extent[1] and not self._excepted(text[extent[0] : extent[1]]):
                yield Span(*extent, rule.kind, rank)

    def _excepted(self, secret: str) -> bool:
        return any(exception.fullmatch(secret) for exception in self._exceptions)


def _extra_rule(kind: str, pattern: str) -> Rule:
    if not _KIND.fullmatch(kind):
        raise ValueError(f"redaction kind {kind!r} is not made of lower-case letters, digits and underscores")
    return Rule(kind, _compiled(kind, pattern), whole)


def _compiled(name: str, pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(f"redaction pattern {name!r} is no regular expression: {error}") from None
