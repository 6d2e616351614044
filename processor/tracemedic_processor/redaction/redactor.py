"""Secrets out of text, the sentence left readable."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from tracemedic_storage.records import Record, Redacted, RedactionCount

from .attributes import is_statement, kind_by_key, mask_literals
from .captured import mask_locals
from .finder import Finder
from .hits import Hits
from .near import found_in, regions
from .rule import Rule, whole
from .rules import IP_RULES, RULES
from .spans import replace

_PASSES_MAX = 8
_WITHHELD = "[redacted:text]"
_KIND = re.compile(r"[a-z0-9_]{1,64}")


class Redaction(Record, frozen=True, kw_only=True):
    """Text without its secrets, and what was taken out. Without a finding `text` is the very object given."""

    text: Redacted
    counts: tuple[RedactionCount, ...] = ()


class Redactor:
    """Finds secrets and personal data, and replaces each by `[redacted:kind]`. Safe to share between threads.

    `ip_addresses` takes those out too. `extra_patterns` maps a kind (lower-case letters, digits, `_`) to a regular
    expression; its group `secret`, where it has one, is what is replaced. These run on every text, so they cost.
    `exceptions` are regular expressions; a finding that one matches in full is kept.
    Raises ValueError with one line for an expression that does not compile or a kind that is no name.

    Redacting twice changes nothing, nothing is raised on any text, and the time is linear in the text's length.
    """

    def __init__(
        self,
        *,
        ip_addresses: bool = False,
        extra_patterns: Mapping[str, str] = {},
        exceptions: Sequence[str] = (),
    ) -> None:
        self._settings = (ip_addresses, dict(extra_patterns), tuple(exceptions))
        self._finder = Finder(
            RULES + (IP_RULES if ip_addresses else ()),
            [_extra_rule(kind, pattern) for kind, pattern in extra_patterns.items()],
            [_compiled(f"exception {pattern!r}", pattern) for pattern in exceptions],
        )

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuilt, self._settings

    def redact(self, text: str) -> Redaction:
        """`text` without secrets."""
        hits = self._finder.hits(text)
        return (
            Redaction(text=Redacted(text)) if hits is None else self._redacted(text, hits, Counter(), keep_lines=False)
        )

    def redact_stacktrace(self, text: str) -> Redaction:
        """Like `redact`, with as many lines as before; values of captured locals are replaced by their types."""
        hits = self._finder.hits(text)
        if hits is None:
            return Redaction(text=Redacted(text))
        counts: Counter[str] = Counter()
        if "locals" in hits.cues:
            masked, values = mask_locals(text)
            if values:
                text, counts["captured_local"] = masked, values
                hits = self._finder.hits(text)
                if hits is None:
                    return _redaction(text, counts)
        return self._redacted(text, hits, counts, keep_lines=True)

    def redact_attribute(self, key: str, value: str) -> Redaction:
        """Like `redact`, with an attribute's key as context: what is called a password goes as a whole."""
        kind = kind_by_key(key, value)
        if kind is not None:
            return _redaction(f"[redacted:{kind}]", Counter({kind: 1}))
        counts: Counter[str] = Counter()
        text = value
        if is_statement(key):
            text, literals = mask_literals(value)
            if literals:
                counts["literal"] = literals
        prefix = f"{key.rpartition('.')[2]}: "
        hits = self._finder.hits(prefix + text)
        if hits is None:
            return _redaction(text, counts)
        result = self._redacted(prefix + text, hits, Counter(), keep_lines=False)
        if not result.counts:
            return _redaction(text, counts)
        if not result.text.startswith(prefix):
            return self.redact(text)
        counts.update({found.kind: found.count for found in result.counts})
        return _redaction(result.text.removeprefix(prefix), counts)

    def _redacted(self, text: str, hits: Hits, counts: Counter[str], *, keep_lines: bool) -> Redaction:
        spans = self._finder.spans(text, hits)
        for _ in range(_PASSES_MAX):
            # A marker changes what its neighbours look like, so passes go on until one finds nothing.
            if not spans:
                return _redaction(text, counts)
            counts.update(span.kind for span in spans)
            text, markers = replace(text, spans, keep_lines=keep_lines)
            changed = regions(markers, len(text))
            spans = self._finder.found(text) if changed is None else found_in(text, changed, self._finder.found)
        counts["text"] += 1
        return _redaction(_WITHHELD + "\n" * (text.count("\n") if keep_lines else 0), counts)


def _redaction(text: str, counts: Counter[str]) -> Redaction:
    return Redaction(
        text=Redacted(text),
        counts=tuple(RedactionCount(kind=kind, count=count) for kind, count in sorted(counts.items())),
    )


def _rebuilt(ip_addresses: bool, extra_patterns: Mapping[str, str], exceptions: Sequence[str]) -> Redactor:
    return Redactor(ip_addresses=ip_addresses, extra_patterns=extra_patterns, exceptions=exceptions)


def _extra_rule(kind: str, pattern: str) -> Rule:
    if not _KIND.fullmatch(kind):
        raise ValueError(f"redaction kind {kind!r} is not made of lower-case letters, digits and underscores")
    return Rule(kind, _compiled(f"pattern {kind!r}", pattern), whole)


def _compiled(name: str, pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(f"redaction {name} is no regular expression: {error}") from None
