"""Looks up what is known of an error."""

import functools
from typing import Final

from tracemedic_processor.knowledge.defaults import DEFAULTS
from tracemedic_processor.knowledge.entry import KnowledgeEntry
from tracemedic_processor.knowledge.index import Index
from tracemedic_processor.knowledge.subject import Subject
from tracemedic_processor.knowledge.tables import TABLES
from tracemedic_storage.records import Category

NEAR_BEST: Final = 0.72
"""An entry that fits less than this share of the best one only distracts from it."""


def lookup(subject: Subject, limit: int = 3) -> tuple[KnowledgeEntry, ...]:
    """What is known, the best first, at least one entry: where nothing fits, the default of the category.

    The first call compiles the index, which takes some hundred milliseconds.
    """
    found = index().find(subject)
    if not found:
        return (default(subject.category),)
    best = found[0].score
    return tuple(one.known.entry for one in found[:limit] if one.score >= NEAR_BEST * best)


def default(category: Category) -> KnowledgeEntry:
    """What can be said of a category when nothing more is known; its confidence is low."""
    return DEFAULTS[category]


def is_default(entry: KnowledgeEntry) -> bool:
    """Whether an entry is what is said when nothing is known."""
    return entry in DEFAULTS.values()


@functools.cache
def index() -> Index:
    """All tables as one index."""
    return Index([row for table in TABLES for row in table])
