"""Where a name really leads: addresses of private networks are refused for targets that others may have chosen.

The address that was checked is the address that is called: a name that resolves to something else the next moment
(DNS rebinding) gets nothing by it.
"""

import asyncio
import ipaddress
import socket

from tracemedic_exporters.exporter import PermanentError, RetryableError


async def resolved(host: str, port: int, *, allow_private: bool) -> str:
    """An address of `host` that may be called.

    Raises `PermanentError` when every address is private and that is not allowed, `RetryableError` when the name does
    not resolve.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        message = f"the name {host} does not resolve: {error.strerror or error}"
        raise RetryableError(message) from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    allowed = [address for address in addresses if allow_private or is_public(address)]
    if not allowed:
        message = f"{host} is in a private network ({', '.join(addresses[:3])}); set allow_private to call it"
        raise PermanentError(message)
    return allowed[0]


def is_public(address: str) -> bool:
    """Whether `address` is one of the whole internet's; an IPv4 address inside IPv6 counts as what it is."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None) or getattr(parsed, "sixtofour", None)
    return (mapped or parsed).is_global and not parsed.is_multicast
