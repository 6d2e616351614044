"""Phrases that mean the same in every language."""

from tracemedic_processor.classify.rule import rule, table

TABLE = table(
    rule("timeout", 0.85, "a time limit passed", phrases=[r"\btimed? ?out\b"]),
)
