"""What a webhook is told about a change of a pattern: as JSON for programs, or in Slack's format for people.

Texts come from failing programs and from models. In JSON they are values; for Slack they stand in `plain_text`
elements, in which nothing is a link, a mention or formatting.
"""

from datetime import UTC, datetime
from typing import Final

import msgspec

from tracemedic_storage.records import ErrorPattern, PatternChange

TEXT_CHARACTERS_MAX: Final = 600
"""Slack refuses more than 3,000 in a field; a person reads less."""
_WORDS: Final = {
    "created": "New error pattern",
    "escalated": "Escalated",
    "regressed": "Back again after it was resolved",
    "alert": "Alert: many occurrences",
    "calmed": "Calmed down",
    "resolved": "Resolved",
    "acknowledged": "Acknowledged",
    "ignored": "Ignored",
    "reopened": "Reopened",
    "merged": "Merged",
    "split": "Split",
    "diagnosed": "Diagnosed",
}


def as_json(change: PatternChange, pattern: ErrorPattern, *, key: str, url: str | None, left_out: int) -> bytes:
    """The change and its pattern as one object. `left_out` counts messages that the hour's limit kept back."""
    return msgspec.json.encode(
        {
            "version": 1,
            "id": key,
            "event": f"pattern.{change.kind}",
            "at": _moment(change.at_ns),
            "author": change.author,
            "detail": change.detail,
            "left_out": left_out,
            "pattern": {
                "id": pattern.id,
                "fingerprint": pattern.fingerprint,
                "name": pattern.name,
                "status": pattern.status,
                "severity": pattern.severity,
                "category": pattern.category,
                "error_type": pattern.error_type,
                "message": pattern.sample_message,
                "source": pattern.source,
                "services": pattern.services,
                "occurrences": pattern.total_occurrences,
                "first_seen": _moment(pattern.first_seen_ns),
                "last_seen": _moment(pattern.last_seen_ns),
                "root_cause": pattern.ai_root_cause,
                "suggested_fix": pattern.ai_suggested_fix,
                "confidence": pattern.ai_confidence,
                "diagnosed_by": pattern.diagnosed_by,
                "url": url,
            },
        }
    )


def as_slack(change: PatternChange, pattern: ErrorPattern, *, key: str, url: str | None, left_out: int) -> bytes:
    """The same as a message for Slack's incoming webhooks and what imitates them."""
    del key
    title = f"{_WORDS.get(change.kind, change.kind)}: {pattern.name}"
    services = ", ".join(pattern.services[:5])
    facts = f"{pattern.severity} · {pattern.category} · {pattern.total_occurrences} occurrences · {services}"
    texts = [facts, _labelled("Cause", pattern.ai_root_cause), _labelled("Fix", pattern.ai_suggested_fix)]
    if left_out:
        texts.append(f"{left_out} more messages were left out in the last hour (per_hour).")
    blocks: list[dict[str, object]] = [{"type": "header", "text": _plain(title, 150)}]
    blocks.extend({"type": "section", "text": _plain(text, TEXT_CHARACTERS_MAX)} for text in texts if text)
    if url:
        button: dict[str, object] = {"type": "button", "text": _plain("Open", 20), "url": url}
        blocks.append({"type": "actions", "elements": [button]})
    return msgspec.json.encode({"text": _escaped(title)[:TEXT_CHARACTERS_MAX], "blocks": blocks})


def _plain(text: str, characters_max: int) -> dict[str, object]:
    cut = text if len(text) <= characters_max else text[: characters_max - 1] + "…"
    return {"type": "plain_text", "text": cut, "emoji": False}


def _labelled(label: str, text: str | None) -> str:
    return f"{label}: {text}" if text else ""


def _escaped(text: str) -> str:
    """The text of the notification is read as Slack's markup, where these three begin everything (Slack, "Formatting
    text for app surfaces")."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _moment(at_ns: int) -> str:
    return datetime.fromtimestamp(at_ns / 1e9, UTC).isoformat(timespec="milliseconds")
