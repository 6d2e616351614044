"""The digests of the last requests, in a ring in the file and in memory."""

from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

import lmdb

from tracemedic_storage.spool.entry import key_of, seq_of
from tracemedic_storage.spool.environment import Table

SEEN_MAX: Final = 8192
"""Digests remembered to recognise a request that is delivered again: at 100 requests a second, over a minute, and
senders repeat within seconds."""


class Seen:
    """The last `SEEN_MAX` digests. `put` writes one, `remember` makes known what a transaction has kept."""

    def __init__(self, transaction: lmdb.Transaction, table: Table, *, next_seq: int) -> None:
        ring = [(seq_of(key), bytes(value)) for key, value in transaction.cursor(db=table)]
        oldest = next_seq % SEEN_MAX  # it stands where the next one will
        digests = [digest for _, digest in sorted(ring, key=lambda slot: (slot[0] < oldest, slot[0]))]
        self._table = table
        self._digests = OrderedDict.fromkeys(digests)  # a plain dict takes ever longer to find its first key

    def __contains__(self, digest: bytes) -> bool:
        return digest in self._digests

    def put(self, transaction: lmdb.Transaction, seq: int, digest: bytes) -> None:
        """Write the digest of item `seq` over the oldest one."""
        transaction.put(key_of(seq % SEEN_MAX), digest, db=self._table)

    def remember(self, digests: Sequence[bytes]) -> None:
        """The transaction that put `digests` is committed."""
        self._digests.update(dict.fromkeys(digests))
        while len(self._digests) > SEEN_MAX:
            self._digests.popitem(last=False)
