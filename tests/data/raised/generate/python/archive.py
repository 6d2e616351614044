"""Old orders: asyncpg, pymongo, elasticsearch, csv, zipfile, configparser."""

import asyncio
import configparser
import csv
import gzip
import io
import tomllib
import zipfile
from typing import Any
from xml.etree import ElementTree as ET

import asyncpg
import elasticsearch
import lxml.etree
import pymongo

from shop.harness import Values, case, fault

SETTINGS = {"host": "127.0.0.1", "port": 15432, "user": "shop", "password": "closed-door", "database": "postgres"}
STATEMENTS = (
    case("unique", "database", "medium", "validation", statement="INSERT INTO customers (email) VALUES ('a@example.org')", attributes={"db.system.name": "postgresql"}),
    case("null", "database", "medium", "validation", statement="INSERT INTO customers (id, age) VALUES ({n}, 4)"),
    case("table", "database", "high", statement="SELECT * FROM receipts WHERE id = {n}"),
    case("column", "database", "high", statement="SELECT weight FROM orders WHERE id = {n}"),
    case("column colour", "database", "high", statement="SELECT colour FROM orders WHERE id = {n}"),
    case("syntax", "database", "medium", "programming_error", statement="SELECT FROM WHERE id = {n}"),
    case("uuid", "database", "medium", "validation serialization", statement="SELECT * FROM orders WHERE reference = 'x{n}'"),
    case("cancelled", "database", "medium", "timeout", statement="SET statement_timeout = 50; SELECT pg_sleep(2), {n}"),
)  # fmt: skip


async def run_statement(statement: str, *arguments: Any, **settings: Any) -> Any:
    connection = await asyncpg.connect(**SETTINGS | settings)
    try:
        return await connection.fetch(statement, *arguments) if arguments else await connection.execute(statement)
    finally:
        await connection.close()


@fault("asyncpg", *STATEMENTS)
def archive(v: Values, statement: str) -> Any:
    return asyncio.run(run_statement(statement.format(n=v.n)))


@fault("asyncpg", case("refused", "database", "high", "network", settings=lambda v: {"port": v.port}), case("database", "database", "high", "configuration", settings=lambda v: {"database": "attic"}), case("password", "database", "high", "authentication", settings=lambda v: {"password": v.text}))
def open_archive(v: Values, settings: Any) -> Any:
    return asyncio.run(run_statement("SELECT 1", **settings(v)))


@fault("asyncpg", case("type", "database", "medium", "programming_error validation"))
def find_old(v: Values) -> Any:
    return asyncio.run(run_statement("SELECT * FROM orders WHERE id = $1", f"n{v.n}"))


@fault("asyncpg", case("busy", "concurrency", "medium", "database"))
def at_once(v: Values) -> Any:
    async def two() -> Any:
        connection = await asyncpg.connect(**SETTINGS)
        try:
            return await asyncio.gather(*(connection.fetch(f"SELECT pg_sleep(0.2), {v.n}") for _ in range(2)))
        finally:
            connection.terminate()

    return asyncio.run(two())


@fault("pymongo", case("refused", "database", "high", "network timeout", attributes={"db.system.name": "mongodb"}))
def documents(v: Values) -> Any:
    return pymongo.MongoClient(f"mongodb://127.0.0.1:{v.port}", serverSelectionTimeoutMS=200).shop.orders.find_one({"n": v.n})


@fault("pymongo", case("scheme", "configuration", "critical", "database validation", url="mango://127.0.0.1"), times=1)
def connect_documents(v: Values, url: str) -> Any:
    return pymongo.MongoClient(url)


@fault("pymongo", case("key", "validation", "medium", "programming_error database serialization"))
def store_document(v: Values) -> Any:
    from bson import encode

    return encode({"when": {v.n}})


@fault("pymongo", case("id", "validation", "low", "serialization database"))
def document(v: Values) -> Any:
    from bson import ObjectId

    return ObjectId(v.text)


@fault("elasticsearch", case("refused", "database", "high", "network dependency", attributes={"db.system.name": "elasticsearch"}))
def search(v: Values) -> Any:
    return elasticsearch.Elasticsearch(f"http://127.0.0.1:{v.port}", max_retries=0).search(index="orders")


@fault("csv", case("null", "serialization", "medium", "validation"), times=1)
def import_csv(v: Values) -> Any:
    return list(csv.reader(io.StringIO('a,"b' + "x" * 200_000)))


@fault("csv", case("field", "validation", "medium", "serialization programming_error"))
def export_csv(v: Values) -> Any:
    csv.DictWriter(io.StringIO(), ["id"]).writerow({"id": v.n, "colour": 1})


@fault("zipfile", case("not zip", "filesystem", "medium", "serialization"), times=1)
def unpack(v: Values) -> Any:
    return zipfile.ZipFile(io.BytesIO(b"no archive"))


@fault("zipfile", case("member", "filesystem", "medium", "programming_error"))
def unpack_one(v: Values) -> Any:
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as archive_:
        archive_.writestr("a", "b")
    return zipfile.ZipFile(box).read(f"order-{v.n}.xml")


@fault("gzip", case("not gzip", "serialization", "medium", "filesystem"))
def inflate(v: Values) -> Any:
    return gzip.decompress(f"{v.n % 90:02}x".encode())


@fault("xml", case("mismatch", "serialization", "medium", text="<order><line></order>"), case("empty", "serialization", "medium", text=""), case("entity", "serialization", "medium", text="<order>&pound;</order>"))
def read_xml(v: Values, text: str) -> Any:
    return ET.fromstring(" " * (v.n % 7) + text)


@fault("lxml", case("mismatch", "serialization", "medium", text="<order>\n<line></order>"), case("attribute", "serialization", "medium", text="<order id={n}/>"))
def read_feed(v: Values, text: str) -> Any:
    return lxml.etree.fromstring(text.format(n=v.n))


@fault("tomllib", case("value", "serialization", "medium", "configuration", text="port = {n}x"), case("key", "serialization", "medium", "configuration", text="a = 1\na = {n}"))
def read_toml(v: Values, text: str) -> Any:
    return tomllib.loads(text.format(n=v.n))


@fault("configparser", case("section", "configuration", "high", "programming_error", read=lambda parser: parser.get("smtp", "host")), case("option", "configuration", "high", "programming_error", read=lambda parser: parser.get("shop", "host")), case("interpolation", "configuration", "high", "serialization", read=lambda parser: parser.get("shop", "url")), times=1)
def read_setting(v: Values, read: Any) -> Any:
    parser = configparser.ConfigParser()
    parser.read_string("[shop]\nurl = http://%(hst)s/\n")
    return read(parser)
