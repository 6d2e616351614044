"""Books in databases: sqlalchemy, psycopg, sqlite3, redis."""

import sqlite3
import threading
from typing import Any

import psycopg
import redis
import sqlalchemy as sa
from sqlalchemy import orm

from shop.harness import Values, case, fault

DSN = "host=127.0.0.1 port=15432 user=shop dbname=postgres password=closed-door"
ENGINE = sa.create_engine("postgresql+psycopg://shop:closed-door@127.0.0.1:15432/postgres")
POSTGRES = {"db.system.name": "postgresql"}


class Base(orm.DeclarativeBase):
    pass


class Customer(Base):
    __tablename__ = "customers"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    email: orm.Mapped[str]


INSERTS = (
    case("unique", "database", "medium", "validation", statement="INSERT INTO customers (email) VALUES ('a@example.org')", attributes=POSTGRES),
    case("null", "database", "medium", "validation", statement="INSERT INTO customers (id, age) VALUES ({n}, 4)"),
    case("check", "database", "medium", "validation", statement="INSERT INTO customers (id, email, age) VALUES ({n}, 'c{n}', -3)"),
    case("foreign", "database", "medium", "validation", statement="INSERT INTO orders (customer_id, total) VALUES ({n}, 1)"),
)
QUERIES = (
    case("table", "database", "high", statement="SELECT * FROM invoices WHERE id = {n}", attributes=POSTGRES),
    case("column total_net", "database", "high", statement="SELECT total_net FROM orders WHERE id = {n}"),
    case("column vat", "database", "high", statement="SELECT vat FROM orders WHERE id = {n}"),
    case("syntax", "database", "medium", "programming_error", statement="SELEC total FROM orders WHERE id = {n}"),
    case("zero", "database", "medium", "programming_error validation", statement="SELECT {n} / 0"),
    case("overflow", "database", "medium", "validation", statement="INSERT INTO orders (total) VALUES ({n}99)"),
    case("too long", "database", "medium", "validation", statement="INSERT INTO orders (total, note) VALUES (1, 'paid by {n}')"),
    case("uuid", "database", "medium", "validation serialization", statement="SELECT * FROM orders WHERE reference = 'x{n}'"),
    case("cancelled", "database", "medium", "timeout", statement="SET statement_timeout = 50; SELECT pg_sleep(2), {n}"),
)  # fmt: skip


@fault("sqlalchemy", *INSERTS)
def save_customer(v: Values, statement: str) -> None:
    with ENGINE.begin() as connection:
        connection.execute(sa.text(statement.format(n=v.n)))


@fault("sqlalchemy", *QUERIES)
def load_orders(v: Values, statement: str) -> Any:
    with ENGINE.begin() as connection:
        return connection.execute(sa.text(statement.format(n=v.n))).all()


@fault("sqlalchemy", case("refused", "database", "high", "network", attributes=POSTGRES))
def open_books(v: Values) -> None:
    engine = sa.create_engine(f"postgresql+psycopg://shop@127.0.0.1:{v.port}/books")
    with orm.Session(engine) as session:
        session.get(Customer, v.n)


@fault("sqlalchemy", case("password", "database", "high", "authentication"))
def close_books(v: Values) -> None:
    with sa.create_engine(f"postgresql+psycopg://shop:{v.text}@127.0.0.1:15432/postgres").connect():
        pass


@fault("sqlalchemy", case("none", "database", "low", "validation"))
def customer_of(v: Values) -> Customer:
    with orm.Session(ENGINE) as session:
        return session.execute(sa.select(Customer).where(Customer.id == v.n)).scalar_one()


@fault("sqlalchemy", case("pool", "database", "high", "timeout resource_exhaustion"))
def audit(v: Values) -> None:
    engine = sa.create_engine(ENGINE.url, pool_size=1, max_overflow=0, pool_timeout=0.1 + v.n / 1e6)
    with engine.connect(), engine.connect():
        pass


@fault("sqlalchemy", case("detached", "database", "medium", "programming_error"))
def email_of(v: Values) -> str:
    with orm.Session(ENGINE) as session:
        customer = session.get(Customer, 1)
        session.expire_all()
    assert customer
    return customer.email


@fault("psycopg", case("refused", "database", "high", "network"))
def transfer(v: Values) -> None:
    psycopg.connect(f"host=127.0.0.1 port={v.port} dbname=ledger user=app")


@fault("psycopg", case("database", "database", "high", "configuration"), times=1)
def journal(v: Values) -> None:
    psycopg.connect(DSN.replace("dbname=postgres", "dbname=ledger"))


@fault("psycopg", case("rights orders", "database", "high", "authorization", table="orders"), case("rights customers", "database", "high", "authorization", table="customers"), times=1)
def read_as_guest(v: Values, table: str) -> None:
    with psycopg.connect(DSN.replace("user=shop", "user=reader")) as connection:
        connection.execute(f"SELECT * FROM {table}")


@fault("psycopg", case("unique", "database", "medium", "validation"))
def register(v: Values) -> None:
    with psycopg.connect(DSN) as connection:
        connection.execute("INSERT INTO customers (email) VALUES (%s)", (v.email,))
        connection.execute("INSERT INTO customers (email) VALUES (%s)", (v.email,))


@fault("psycopg", case("parameters", "database", "medium", "programming_error"), times=1)
def lookup(v: Values) -> None:
    with psycopg.connect(DSN) as connection:
        connection.execute("SELECT %s, %s", (v.n,))


@fault("psycopg", case("lock", "database", "medium", "concurrency timeout"))
def lock_account(v: Values) -> None:
    with psycopg.connect(DSN) as first, psycopg.connect(DSN) as second:
        first.execute("SELECT 1 FROM customers WHERE id = 1 FOR UPDATE")
        second.execute("SELECT 1 FROM customers WHERE id = 1 FOR UPDATE NOWAIT")


@fault("psycopg", case("deadlock", "database", "medium", "concurrency"))
def swap_accounts(v: Values) -> None:
    with psycopg.connect(DSN) as first, psycopg.connect(DSN) as second:
        first.execute("SELECT 1 FROM customers WHERE id = 1 FOR UPDATE")
        second.execute("SELECT 1 FROM customers WHERE id = 2 FOR UPDATE")
        waiter = threading.Thread(target=quietly, args=(first, "SELECT 1 FROM customers WHERE id = 2 FOR UPDATE"))
        waiter.start()
        try:
            threading.Event().wait(0.03)
            second.execute("SET deadlock_timeout = '10ms'; SELECT 1 FROM customers WHERE id = 1 FOR UPDATE")
        finally:
            second.close()
            waiter.join()


def quietly(connection: psycopg.Connection, statement: str) -> None:
    try:
        connection.execute("SET deadlock_timeout = '30s'")
        connection.execute(statement)
    except psycopg.Error:
        pass


SQLITE = (
    case("table", "database", "high", statement="SELECT * FROM stock WHERE id = {n}"),
    case("column", "database", "high", statement="SELECT shelf FROM items WHERE id = {n}"),
    case("syntax", "database", "medium", "programming_error", statement="SELECT id FROM items WHERE"),
    case("unique", "database", "medium", "validation", statement="INSERT INTO items VALUES (1, 'again')"),
    case("null", "database", "medium", "validation", statement="INSERT INTO items VALUES ({n}, NULL)"),
)


@fault("sqlite3", *SQLITE)
def count_items(v: Values, statement: str) -> None:
    books = sqlite3.connect(":memory:")
    books.executescript("CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL); INSERT INTO items VALUES (1, 'a')")
    books.execute(statement.format(n=v.n))


@fault("sqlite3", case("open", "database", "high", "filesystem configuration"))
def open_cache(v: Values) -> None:
    sqlite3.connect(f"/srv/missing/{v.n}/cache.db").execute("SELECT 1")


@fault("sqlite3", case("closed", "database", "medium", "programming_error"), times=1)
def flush_cache(v: Values) -> None:
    cache = sqlite3.connect(":memory:")
    cache.close()
    cache.execute("SELECT 1")


@fault("sqlite3", case("not a database", "database", "high", "filesystem"), times=1)
def import_books(v: Values) -> None:
    with open("/tmp/shop-books.db", "w") as file:
        file.write("no books here " * 100)
    sqlite3.connect("/tmp/shop-books.db").execute("SELECT 1 FROM items")


KEYS = (
    case("type", "database", "medium", "programming_error", kind="wrongtype", attributes={"db.system.name": "redis"}),
    case("memory", "database", "high", "resource_exhaustion", kind="oom"),
    case("password", "database", "high", "authentication", kind="noauth"),
    case("replica", "database", "high", "configuration", kind="readonly"),
    case("loading", "database", "medium", "infrastructure", kind="loading"),
    case("integer", "database", "medium", "validation programming_error", kind="integer"),
)


@fault("redis-py", *KEYS)
def basket(v: Values, kind: str) -> Any:
    return redis.Redis(port=16379, protocol=2).get(f"{kind}:{v.id}")


@fault("redis-py", case("refused", "database", "high", "network", attributes={"db.system.name": "redis"}))
def remember(v: Values) -> None:
    redis.Redis(port=v.port, retry=None).set(f"seen:{v.id}", 1)


@fault("redis-py", case("timeout", "database", "medium", "timeout network"))
def forget(v: Values) -> None:
    redis.Redis(port=18081, socket_timeout=0.2, retry=None).delete(v.id)
