"""Redacted, parsed stack traces, each distinct one worked out once.

The message of an exception stands in its stack trace as well and varies where the stack does not. It is taken out
before anything else, so that a thousand failures of one line of code share one parse, one redaction and one row.
"""

import hashlib
import re
from typing import Final

from tracemedic_processor.lru import Lru
from tracemedic_processor.redaction import Redactor
from tracemedic_processor.stacktrace.in_app import InAppRules
from tracemedic_processor.stacktrace.parse import parse_stacktrace
from tracemedic_storage.records import Record, Redacted, RedactionCount, StackTrace, StoredStack

STACK_CHARACTERS_MAX: Final = 65_536
"""Twice the 32,000 bytes that SDKs and Logfire keep; a longer text is cut in the middle of nowhere."""
STACKS_CACHED: Final = 4096
"""Distinct stack traces remembered; at 10 KB each this bounds the cache to about 40 MB."""
MESSAGE_CHARACTERS_MIN: Final = 4
"""A shorter message might stand anywhere in the text by accident."""
MESSAGE_MARK: Final = "<message>"
"""Stands in a stored stack trace where each event has its own message."""


class ReadStack(Record, frozen=True, kw_only=True):
    """A stack trace ready for use; `text` is the whole redacted text with the mark in place of the message."""

    stack: StackTrace
    text: Redacted
    hash: str | None
    redactions: tuple[RedactionCount, ...]

    def stored(self) -> StoredStack | None:
        """As storage keeps it, None when there was no text."""
        if self.hash is None:
            return None
        return StoredStack(hash=self.hash, language=self.stack.language, chain=self.stack.chain, text=self.text)

    def with_message(self, message: Redacted) -> Redacted:
        """The text as it goes on, the (redacted) message back in its place."""
        return Redacted(self.text.replace(MESSAGE_MARK, message))


class StackReader:
    """Reads stack traces: take the message out, redact, parse, hash."""

    def __init__(self, redactor: Redactor, *, in_app: InAppRules | None = None) -> None:
        self._redactor = redactor
        self._in_app = in_app
        self._cache: Lru[tuple[str, str, str | None, InAppRules | None], ReadStack] = Lru(STACKS_CACHED)

    def read(
        self,
        text: str,
        *,
        language: str | None,
        error_type: str,
        message: str,
        in_app: InAppRules | None = None,
    ) -> ReadStack:
        """The stack trace `text` of an exception, still with the sender's `message`; never raises on odd text.

        `in_app` goes before the reader's own rules.
        """
        rules = self._in_app if in_app is None else in_app
        template = _without_message(text[:STACK_CHARACTERS_MAX], error_type, message)
        return self._cache.get_or_make(
            (template, error_type, language, rules), lambda: self._make(template, language, error_type, rules)
        )

    def _make(self, template: str, language: str | None, error_type: str, rules: InAppRules | None) -> ReadStack:
        redaction = self._redactor.redact_stacktrace(template)
        stack = parse_stacktrace(
            redaction.text, language=language, error_type=error_type, message=MESSAGE_MARK, in_app=rules
        )
        return ReadStack(
            stack=stack,
            text=redaction.text,
            hash=hashlib.sha256(redaction.text.encode(errors="replace")).hexdigest()[:32] if template else None,
            redactions=redaction.counts,
        )


def _without_message(text: str, error_type: str, message: str) -> str:
    """`text` with the mark where the reported exception's message stands.

    Behind the exception's type it is surely that. Elsewhere the same words may be another exception's: Java's
    `new RuntimeException(cause)` takes `cause.toString()`, type and all, as its message.
    """
    if len(message) < MESSAGE_CHARACTERS_MIN or MESSAGE_MARK in text:
        return text
    header = f"{_SEPARATORS.split(error_type)[-1]}: "
    if header + message in text:
        return text.replace(header + message, header + MESSAGE_MARK)
    return text if ": " in message else text.replace(message, MESSAGE_MARK)


_SEPARATORS: Final = re.compile(r"[.\\$]|::")
"""Between the parts of a qualified type; stack traces may show only the last."""
