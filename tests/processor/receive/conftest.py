import httpx
import pytest

from tests.processor.receive.support import SharedServer


@pytest.fixture(scope="module")
def shared():
    with SharedServer() as server:
        yield server


@pytest.fixture(scope="module")
def _client(shared):
    with httpx.Client(base_url=f"http://127.0.0.1:{shared.port}", trust_env=False) as client:
        yield client


@pytest.fixture
def intake(shared):
    return shared.fresh_intake()


@pytest.fixture
def send(_client, intake):
    """One request to a receiver with default settings."""

    def send(path="/v1/traces", *, method="POST", **request):
        return _client.request(method, path, **request)

    return send
