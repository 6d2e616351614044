"""Keeping requests below the size the far side takes."""

import logging

from tracemedic_exporters.exporter import Exporter, Parcel, PermanentError
from tracemedic_exporters.failures import TooLargeError, UndeliveredError
from tracemedic_exporters.pieces import pieces

LEARNED_BYTES_MIN = 64 * 1024
"""A far side that refuses even this is refusing single items; the bound for all others sinks no lower."""

_log = logging.getLogger(__name__)


class Split:
    """Exports a parcel over `body_bytes_max` as several, one after the other, in order.

    When the far side answers that a piece is too large, the piece is halved until it passes or is a single item, and
    later parcels are cut to what has been learned. A piece refused for good does not stop the others; at the end
    `UndeliveredError` names the refused ones.

    Goes outside of `Retry`: `Split(Retry(exporter))` tries each piece until it is through and never sends a delivered
    piece again. The other way round, a piece that fails would have the delivered ones sent once more.
    """

    def __init__(self, inner: Exporter, *, body_bytes_max: int) -> None:
        self._inner = inner
        self._body_bytes_max = body_bytes_max

    async def export(self, parcel: Parcel) -> None:
        """Export every piece. See `Exporter.export`.

        A `RetryableError` is passed on at once, with the pieces behind it unsent.
        """
        refused: list[tuple[Parcel, PermanentError]] = []
        for body in pieces(parcel.signal, parcel.body, body_bytes_max=self._body_bytes_max):
            await self._export_piece(_with_body(parcel, body), refused)
        if refused:
            raise _refusal(parcel, refused)

    async def close(self) -> None:
        """Close the inner exporter."""
        await self._inner.close()

    async def _export_piece(self, piece: Parcel, refused: list[tuple[Parcel, PermanentError]]) -> None:
        try:
            await self._inner.export(piece)
        except TooLargeError as error:
            halves = list(pieces(piece.signal, piece.body, body_bytes_max=len(piece.body) // 2))
            if len(halves) < 2:
                refused.append((piece, error))
                return
            self._learn(piece, error)
            for half in halves:
                await self._export_piece(_with_body(piece, half), refused)
        except PermanentError as error:
            refused.append((piece, error))

    def _learn(self, piece: Parcel, error: TooLargeError) -> None:
        learned_bytes = max(len(piece.body) // 2, LEARNED_BYTES_MIN)
        if learned_bytes < self._body_bytes_max:
            self._body_bytes_max = learned_bytes
            _log.warning("%s; from now on requests of at most %d bytes are sent", error, learned_bytes)


def _with_body(parcel: Parcel, body: bytes) -> Parcel:
    if body is parcel.body:
        return parcel
    return Parcel(signal=parcel.signal, body=body, received_at_ns=parcel.received_at_ns)


def _refusal(parcel: Parcel, refused: list[tuple[Parcel, PermanentError]]) -> PermanentError:
    piece, error = refused[0]
    if piece is parcel:
        return error
    parcels = tuple(piece for piece, _ in refused)
    return UndeliveredError(f"refused pieces of a split request: {len(parcels)}, the first: {error}", parcels=parcels)
