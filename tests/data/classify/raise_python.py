"""Writes `raised.jsonl`: errors of the installed libraries, raised for real, with a label each.

Run it with the project's Python after an upgrade; it needs no network but closed ports of the own machine.
"""

import asyncio
import csv
import decimal
import importlib
import ipaddress
import json
import queue
import socket
import sqlite3
import subprocess
import tempfile
import tomllib
import traceback
import urllib.request
import uuid
import zlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import alembic.config
import click
import cryptography.fernet
import grpc
import h11
import httpx
import lmdb
import msgspec
import psycopg
import pydantic
import sqlalchemy
import urllib3
import zstandard
from google.protobuf import json_format, struct_pb2

CLOSED = "http://127.0.0.1:9"
Raiser = Callable[[], Any]


def _grpc_closed() -> None:
    channel = grpc.insecure_channel("127.0.0.1:9")
    channel.unary_unary("/x.Y/Z")(b"", timeout=2)


def _sqlite_locked() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "x.db")
        first, second = sqlite3.connect(path), sqlite3.connect(path, timeout=0)
        try:
            first.execute("BEGIN EXCLUSIVE")
            second.execute("BEGIN EXCLUSIVE")
        finally:
            first.close()
            second.close()


def _sqlite(statement: str) -> None:
    engine = sqlalchemy.create_engine("sqlite://", poolclass=sqlalchemy.StaticPool)
    try:
        with engine.connect() as connection:
            connection.execute(sqlalchemy.text("CREATE TABLE t (a INTEGER UNIQUE)"))
            connection.execute(sqlalchemy.text("INSERT INTO t VALUES (1)"))
            connection.execute(sqlalchemy.text(statement))
    finally:
        engine.dispose()


def _mutated() -> None:
    numbers = {1: 1}
    for number in numbers:
        numbers[number + 1] = 1


class _Order(pydantic.BaseModel):
    amount: int = pydantic.Field(gt=0)


class _Item(msgspec.Struct, forbid_unknown_fields=True):
    name: str


RAISERS: tuple[tuple[str, Raiser, str, str, str], ...] = (
    ("httpx", lambda: httpx.get(CLOSED), "network", "", "high"),
    ("httpx", lambda: httpx.get("ftp://x"), "configuration", "validation programming_error", "medium"),
    (
        "httpx",
        lambda: httpx.Response(503, request=httpx.Request("GET", CLOSED)).raise_for_status(),
        "dependency",
        "",
        "high",
    ),
    (
        "httpx",
        lambda: httpx.Response(429, request=httpx.Request("GET", CLOSED)).raise_for_status(),
        "rate_limit",
        "",
        "medium",
    ),
    ("urllib3", lambda: urllib3.PoolManager().request("GET", CLOSED, retries=0), "network", "", "high"),
    ("urllib", lambda: urllib.request.urlopen(CLOSED), "network", "", "high"),
    (
        "urllib",
        lambda: urllib.request.urlopen("foo://x"),
        "configuration",
        "validation programming_error network",
        "medium",
    ),
    ("socket", lambda: socket.create_connection(("127.0.0.1", 9)), "network", "", "high"),
    ("psycopg", lambda: psycopg.connect("host=127.0.0.1 port=9 dbname=x"), "database", "network", "high"),
    ("psycopg", lambda: psycopg.connect("nonsense"), "configuration", "database", "high"),
    ("sqlalchemy", lambda: _sqlite("SELECT * FROM missing"), "database", "", "high"),
    ("sqlalchemy", lambda: _sqlite("INSERT INTO t VALUES (1)"), "database", "validation", "medium"),
    ("sqlalchemy", lambda: sqlalchemy.create_engine("nonsense"), "configuration", "database", "critical"),
    ("sqlalchemy", lambda: sqlalchemy.create_engine("foo://x"), "configuration", "database dependency", "critical"),
    ("sqlite3", _sqlite_locked, "database", "concurrency", "medium"),
    ("lmdb", lambda: lmdb.open("/nonexistent/x/y", create=False), "database", "filesystem", "high"),
    ("alembic", lambda: alembic.config.Config().get_main_option("x") + "", "programming_error", "", "medium"),
    ("grpc", _grpc_closed, "network", "dependency", "high"),
    ("pydantic", lambda: _Order(amount=-1), "validation", "", "low"),
    ("msgspec", lambda: msgspec.json.decode(b'{"nme": 1}', type=_Item), "serialization", "validation", "medium"),
    ("msgspec", lambda: msgspec.json.decode(b"{"), "serialization", "", "medium"),
    ("protobuf", lambda: struct_pb2.Struct.FromString(b"\xff\xff"), "serialization", "", "medium"),
    ("protobuf", lambda: json_format.Parse("{", struct_pb2.Struct()), "serialization", "", "medium"),
    ("zstandard", lambda: zstandard.decompress(b"nonsense"), "serialization", "filesystem", "medium"),
    ("zlib", lambda: zlib.decompress(b"x"), "serialization", "", "medium"),
    ("cryptography", lambda: cryptography.fernet.Fernet(b"short"), "configuration", "validation serialization", "high"),
    ("h11", lambda: h11.Connection(h11.SERVER).send(h11.Data(data=b"x")), "programming_error", "network", "medium"),
    ("click", lambda: click.INT.convert("x", None, None), "validation", "", "low"),
    ("json", lambda: json.loads("{'a'"), "serialization", "", "medium"),
    ("json", lambda: json.dumps({1j}), "serialization", "programming_error", "medium"),
    ("toml", lambda: tomllib.loads("a ="), "serialization", "configuration", "medium"),
    ("xml", lambda: ET.fromstring("<a>"), "serialization", "", "medium"),
    ("csv", lambda: list(csv.reader(["a\0b" * 70_000])), "serialization", "", "medium"),
    ("stdlib-r", lambda: date.fromisoformat("2026-02-31"), "serialization", "validation", "medium"),
    ("stdlib-r", lambda: uuid.UUID("x"), "serialization", "validation", "medium"),
    ("stdlib-r", lambda: ipaddress.ip_address("x"), "validation", "serialization", "low"),
    ("stdlib-r", lambda: decimal.Decimal("x"), "serialization", "validation", "medium"),
    ("stdlib-r", lambda: Path("/nonexistent/x").read_text(encoding="utf-8"), "filesystem", "", "medium"),
    ("stdlib-r", lambda: Path("/").read_text(encoding="utf-8"), "filesystem", "", "medium"),
    ("stdlib-r", lambda: subprocess.run(["nonexistent-program"], check=True), "filesystem", "dependency", "medium"),
    ("stdlib-r", lambda: subprocess.run(["false"], check=True), "dependency", "unknown", "medium"),
    ("stdlib-r", lambda: subprocess.run(["sleep", "5"], check=True, timeout=0.01), "timeout", "", "medium"),
    ("stdlib-r", lambda: asyncio.run(asyncio.wait_for(asyncio.sleep(5), 0.01)), "timeout", "", "medium"),
    ("stdlib-r", lambda: queue.Queue(1).get(timeout=0.01), "timeout", "concurrency", "medium"),
    ("stdlib-r", lambda: importlib.import_module("nonexistent_module"), "dependency", "", "critical"),
    ("stdlib-r", lambda: __import__("os").environ["PAYMENT_API_URL"], "configuration", "", "critical"),
    ("stdlib-r", lambda: {}["a"], "programming_error", "", "medium"),
    ("stdlib-r", lambda: list[int]()[1], "programming_error", "", "medium"),
    ("stdlib-r", lambda: None.x, "programming_error", "", "medium"),  # pyright: ignore[reportOptionalMemberAccess]
    ("stdlib-r", lambda: 1 / 0, "programming_error", "", "medium"),
    ("stdlib-r", lambda: int("x"), "serialization", "validation programming_error", "medium"),
    ("stdlib-r", lambda: str(b"\xff", "utf-8"), "serialization", "", "medium"),
    ("stdlib-r", lambda: "x".join([1]), "programming_error", "", "medium"),  # pyright: ignore[reportArgumentType]
    ("stdlib-r", _mutated, "concurrency", "programming_error", "medium"),
    ("stdlib-r", lambda: bytearray(1 << 60), "resource_exhaustion", "", "critical"),
)


def _name(error: BaseException) -> str:
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _modules(error: BaseException) -> list[str]:
    """Modules of the library frames, innermost first, until the first frame of this file."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    names: list[str] = []
    for frame in reversed(frames):
        if frame.f_code.co_filename == __file__:
            break
        names.append(str(frame.f_globals.get("__name__", "")))
    return list(dict.fromkeys(names))[:5]


def _causes(error: BaseException) -> list[dict[str, str]]:
    causes: list[dict[str, str]] = []
    inner = error
    while len(causes) < 5:
        relation = "cause" if inner.__cause__ is not None else "context"
        following = inner.__cause__ or (None if inner.__suppress_context__ else inner.__context__)
        if following is None:
            break
        inner = following
        causes.append({"type": _name(inner), "message": str(inner)[:400], "relation": relation})
    return causes


def _case(library: str, raiser: Raiser, category: str, also: str, severity: str) -> dict[str, Any]:
    try:
        raiser()
    except Exception as error:  # noqa: BLE001 - whatever the library raises is what we came for
        found = {"modules": _modules(error), "causes": _causes(error)}
        case = {"language": "python", "library": library, "type": _name(error), "message": str(error)[:800]}
        label = {"category": category, "also": also.split(), "severity": severity}
        return {**case, **label, **{key: value for key, value in found.items() if value}}
    raise AssertionError(f"{library}: nothing was raised")


def main() -> None:
    """Raise all and write them down."""
    with (Path(__file__).parent / "raised.jsonl").open("w", encoding="utf-8") as out:
        for row in RAISERS:
            out.write(json.dumps(_case(*row), ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
