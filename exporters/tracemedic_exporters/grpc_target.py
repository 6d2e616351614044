"""Where a gRPC endpoint is, read as OpenTelemetry's environment variables are."""

from urllib.parse import urlsplit

import msgspec

from tracemedic_exporters.hosts import is_loopback

DEFAULT_PORT = 4317


class GrpcTarget(msgspec.Struct, frozen=True, kw_only=True):
    """`address` as gRPC takes it (`host:port`), and whether TLS is spoken."""

    address: str
    host: str
    secure: bool

    @classmethod
    def parse(cls, endpoint: str) -> "GrpcTarget":
        """Read `host:4317`, `http://host:4317` or `https://host:4317`; without a scheme there is no TLS.

        Raises `ValueError` with what is wrong.
        """
        text = endpoint.strip()
        parts = urlsplit(text if "://" in text else f"http://{text}")
        if parts.scheme not in ("http", "https"):
            raise ValueError(f"the endpoint {endpoint!r} must begin with http:// or https://, or name host:port")
        if "@" in parts.netloc:
            raise ValueError("the endpoint must carry no user; credentials belong into the headers")
        if parts.path not in ("", "/") or parts.query or parts.fragment:
            raise ValueError(f"the endpoint {endpoint!r} must be host:port only; gRPC knows no path")
        try:
            host, port = parts.hostname, parts.port or DEFAULT_PORT
        except ValueError as error:
            raise ValueError(f"the endpoint {endpoint!r} has no usable port") from error
        if not host:
            raise ValueError(f"the endpoint {endpoint!r} names no host")
        shown = f"[{host}]" if ":" in host else host
        return cls(address=f"{shown}:{port}", host=host, secure=parts.scheme == "https")

    @property
    def on_this_machine(self) -> bool:
        """Whether no proxy can be meant."""
        return is_loopback(self.host)
