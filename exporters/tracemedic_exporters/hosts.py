"""Host names."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine by its very name, so that no proxy can be meant."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
