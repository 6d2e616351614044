"""What a spool raises.

SpoolError
├── SpoolFull       the bound in bytes is reached, or the disk is full: passes when consumers catch up
├── SpoolBusy       another process works in this folder
└── SpoolBroken     the file cannot be read or written
"""


class SpoolError(Exception):
    """The spool cannot do what was asked; nothing of the request was kept."""


class SpoolFull(SpoolError):
    """No room now."""


class SpoolBusy(SpoolError):
    """Another process works in this folder."""


class SpoolBroken(SpoolError):
    """The file cannot be read or written."""


class Undecodable(Exception):
    """Findings in the spool that this release cannot read; `raw` are their bytes."""

    def __init__(self, seq: int, raw: bytes, reason: str) -> None:
        super().__init__(f"findings of item {seq} cannot be read: {reason}")
        self.seq = seq
        self.raw = raw
