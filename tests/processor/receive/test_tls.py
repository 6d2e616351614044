"""TLS and mutual TLS of both receivers, with certificates made on the spot."""

import ssl
from pathlib import Path

import grpc
import grpc.aio
import httpx
import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from tests.processor.receive import support
from tests.processor.receive.support import PROTOBUF, TRACES, refused, run
from tracemedic_processor.receive import GrpcReceiver, HttpReceiver, TlsError, TlsSettings
from tracemedic_processor.receive.tls import Certificates, load_identity
from tracemedic_processor.testing.memory_intake import MemoryIntake


class Files:
    """Certificate files of a server, written anew at will."""

    def __init__(self, folder: Path) -> None:
        self.certificate_file = folder / "server.pem"
        self.key_file = folder / "server.key"
        self.client_ca_file = folder / "clients.pem"

    def write(self, server_ca: trustme.CA, client_ca: trustme.CA | None = None) -> None:
        issued = server_ca.issue_cert("localhost", "127.0.0.1")
        self.certificate_file.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
        self.key_file.write_bytes(issued.private_key_pem.bytes())
        if client_ca:
            client_ca.cert_pem.write_to_path(str(self.client_ca_file))

    def settings(self, *, mutual: bool = False, **changed) -> TlsSettings:
        files = {"certificate_file": self.certificate_file, "key_file": self.key_file}
        if mutual:
            files["client_ca_file"] = self.client_ca_file
        return TlsSettings(**files, reload_interval_s=1e-9, **changed)


@pytest.fixture(scope="module")
def authorities() -> tuple[trustme.CA, trustme.CA]:
    return trustme.CA(), trustme.CA()


@pytest.fixture
def files(tmp_path, authorities) -> Files:
    files = Files(tmp_path)
    files.write(*authorities)
    return files


async def http_post(port: int, ca: trustme.CA, client: trustme.LeafCert | None = None, **context) -> int:
    tls = ssl.create_default_context(cadata=ca.cert_pem.bytes().decode())
    if client:
        client.configure_cert(tls)
    if context:
        tls.maximum_version = context["maximum_version"]
    async with httpx.AsyncClient(verify=tls, trust_env=False) as http:
        return (await http.post(f"https://localhost:{port}/v1/traces", content=b"", headers=PROTOBUF)).status_code


async def grpc_export(port: int, ca: trustme.CA, client: trustme.LeafCert | None = None) -> bytes:
    key, chain = None, None
    if client:
        key = client.private_key_pem.bytes()
        chain = b"".join(blob.bytes() for blob in client.cert_chain_pems)
    credentials = grpc.ssl_channel_credentials(ca.cert_pem.bytes(), key, chain)
    async with grpc.aio.secure_channel(f"localhost:{port}", credentials) as channel:
        return await channel.unary_unary(TRACES)(b"", timeout=10)


def test_http_is_trusted_by_those_who_know_the_authority(files, authorities):
    async def test() -> None:
        ours, other = authorities
        async with support.http_receiver(MemoryIntake(), tls=files.settings()) as receiver:
            assert await http_post(receiver.port, ours) == 200
            with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
                await http_post(receiver.port, other)

    run(test())


def test_grpc_is_trusted_by_those_who_know_the_authority(files, authorities):
    async def test() -> None:
        ours, other = authorities
        async with support.grpc_receiver(MemoryIntake(), tls=files.settings()) as receiver:
            assert await grpc_export(receiver.port, ours) == b""
            with refused(grpc.StatusCode.UNAVAILABLE):
                await grpc_export(receiver.port, other)

    run(test())


def test_http_hears_only_senders_with_a_certificate(files, authorities):
    async def test() -> None:
        ours, clients = authorities
        async with support.http_receiver(MemoryIntake(), tls=files.settings(mutual=True)) as receiver:
            assert await http_post(receiver.port, ours, clients.issue_cert("sender.example")) == 200
            for stranger in (None, ours.issue_cert("sender.example")):
                with pytest.raises((httpx.TransportError, ssl.SSLError)):
                    await http_post(receiver.port, ours, stranger)

    run(test())


def test_grpc_hears_only_senders_with_a_certificate(files, authorities):
    async def test() -> None:
        ours, clients = authorities
        async with support.grpc_receiver(MemoryIntake(), tls=files.settings(mutual=True)) as receiver:
            assert await grpc_export(receiver.port, ours, clients.issue_cert("sender.example")) == b""
            for stranger in (None, ours.issue_cert("sender.example")):
                with refused(grpc.StatusCode.UNAVAILABLE):
                    await grpc_export(receiver.port, ours, stranger)

    run(test())


def test_renewed_certificates_are_used_without_a_restart(files, authorities):
    async def test() -> None:
        first, second = authorities
        settings = files.settings(mutual=True)
        async with (
            support.http_receiver(MemoryIntake(), tls=settings) as http,
            support.grpc_receiver(MemoryIntake(), tls=settings) as grpc_,
        ):
            sender = second.issue_cert("sender.example")
            assert await http_post(http.port, first, sender) == 200
            assert await grpc_export(grpc_.port, first, sender) == b""
            files.write(second, first)
            sender = first.issue_cert("sender.example")
            assert await http_post(http.port, second, sender) == 200
            assert await grpc_export(grpc_.port, second, sender) == b""

    run(test())


def test_older_tls_than_the_minimum_is_refused(files, authorities, monkeypatch):
    async def test() -> None:
        ours, _ = authorities
        settings = files.settings(minimum_version="1.3")
        async with (
            support.http_receiver(MemoryIntake(), tls=settings) as http,
            support.grpc_receiver(MemoryIntake(), tls=settings) as grpc_,
        ):
            assert await http_post(http.port, ours) == 200
            with pytest.raises(httpx.TransportError):
                await http_post(http.port, ours, maximum_version=ssl.TLSVersion.TLSv1_2)
            assert await grpc_export(grpc_.port, ours) == b""

    run(test())


def test_the_certificate_in_use_is_kept_while_the_new_files_are_unusable(files, authorities, caplog):
    certificates = Certificates(files.settings())
    before = certificates.current()
    assert certificates.current() is before
    good = files.key_file.read_bytes()
    files.key_file.write_bytes(b"half written")
    assert certificates.current() is before
    files.key_file.unlink()
    assert certificates.current() is before
    files.key_file.write_bytes(good)
    assert certificates.current() is not before
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]


def test_files_are_not_looked_at_for_every_connection(files, authorities):
    now = [0.0]
    settings = files.settings().model_copy(update={"reload_interval_s": 10.0})
    certificates = Certificates(settings, clock=lambda: now[0])
    before = certificates.current()
    files.write(authorities[1])
    now[0] = 9.0
    assert certificates.current() is before
    now[0] = 10.0
    assert certificates.current() is not before


def missing(files: Files) -> None:
    files.certificate_file.unlink()


def mismatched(files: Files) -> None:
    files.key_file.write_bytes(trustme.CA().issue_cert("localhost").private_key_pem.bytes())


def garbage(files: Files) -> None:
    files.certificate_file.write_bytes(b"no pem")


def no_authority(files: Files) -> None:
    files.client_ca_file.write_bytes(b"no pem")


def with_pass_phrase(files: Files) -> None:
    key = serialization.load_pem_private_key(files.key_file.read_bytes(), None)
    encrypted = serialization.BestAvailableEncryption(b"secret")
    pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    files.key_file.write_bytes(key.private_bytes(*pem, encrypted))


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (missing, "tls.certificate_file: cannot read"),
        (mismatched, "is not the key of"),
        (garbage, "not a certificate and its key"),
        (no_authority, "tls.client_ca_file"),
        (with_pass_phrase, "pass phrase"),
    ],
)
def test_unusable_files_are_said_in_one_line(files, spoil, reason):
    spoil(files)
    settings = support.settings(tls=files.settings(mutual=True))
    with pytest.raises(TlsError, match=reason) as raised:
        load_identity(files.settings(mutual=True))
    assert "\n" not in str(raised.value)
    for receiver in (GrpcReceiver, HttpReceiver):
        with pytest.raises(TlsError, match=reason):
            run(receiver(settings, MemoryIntake(), reuse_port=False).start())
