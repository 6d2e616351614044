"""All rules, the most specific first: on equal length the earlier names the marker."""

from tracemedic_processor.redaction.rule import Rule
from tracemedic_processor.redaction.rules import (
    cloud,
    connections,
    developer,
    headers,
    keys,
    models,
    personal,
    services,
    statements,
)

RULES: tuple[Rule, ...] = (
    *keys.RULES,
    *models.RULES,
    *cloud.RULES,
    *developer.RULES,
    *services.RULES,
    *connections.RULES,
    *headers.RULES,
    *statements.RULES,
    *personal.RULES,
)

IP_RULES: tuple[Rule, ...] = personal.IP_RULES
"""IP addresses, by choice only."""
