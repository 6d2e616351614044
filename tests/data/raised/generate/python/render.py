"""What customers see: jinja2, yaml, jwt, marshmallow, numpy, pandas."""

import datetime
from typing import Any

import jinja2
import jwt
import marshmallow
import numpy as np
import pandas as pd
import yaml

from shop.harness import Values, case, fault

TEMPLATES = (
    case("undefined total", "programming_error", "medium", "configuration", text="{{ total.net }}"),
    case("undefined customer", "programming_error", "medium", "configuration", text="{{ customer.name }}"),
    case("syntax", "programming_error", "medium", "serialization configuration", text="{% for x in %}"),
    case("unknown tag", "programming_error", "medium", "serialization configuration", text="{% frob %}"),
    case("end", "programming_error", "medium", "serialization configuration", text="{% if n %}"),
    case("filter", "programming_error", "medium", "configuration", text="{{ n | money }}"),
    case("type", "programming_error", "medium", text="{{ n + 'x' }}"),
)  # fmt: skip


@fault("jinja2", *TEMPLATES, times=1)
def invoice(v: Values, text: str) -> str:
    return jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(text).render(n=v.n)


@fault("jinja2", case("missing", "filesystem", "medium", "configuration programming_error"), times=1)
def letter(v: Values) -> str:
    return jinja2.Environment(loader=jinja2.FileSystemLoader("/app/templates")).get_template("letter.html").render()


DOCUMENTS = (
    case("tab", "serialization", "medium", "configuration", text="a:\n\t- {n}"),
    case("colon", "serialization", "medium", "configuration", text="a: b: {n}"),
    case("bracket", "serialization", "medium", "configuration", text="a: [1, {n}"),
    case("tag", "serialization", "medium", "configuration", text="a: !shop {n}"),
    case("alias", "serialization", "medium", "configuration", text="a: *base{n}"),
)


@fault("pyyaml", *DOCUMENTS)
def menu(v: Values, text: str) -> Any:
    return yaml.safe_load(text.format(n=v.n))


KEY = "not-a-key-" * 4
NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
TOKENS = (
    case("expired", "authentication", "medium", make=lambda v: jwt.encode({"exp": NOW, "sub": v.id}, KEY)),
    case("signature", "authentication", "medium", make=lambda v: jwt.encode({"sub": v.id}, KEY[1:])),
    case("audience", "authentication", "medium", "authorization", make=lambda v: jwt.encode({"sub": v.id, "aud": v.text}, KEY)),
    case("segments", "authentication", "medium", "serialization validation", make=lambda v: v.text),
    case("algorithm", "authentication", "medium", "configuration", make=lambda v: jwt.encode({"sub": v.id}, KEY * 2, "HS512")),
)


@fault("pyjwt", *TOKENS)
def session(v: Values, make: Any) -> Any:
    return jwt.decode(make(v), KEY, ["HS256"])


class OrderSchema(marshmallow.Schema):
    sku = marshmallow.fields.String(required=True)
    count = marshmallow.fields.Integer(validate=marshmallow.validate.Range(min=1))


@fault("marshmallow", case("missing", "validation", "low", build=lambda v: {"count": v.n}), case("integer", "validation", "low", "serialization", build=lambda v: {"sku": v.id, "count": v.text}), case("unknown", "validation", "low", "serialization", build=lambda v: {"sku": v.id, "colour": v.text}))
def load_form(v: Values, build: Any) -> Any:
    return OrderSchema().load(build(v))


@fault("numpy", case("shapes", "programming_error", "medium", "validation", work=lambda v: np.ones(3) + np.ones(v.n % 5 + 4)), case("axis", "programming_error", "medium", work=lambda v: np.ones(3).sum(axis=2 + v.n % 2)), case("index", "programming_error", "medium", work=lambda v: np.ones(3)[v.n]), case("reshape", "programming_error", "medium", "validation", work=lambda v: np.ones(v.n).reshape(7, 11)), case("singular", "validation", "medium", "programming_error", work=lambda v: np.linalg.inv(np.zeros((2, 2)))), case("memory", "resource_exhaustion", "critical", work=lambda v: np.ones((v.n * 1000, 10**6))))
def statistics(v: Values, work: Any) -> Any:
    return work(v)


@fault("pandas", case("column total", "programming_error", "medium", "validation", work=lambda v: pd.DataFrame({"a": [v.n]})["total"]), case("column vat", "programming_error", "medium", "validation", work=lambda v: pd.DataFrame({"a": [v.n]})["vat"]), case("date", "serialization", "medium", "validation", work=lambda v: pd.to_datetime(f"{v.n}th of May")), case("lengths", "programming_error", "medium", "validation", work=lambda v: pd.DataFrame({"a": [1], "b": [1] * (v.n % 5 + 2)})), case("merge", "programming_error", "medium", "validation", work=lambda v: pd.DataFrame({"a": [1]}).merge(pd.DataFrame({"b": [1]}), on="a")), case("float", "serialization", "medium", "validation", work=lambda v: pd.Series([f"{v.n} EUR"]).astype(float)))
def table(v: Values, work: Any) -> Any:
    return work(v)


@fault("pandas", case("missing", "filesystem", "medium", "configuration"))
def sales(v: Values) -> Any:
    return pd.read_csv(v.path)
