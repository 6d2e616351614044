import asyncio
import json
import threading
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tracemedic_exporters.exporter import PermanentError, RetryableError
from tracemedic_exporters.public_address import is_public, resolved
from tracemedic_exporters.webhook import Webhook


class Listener(ThreadingHTTPServer):
    """Answers every POST with `status` and `headers`, and remembers what came."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 200
        self.headers: dict[str, str] = {}
        self.body = b"no <b>thanks</b>\n" + b"x" * 10_000
        self.received: list[tuple[str, dict[str, str], bytes]] = []

    def start(self) -> None:
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def stop(self) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server_port}/hook/" + "T0" + "secret"


class _Handler(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.received.append((self.path, headers, body))
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def listener() -> Generator[Listener]:
    server = Listener()
    server.start()
    yield server
    server.stop()


def test_a_message_arrives_with_its_key_and_headers(listener: Listener) -> None:
    webhook = Webhook(listener.url, headers={"authorization": "Bearer abc"}, allow_private=True)
    asyncio.run(webhook.post(json.dumps({"a": 1}).encode(), key="k1"))
    [(path, headers, body)] = listener.received
    assert path.endswith("T0secret")
    assert json.loads(body) == {"a": 1}
    assert headers["idempotency-key"] == "k1"
    assert headers["authorization"] == "Bearer abc"
    assert headers["host"] == f"localhost:{listener.server_port}"
    assert headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("status", "headers", "error", "wait_s"),
    [
        (429, {"retry-after": "7"}, RetryableError, 7.0),
        (503, {}, RetryableError, None),
        (500, {}, RetryableError, None),
        (400, {}, PermanentError, None),
        (410, {}, PermanentError, None),
        (302, {"location": "http://169.254.169.254/"}, PermanentError, None),
    ],
)
def test_what_an_answer_means(
    listener: Listener, status: int, headers: dict[str, str], error: type[Exception], wait_s: float | None
) -> None:
    listener.status, listener.headers = status, headers
    with pytest.raises(error) as caught:
        asyncio.run(Webhook(listener.url, allow_private=True).post(b"{}", key="k"))
    assert getattr(caught.value, "retry_after_s", None) == wait_s
    assert len(listener.received) == 1


def test_no_message_tells_the_secret_path_or_more_than_a_line_of_the_answer(listener: Listener) -> None:
    listener.status = 400
    with pytest.raises(PermanentError) as caught:
        asyncio.run(Webhook(listener.url, allow_private=True).post(b"{}", key="k"))
    assert "T0secret" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_private_networks_are_refused_unless_allowed(listener: Listener) -> None:
    with pytest.raises(PermanentError, match="set allow_private"):
        asyncio.run(Webhook(listener.url).post(b"{}", key="k"))
    assert listener.received == []


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "::1", "fe80::1%eth0", "::ffff:127.0.0.1"),
        *("fc00::1", "0.0.0.0", "100.64.0.1", "224.0.0.1", "2002:7f00:1::"),
    ],
)
def test_what_is_no_public_address(address: str) -> None:
    assert not is_public(address)


def test_what_is_a_public_address() -> None:
    assert is_public("8.8.8.8")
    assert is_public("2606:4700:4700::1111")


def test_odd_spellings_of_this_machine_are_seen_through() -> None:
    for host in ("2130706433", "0x7f.1", "127.1"):
        with pytest.raises((PermanentError, RetryableError)):
            asyncio.run(resolved(host, 80, allow_private=False))


def test_an_address_nobody_answers_on_is_tried_again() -> None:
    with pytest.raises(RetryableError, match="cannot be reached"):
        asyncio.run(Webhook("http://127.0.0.1:1/x", allow_private=True).post(b"{}", key="k"))


@pytest.mark.parametrize("url", ["ftp://host/", "not a url", "http://", "file:///etc/passwd"])
def test_what_cannot_be_a_webhook(url: str) -> None:
    with pytest.raises(ValueError, match="http"):
        Webhook(url)
