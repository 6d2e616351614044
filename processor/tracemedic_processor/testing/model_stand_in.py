"""An OpenAI-compatible server that answers questions about error patterns: well, badly, or not at all.

It speaks real HTTP on the loopback and knows the question's form, so that everything between a pattern and its
diagnosis runs as with a model. Each request is recorded; those answered with 200 are what a provider would charge.
"""

import asyncio
import json
import math
import threading
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Final, Literal, Self

from tracemedic_processor.testing import model_answers
from tracemedic_processor.testing.http_server import HOST, HttpReply, HttpRequest, HttpServer
from tracemedic_storage.records import Record

Behaviour = Literal[
    "well",  # a plausible answer that cites what the question shows
    "badly",  # a frame and a service that do not exist, a link, a command; again after a complaint
    "badly_once",  # as `badly`, but after a complaint as `well`
    "obeying",  # does what instructions inside of the data say, even calls tools they name
    "wrong_category",  # a category that does not exist
    "broken_json",  # arguments that are no JSON
    "wrong_schema",  # JSON of another form
    "without_tool",  # text instead of the tool's call
    "broken_body",  # an HTTP body that is no JSON
    "unauthorized",  # 401
    "forbidden",  # 403
    "unknown_model",  # 404
    "rejected",  # 400
    "too_long",  # 400, the context is too long
    "out_of_quota",  # 429, no money left
    "rate_limited",  # 429 with Retry-After
    "failing",  # 500
    "overloaded",  # 503
    "hanging",  # takes the request and never answers
    "reset",  # breaks the connection
]

_REFUSALS: Final[dict[Behaviour, tuple[int, str, str]]] = {
    "unauthorized": (401, "invalid_api_key", "Incorrect API key provided"),
    "forbidden": (403, "permission_denied", "The key may not use this model"),
    "unknown_model": (404, "model_not_found", "The model does not exist"),
    "rejected": (400, "invalid_request", "The request is not valid"),
    "too_long": (400, "context_length_exceeded", "This model's maximum context length is 4096 tokens"),
    "out_of_quota": (429, "insufficient_quota", "You exceeded your current quota"),
    "rate_limited": (429, "rate_limit_exceeded", "Rate limit reached"),
    "failing": (500, "server_error", "The server had an error"),
    "overloaded": (503, "overloaded", "The server is overloaded"),
}

CHARACTERS_PER_TOKEN: Final = 4
"""By which the stand-in counts what it charges for."""


class Asked(Record, frozen=True, kw_only=True):
    """One request: the model's name, the key without `Bearer`, all messages' texts by role, and how it was answered."""

    model: str
    key: str
    messages: tuple[tuple[str, str], ...]
    tools: tuple[str, ...]
    behaviour: Behaviour
    status: int

    @property
    def question(self) -> str:
        """The first message of the user."""
        return next(text for role, text in self.messages if role == "user")


class ModelStandIn:
    """Listens on 127.0.0.1 while used as a context manager, synchronous or asynchronous.

    `behaviours` are played one a request, the last one from then on. `characters_max` is the context: longer requests
    are refused as `too_long`. `delay_s` passes before each answer. With a `key` every other one is refused with 401.
    """

    def __init__(
        self,
        behaviours: Iterable[Behaviour] = ("well",),
        *,
        port: int = 0,
        key: str | None = None,
        delay_s: float = 0.0,
        retry_after_s: float = 7.0,
        characters_max: int | None = None,
    ) -> None:
        self._behaviours = list(behaviours) or ["well"]
        self._key = key
        self._delay_s = delay_s
        self._retry_after_s = retry_after_s
        self._characters_max = characters_max
        self._asked: list[Asked] = []
        self._lock = threading.Lock()
        self._http = HttpServer(self._answer, port=port)

    @property
    def base_url(self) -> str:
        """What to set as `diagnosis.base_url`."""
        return f"http://{HOST}:{self._http.port}/v1"

    @property
    def asked(self) -> tuple[Asked, ...]:
        """Every request so far, in the order of arrival."""
        with self._lock:
            return tuple(self._asked)

    @property
    def paid(self) -> int:
        """How many requests a provider would charge for."""
        return sum(each.status == 200 for each in self.asked)

    def behave(self, *behaviours: Behaviour) -> None:
        """Play these from now on."""
        with self._lock:
            self._behaviours = list(behaviours)

    def __enter__(self) -> Self:
        self._http.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.stop()

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.stop()

    async def _answer(self, request: HttpRequest) -> HttpReply | None:
        if request.method != "POST" or request.path != "/v1/chat/completions":
            return _refused(404, "not_found", f"{request.method} {request.path} is not served here")
        body: dict[str, Any] = json.loads(request.body or b"{}")
        behaviour = self._next(request, body)
        key = request.headers.get("authorization", "").removeprefix("Bearer ")
        reply = self._played(behaviour, body)
        with self._lock:
            self._asked.append(_asked(body, key, behaviour, 0 if reply is None else reply.status))
        if behaviour == "hanging":
            await asyncio.Event().wait()
        if self._delay_s:
            await asyncio.sleep(self._delay_s)
        return reply

    def _next(self, request: HttpRequest, body: dict[str, Any]) -> Behaviour:
        if self._key is not None and request.headers.get("authorization") != f"Bearer {self._key}":
            return "unauthorized"
        if self._characters_max is not None and _characters(body) > self._characters_max:
            return "too_long"
        with self._lock:
            return self._behaviours.pop(0) if len(self._behaviours) > 1 else self._behaviours[0]

    def _played(self, behaviour: Behaviour, body: dict[str, Any]) -> HttpReply | None:
        if behaviour in {"reset", "hanging"}:
            return None
        if behaviour in _REFUSALS:
            waits = {"Retry-After": str(math.ceil(self._retry_after_s))} if behaviour == "rate_limited" else {}
            return _refused(*_REFUSALS[behaviour], headers=waits)
        if behaviour == "broken_body":
            return HttpReply(body=b'{"id": "x", "choices": [', content_type="application/json")
        return _completion(body, _SPOKEN[behaviour](_question(body), _complained(body)))


Spoken = dict[str, Any]
"""The assistant's message of a completion."""


def _calling(arguments: Callable[[str, bool], object]) -> Callable[[str, bool], Spoken]:
    """A message that calls the output tool with what `arguments` makes of the question."""

    def spoken(question: str, complained: bool) -> Spoken:
        made = arguments(question, complained)
        text = made if isinstance(made, str) else json.dumps(made)
        return {"role": "assistant", "content": None, "tool_calls": [_call(model_answers.TOOL, text)]}

    return spoken


def _call(name: str, arguments: str, number: int = 0) -> dict[str, Any]:
    return {"id": f"call_{number}", "type": "function", "function": {"name": name, "arguments": arguments}}


def _obeying(question: str, complained: bool) -> Spoken:
    calls = [_call(model_answers.TOOL, json.dumps(model_answers.obeying(question, complained=complained)))]
    demanded = [] if complained else model_answers.demanded_tools(question)
    calls += [_call(name, "{}", number) for number, name in enumerate(demanded, 1)]
    return {"role": "assistant", "content": None, "tool_calls": calls}


_SPOKEN: Final[dict[Behaviour, Callable[[str, bool], Spoken]]] = {
    "well": _calling(lambda question, _: model_answers.well(question)),
    "badly": _calling(lambda question, _: model_answers.badly(question)),
    "badly_once": _calling(
        lambda question, complained: model_answers.well(question) if complained else model_answers.badly(question)
    ),
    "obeying": _obeying,
    "wrong_category": _calling(lambda question, _: {**model_answers.well(question), "category": "gremlins"}),
    "broken_json": _calling(lambda _question, _: '{"category": "database", "summary": "cut'),
    "wrong_schema": _calling(lambda _question, _: {"verdict": "broken", "fixes": "restart"}),
    "without_tool": lambda _question, _complained: {"role": "assistant", "content": "It is the database, I think."},
}


def _question(body: dict[str, Any]) -> str:
    return next((_text(message) for message in body.get("messages", ()) if message.get("role") == "user"), "")


def _complained(body: dict[str, Any]) -> bool:
    """Whether an answer of ours is already part of the conversation."""
    return any(message.get("role") == "assistant" for message in body.get("messages", ()))


def _text(message: dict[str, Any]) -> str:
    content: str | list[dict[str, Any]] | None = message.get("content")
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content)
    return content or ""


def _characters(body: dict[str, Any]) -> int:
    return sum(len(_text(message)) for message in body.get("messages", ()))


def _asked(body: dict[str, Any], key: str, behaviour: Behaviour, status: int) -> Asked:
    return Asked(
        model=str(body.get("model")),
        key=key,
        messages=tuple((str(message.get("role")), _text(message)) for message in body.get("messages", ())),
        tools=tuple(str(tool["function"]["name"]) for tool in body.get("tools", ())),
        behaviour=behaviour,
        status=status,
    )


def _completion(body: dict[str, Any], spoken: Spoken) -> HttpReply:
    prompt_tokens = len(json.dumps(body)) // CHARACTERS_PER_TOKEN
    completion_tokens = len(json.dumps(spoken)) // CHARACTERS_PER_TOKEN
    return _json(
        200,
        {
            "id": "chatcmpl-stand-in",
            "object": "chat.completion",
            "created": 1_700_000_000,
            "model": body.get("model"),
            "choices": [
                {
                    "index": 0,
                    "message": spoken,
                    "finish_reason": "tool_calls" if "tool_calls" in spoken else "stop",
                }
            ],
            "usage": {
                "prompt_tokens": prompt_tokens,
                "completion_tokens": completion_tokens,
                "total_tokens": prompt_tokens + completion_tokens,
            },
        },
    )


def _refused(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> HttpReply:
    return _json(status, {"error": {"message": message, "type": code, "code": code}}, headers)


def _json(status: int, value: object, headers: dict[str, str] | None = None) -> HttpReply:
    body = json.dumps(value).encode()
    return HttpReply(status=status, body=body, content_type="application/json", headers=headers or {})
