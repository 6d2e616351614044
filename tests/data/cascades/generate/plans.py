"""The scenarios: what happens in which service, which failures are injected, and so what caused what.

Each family belongs to one half as a whole: rules were tuned on one half and are measured on the other.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

Step = dict[str, Any]

FASTAPI = ("gateway", "orders", "inventory", "payments", "shipping")
FLASK = ("pricing", "catalog")
NODE = ("storefront", "notifications")
SERVICES = FASTAPI + FLASK + NODE
ACTIONS = [
    "checkout",
    "reserve",
    "charge",
    "label",
    "quote",
    "lookup",
    "render",
    "notify",
    "search",
    "score",
    "approve",
    "settle",
    "ship",
    "refund",
]

HALVES = {
    "chain": "tuning",
    "fanout": "tuning",
    "timeout": "tuning",
    "handled": "tuning",
    "database": "tuning",
    "background": "tuning",
    "agent": "tuning",
    "retry": "measuring",
    "messaging": "measuring",
    "breaker": "measuring",
    "wrapped": "measuring",
    "cancelled": "measuring",
    "independent": "measuring",
    "languages": "measuring",
    "mixture": "measuring",
}


class Plan(NamedTuple):
    """One request to `entry`; `warm_up` requests, in traces of their own, are sent before and not kept."""

    family: str
    entry: str
    do: list[Step]
    action: str = "checkout"
    warm_up: int = 0
    wait_s: float = 0.6


def call(service: str, *do: Step, action: str = "lookup", **more: Any) -> Step:
    return {"call": service, "do": list(do), "action": action, **more}


def fails(kind: str, message: str, fault: str = "f1") -> Step:
    return {"raise": kind, "message": message, "fault": fault}


def real(name: str, value: str = "", fault: str = "f1") -> Step:
    return {"real": name, "with": value, "fault": fault}


def reject(status: int, message: str, fault: str = "f1") -> Step:
    return {"reject": status, "message": message, "fault": fault}


def span(name: str, *do: Step) -> Step:
    return {"span": name, "do": list(do)}


def attempt(*do: Step, then: tuple[Step, ...] = ()) -> Step:
    return {"try": list(do), "then": list(then)}


def wrap(kind: str, message: str, *do: Step, plain: bool = False) -> Step:
    return {"wrap": list(do), "as": kind, "message": message, "plain": plain}


def together(*parts: list[Step], mode: str = "gather", **more: Any) -> Step:
    return {"all": list(parts), "mode": mode, **more}


def retry(times: int, *do: Step, **more: Any) -> Step:
    return {"retry": times, "do": list(do), **more}


def sleep(seconds: float, **more: Any) -> Step:
    return {"sleep": seconds, **more}


def publish(topic: str, to: str, *do: Step, **more: Any) -> Step:
    return {"publish": topic, "to": to, "do": list(do), **more}


def plans() -> Iterator[Plan]:
    """All scenarios."""
    for family in HALVES:
        for made in globals()[f"_{family}"]():
            yield made._replace(family=family)


def _plan(entry: str, *do: Step, **more: Any) -> Plan:
    return Plan("", entry, list(do), **more)


def _chain() -> Iterator[Plan]:
    yield _plan("orders", call("inventory", real("key", "sku-9"), action="reserve"))
    yield _plan("gateway", call("orders", span("price cart", real("divide")), action="quote"))
    yield _plan("gateway", call("orders", call("payments", fails("CardDeclined", "card was declined by the bank"))))
    yield _plan(
        "gateway",
        span("checkout", call("orders", span("pay", call("payments", call("shipping", real("none"), action="label"))))),
    )
    yield _plan(
        "storefront", call("gateway", call("orders", call("pricing", call("catalog", real("json", "{'a': 1}")))))
    )
    yield _plan("gateway", call("orders", call("inventory", reject(503, "warming up"), action="reserve")))
    yield _plan("gateway", span("checkout", call("orders", reject(404, "no such order"), action="search")))
    yield _plan("gateway", call("pricing", span("discount", real("number", "ten"))), action="quote")


def _fanout() -> Iterator[Plan]:
    ok = [call("inventory", sleep(0.02))]
    yield _plan("gateway", together(ok, [call("payments", sleep(0.05), real("key", "iban"), action="charge")], ok))
    yield _plan(
        "orders",
        together(
            [call("inventory", sleep(0.03), fails("StockLocked", "stock is locked", "f1"), action="reserve")],
            [call("shipping", sleep(0.2), fails("NoCarrier", "no carrier to that country", "f2"), action="label")],
        ),
    )
    yield _plan(
        "gateway",
        together(
            [span("left", call("pricing", sleep(0.2), real("divide", fault="f2"), action="quote"))],
            [span("right", call("shipping", sleep(0.04), real("none", fault="f1"), action="label"))],
            ok,
        ),
    )
    yield _plan(
        "gateway",
        together(
            [call("inventory", fails("StockLocked", "stock is locked", "f1"), action="reserve")],
            [call("shipping", fails("NoCarrier", "no carrier to that country", "f2"), action="label")],
            mode="settle",
            raise_first=False,
        ),
    )
    yield _plan(
        "storefront",
        together(
            [call("orders", sleep(0.05), real("json", "[1,", "f1"))], [call("catalog", sleep(0.01), action="search")]
        ),
    )
    yield _plan(
        "gateway",
        attempt(call("inventory", fails("OutOfStock", "item 1 is gone", "f1"), action="reserve")),
        attempt(call("inventory", fails("StockLocked", "stock is locked", "f2"), action="lookup")),
    )


def _timeout() -> Iterator[Plan]:
    yield _plan("orders", call("inventory", sleep(0.6), timeout=0.2, fault="f1"), wait_s=1.2)
    yield _plan(
        "gateway", call("orders", call("inventory", sleep(0.6), timeout=0.2, fault="f1"), action="quote"), wait_s=1.2
    )
    yield _plan(
        "orders",
        call("payments", sleep(0.5), fails("LedgerBroken", "ledger row has no account", "f2"), timeout=0.2, fault="f1"),
        wait_s=1.2,
    )
    yield _plan(
        "gateway",
        span("pay", call("payments", sleep(1.0, watch=True, fault="f1"), timeout=0.2, fault="f1", action="charge")),
        wait_s=1.2,
    )
    yield _plan(
        "gateway",
        call("orders", call("payments", sleep(0.05), real("refused"), action="charge", timeout=0.5), timeout=2.0),
    )
    yield _plan(
        "gateway",
        call("orders", call("pricing", sleep(0.9), timeout=0.6, fault="f2", action="quote"), timeout=0.2, fault="f1"),
        wait_s=1.6,
    )
    yield _plan("pricing", call("catalog", sleep(0.7), timeout=0.2, fault="f1", action="search"), wait_s=1.2)


def _handled() -> Iterator[Plan]:
    cache = fails("CacheMiss", "cache node 3 is not reachable", "f1")
    yield _plan(
        "orders", attempt(span("read cache", cache)), call("inventory"), sleep(0.05), real("key", "total", "f2")
    )
    yield _plan("orders", attempt(span("read cache", cache), then=(call("inventory"),)), call("shipping"))
    yield _plan(
        "gateway",
        attempt(call("pricing", real("divide", fault="f1"), action="quote")),
        sleep(0.04),
        call("payments", fails("CardDeclined", "card was declined by the bank", "f2"), action="charge"),
    )
    yield _plan(
        "gateway",
        call("orders", attempt(call("catalog", real("none", fault="f1"), action="search"))),
        sleep(0.05),
        span("render", real("json", "{", "f2")),
    )
    yield _plan(
        "gateway",
        attempt(
            call("inventory", fails("StockLocked", "stock is locked", "f1")),
            then=(call("catalog", fails("IndexStale", "the index is three days old", "f2"), action="search"),),
        ),
    )
    yield _plan(
        "gateway", call("orders", attempt(span("enrich", real("file", "/etc/shop/rates", "f1")))), span("render")
    )


def _database() -> Iterator[Plan]:
    missing = real("sql", "SELECT * FROM reservations")
    yield _plan("orders", call("inventory", span("load stock", missing), action="reserve"))
    yield _plan("gateway", call("orders", call("inventory", span("load stock", missing), action="reserve")))
    yield _plan("gateway", call("orders", span("insert order", real("sql", "INSERT INTO accounts VALUES (1)"))))
    yield _plan("gateway", call("payments", span("lock account", real("sql", "SELECT slow()")), action="charge"))
    yield _plan("orders", wrap("OrderNotSaved", "order could not be saved", span("insert", real("refused"))))
    yield _plan("gateway", call("catalog", span("query", real("sqlite", "SELECT * FROM items")), action="search"))


def _background() -> Iterator[Plan]:
    mail = span("send mail", real("key", "address", "f1"))
    yield _plan("orders", {"after": [mail]})
    yield _plan("orders", {"after": [mail], "delay": 0.2}, call("inventory"), real("divide", fault="f2"))
    yield _plan(
        "gateway", call("orders", {"after": [span("index order", call("catalog", real("none"), action="search"))]})
    )
    yield _plan("gateway", {"after": [mail]}, call("payments", fails("CardDeclined", "card was declined", "f2")))


def _agent() -> Iterator[Plan]:
    def agent(*do: Step) -> Step:
        return {"agent": "concierge", "do": list(do)}

    def tool(name: str, *do: Step) -> Step:
        return {"tool": name, "do": list(do)}

    chat: Step = {"chat": "gpt-5"}
    yield _plan("gateway", agent(chat, tool("find_order", call("orders", real("key", "ord_1"), action="search"))))
    yield _plan("gateway", agent(chat, attempt(tool("weather", fails("ToolError", "no such city"))), chat))
    yield _plan(
        "gateway",
        agent(
            chat,
            attempt(
                tool("refund", call("payments", fails("RefundDenied", "older than 30 days", "f1"), action="refund"))
            ),
            chat,
            fails("UnexpectedModelBehavior", "Exceeded maximum retries (1) for output validation", "f2"),
        ),
    )
    yield _plan("orders", agent({"chat": "gpt-5", "do": [fails("RateLimitError", "Error code: 429 - quota exceeded")]}))
    yield _plan(
        "gateway",
        agent(chat, wrap("ToolRetryError", "tool find_order failed: {error}", tool("find_order", real("none")))),
    )


def _retry() -> Iterator[Plan]:
    boom = call("inventory", fails("StockLocked", "stock is locked"), action="reserve")
    yield _plan("orders", retry(3, boom))
    yield _plan("gateway", call("orders", retry(3, boom, giveup="RetriesExhausted"), action="quote"))
    yield _plan("orders", retry(3, boom, attempts=[[boom], [boom], [call("inventory")]]))
    yield _plan(
        "orders",
        retry(
            3,
            attempts=[
                [call("payments", fails("StockLocked", "lock 1 is held by session 77"), action="charge")],
                [call("payments", fails("StockLocked", "lock 1 is held by session 93"), action="charge")],
                [call("payments", fails("StockLocked", "lock 1 is held by session 95"), action="charge")],
            ],
        )
        | {"do": [call("payments", fails("StockLocked", "lock 1 is held by session 77"), action="charge")]},
    )
    yield _plan("storefront", retry(2, call("catalog", real("divide"), action="search"), giveup="GaveUp"))
    yield _plan("orders", retry(2, call("shipping", sleep(0.5), timeout=0.15, fault="f1", action="label")), wait_s=1.5)
    yield _plan(
        "gateway",
        span("load", retry(3, span("query", real("sqlite", "SELECT 1 FROM carts")), giveup="GaveUp", plain=True)),
    )


def _messaging() -> Iterator[Plan]:
    yield _plan("orders", publish("orders.placed", "shipping", fails("NoCarrier", "no carrier to that country")))
    yield _plan(
        "gateway",
        call("orders", publish("orders.placed", "inventory", span("book", real("key", "sku-1")), delay=0.15)),
        sleep(0.02),
        fails("CartExpired", "cart is older than a day", "f2"),
        wait_s=1.0,
    )
    yield _plan(
        "orders",
        publish("orders.placed", "payments", call("pricing", real("divide"), action="quote"), delay=0.1, linked=True),
        wait_s=1.0,
    )
    yield _plan(
        "gateway",
        publish(
            "orders.placed",
            "orders",
            publish("stock.moved", "inventory", call("catalog", real("none"), action="search")),
        ),
        wait_s=1.0,
    )
    yield _plan(
        "storefront",
        publish("mail.wanted", "pricing", span("render mail", real("json", "<")), delay=0.1),
        call("orders", fails("CartExpired", "cart is older than a day", "f2")),
        wait_s=1.0,
    )


def _breaker() -> Iterator[Plan]:
    def guarded(name: str, *do: Step, fault: str = "f1") -> Step:
        return {"breaker": name, "do": list(do), "limit": 3, "fault": fault}

    boom = call("shipping", fails("PrinterJam", "label printer 2 is jammed"), action="label")
    yield _plan("orders", retry(4, guarded("shipping-a", boom)), wait_s=0.9)
    yield _plan("orders", guarded("shipping-b", boom), warm_up=3)
    yield _plan("gateway", call("orders", guarded("shipping-c", boom), action="ship"), warm_up=3)
    yield _plan("gateway", attempt(guarded("pricing-d", boom)), call("payments", real("key", "iban", "f2")), warm_up=3)
    yield _plan(
        "gateway", span("ship", *(attempt(guarded("shipping-e", boom)) for _ in range(3)), guarded("shipping-e", boom))
    )


def _wrapped() -> Iterator[Plan]:
    stock = call("inventory", fails("StockLocked", "stock is locked"), action="reserve")
    yield _plan("orders", wrap("OrderFailed", "the order could not be placed", span("reserve", stock)))
    yield _plan("orders", wrap("OrderFailed", "order: {error}", span("reserve", stock), plain=True))
    yield _plan(
        "gateway",
        wrap(
            "CheckoutFailed",
            "checkout did not go through",
            span(
                "pay",
                call(
                    "payments",
                    wrap("PaymentFailed", "payment: {error}", span("post", real("key", "iban"))),
                    action="charge",
                ),
            ),
        ),
    )
    yield _plan(
        "orders",
        span(
            "a",
            wrap("LayerTwo", "two: {error}", span("b", wrap("LayerOne", "one: {error}", span("c", real("divide"))))),
        ),
    )
    yield _plan("pricing", wrap("QuoteFailed", "no quote today", call("catalog", real("none"), action="search")))
    yield _plan(
        "storefront", wrap("PageError", "page cannot be shown", span("load", call("orders", real("number", "x"))))
    )


def _cancelled() -> Iterator[Plan]:
    slow = [call("shipping", sleep(0.6), action="label", fault="f1")]
    bad = [call("payments", sleep(0.05), real("key", "iban"), action="charge")]
    yield _plan("orders", together(slow, bad, mode="group"), wait_s=1.0)
    yield _plan("gateway", call("orders", together(bad, slow, slow, mode="group"), action="quote"), wait_s=1.0)
    watching = [call("inventory", sleep(0.8, watch=True, fault="f1"), action="reserve", fault="f1")]
    yield _plan("orders", together(watching, bad, mode="group"), wait_s=1.2)
    yield _plan(
        "orders",
        together([span("left", *watching)], [span("right", sleep(0.06), real("divide"))], mode="group"),
        wait_s=1.2,
    )
    yield _plan(
        "gateway",
        call(
            "orders",
            call("inventory", sleep(0.9, watch=True, fault="f1"), action="reserve", timeout=5),
            timeout=0.25,
            fault="f1",
        ),
        wait_s=1.5,
    )


def _independent() -> Iterator[Plan]:
    yield _plan(
        "orders",
        attempt(call("inventory", real("key", "sku", "f1"))),
        sleep(0.05),
        attempt(call("payments", real("divide", fault="f2"))),
    )
    yield _plan(
        "gateway",
        attempt(call("catalog", real("none", fault="f1"))),
        sleep(0.08),
        span("render page", real("file", "/srv/page.html", "f2")),
    )
    yield _plan(
        "gateway",
        call("orders", attempt(span("audit", fails("AuditFull", "audit log has no room", "f1"))), sleep(0.05)),
        call("shipping", real("number", "1O", "f2"), action="label"),
    )
    yield _plan(
        "storefront",
        attempt(call("catalog", fails("IndexStale", "the index is three days old", "f1"), action="search")),
        sleep(0.05),
        call("orders", call("payments", fails("CardDeclined", "card was declined", "f2"))),
    )
    yield _plan(
        "gateway",
        {"after": [span("flush metrics", fails("MetricsLost", "spool is full", "f2"))], "delay": 0.15},
        call("inventory", span("book", real("json", "nul", "f1"))),
    )


def _languages() -> Iterator[Plan]:
    yield _plan("storefront", call("pricing", call("inventory", fails("StockLocked", "stock is locked"))))
    yield _plan("gateway", call("storefront", call("notifications", real("none"), action="notify"), action="render"))
    yield _plan("pricing", call("notifications", span("template", real("json", "{oops"))))
    yield _plan(
        "storefront", together([call("notifications", sleep(0.02))], [call("catalog", sleep(0.04), real("key", "id"))])
    )
    yield _plan("storefront", call("notifications", sleep(0.7), timeout=0.2, fault="f1", action="notify"), wait_s=1.2)
    yield _plan(
        "notifications",
        attempt(call("pricing", real("divide", fault="f1"))),
        sleep(0.05),
        span("send", fails("NoRoute", "no gateway for +49", "f2")),
    )


def _mixture() -> Iterator[Plan]:
    yield _plan(
        "storefront",
        call(
            "gateway",
            attempt(span("session", fails("CacheMiss", "cache node 3 is not reachable", "f1"))),
            call(
                "orders",
                retry(
                    2,
                    call(
                        "inventory", span("load stock", real("sql", "SELECT * FROM stock_v2", "f2")), action="reserve"
                    ),
                ),
            ),
        ),
    )
    yield _plan(
        "gateway",
        publish(
            "cart.seen", "notifications", span("push", fails("NoDevice", "device token expired", "f1")), delay=0.15
        ),
        together(
            [call("pricing", sleep(0.02), action="quote")],
            [
                call(
                    "shipping",
                    sleep(0.05),
                    wrap("LabelFailed", "label: {error}", span("print", real("number", "A4", "f2"))),
                    action="label",
                )
            ],
        ),
        wait_s=1.0,
    )
    yield _plan(
        "gateway",
        {
            "agent": "concierge",
            "do": [
                {"chat": "gpt-5"},
                attempt(
                    {"tool": "search", "do": [call("catalog", sleep(0.6), timeout=0.15, fault="f1", action="search")]}
                ),
                {"chat": "gpt-5"},
                {
                    "tool": "order",
                    "do": [call("orders", call("payments", fails("CardDeclined", "card was declined", "f2")))],
                },
            ],
        },
        wait_s=1.2,
    )
    yield _plan(
        "gateway",
        call(
            "orders",
            together(
                [call("inventory", sleep(0.3), fails("StockLocked", "stock is locked", "f2"), action="reserve")],
                [call("payments", sleep(0.03), call("pricing", real("divide"), action="quote"), action="charge")],
            ),
            action="approve",
        ),
        wait_s=1.0,
    )
    yield _plan(
        "storefront",
        call("gateway", call("orders", reject(422, "quantity must be positive"), action="approve"), action="render"),
    )
