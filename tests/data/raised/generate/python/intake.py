"""Orders that come in: pydantic, json, jsonschema, fastapi, click."""

import datetime
import enum
import json
import os
from typing import Any

import click
import fastapi
import jsonschema
import pydantic
from fastapi.testclient import TestClient

from shop.harness import Values, case, fault


class Line(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(extra="forbid")
    sku: str
    quantity: int = pydantic.Field(gt=0)


class Order(pydantic.BaseModel):
    reference: str = pydantic.Field(max_length=12)
    placed_at: datetime.datetime
    lines: list[Line]

    @pydantic.field_validator("reference")
    @classmethod
    def known(cls, value: str) -> str:
        if value.startswith("X"):
            raise ValueError("references beginning with X are reserved")
        return value


GOOD: dict[str, Any] = {"reference": "A1", "placed_at": "2026-01-01T00:00:00Z", "lines": []}
ORDERS = (
    case("missing placed_at", "validation", "low", build=lambda v: {"reference": v.id[:9], "lines": []}),
    case("missing lines", "validation", "low", build=lambda v: {"reference": v.id[:9], "placed_at": v.day}),
    case("quantity", "validation", "low", build=lambda v: GOOD | {"lines": [{"sku": v.id, "quantity": -v.n}]}),
    case("quantity type", "validation", "low", "serialization", build=lambda v: GOOD | {"lines": [{"sku": v.id, "quantity": v.text}]}),
    case("extra", "validation", "low", "serialization", build=lambda v: GOOD | {"lines": [{"sku": v.id, "quantity": 1, "colour": v.text}]}),
    case("long", "validation", "low", build=lambda v: GOOD | {"reference": v.uuid}),
    case("time", "validation", "low", "serialization", build=lambda v: GOOD | {"placed_at": f"on {v.day}"}),
    case("reserved", "validation", "low", build=lambda v: GOOD | {"reference": f"X{v.n}"}),
)  # fmt: skip


@fault("pydantic", *ORDERS)
def accept_order(v: Values, build: Any) -> Order:
    return Order.model_validate(build(v))


@fault("pydantic", case("json", "validation", "medium", "serialization"))
def accept_text(v: Values) -> Order:
    return Order.model_validate_json('{"reference": "%s", "lines": [}' % v.id[:8])


class State(enum.Enum):
    OPEN = "open"


BAD_JSON = (
    case("empty", "serialization", "medium", text=""),
    case("html", "serialization", "medium", "dependency", text="<html>{n}</html>"),
    case("comma", "serialization", "medium", text='{{"id": {n} "x": 1}}'),
    case("quote", "serialization", "medium", text="{{'id': {n}}}"),
    case("cut", "serialization", "medium", text='{{"id": "{n}'),
    case("more", "serialization", "medium", text="{{}} {n}"),
)


@fault("json", *BAD_JSON)
def read_basket(v: Values, text: str) -> Any:
    return json.loads(text.format(n=v.n))


@fault("json", case("set", "serialization", "medium", "programming_error", value={1}), case("datetime", "serialization", "medium", "programming_error", value=datetime.datetime(2026, 1, 1)), case("bytes", "serialization", "medium", "programming_error", value=b"x"), times=1)
def write_basket(v: Values, value: Any) -> str:
    return json.dumps({"value": value})


@fault("json", case("circular", "serialization", "medium", "programming_error"), times=1)
def write_tree(v: Values) -> str:
    tree: dict[str, Any] = {}
    tree["self"] = tree
    return json.dumps(tree)


SCHEMA = {"type": "object", "required": ["sku"], "properties": {"sku": {"type": "string"}, "count": {"minimum": 1}}}


@fault("jsonschema", case("required", "validation", "low", build=lambda v: {"count": v.n}), case("type", "validation", "low", build=lambda v: {"sku": v.n}), case("minimum", "validation", "low", build=lambda v: {"sku": v.id, "count": -v.n}))
def check_line(v: Values, build: Any) -> None:
    jsonschema.validate(build(v), SCHEMA)


application = fastapi.FastAPI()


@application.get("/orders/{number}")
def show_order(number: int, kind: str = "") -> Any:
    if kind == "key":
        return {"total": {"net": 1}["gross"]}
    if kind == "none":
        return find_order(number).total
    if kind == "forbidden":
        raise fastapi.HTTPException(403, f"order {number} belongs to somebody else")
    if kind == "teapot":
        raise fastapi.HTTPException(401, "token expired")
    return Order.model_validate({"reference": str(number)})


def find_order(number: int) -> Any:
    return None if number else State.OPEN


@fault("fastapi", case("key", "programming_error", "medium", kind="key"), case("none", "programming_error", "medium", kind="none"), case("model", "validation", "medium", "programming_error", kind="model"))
def serve_order(v: Values, kind: str) -> None:
    TestClient(application).get(f"/orders/{v.n}", params={"kind": kind})


@fault("fastapi", case("forbidden", "authorization", "low", kind="forbidden"), case("expired", "authentication", "low", kind="teapot"))
def serve_refusal(v: Values, kind: str) -> None:
    show_order(v.n, kind)


@click.command()
@click.option("--count", type=int)
@click.option("--file", type=click.Path(exists=True))
@click.argument("name")
def import_orders(count: int, file: str, name: str) -> None:
    raise AssertionError(name)


@fault("click", case("type", "validation", "low", arguments=["--count", "{text}", "a"]), case("missing", "validation", "low", arguments=[]), case("option", "validation", "low", arguments=["--cuont", "1", "a"]), case("file", "validation", "low", "filesystem", arguments=["--file", "{path}", "a"]))
def run_command(v: Values, arguments: list[str]) -> None:
    import_orders.main([one.format(text=v.text, path=v.path) for one in arguments], standalone_mode=False)


@fault("os.environ", case("STRIPE_API_BASE", "configuration", "critical", name="STRIPE_API_BASE"), case("DATABASE_URL", "configuration", "critical", name="DATABASE_URL"), times=1)
def load_settings(v: Values, name: str) -> str:
    return os.environ[name]
