"""Parcels on their way: requests, aiohttp, smtplib, pymysql."""

import asyncio
import smtplib
from typing import Any

import aiohttp
import pymysql
import requests

from shop.harness import Values, case, fault

STAND_IN, SECURE, SILENT = "http://127.0.0.1:18080", "https://127.0.0.1:18443", "http://127.0.0.1:18081"
STATUSES = (
    case("401", "authentication", "high", "authorization", status=401),
    case("403", "authorization", "high", "authentication", status=403),
    case("404", "dependency", "medium", "validation", status=404),
    case("409", "validation", "medium", "dependency concurrency", status=409),
    case("429", "rate_limit", "medium", status=429),
    case("500", "dependency", "high", status=500),
    case("504", "timeout", "medium", "dependency network", status=504),
)


@fault("requests", *STATUSES)
def label(v: Values, status: int) -> None:
    requests.get(f"{STAND_IN}/status/{status}/labels/{v.uuid}", timeout=5).raise_for_status()


@fault("requests", case("refused", "network", "high"), times=3)
def track(v: Values) -> Any:
    return requests.get(f"http://127.0.0.1:{v.port}/parcels/{v.id}", timeout=5)


@fault("requests", case("read", "timeout", "medium", "network"))
def quote(v: Values) -> Any:
    return requests.get(f"{SILENT}/quotes/{v.n}", timeout=0.2)


@fault("requests", case("certificate", "network", "high", "configuration"))
def carrier(v: Values) -> Any:
    return requests.get(f"{SECURE}/carriers/{v.n}", timeout=5)


@fault("requests", case("dropped", "network", "medium", "dependency"))
def pickup(v: Values) -> Any:
    return requests.post(f"{STAND_IN}/drop/{v.id}", json={}, timeout=5)


@fault("requests", case("truncated", "network", "medium", "serialization dependency"))
def manifest(v: Values) -> Any:
    return requests.get(f"{STAND_IN}/truncated/{v.id}", timeout=5)


@fault("requests", case("loop", "dependency", "medium", "network configuration"))
def depot(v: Values) -> Any:
    return requests.get(f"{STAND_IN}/loop/{v.id}", timeout=5)


@fault("requests", case("html", "serialization", "medium", "dependency"))
def zones(v: Values) -> Any:
    return requests.get(f"{STAND_IN}/html/{v.n}", timeout=5).json()


@fault("requests", case("schema", "configuration", "medium", "validation programming_error", url="carrier.example.org/{id}"), case("scheme", "configuration", "medium", "validation programming_error dependency", url="htp://carrier.example.org/{id}"), case("host", "configuration", "medium", "validation programming_error", url="http://"))
def notify(v: Values, url: str) -> Any:
    return requests.post(url.format(id=v.id), timeout=5)


def run(coroutine: Any) -> Any:
    return asyncio.run(coroutine)


async def get(url: str, **settings: Any) -> Any:
    async with aiohttp.ClientSession(**settings) as session, session.get(url) as answer:
        answer.raise_for_status()
        return await answer.json()


@fault("aiohttp", *STATUSES[:2], *STATUSES[4:6])
def route(v: Values, status: int) -> Any:
    return run(get(f"{STAND_IN}/status/{status}/routes/{v.id}"))


@fault("aiohttp", case("refused", "network", "high"))
def weather(v: Values) -> Any:
    return run(get(f"http://127.0.0.1:{v.port}/weather"))


@fault("aiohttp", case("read", "timeout", "medium", "network"))
def traffic(v: Values) -> Any:
    return run(get(f"{SILENT}/traffic/{v.n}", timeout=aiohttp.ClientTimeout(total=0.2)))


@fault("aiohttp", case("certificate", "network", "high", "configuration"))
def tolls(v: Values) -> Any:
    return run(get(f"{SECURE}/tolls/{v.n}"))


@fault("aiohttp", case("dropped", "network", "medium", "dependency"))
def borders(v: Values) -> Any:
    return run(get(f"{STAND_IN}/drop/{v.n}"))


@fault("aiohttp", case("html", "serialization", "medium", "dependency"))
def ferries(v: Values) -> Any:
    return run(get(f"{STAND_IN}/html/{v.n}"))


@fault("aiohttp", case("url", "configuration", "medium", "validation programming_error"))
def bridges(v: Values) -> Any:
    return run(get(f"bridges-{v.n}"))


@fault("aiohttp", case("closed", "programming_error", "medium", "concurrency network"), times=1)
def late(v: Values) -> Any:
    async def after_close() -> Any:
        session = aiohttp.ClientSession()
        await session.close()
        return await session.get(STAND_IN)

    return run(after_close())


@fault("smtplib", case("refused", "network", "high"))
def confirm(v: Values) -> None:
    smtplib.SMTP("127.0.0.1", v.port)


@fault("smtplib", case("no mail server", "network", "medium", "dependency"), times=1)
def announce(v: Values) -> None:
    smtplib.SMTP("127.0.0.1", 18080, timeout=1).sendmail("a@example.org", "b@example.org", "x")


@fault("pymysql", case("refused", "database", "high", "network"))
def stock_of(v: Values) -> Any:
    return pymysql.connect(host="127.0.0.1", port=v.port, user="shop", database="stock")


@fault("pymysql", case("closed", "database", "medium", "programming_error"), times=1)
def stock_again(v: Values) -> Any:
    return pymysql.connections.Connection(defer_connect=True).cursor().execute("SELECT 1")
