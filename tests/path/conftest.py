"""Sites shared by the tests of a module; a start of the service costs seconds."""

from collections.abc import Iterator

import pytest

from tests.path.site import Site, standing


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The real service on an empty database, once of either kind; it makes the tables itself."""
    folder = tmp_path_factory.mktemp("site")
    if request.param == "sqlite":
        with standing(folder) as site:
            yield site
        return
    server = request.getfixturevalue("postgres_server")
    url = server.create_database()
    with standing(folder, url) as site:
        yield site
    server.drop_database(url)
