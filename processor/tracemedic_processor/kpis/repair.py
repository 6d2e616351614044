"""How long repairs took: from a pattern's history to spans of time. Pure."""

from collections.abc import Iterable, Sequence

from tracemedic_storage.records import Record
from tracemedic_storage.repairs import History, Step


class Repair(Record, frozen=True, kw_only=True):
    """From the moment a pattern was made or came back to the moment somebody said it is repaired."""

    begun_at_ns: int
    resolved_at_ns: int

    @property
    def took_ns(self) -> int:
        """How long it took."""
        return max(0, self.resolved_at_ns - self.begun_at_ns)


def repairs_of(steps: Sequence[Step]) -> tuple[Repair, ...]:
    """The repairs in a history, oldest first.

    A repair begins when the pattern is made or regresses. Resolving it again (in another version) changes nothing.
    Reopened by hand, a resolved pattern was not repaired: that repair goes on from its old beginning, and its former
    end does not count. Regressed, it had been: the next repair begins with the regression. Ignoring ends no repair;
    a pattern that was ignored after it was resolved begins a new one when it is reopened.
    """
    found: list[Repair] = []
    begun_at_ns: int | None = None
    was_resolved = False
    for step in steps:
        if step.kind == "resolved":
            if begun_at_ns is not None:
                found.append(Repair(begun_at_ns=begun_at_ns, resolved_at_ns=step.at_ns))
            begun_at_ns = None
        elif step.kind != "ignored" and begun_at_ns is None:
            goes_on = step.kind == "reopened" and was_resolved and found
            begun_at_ns = found.pop().begun_at_ns if goes_on else step.at_ns
        was_resolved = step.kind == "resolved"
    return tuple(found)


def repairs_within(histories: Iterable[History], since_ns: int, until_ns: int) -> tuple[Repair, ...]:
    """The repairs that ended from `since_ns` on and before `until_ns`."""
    return tuple(
        repair
        for history in histories
        for repair in repairs_of(history.steps)
        if since_ns <= repair.resolved_at_ns < until_ns
    )
