"""The files that make a connection trusted, for both transports."""

import ssl
from pathlib import Path

import grpc
import httpx
import msgspec


class TlsFiles(msgspec.Struct, frozen=True, kw_only=True):
    """PEM files: the authority that signed the far side's certificate, and our own certificate with its key (mTLS).

    Without `ca_file` the usual public authorities are trusted.
    """

    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None

    def ssl_context(self) -> ssl.SSLContext:
        """For HTTP. Raises `OSError` when a file cannot be read or holds no PEM."""
        for path in (self.ca_file, self.cert_file, self.key_file):
            _read(path)  # an unreadable file is named in the error; ssl itself says "No such file" and not which
        context = ssl.create_default_context(cafile=self.ca_file) if self.ca_file else httpx.create_ssl_context()
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if self.cert_file:
            context.load_cert_chain(self.cert_file, self.key_file)
        return context

    def channel_credentials(self) -> grpc.ChannelCredentials:
        """For gRPC. Raises `OSError` when a file cannot be read."""
        return grpc.ssl_channel_credentials(_read(self.ca_file), _read(self.key_file), _read(self.cert_file))


def _read(path: Path | None) -> bytes | None:
    return path.read_bytes() if path else None
