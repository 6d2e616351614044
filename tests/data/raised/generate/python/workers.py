"""Work of the shop itself: asyncio, futures, files, numbers, the language."""

import asyncio
import concurrent.futures
import datetime
import decimal
import importlib
import ipaddress
import os
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shop.harness import Values, case, fault


async def pick(v: Values) -> None:
    await asyncio.sleep(v.n)


@fault("asyncio", case("timeout", "timeout", "medium"))
def pick_all(v: Values) -> None:
    async def picking() -> None:
        async with asyncio.timeout(0.01):
            await pick(v)

    asyncio.run(picking())


@fault("asyncio", case("wait_for", "timeout", "medium"))
def pack_all(v: Values) -> None:
    asyncio.run(asyncio.wait_for(pick(v), 0.01))


@fault("asyncio", case("running", "concurrency", "medium", "programming_error"), times=1)
def nested(v: Values) -> None:
    async def outer() -> None:
        coroutine = pick(v)
        try:
            asyncio.run(coroutine)
        finally:
            coroutine.close()

    asyncio.run(outer())


async def weigh(v: Values) -> int:
    await asyncio.sleep(0)
    return {"weight": v.n}["mass"]


@fault("asyncio", case("group", "programming_error", "medium"))
def weigh_all(v: Values) -> None:
    async def weighing() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(weigh(v))
            tasks.create_task(weigh(v))

    asyncio.run(weighing())


def total_of(lines: list[Any]) -> Any:
    return sum(line["price"] for line in lines)


@fault("concurrent.futures", case("type", "programming_error", "medium"))
def total_in_threads(v: Values) -> Any:
    with concurrent.futures.ThreadPoolExecutor() as pool:
        return pool.submit(total_of, [v.n]).result()


@fault("concurrent.futures", case("process", "programming_error", "medium"), in_app_source_function="total_of", chain_types=None)
def total_in_processes(v: Values) -> Any:
    with concurrent.futures.ProcessPoolExecutor(1) as pool:
        return pool.submit(total_of, [{"cost": v.n}]).result()


@fault("concurrent.futures", case("timeout", "timeout", "medium", "concurrency"), times=1)
def slow_total(v: Values) -> Any:
    with concurrent.futures.ThreadPoolExecutor() as pool:
        return pool.submit(lambda: __import__("time").sleep(0.2)).result(timeout=0.01)


@fault("concurrent.futures", case("shut down", "concurrency", "medium", "programming_error"), times=1)
def late_total(v: Values) -> Any:
    pool = concurrent.futures.ThreadPoolExecutor()
    pool.shutdown()
    return pool.submit(total_of, [])


@fault("open", case("missing", "filesystem", "medium", "configuration", path="{path}"), case("directory", "filesystem", "medium", path="/tmp"), case("long", "filesystem", "medium", "validation", path="/tmp/" + "n" * 300))
def read_invoice(v: Values, path: str) -> str:
    return Path(path.format(path=v.path)).read_text()


@fault("open", case("not empty", "filesystem", "medium"))
def clear_folder(v: Values) -> None:
    folder = Path(f"/tmp/shop-clear/{v.uuid}")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "x").touch()
    folder.rmdir()


@fault("open", case("full", "resource_exhaustion", "critical", "filesystem"), times=1)
def write_report(v: Values) -> None:
    with open("/dev/full", "w") as file:
        file.write("report\n")
        file.flush()


@fault("open", case("descriptors", "resource_exhaustion", "high", "filesystem"))
def open_many(v: Values) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, before[1]))
    files = []
    try:
        for number in range(100):
            files.append(open(f"/tmp/shop-{v.n}-{number}", "w"))
    finally:
        for file in files:
            file.close()
            os.unlink(file.name)
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


NUMBERS = (
    case("int", "serialization", "medium", "validation programming_error", parse=lambda v: int(f"{v.n}kg")),
    case("float", "serialization", "medium", "validation programming_error", parse=lambda v: float(f"{v.n},5")),
    case("uuid", "serialization", "medium", "validation", parse=lambda v: uuid.UUID(v.text)),
    case("date", "serialization", "medium", "validation", parse=lambda v: datetime.date.fromisoformat(f"{v.n}")),
    case("address", "validation", "low", "serialization", parse=lambda v: ipaddress.ip_address(f"10.0.{v.n}.1")),
    case("hex", "serialization", "medium", "validation", parse=lambda v: bytes.fromhex(f"zz{v.n}")),
)


@fault("builtins", *NUMBERS)
def read_field(v: Values, parse: Any) -> Any:
    return parse(v)


@fault("decimal", case("syntax", "serialization", "medium", "validation"), times=2)
def price(v: Values) -> decimal.Decimal:
    return decimal.Decimal(f"{v.n} EUR")


@fault("decimal", case("zero", "programming_error", "medium"), times=2)
def share(v: Values) -> decimal.Decimal:
    return decimal.Decimal(v.n) / decimal.Decimal(0)


@dataclass
class Parcel:
    weight: int | None
    lines: dict[str, int]


def weight(parcel: Parcel, how: str, n: int) -> Any:
    if how == "attribute":
        return parcel.size  # type: ignore[attr-defined]
    if how == "none":
        return parcel.weight + n
    if how == "key":
        return parcel.lines["mass"]
    if how == "index":
        return list(parcel.lines)[n]
    if how == "zero":
        return n / len(parcel.lines)
    if how == "call":
        return len(parcel.lines, n)  # type: ignore[call-arg]
    if how == "name":
        return wieght  # type: ignore[name-defined] # noqa: F821
    if how == "local":
        return unset(n)
    if how == "unpack":
        one, two = [n]
        return one, two
    assert how == "known", f"unknown way {n}"
    return None


def unset(n: int) -> int:
    if n < 0:
        value = n
    return value


@fault("builtins", *(case(how, "programming_error", "medium", how=how) for how in ("attribute", "none", "key", "index", "zero", "call", "name", "local", "unpack", "assertion")))
def ship(v: Values, how: str) -> Any:
    return weight(Parcel(None, {}), how, v.n)


@fault("builtins", case("mutated", "concurrency", "medium", "programming_error"))
def clean_up(v: Values) -> None:
    stock = {v.n: 1}
    for item in stock:
        del stock[item]
        stock[item + 1] = 1
        stock[item + 2] = 1


def countdown(n: int) -> int:
    return countdown(n + 1)


@fault("builtins", case("recursion", "programming_error", "medium", "resource_exhaustion"), times=1, frames_count=None)
def explode(v: Values) -> int:
    return countdown(0)


@fault("builtins", case("gift", "dependency", "critical", "configuration", name="shop_plugins_gift"), case("loyalty", "dependency", "critical", "configuration", name="shop_plugins_loyalty"), times=1)
def load_plugin(v: Values, name: str) -> Any:
    return importlib.import_module(name)


@fault("builtins", case("removed", "dependency", "high", "programming_error"), times=1)
def old_import(v: Values) -> Any:
    from collections import Mapping  # type: ignore[attr-defined]

    return Mapping


@fault("builtins", case("formula", "programming_error", "medium", "validation serialization"))
def price_formula(v: Values) -> Any:
    return eval(compile(f"price * * {v.n}", "<formula>", "eval"))


class OutOfStock(Exception):
    pass


@fault("builtins", case("own", "validation", "low", "unknown programming_error"))
def reserve(v: Values) -> None:
    raise OutOfStock(f"only {v.n % 7} of {v.id} left")


@fault("builtins", case("during", "programming_error", "medium", "filesystem"), times=2)
def read_or_default(v: Values) -> Any:
    try:
        return Path(v.path).read_text()
    except FileNotFoundError as error:
        return error.missing_attribute  # type: ignore[attr-defined]
