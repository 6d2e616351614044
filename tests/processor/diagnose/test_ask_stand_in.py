"""The stand-in for a model speaks as OpenAI's API does."""

import asyncio
import json
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.processor.diagnose.asking import DELIMITER, EVIDENCE
from tracemedic_processor.diagnose.prompt import prompt
from tracemedic_processor.testing.model_stand_in import ModelStandIn

BODY = {
    "model": "stand-in",
    "messages": [
        {"role": "system", "content": "answer"},
        {"role": "user", "content": [{"type": "text", "text": prompt(EVIDENCE, delimiter=DELIMITER).text}]},
    ],
    "tools": [{"type": "function", "function": {"name": "diagnosis"}}],
}


@pytest.fixture
def stand_in() -> Iterator[ModelStandIn]:
    with ModelStandIn(key="right") as stand_in:
        yield stand_in


def post(stand_in: ModelStandIn, path: str = "/chat/completions", key: str = "right") -> tuple[int, dict[str, Any]]:
    address = urlsplit(stand_in.base_url)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=10)
    try:
        connection.request("POST", address.path + path, json.dumps(BODY), {"Authorization": f"Bearer {key}"})
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def test_a_completion_calls_the_tool_and_says_what_it_costs(stand_in: ModelStandIn) -> None:
    status, completion = post(stand_in)
    call = completion["choices"][0]["message"]["tool_calls"][0]["function"]
    usage = completion["usage"]

    assert status == 200
    assert call["name"] == "diagnosis"
    assert json.loads(call["arguments"])["frames"] == [{"function": "Ledger.book", "file": "shop/ledger.py"}]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] > 500
    assert stand_in.asked[0].messages[0] == ("system", "answer")
    assert stand_in.asked[0].key == "right"


def test_another_key_is_refused_and_free(stand_in: ModelStandIn) -> None:
    status, refusal = post(stand_in, key="wrong")
    assert (status, refusal["error"]["code"]) == (401, "invalid_api_key")
    assert (len(stand_in.asked), stand_in.paid) == (1, 0)


def test_another_path_is_not_served(stand_in: ModelStandIn) -> None:
    assert post(stand_in, "/responses")[0] == 404
    assert stand_in.asked == ()


def test_behaviours_are_played_one_a_request_and_the_last_one_stays(stand_in: ModelStandIn) -> None:
    stand_in.behave("failing", "rate_limited", "well")
    assert [post(stand_in)[0] for _ in range(4)] == [500, 429, 200, 200]
    assert stand_in.paid == 2


async def _inside(stand_in: ModelStandIn) -> int:
    async with stand_in as inside:
        return len(inside.asked)


def test_it_serves_in_an_event_loop_too() -> None:
    assert asyncio.run(_inside(ModelStandIn())) == 0
