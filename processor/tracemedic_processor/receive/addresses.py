"""Where a receiver listens: `host:port` taken apart, resolved and bound, with failures said in one line."""

import errno
import socket
from collections.abc import Callable
from typing import NamedTuple

from tracemedic_processor.receive.start_errors import AddressError, AddressInUse


class Endpoint(NamedTuple):
    """One numeric address to listen on; port 0 lets the system choose."""

    family: int
    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if self.family == socket.AF_INET6 else f"{self.host}:{self.port}"


def split_address(address: str) -> tuple[str, int]:
    """`127.0.0.1:4317`, `localhost:0` or `[::1]:4317` as host and port; ValueError for anything else."""
    host, _, port = address.rpartition(":")
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if not bare or (":" in bare and bare == host) or not (port.isascii() and port.isdigit()):
        raise ValueError(f"{address!r} is not host:port, such as 127.0.0.1:4317 or [::1]:4317")
    if len(port) > 5 or int(port) > 65_535:
        raise ValueError(f"{address!r} has a port above 65535")
    return bare, int(port)


def listen_everywhere(address: str, listen: Callable[[Endpoint], int], *, setting: str) -> int:
    """Call `listen`, which tells the port it got, for every numeric address behind `address`; returns the port.

    A name such as `localhost` stands for several: taking only the free ones would leave senders talking to whoever
    holds the others, so one that is in use fails the whole. One the machine does not have (no IPv6) is left out.
    Raises `AddressError`.
    """
    endpoints = _resolve(address, setting=setting)
    port = 0
    failure: AddressError | None = None
    for endpoint in endpoints:
        try:
            port = listen(endpoint._replace(port=endpoint.port or port))
        except AddressInUse:
            raise
        except AddressError as error:
            failure = error
    if failure and not port:
        raise failure
    return port


def bind(endpoint: Endpoint, *, reuse_port: bool, setting: str) -> socket.socket:
    """A bound TCP socket that does not listen yet. Raises `AddressError`.

    SO_REUSEADDR only skips the wait for connections of a previous run; on Linux it never shares a listening port.
    SO_REUSEPORT does, so it is set for our own processes only. The protocol is named because asyncio sets
    TCP_NODELAY on no other socket, and without it answers of two parts wait 40 ms for the sender's acknowledgement.
    """
    listener = socket.socket(endpoint.family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if reuse_port:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind((endpoint.host, endpoint.port))
    except OSError as error:
        listener.close()
        raise _bind_failure(endpoint, error, setting=setting) from None
    return listener


def _resolve(address: str, *, setting: str) -> list[Endpoint]:
    host, port = split_address(address)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise AddressError(f"{setting}: cannot resolve {host!r} ({error}); give an address of this machine") from None
    return list(dict.fromkeys(Endpoint(family, str(where[0]), port) for family, _, _, _, where in found))


def _bind_failure(endpoint: Endpoint, error: OSError, *, setting: str) -> AddressError:
    match error.errno:
        case errno.EADDRINUSE:
            return AddressInUse(f"{setting}: {endpoint} is in use by another process; stop it or set another {setting}")
        case errno.EACCES:
            return AddressError(f"{setting}: no permission to listen on {endpoint}; set a port above 1023")
        case errno.EADDRNOTAVAIL:
            return AddressError(f"{setting}: {endpoint} is no address of this machine; set {setting} to one that is")
        case _:
            return AddressError(f"{setting}: cannot listen on {endpoint}: {error.strerror or error}")
