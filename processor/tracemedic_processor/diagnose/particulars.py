"""The names that a message carries: what makes a general cause concrete."""

import re
from collections.abc import Iterable
from typing import Final

from tracemedic_processor.diagnose.wording import clipped, plain

TEXT_CHARS_MAX: Final = 2_000
VALUE_CHARS_MAX: Final = 80
PARTICULARS_MAX: Final = 4
"""More than a handful is no help any more."""

_QUOTE = "[\"'`\u2018\u201c]"
_NAME = r"([\w$.\-:/]{1,120})"

_FORMS: Final = tuple(
    (label, re.compile(pattern, re.IGNORECASE))
    for label, pattern in (
        ("constraint", rf"constraint {_QUOTE}?{_NAME}{_QUOTE}?"),
        ("constraint", rf"constraint failed: {_NAME}"),
        ("table", rf"\b(?:table|relation) {_QUOTE}{_NAME}{_QUOTE}"),
        ("table", rf"no such table: {_NAME}|\btable {_NAME} (?:does not|doesn't|has no)"),
        ("column", rf"\bcolumn {_QUOTE}{_NAME}{_QUOTE}|no such column: {_NAME}|\bcolumn {_NAME} does not"),
        ("key", rf"\bfor key {_QUOTE}{_NAME}{_QUOTE}"),
        ("database", rf"\bdatabase {_QUOTE}{_NAME}{_QUOTE}"),
        ("user", rf"\b(?:for user|role) {_QUOTE}{_NAME}{_QUOTE}"),
        (
            "setting",
            rf"\b(?:environment variable|setting|env var|config key|option):? {_QUOTE}?([A-Za-z][\w.\-]{{2,80}})",
        ),
        ("setting", rf"{_QUOTE}(?-i:([A-Z][A-Z0-9]*_[A-Z0-9_]{{2,60}})){_QUOTE}"),
        ("module", rf"\b(?:module|package|class)(?: named)? {_QUOTE}{_NAME}{_QUOTE}"),
        ("model", rf"\bmodel:? {_QUOTE}{_NAME}{_QUOTE}"),
        ("tool", rf"\btool:? {_QUOTE}{_NAME}{_QUOTE}"),
        ("attribute", rf"\b(?:attribute|property|method|field) {_QUOTE}{_NAME}{_QUOTE}"),
        ("property", rf"\(reading {_QUOTE}{_NAME}{_QUOTE}\)"),
        ("queue or topic", rf"\b(?:queue|topic|exchange|stream) {_QUOTE}?{_NAME}{_QUOTE}?"),
        ("host", r"\bhost=?[ '\"]{1,2}([\w.\-]{3,100})"),
        ("host", r"\b((?:[a-zA-Z0-9][\w\-]{0,60}\.){0,6}[a-zA-Z][\w\-]{0,60}:\d{2,5})\b"),
        ("host", r"\b(\d{1,3}(?:\.\d{1,3}){3}:\d{2,5})\b"),
        ("host", r"\b(?:getaddrinfo(?: ENOTFOUND| EAI_AGAIN)?|resolve(?: host)?|lookup):? ([a-zA-Z][\w.\-]{2,100})"),
        ("port", r"\bport (\d{2,5})\b"),
        ("path", r"[\s'\"(:]((?:/[\w.\-+]{1,60}){2,8}|[A-Z]:\\[\w.\\\- ]{3,100})"),
        (
            "limit",
            r"\b(?:maximum|max|limit|exceed\w*)[^.\d]{0,40}?(\d[\d,._]{0,12} ?(?:[kKMG]i?B|bytes|tokens|s|ms)?)\b",
        ),
    )
)
_ORDINARY: Final = frozenset({"of", "in", "is", "the", "a", "not", "named", "exists", "already", "failed", "is:"})


def particulars(messages: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Kinds and names found in messages, the first of each kind: `(("table", "orders"), ("host", "db:5432"))`."""
    found: dict[str, str] = {}
    for message in messages:
        head = message[:TEXT_CHARS_MAX]
        for label, form in _FORMS:
            match = None if label in found else form.search(head)
            name = next((group for group in match.groups() if group), "") if match else ""
            name = name.strip(".:,;'\"")
            if len(name) > 1 and name.lower() not in _ORDINARY:
                found[label] = clipped(plain(name), VALUE_CHARS_MAX)
    return tuple(found.items())[:PARTICULARS_MAX]
