"""What a question costs, before and after."""

import pytest

from tracemedic_processor.diagnose.answer import Spent
from tracemedic_processor.diagnose.prices import OUTPUT_TOKENS_MAX, REQUESTS_MAX, added, cost, reserve


@pytest.mark.parametrize(
    "model",
    [
        "openai:gpt-4o",
        "openai-chat:gpt-4o",
        "openai-responses:gpt-4o",
        "anthropic:claude-sonnet-4-5",
        "google:gemini-2.5-pro",
        "google-cloud:gemini-2.5-pro",
        "mistral:mistral-large-latest",
    ],
)
def test_the_price_of_a_common_model_is_known(model: str) -> None:
    once = cost(model, 1_000, 100)
    assert once is not None
    assert once > 0
    assert cost(model, 2_000, 200) == pytest.approx(2 * once)


@pytest.mark.parametrize("model", ["", "openai:stand-in", "gremlins:gpt", "ollama:qwen3"])
def test_a_model_without_a_price_reserves_tokens_and_no_money(model: str) -> None:
    reserved = reserve("x" * 100, model)
    assert not reserved.price_known
    assert reserved.spent.cost_usd == 0.0
    assert reserved.spent.input_tokens > 200
    assert reserved.spent.output_tokens == REQUESTS_MAX * OUTPUT_TOKENS_MAX


def test_a_reservation_is_a_bound_in_any_script() -> None:
    plain, foreign = reserve("x" * 1_000, "openai:gpt-4o"), reserve("\u4e2d" * 1_000, "openai:gpt-4o")
    assert foreign.spent.input_tokens - plain.spent.input_tokens == REQUESTS_MAX * 2_000
    assert foreign.spent.cost_usd > plain.spent.cost_usd > 0
    assert reserve("\ud800", "openai:gpt-4o").price_known


def test_costs_add_up() -> None:
    one = Spent(input_tokens=1, output_tokens=2, cost_usd=0.5)
    assert added(one, one) == Spent(input_tokens=2, output_tokens=4, cost_usd=1.0)
