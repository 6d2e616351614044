"""The ledger of paid requests to models, and the budget that is counted from it.

A request is entered with the most it may cost before it is made, and settled with what it did cost. One that was never
settled (its process died) stays in at its most: the budget is a promise about money, so it errs on the dear side.
"""

from datetime import UTC, datetime

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from tracemedic_storage.database import Database
from tracemedic_storage.records import ModelCall, Record
from tracemedic_storage.tables import model_calls
from tracemedic_storage.timestamps import as_datetime, from_datetime

_LOCK = 0x7472_6163_6265_7967
"""The advisory lock under which the budget is counted, so that two replicas do not both take the last of it."""


class Budget(Record, frozen=True, kw_only=True):
    """What may be spent in a day and in a month (both UTC), in tokens and in US dollars."""

    tokens_per_day: int
    tokens_per_month: int
    usd_per_day: float
    usd_per_month: float


class Spending(Record, frozen=True, kw_only=True):
    """Tokens and US dollars since a time, those of requests under way at their most."""

    tokens: int
    cost_usd: float


def reserve(database: Database, call: ModelCall, budget: Budget) -> str | None:
    """Enter `call` with the most it may cost; None when the budget allows it, otherwise which limit it would pass.

    Entering the same id again changes nothing and is allowed.
    """
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        if connection.scalar(sa.select(model_calls.c.id).where(model_calls.c.id == call.id)):
            return None
        refusal = _refusal(connection, call, budget)
        if refusal is None:
            connection.execute(sa.insert(model_calls).values(_to_row(call)))
    return refusal


def settle(
    database: Database, call_id: str, *, input_tokens: int, output_tokens: int, cost_usd: float, now_ns: int
) -> None:
    """Put what a request did cost in the place of the most it might have."""
    spent = {"input_tokens": input_tokens, "output_tokens": output_tokens, "cost_usd": cost_usd}
    with database.write() as connection:
        connection.execute(sa.update(model_calls).where(model_calls.c.id == call_id).values(**spent, settled_at=now_ns))


def spent_since(database: Database, since_ns: int) -> Spending:
    """What was spent at or after a time."""
    with database.read() as connection:
        return _spent_since(connection, since_ns)


def day_began_ns(now_ns: int) -> int:
    """The beginning of the day, UTC."""
    return from_datetime(as_datetime(now_ns).replace(hour=0, minute=0, second=0, microsecond=0))


def month_began_ns(now_ns: int) -> int:
    """The beginning of the month, UTC."""
    now = as_datetime(now_ns)
    return from_datetime(datetime(now.year, now.month, 1, tzinfo=UTC))


def _refusal(connection: Connection, call: ModelCall, budget: Budget) -> str | None:
    day = _spent_since(connection, day_began_ns(call.reserved_at_ns))
    month = _spent_since(connection, month_began_ns(call.reserved_at_ns))
    tokens = call.input_tokens + call.output_tokens
    limits = (
        (day.tokens + tokens > budget.tokens_per_day, f"the day's {budget.tokens_per_day:,} tokens"),
        (month.tokens + tokens > budget.tokens_per_month, f"the month's {budget.tokens_per_month:,} tokens"),
        (day.cost_usd + call.cost_usd > budget.usd_per_day, f"the day's {budget.usd_per_day:g} US dollars"),
        (month.cost_usd + call.cost_usd > budget.usd_per_month, f"the month's {budget.usd_per_month:g} US dollars"),
    )
    return next((f"{limit} are used up" for is_passed, limit in limits if is_passed), None)


def _spent_since(connection: Connection, since_ns: int) -> Spending:
    columns = model_calls.c
    tokens = sa.func.coalesce(sa.func.sum(columns.input_tokens + columns.output_tokens), 0)
    cost = sa.func.coalesce(sa.func.sum(columns.cost_usd), 0.0)
    row = connection.execute(sa.select(tokens, cost).where(columns.reserved_at >= since_ns)).one()
    return Spending(tokens=int(row[0]), cost_usd=float(row[1]))


def _to_row(call: ModelCall) -> dict[str, object]:
    row: dict[str, object] = msgspec.structs.asdict(call)
    row["reserved_at"], row["settled_at"] = row.pop("reserved_at_ns"), row.pop("settled_at_ns")
    return row
