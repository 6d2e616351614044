from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from tracemedic_storage import model_calls
from tracemedic_storage.database import Database
from tracemedic_storage.model_calls import Budget, Spending
from tracemedic_storage.records import ModelCall
from tracemedic_storage.timestamps import from_datetime

NOON_NS = from_datetime(datetime(2026, 3, 31, 12, tzinfo=UTC))
DAY_NS = 86_400_000_000_000
WIDE = Budget(tokens_per_day=10_000, tokens_per_month=100_000, usd_per_day=1.0, usd_per_month=10.0)


def call(id_: str, *, tokens: int = 1_000, usd: float = 0.1, at_ns: int = NOON_NS) -> ModelCall:
    return ModelCall(
        id=id_,
        purpose="diagnosis",
        model="test:model",
        reserved_at_ns=at_ns,
        input_tokens=tokens - 100,
        output_tokens=100,
        cost_usd=usd,
    )


def test_what_is_reserved_counts_at_its_most_until_it_is_settled(database: Database) -> None:
    assert model_calls.reserve(database, call("one"), WIDE) is None
    assert model_calls.spent_since(database, NOON_NS) == Spending(tokens=1_000, cost_usd=0.1)
    model_calls.settle(database, "one", input_tokens=10, output_tokens=5, cost_usd=0.01, now_ns=NOON_NS + 1_000)
    assert model_calls.spent_since(database, NOON_NS) == Spending(tokens=15, cost_usd=0.01)


@pytest.mark.parametrize(
    ("budget", "refusal"),
    [
        ({"tokens_per_day": 1_999}, "the day's 1,999 tokens are used up"),
        ({"tokens_per_month": 1_999}, "the month's 1,999 tokens are used up"),
        ({"usd_per_day": 0.19}, "the day's 0.19 US dollars are used up"),
        ({"usd_per_month": 0.19}, "the month's 0.19 US dollars are used up"),
        ({"tokens_per_day": 2_000, "usd_per_day": 0.2}, None),
    ],
)
def test_each_limit_refuses_what_would_pass_it(
    database: Database, budget: dict[str, float], refusal: str | None
) -> None:
    chosen = Budget(**{**{name: getattr(WIDE, name) for name in WIDE.__struct_fields__}, **budget})
    assert model_calls.reserve(database, call("one"), chosen) is None
    assert model_calls.reserve(database, call("two"), chosen) == refusal


def test_a_refused_call_is_not_entered_and_a_repeated_one_not_twice(database: Database) -> None:
    narrow = Budget(tokens_per_day=1_000, tokens_per_month=1_000, usd_per_day=1, usd_per_month=1)
    assert model_calls.reserve(database, call("one"), narrow) is None
    assert model_calls.reserve(database, call("one"), narrow) is None
    assert model_calls.reserve(database, call("two"), narrow) is not None
    assert model_calls.spent_since(database, 0).tokens == 1_000


def test_a_new_day_has_its_own_budget_and_a_new_month_too(database: Database) -> None:
    narrow = Budget(tokens_per_day=1_000, tokens_per_month=1_500, usd_per_day=1, usd_per_month=1)
    assert model_calls.reserve(database, call("march 30", at_ns=NOON_NS - DAY_NS), narrow) is None
    assert "month" in (model_calls.reserve(database, call("march 31"), narrow) or "")
    assert model_calls.reserve(database, call("april 1", at_ns=NOON_NS + DAY_NS), narrow) is None


def test_replicas_do_not_both_take_the_last_of_the_budget(database: Database) -> None:
    narrow = Budget(tokens_per_day=5_000, tokens_per_month=5_000, usd_per_day=10, usd_per_month=10)
    with ThreadPoolExecutor(4) as threads:
        refusals = list(threads.map(lambda n: model_calls.reserve(database, call(str(n)), narrow), range(20)))
    assert refusals.count(None) == 5
