"""Models and agents: openai, pydantic-ai, tenacity."""

import asyncio
from typing import Any

import httpx
import openai
import pydantic
import tenacity
from pydantic_ai import Agent, ModelRetry, UsageLimits
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from shop.harness import Values, case, fault

BASE = "http://127.0.0.1:18080/llm/openai"
CHAT = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai"}
ANSWERS = (
    case("key", "llm_api", "high", "authentication", kind="key", attributes=CHAT),
    case("model", "llm_api", "high", "configuration", kind="model"),
    case("rate", "llm_api", "medium", "rate_limit", kind="rate"),
    case("quota", "llm_api", "high", "rate_limit", kind="quota"),
    case("context", "llm_api", "medium", "validation", kind="context"),
    case("server", "llm_api", "medium", "dependency", kind="server"),
    case("parameter", "llm_api", "medium", "validation configuration", kind="parameter"),
)


def client(kind: str, **settings: Any) -> openai.OpenAI:
    return openai.OpenAI(api_key="none", base_url=f"{BASE}/{kind}/v1", max_retries=0, **settings)


@fault("openai", *ANSWERS)
def summarise(v: Values, kind: str) -> Any:
    return client(kind).chat.completions.create(model="gpt-5", messages=[{"role": "user", "content": v.text}])


@fault("openai", case("refused", "llm_api", "medium", "network"))
def embed(v: Values) -> Any:
    return openai.OpenAI(api_key="none", base_url=f"http://127.0.0.1:{v.port}", max_retries=0).embeddings.create(model="m", input=v.text)


@fault("openai", case("timeout", "llm_api", "medium", "timeout"))
def translate(v: Values) -> Any:
    slow = openai.OpenAI(api_key="none", base_url="http://127.0.0.1:18081", max_retries=0, timeout=0.3)
    return slow.responses.create(model="gpt-5", input=v.text)


@fault("openai", case("no key", "configuration", "critical", "llm_api authentication"), times=1)
def start(v: Values) -> Any:
    return openai.OpenAI()


def model(kind: str) -> OpenAIChatModel:
    return OpenAIChatModel("gpt-5", provider=OpenAIProvider(openai_client=openai.AsyncOpenAI(api_key="none", base_url=f"{BASE}/{kind}/v1", max_retries=0)))


@fault("pydantic-ai", *ANSWERS[:5])
def advise(v: Values, kind: str) -> Any:
    return Agent(model(kind)).run_sync(f"order {v.n}")


class Verdict(pydantic.BaseModel):
    score: int


def answering(*parts: Any) -> FunctionModel:
    def answer(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        return ModelResponse(parts=list(parts))

    return FunctionModel(answer)


AGENT = {"gen_ai.operation.name": "invoke_agent"}


@fault("pydantic-ai", case("output", "agent_tool", "medium", "llm_api validation", attributes=AGENT), times=1)
def judge(v: Values) -> Any:
    return Agent(answering(TextPart(v.text)), output_type=Verdict).run_sync("judge it")


@fault("pydantic-ai", case("tool argument", "agent_tool", "medium", "validation"), times=1)
def stock_agent(v: Values) -> Any:
    agent = Agent(answering(ToolCallPart("in_stock", {"sku": 7})))

    @agent.tool_plain
    def in_stock(sku: list[str]) -> bool:
        return not sku

    return agent.run_sync("is it there?")


@fault("pydantic-ai", case("retry", "agent_tool", "medium"), times=2)
def retry_agent(v: Values) -> Any:
    agent = Agent(answering(ToolCallPart("price_of", {"sku": "a"})))

    @agent.tool_plain
    def price_of(sku: str) -> float:
        raise ModelRetry(f"no price for {v.n}, try another")

    return agent.run_sync("how much?")


@fault("pydantic-ai", case("key", "agent_tool", "medium", "programming_error", kind="key", attributes={"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "price_of"}), case("network", "agent_tool", "medium", "network", kind="network", attributes={"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "price_of"}))
def tool_agent(v: Values, kind: str) -> Any:
    agent = Agent(answering(ToolCallPart("price_of", {"sku": "a"})))

    @agent.tool_plain
    def price_of(sku: str) -> float:
        if kind == "key":
            return {"b": 1.0}[sku]
        return float(httpx.get(f"http://127.0.0.1:{v.port}/prices/{sku}").text)

    return agent.run_sync("how much?")


@fault("pydantic-ai", case("limit", "agent_tool", "medium", "llm_api"))
def loop_agent(v: Values) -> Any:
    agent = Agent(answering(ToolCallPart("look", {})))

    @agent.tool_plain
    def look() -> str:
        return "again"

    return agent.run_sync("look", usage_limits=UsageLimits(request_limit=3 + v.n % 2))


@fault("pydantic-ai", case("model name", "configuration", "high", "llm_api programming_error"), times=1)
def start_agent(v: Values) -> Any:
    return Agent("shop:oracle").run_sync("x")


@fault("tenacity", case("wrapped", "network", "high", "dependency unknown"))
def fetch_with_patience(v: Values) -> Any:
    @tenacity.retry(stop=tenacity.stop_after_attempt(2))
    def fetch() -> httpx.Response:
        return httpx.get(f"http://127.0.0.1:{v.port}/{v.id}")

    return fetch()


@fault("tenacity", case("reraised", "programming_error", "medium", "validation"))
def parse_with_patience(v: Values) -> Any:
    @tenacity.retry(stop=tenacity.stop_after_attempt(2), reraise=True)
    def parse() -> str:
        return {"total": v.n}["gross"]  # type: ignore[return-value]

    return parse()


@fault("openai", case("async rate", "llm_api", "medium", "rate_limit"))
def classify_async(v: Values) -> Any:
    async def ask() -> Any:
        slow = openai.AsyncOpenAI(api_key="none", base_url=f"{BASE}/rate/v1", max_retries=0)
        return await slow.chat.completions.create(model="gpt-5", messages=[{"role": "user", "content": v.text}])

    return asyncio.run(ask())
