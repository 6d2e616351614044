"""What a question to a model costs: at most, before it is asked, and as far as the price is known, afterwards.

The prices are those that came with PydanticAI (genai-prices); nothing is downloaded.
"""

import json
from typing import Final

from tracemedic_processor.diagnose.answer import Spent
from tracemedic_processor.diagnose.prompt import INSTRUCTIONS
from tracemedic_processor.diagnose.wanted import Wanted
from tracemedic_storage.records import Record

REQUESTS_MAX: Final = 2
"""To one model for one question: the answer, and once more after a complaint."""
OUTPUT_TOKENS_MAX: Final = 8_192
"""Of one answer. The answer itself takes about a thousand; models that think aloud first count that too."""
OVERHEAD_TOKENS: Final = (
    len(INSTRUCTIONS.encode()) + len(json.dumps(Wanted.model_json_schema())) + 1_000  # roles, names, a tool's frame
)
"""What a request holds beside the question."""
COMPLAINT_TOKENS_MAX: Final = 2_000
"""What a complaint adds to the second request, beside the first answer."""


class Reserved(Record, frozen=True, kw_only=True):
    """The most that a question may cost. Without a known price `cost_usd` is 0 and `price_known` false."""

    spent: Spent
    price_known: bool


def reserve(prompt: str, model: str) -> Reserved:
    """The most that asking `model` with `prompt` may cost, both requests counted.

    A token is at least one byte of text in every tokenizer in use, so the bytes are a bound, some four times the truth.
    """
    first = len(prompt.encode("utf-8", "replace")) + OVERHEAD_TOKENS
    second = first + OUTPUT_TOKENS_MAX + COMPLAINT_TOKENS_MAX
    cost_usd = cost(model, first + second, REQUESTS_MAX * OUTPUT_TOKENS_MAX)
    spent = Spent(input_tokens=first + second, output_tokens=REQUESTS_MAX * OUTPUT_TOKENS_MAX, cost_usd=cost_usd or 0.0)
    return Reserved(spent=spent, price_known=cost_usd is not None)


def cost(model: str, input_tokens: int, output_tokens: int) -> float | None:
    """US dollars for that many tokens of `model` (`provider:name`); None when the price is not known."""
    from genai_prices import Usage, calc_price  # noqa: PLC0415 a second and a half, and most run without a model

    provider, _, name = model.rpartition(":")
    usage = Usage(input_tokens=input_tokens, output_tokens=output_tokens)
    try:
        price = calc_price(usage, name, provider_id=_PROVIDERS.get(provider, provider) or None)
    except LookupError:
        return None
    return float(price.total_price)


_PROVIDERS: Final = {
    "openai-chat": "openai",
    "openai-responses": "openai",
    "google-cloud": "google",
    "azure-responses": "azure",
    "bedrock": "aws",
}
"""PydanticAI's names of providers where genai-prices has another."""


def added(one: Spent, other: Spent) -> Spent:
    """Both together."""
    return Spent(
        input_tokens=one.input_tokens + other.input_tokens,
        output_tokens=one.output_tokens + other.output_tokens,
        cost_usd=one.cost_usd + other.cost_usd,
    )
