"""What stands behind the receivers: the pipeline, then the spool, then the answer."""

from collections.abc import Callable
from typing import Final

import xxhash

from tracemedic_processor.committer import Committer
from tracemedic_processor.errors import Malformed, Overloaded
from tracemedic_processor.metrics import Labels, Metrics
from tracemedic_processor.pipeline import Pipeline
from tracemedic_storage.records import Signal
from tracemedic_storage.spool import SIGNALS, Entry, Spool

_BY_SIGNAL: Final[dict[Signal, Labels]] = {signal: (("signal", signal),) for signal in SIGNALS}
_REFUSED: Final[dict[tuple[Signal, str], Labels]] = {
    (signal, reason): (("reason", reason), ("signal", signal))
    for signal in SIGNALS
    for reason in ("malformed", "overloaded")
}


class Ingest:
    """Implements `Intake`: a request is accepted when it stands in the spool, enriched, in a synced commit.

    A request delivered again while its digest is remembered (its sender missed our answer) is acknowledged and not
    kept twice: neither sent on twice nor counted twice. The digest is xxh3 of 128 bits: who forges a collision hides
    only a request of his own.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        spool: Spool,
        committer: Committer,
        metrics: Metrics,
        *,
        now_ns: Callable[[], int],
        forwarding: bool,
        recent: bool = False,
    ) -> None:
        """With `forwarding` payloads are kept for exporters, with `recent` those of traces to be looked into."""
        self._pipeline = pipeline
        self._spool = spool
        self._committer = committer
        self._metrics = metrics
        self._now_ns = now_ns
        self._forwarding = forwarding
        self._recent = recent

    async def accept(self, signal: Signal, body: bytes) -> str | None:
        """See `Intake.accept`."""
        labels = _BY_SIGNAL[signal]
        digest = xxhash.xxh3_128_digest(body, seed=SIGNALS.index(signal))
        if not body:
            return None
        if self._spool.seen(digest):
            self._metrics.add("duplicate_requests", labels=labels)
            return None
        try:
            await self._keep(signal, body, digest)
        except Malformed:
            self._metrics.add("refused_requests", labels=_REFUSED[signal, "malformed"])
            raise
        except Overloaded:
            self._metrics.add("refused_requests", labels=_REFUSED[signal, "overloaded"])
            raise
        self._metrics.add("received_requests", labels=labels)
        self._metrics.add("received_bytes", len(body), labels=labels)
        return None

    async def _keep(self, signal: Signal, body: bytes, digest: bytes) -> None:
        received_at_ns = self._now_ns()
        processed = self._pipeline.process(signal, body, received_at_ns=received_at_ns)
        is_wanted = self._forwarding or (self._recent and processed.signal == "traces")
        payload = processed.body if is_wanted else None
        if payload is None and processed.findings is None:
            return
        entry = Entry(
            signal=processed.signal,
            received_at_ns=received_at_ns,
            digest=digest,
            payload=payload,
            findings=processed.findings,
        )
        await self._committer.keep(entry)
