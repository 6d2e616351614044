"""What can be configured about the receivers; the README's table is made from these descriptions."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from tracemedic_processor.receive.addresses import split_address

MIB = 1024 * 1024


def _checked_address(address: str | None) -> str | None:
    if not address:
        return None
    split_address(address)
    return address


Address = Annotated[str | None, AfterValidator(_checked_address)]


class TlsSettings(BaseModel):
    """TLS for both receivers; with `client_ca_file` also mutual TLS."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    certificate_file: Path = Field(description="PEM file with the server's certificate, then its intermediates.")
    key_file: Path = Field(description="PEM file with the private key of `certificate_file`, without a pass phrase.")
    client_ca_file: Path | None = Field(
        default=None,
        description="PEM file of the authorities that sign senders' certificates. When set, a sender without such a "
        "certificate is refused (mutual TLS).",
    )
    minimum_version: Literal["1.2", "1.3"] = Field(
        default="1.2",
        description="The oldest TLS version accepted. HTTP refuses older ones in the handshake; gRPC, whose core "
        "always speaks 1.2 too, refuses the call before its body is read.",
    )
    reload_interval_s: float = Field(
        default=10.0,
        gt=0,
        description="How often the files are looked at, so that renewed certificates are used without a restart. New "
        "connections get the new certificate; open ones keep theirs.",
    )


class ReceiverSettings(BaseModel):
    """Where and how OTLP is received over gRPC and HTTP."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    grpc_address: Address = Field(
        default="127.0.0.1:4317",
        description="host:port of OTLP over gRPC; empty switches it off. The default hears only this machine, because "
        "senders are not authenticated until `bearer_tokens` or `tls.client_ca_file` is set.",
    )
    http_address: Address = Field(
        default="127.0.0.1:4318",
        description="host:port of OTLP over HTTP; empty switches it off. The default hears only this machine.",
    )
    body_bytes_max: int = Field(
        default=64 * MIB,
        ge=1024,
        le=1024 * MIB,
        description="Largest request in bytes, before and after decompression: 64 MiB is what the OTLP specification "
        "recommends, and refuses small bodies that expand without end.",
    )
    inflight_bytes_max: int = Field(
        default=128 * MIB,
        ge=1024,
        description="Bytes of bodies held at the same time by one receiver, so that memory stays bounded however many "
        "senders there are. Above it senders are asked to come back (UNAVAILABLE, 503).",
    )
    body_timeout_s: float = Field(
        default=30.0,
        gt=0,
        description="Longest time an HTTP request may take to arrive, headers and body each, so that slow senders do "
        "not hold connections and memory for ever.",
    )
    keep_alive_s: float = Field(
        default=120.0,
        gt=0,
        description="How long an idle HTTP connection stays open. Longer than the 5 to 60 s between two exports of "
        "the usual SDKs, so that none hits a connection that is being closed.",
    )
    bearer_tokens: list[SecretStr] = Field(
        default=[],
        description="Senders must present one of these as `authorization: Bearer ...`. Several, so that tokens can be "
        "changed without a gap. Empty: nobody is asked.",
    )
    tls: TlsSettings | None = Field(default=None, description="TLS for both receivers; without it they speak plainly.")
    cors_origins: list[str] = Field(
        default=[],
        description="Origins such as `https://shop.example` whose browser pages may send over HTTP; `*` allows all. "
        "Empty: no browser page may.",
    )

    @model_validator(mode="after")
    def _possible_together(self) -> Self:
        if self.inflight_bytes_max < self.body_bytes_max:
            raise ValueError("inflight_bytes_max is below body_bytes_max: the largest request would never be accepted")
        if any(not token.get_secret_value() for token in self.bearer_tokens):
            raise ValueError("bearer_tokens contains an empty token")
        return self
