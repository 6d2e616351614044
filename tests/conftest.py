"""Databases for tests. Every test that asks for `database` runs twice: on SQLite and on a real PostgreSQL."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgres
from tracemedic_storage.database import Database

_missing: list[str] = []


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.PostgresServer]:
    """A real PostgreSQL; skips, loudly, when none can be had."""
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(postgres.running_server())
        except postgres.PostgresMissingError as error:
            _missing.append(str(error))
            pytest.skip(f"NO POSTGRESQL: {error}")
        yield server


@pytest.fixture(scope="session")
def _postgres_template(postgres_server: postgres.PostgresServer) -> Iterator[str]:
    url = postgres_server.create_database()
    _migrate(url)
    yield url.rsplit("/", 1)[1].split("?")[0]
    postgres_server.drop_database(url)


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    _migrate(f"sqlite:///{path}")
    return path


def _migrate(url: str) -> None:
    database = Database(url)
    database.migrate()
    database.close()


@pytest.fixture
def sqlite_url(tmp_path: Path, _sqlite_template: Path) -> str:
    """The address of a migrated SQLite file of this test's own."""
    path = tmp_path / "tracemedic.db"
    shutil.copyfile(_sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres_server: postgres.PostgresServer, _postgres_template: str) -> Iterator[str]:
    """The address of a migrated PostgreSQL database of this test's own."""
    url = postgres_server.create_database(template=_postgres_template)
    yield url
    postgres_server.drop_database(url)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated database, once of either kind."""
    return request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated, empty database, once of either kind."""
    database = Database(database_url)
    yield database
    database.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say it where nobody overlooks it."""
    for reason in _missing:
        terminalreporter.write_line(f"NOTHING WAS TESTED ON POSTGRESQL: {reason}", red=True)
