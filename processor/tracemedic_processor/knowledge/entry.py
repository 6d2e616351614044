"""One thing that is known about a kind of error."""

from tracemedic_storage.records import Category, Fix, Record


class KnowledgeEntry(Record, frozen=True, kw_only=True):
    """What an error code or a kind of failure means.

    `key` names it for people and for evidence (`SQLSTATE 23505`, `ECONNREFUSED`, `http 429`), `meaning` says in one or
    two sentences what happened, `causes` why it usually does (the most common first), `fixes` what helps, in order.
    `confidence` is how often a diagnosis from this entry alone is right, 0 to 1.
    """

    key: str
    title: str
    meaning: str
    causes: tuple[str, ...]
    fixes: tuple[Fix, ...]
    categories: tuple[Category, ...] = ()
    confidence: float = 0.5
