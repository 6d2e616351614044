"""Calls to other services: httpx, urllib, grpc."""

import asyncio
import socket
import urllib.request

import grpc
import httpx

from shop.harness import Values, case, fault

STAND_IN, SECURE, SILENT = "http://127.0.0.1:18080", "https://127.0.0.1:18443", "http://127.0.0.1:18081"
STATUSES = (
    case("401", "authentication", "high", "authorization", status=401),
    case("403", "authorization", "high", "authentication", status=403),
    case("404", "dependency", "medium", "validation", status=404),
    case("422", "validation", "medium", "dependency", status=422),
    case("429", "rate_limit", "medium", status=429),
    case("500", "dependency", "high", status=500),
    case("503", "dependency", "high", "network", status=503),
)


@fault("httpx", *STATUSES)
def charge_card(v: Values, status: int) -> None:
    httpx.post(f"{STAND_IN}/status/{status}/charges/{v.id}", json={"amount": v.n}).raise_for_status()


@fault("httpx", case("refused", "network", "high"), times=3)
def refund(v: Values) -> None:
    httpx.get(f"http://127.0.0.1:{v.port}/refunds/{v.id}")


@fault("httpx", case("refused", "network", "high", attributes={"http.request.method": "GET"}))
def balance(v: Values) -> None:
    async def read_balance() -> httpx.Response:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{v.port}") as client:
            return await client.get("/balance")

    asyncio.run(read_balance())


@fault("httpx", case("read", "timeout", "medium", "network"))
def settle(v: Values) -> None:
    with httpx.Client(timeout=0.2 + v.n / 1e6) as client:
        client.get(f"{SILENT}/settlements/{v.n}")


@fault("httpx", case("certificate", "network", "high", "configuration"))
def payout(v: Values) -> None:
    httpx.get(f"{SECURE}/payouts/{v.id}")


@fault("httpx", case("dropped", "network", "medium", "dependency"))
def capture(v: Values) -> None:
    httpx.get(f"{STAND_IN}/drop/{v.id}")


@fault("httpx", case("truncated", "network", "medium", "dependency serialization"))
def statement(v: Values) -> None:
    httpx.get(f"{STAND_IN}/truncated/{v.id}")


@fault("httpx", case("loop", "dependency", "medium", "network configuration"))
def receipt(v: Values) -> None:
    httpx.get(f"{STAND_IN}/loop/{v.id}", follow_redirects=True)


@fault("httpx", case("html", "serialization", "medium", "dependency"))
def rate(v: Values) -> float:
    return httpx.get(f"{STAND_IN}/html/{v.n}").json()["rate"]


@fault("httpx", case("scheme", "configuration", "medium", "validation programming_error"))
def webhook(v: Values) -> None:
    httpx.post(f"hooks.example.org/{v.id}")


class GatewayError(Exception):
    """The shop's own wrapper."""


@fault("httpx", case("wrapped", "network", "high", "dependency"), case("quiet", "timeout", "medium", "network dependency", address=SILENT))
def authorise(v: Values, address: str = "") -> None:
    try:
        httpx.post(f"{address or f'http://127.0.0.1:{v.port}'}/authorise/{v.id}", timeout=0.3)
    except httpx.HTTPError as error:
        raise GatewayError(f"could not authorise order {v.n}") from error


@fault("urllib", case("refused", "network", "high"))
def exchange_rates(v: Values) -> bytes:
    return urllib.request.urlopen(f"http://127.0.0.1:{v.port}/rates?day={v.day}").read()


@fault("urllib", case("404", "dependency", "medium", "validation", status=404), case("502", "dependency", "high", "network", status=502))
def currencies(v: Values, status: int) -> bytes:
    return urllib.request.urlopen(f"{STAND_IN}/status/{status}/{v.n}").read()


@fault("socket", case("refused", "network", "high"))
def ping_terminal(v: Values) -> None:
    socket.create_connection(("127.0.0.1", v.port), timeout=1).close()


@fault("socket", case("timeout", "timeout", "medium", "network"))
def read_terminal(v: Values) -> bytes:
    with socket.create_connection(("127.0.0.1", 18081), timeout=0.2) as connection:
        return connection.recv(v.n)


@fault("socket", case("in use", "network", "critical", "configuration"))
def listen(v: Values) -> None:
    server = socket.socket()
    server.bind(("127.0.0.1", 18080))


@fault("grpc", case("unavailable", "network", "high", "dependency", attributes={"rpc.system": "grpc"}))
def reserve_stock(v: Values) -> bytes:
    with grpc.insecure_channel(f"127.0.0.1:{v.port}") as channel:
        return channel.unary_unary("/shop.Stock/Reserve")(b"", timeout=3)


@fault("grpc", case("deadline", "timeout", "medium", "network"))
def release_stock(v: Values) -> bytes:
    with grpc.insecure_channel("127.0.0.1:18081") as channel:
        return channel.unary_unary("/shop.Stock/Release")(b"", timeout=0.2 + v.n / 1e6)
