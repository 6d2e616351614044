"""Gathers what speaks for which category: every rule that fits the exceptions, frames and attributes of one error."""

from typing import NamedTuple

from tracemedic_processor.classify.rule import Rule
from tracemedic_storage.records import Category


class Evidence(NamedTuple):
    """One rule that fits, what it says here, and where it was found. `score` is its weight after all reductions."""

    category: Category
    score: float
    rule: Rule
    kind: str
    note: str = ""
