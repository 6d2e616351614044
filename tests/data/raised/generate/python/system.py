"""The machine below: subprocess, multiprocessing, ssl, text, and groups of exceptions."""

import asyncio
import codecs
import json
import multiprocessing
import os
import pathlib
import pickle
import queue
import ssl
import statistics
import struct
import subprocess
import threading
from typing import Any

from shop.harness import Values, case, fault


@fault("subprocess", case("missing", "filesystem", "medium", "dependency configuration", command=["wkhtmltopdf", "{n}"]), case("failed", "dependency", "medium", "unknown", command=["false", "{n}"]), case("slow", "timeout", "medium", command=["sleep", "5"]))
def print_page(v: Values, command: list[str]) -> Any:
    return subprocess.run([one.format(n=v.n) for one in command], check=True, timeout=0.2)


@fault("subprocess", case("137", "resource_exhaustion", "high", "dependency unknown infrastructure", code=137), case("2", "dependency", "medium", "unknown configuration", code=2))
def convert(v: Values, code: int) -> Any:
    return subprocess.check_output(f"exit {code} # order {v.n}", shell=True)


@fault("pathlib", case("missing", "filesystem", "medium", work=lambda v: pathlib.Path(v.path).stat()), case("exists", "filesystem", "medium", work=lambda v: pathlib.Path("/tmp").mkdir()), case("not directory", "filesystem", "medium", work=lambda v: pathlib.Path(f"/etc/passwd/{v.n}").stat()), case("link loop", "filesystem", "medium", work=lambda v: loop(v).read_text()))
def look(v: Values, work: Any) -> Any:
    return work(v)


def loop(v: Values) -> pathlib.Path:
    path = pathlib.Path(f"/tmp/shop-loop-{v.n}")
    path.unlink(missing_ok=True)
    path.symlink_to(path)
    return path


def as_guest(work: Any) -> Any:
    os.seteuid(65534)
    try:
        return work()
    finally:
        os.seteuid(0)


@fault("pathlib", case("read", "filesystem", "medium", "authorization", work=lambda: pathlib.Path("/etc/shadow").read_text()), case("write", "filesystem", "medium", "authorization", work=lambda: pathlib.Path("/etc/shop.conf").write_text("x")), times=1)
def forbidden(v: Values, work: Any) -> Any:
    return as_guest(work)


@fault("codecs", case("decode", "serialization", "medium", work=lambda v: f"{v.n}".encode() + b"\xff"), case("start", "serialization", "medium", work=lambda v: b"\xc3(" + b"a" * (v.n % 9)))
def read_name(v: Values, work: Any) -> Any:
    return work(v).decode()


@fault("codecs", case("ascii", "serialization", "medium", work=lambda v: f"{v.n} €".encode("ascii")), case("unknown", "programming_error", "medium", "configuration serialization", work=lambda v: codecs.lookup("utf-9")))
def write_name(v: Values, work: Any) -> Any:
    return work(v)


@fault("struct", case("short", "serialization", "medium", work=lambda v: struct.unpack("<IH", b"x" * (v.n % 4))), case("range", "serialization", "medium", "programming_error validation", work=lambda v: struct.pack("B", v.n)))
def frame(v: Values, work: Any) -> Any:
    return work(v)


@fault("pickle", case("truncated", "serialization", "medium", work=lambda v: pickle.loads(pickle.dumps([v.n])[:-3])), case("local", "serialization", "medium", "programming_error", work=lambda v: pickle.dumps(lambda: v)), case("lock", "serialization", "medium", "programming_error concurrency", work=lambda v: pickle.dumps(threading.Lock())))
def freeze(v: Values, work: Any) -> Any:
    return work(v)


@fault("statistics", case("empty", "validation", "medium", "programming_error", work=lambda v: statistics.mean([])), case("mode", "programming_error", "medium", "validation", work=lambda v: statistics.quantiles([v.n], n=0)), times=1)
def average(v: Values, work: Any) -> Any:
    return work(v)


@fault("queue", case("empty", "timeout", "medium", "concurrency", work=lambda: queue.Queue().get(timeout=0.01)), case("full", "resource_exhaustion", "medium", "concurrency timeout", work=lambda: [one.put_nowait(1) for one in [queue.Queue(1)] * 2]), times=1)
def next_job(v: Values, work: Any) -> Any:
    return work()


@fault("threading", case("twice", "concurrency", "medium", "programming_error", work=lambda one: [one.start(), one.start()]), case("self", "concurrency", "medium", "programming_error", work=lambda one: threading.current_thread().join()), case("unstarted", "concurrency", "medium", "programming_error", work=lambda one: one.join()), case("release", "concurrency", "medium", "programming_error", work=lambda one: threading.Lock().release()), times=1)
def thread(v: Values, work: Any) -> Any:
    return work(threading.Thread(target=int))


def crash(n: int) -> None:
    if n % 2:
        raise ValueError(f"parcel {n} has no weight")
    os._exit(3)


@fault("multiprocessing", case("value", "validation", "medium", "programming_error", n=1), in_app_source_function="crash", chain_types=None)
def weigh_apart(v: Values, n: int) -> Any:
    with multiprocessing.Pool(1) as pool:
        return pool.map(crash, [v.n // 2 * 2 + n])


@fault("ssl", case("file", "filesystem", "high", "configuration", work=lambda v: ssl.create_default_context(cafile=v.path)), case("pem", "configuration", "high", "serialization filesystem", work=lambda v: ssl.create_default_context(cafile="/etc/hostname")), case("version", "configuration", "high", "network", work=lambda v: ssl.create_default_context().set_ciphers("NONE")))
def certificates(v: Values, work: Any) -> Any:
    return work(v)


class Failed(Exception):
    pass


def part(kind: str, n: int) -> None:
    if kind == "value":
        int(f"{n}kg")
    elif kind == "key":
        {}[f"sku{n}"]
    else:
        open(f"/srv/none/{n}")


@fault("exceptiongroup", case("one kind", "filesystem", "medium", kinds=("file", "file")), case("two kinds", "unknown", "medium", "programming_error serialization filesystem", kinds=("file", "value")))
def check_all(v: Values, kinds: tuple[str, ...]) -> None:
    failures = []
    for number, kind in enumerate(kinds):
        try:
            part(kind, v.n + number)
        except Exception as error:
            failures.append(error)
    raise ExceptionGroup(f"{len(failures)} parts of order {v.n} failed", failures)


@fault("exceptiongroup", case("nested", "serialization", "medium", "programming_error validation"))
def check_nested(v: Values) -> None:
    async def checking() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(check(v))

    async def check(v: Values) -> None:
        part("value", v.n)

    try:
        asyncio.run(checking())
    except* ValueError as group:
        raise Failed(f"order {v.n} could not be checked") from group


@fault("json.load", case("config", "serialization", "high", "configuration"))
def load_rules(v: Values) -> Any:
    path = pathlib.Path(f"/tmp/shop-rules-{v.n}.json")
    path.write_text('{"rules": [1, 2}')
    try:
        with path.open() as file:
            return json.load(file)
    except json.JSONDecodeError as error:
        error.add_note(f"while reading {path}")
        raise
