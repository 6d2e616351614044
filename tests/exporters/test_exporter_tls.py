"""TLS and mTLS over both transports, with certificates made for the test."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
import trustme

from tracemedic_exporters.exporter import Exporter, Parcel, RetryableError
from tracemedic_exporters.otlp_grpc import OtlpGrpc
from tracemedic_exporters.otlp_http import OtlpHttp
from tracemedic_processor.testing.otlp_sink import OtlpSink, ServerTls

PARCEL = Parcel(signal="traces", body=b"", received_at_ns=1)


class Files:
    """An authority, a server's certificate and a sender's certificate."""

    def __init__(self, folder: Path) -> None:
        authority = trustme.CA()
        self.ca = folder / "ca.pem"
        authority.cert_pem.write_to_path(self.ca)
        self.server_cert, self.server_key = self._issue(authority, folder, "127.0.0.1")
        self.sender_cert, self.sender_key = self._issue(authority, folder, "sender.example")

    @staticmethod
    def _issue(authority: trustme.CA, folder: Path, name: str) -> tuple[Path, Path]:
        issued = authority.issue_cert(name)
        cert, key = folder / f"{name}.pem", folder / f"{name}.key"
        issued.cert_chain_pems[0].write_to_path(cert)
        issued.private_key_pem.write_to_path(key)
        return cert, key


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return Files(tmp_path_factory.mktemp("tls"))


@pytest.fixture(params=["grpc", "http"])
def make(request: pytest.FixtureRequest) -> Callable[..., Exporter]:
    def make(sink: OtlpSink, **files: Path) -> Exporter:
        if request.param == "grpc":
            return OtlpGrpc(sink.grpc_endpoint, timeout_s=5, **files)
        return OtlpHttp(sink.http_endpoint, timeout_s=5, **files)

    return make


def deliver(exporter: Exporter) -> None:
    async def work() -> None:
        try:
            await exporter.export(PARCEL)
        finally:
            await exporter.close()

    asyncio.run(work())


def test_a_server_of_a_known_authority_is_trusted(make: Callable[..., Exporter], files: Files) -> None:
    tls = ServerTls(cert_file=files.server_cert, key_file=files.server_key)
    with OtlpSink(tls=tls) as sink:
        deliver(make(sink, ca_file=files.ca))
        assert len(sink.inbox.all()) == 1


def test_a_server_of_an_unknown_authority_gets_nothing(make: Callable[..., Exporter], files: Files) -> None:
    tls = ServerTls(cert_file=files.server_cert, key_file=files.server_key)
    with OtlpSink(tls=tls) as sink:
        with pytest.raises(RetryableError, match=r"(?i)certificate|handshake|ssl"):
            deliver(make(sink))
        assert sink.inbox.all() == []


def test_a_sender_shows_its_certificate(make: Callable[..., Exporter], files: Files) -> None:
    tls = ServerTls(cert_file=files.server_cert, key_file=files.server_key, client_ca_file=files.ca)
    with OtlpSink(tls=tls) as sink:
        deliver(make(sink, ca_file=files.ca, cert_file=files.sender_cert, key_file=files.sender_key))
        assert len(sink.inbox.all()) == 1


def test_a_sender_without_a_certificate_is_turned_away(make: Callable[..., Exporter], files: Files) -> None:
    tls = ServerTls(cert_file=files.server_cert, key_file=files.server_key, client_ca_file=files.ca)
    with OtlpSink(tls=tls) as sink:
        with pytest.raises(RetryableError):
            deliver(make(sink, ca_file=files.ca))
        assert sink.inbox.all() == []


@pytest.mark.parametrize("kind", [OtlpGrpc, OtlpHttp])
def test_a_missing_file_is_found_at_once(kind: type[OtlpGrpc] | type[OtlpHttp], tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"ca\.pem"):
        kind("https://127.0.0.1:1", ca_file=tmp_path / "ca.pem")
