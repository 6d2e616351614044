"""The way through a chain of exceptions: which of them lead to the root, which stand beside it."""

from collections.abc import Iterable

from tracemedic_storage.records import ExceptionRecord, Relation

_BESIDE = frozenset({"suppressed", "group_member"})


def on_the_way(chain: Iterable[ExceptionRecord]) -> list[ExceptionRecord]:
    """The reported exception and what caused it, without suppressed exceptions and members of mixed groups."""
    return [exception for exception in chain if exception.relation not in _BESIDE]


def find_root(chain: Iterable[ExceptionRecord]) -> ExceptionRecord | None:
    """The root cause: the last on the way; None for an empty chain."""
    way = on_the_way(chain)
    return way[-1] if way else None


def related(chain: list[ExceptionRecord], relation: Relation) -> list[ExceptionRecord]:
    """The chain with another relation of its first exception, to be joined to a chain before it."""
    if not chain:
        return []
    first = chain[0]
    return [
        ExceptionRecord(type=first.type, message=first.message, relation=relation, frames=first.frames),
        *chain[1:],
    ]
