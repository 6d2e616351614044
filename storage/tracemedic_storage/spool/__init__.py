"""The durable queue on local disk between receiving and the drains, and what it remembers of what went through."""

from .entry import SIGNALS, Entry, Found, Item, Part
from .errors import SpoolBroken, SpoolBusy, SpoolError, SpoolFull, Undecodable
from .folder import open_spool
from .payloads import DELETIONS_PER_COMMIT_MAX
from .seen import SEEN_MAX
from .spool import BYTES_MAX, Spool

__all__ = [
    "BYTES_MAX",
    "DELETIONS_PER_COMMIT_MAX",
    "SEEN_MAX",
    "SIGNALS",
    "Entry",
    "Found",
    "Item",
    "Part",
    "Spool",
    "SpoolBroken",
    "SpoolBusy",
    "SpoolError",
    "SpoolFull",
    "Undecodable",
    "open_spool",
]
