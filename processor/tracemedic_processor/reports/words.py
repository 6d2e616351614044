"""Words that all formats share."""

from typing import Final

from tracemedic_processor.reports.summary import BY_FIGURES
from tracemedic_storage.scope import Scope

FEEDBACK_KPIS: Final = frozenset({"feedback_response_time", "resolution_rate", "user_satisfaction"})
_KINDS: Final = {
    "created": "New",
    "escalated": "Escalated",
    "alert": "Many occurrences",
    "regressed": "Regressed",
    "reopened": "Reopened",
    "calmed": "Calmed",
    "resolved": "Resolved",
}


def kind_text(kind: str) -> str:
    """What happened to a pattern."""
    return _KINDS.get(kind, kind)


def by_text(summary_by: str) -> str:
    """Who wrote a summary."""
    if summary_by == BY_FIGURES:
        return "Composed from the figures below; no model was asked."
    return f"Written by {summary_by} from the figures below."


def scope_text(scope: Scope) -> str:
    """The restrictions of a scope: `, service shop`; empty without any."""
    return "".join(f", {name} {getattr(scope, name)}" for name in scope.chosen)
