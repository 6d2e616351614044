"""What goes into a spool and comes out of it, and how it stands in the file."""

import struct
from typing import Final, Literal

import msgspec

from tracemedic_storage.records import Findings, Record, Signal
from tracemedic_storage.spool.errors import SpoolBroken, Undecodable

Part = Literal["payload", "findings"]

Raw = bytes | memoryview
"""What LMDB gives: a view of its own page."""

SIGNALS: Final[tuple[Signal, ...]] = ("traces", "logs", "metrics")

_HEADER: Final = struct.Struct(">BQ")
_KEY: Final = struct.Struct(">Q")
_FINDINGS: Final = msgspec.msgpack.Decoder(Findings)


class Entry(Record, frozen=True, kw_only=True):
    """A request on its way in. `payload` None keeps nothing to forward, `findings` None nothing to record.

    `digest` identifies the request as it was received, for `Spool.seen`.
    """

    signal: Signal
    received_at_ns: int
    digest: bytes
    payload: bytes | None
    findings: Findings | None


class Item(Record, frozen=True, kw_only=True):
    """One request's bytes in the spool."""

    seq: int
    signal: Signal
    received_at_ns: int
    payload: bytes


class Found(Record, frozen=True, kw_only=True):
    """A request in which some of the traces looked for were found; `trace_ids` are those, 16 bytes each."""

    item: Item
    trace_ids: frozenset[bytes]


def key_of(seq: int) -> bytes:
    """The key of item `seq`; keys are in the order of their numbers."""
    return _KEY.pack(seq)


def seq_of(key: Raw) -> int:
    """The number that `key_of` made `key` of."""
    return _KEY.unpack(key)[0]


def to_value(entry: Entry, payload: bytes) -> bytes:
    """A payload as it is kept: signal and time in front of its bytes."""
    return _HEADER.pack(SIGNALS.index(entry.signal), entry.received_at_ns) + payload


def signal_of(value: Raw) -> Signal:
    """The signal of a kept payload."""
    return SIGNALS[value[0]]


def payload_of(value: Raw) -> Raw:
    """A kept payload's bytes, where they stand."""
    return value[_HEADER.size :]


def to_item(seq: int, value: Raw) -> Item:
    """A kept payload as a copy of its own."""
    header: tuple[int, int] = _HEADER.unpack_from(value)
    signal, received_at_ns = header
    return Item(seq=seq, signal=SIGNALS[signal], received_at_ns=received_at_ns, payload=bytes(payload_of(value)))


def check_item(key: Raw, value: Raw) -> None:
    """Raise `SpoolBroken` for what no spool has written."""
    signal, received_at_ns = _HEADER.unpack_from(value) if len(value) >= _HEADER.size else (0, 0)
    if len(key) != _KEY.size or signal >= len(SIGNALS) or received_at_ns == 0:
        message = "an item in it is none"
        raise SpoolBroken(message)


def to_findings(seq: int, value: Raw) -> Findings:
    """Kept findings. Raises `Undecodable`."""
    try:
        return _FINDINGS.decode(value)
    except msgspec.MsgspecError as error:
        raise Undecodable(seq, bytes(value), str(error)) from None
