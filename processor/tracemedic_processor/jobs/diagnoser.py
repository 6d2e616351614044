"""The steps of a diagnosis. Each may be done again after a crash and changes nothing more by that."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, Literal

from tracemedic_processor.diagnose import rules
from tracemedic_processor.diagnose.answer import Answer, Spent
from tracemedic_processor.diagnose.evidence import Evidence
from tracemedic_processor.diagnose.failures import MisconfiguredFailure, ModelFailure, RetryableFailure
from tracemedic_processor.gather import evidence_digest
from tracemedic_processor.jobs.pause import Pause
from tracemedic_processor.late_spans import late_spans
from tracemedic_storage import diagnoses, model_calls, notifications, pattern_facts, queries
from tracemedic_storage.database import Database
from tracemedic_storage.model_calls import Budget
from tracemedic_storage.records import RULES, Diagnosis, DiagnosisCause, ErrorPattern, ModelCall, Record

if TYPE_CHECKING:
    from tracemedic_processor.diagnose.ask import Asker  # PydanticAI is loaded only where a model is asked

_log = logging.getLogger(__name__)

ATTEMPTS_MAX: Final = 12
"""Tries of one diagnosis before rules answer for good: with growing pauses, some forty minutes of a model's trouble."""
WAIT_S: Final = 5.0
"""The first pause where the far side does not say how long; each further one is twice as long."""
WAIT_S_MAX: Final = 300.0
LATE_SPAN_AGE_S_MAX: Final = 23 * 3_600
"""Logfire drops what is older than 24 hours; one hour is kept for the way."""
_CHANNEL: Final = "late_spans"


class Next(Record, frozen=True, kw_only=True):
    """What is to be done after a step: nothing more (`gone`), tell the traces (`tell`), ask a model (`ask`), or ask
    again after `wait_s` (`wait`)."""

    do: Literal["gone", "tell", "ask", "wait"]
    wait_s: float = 0.0
    counts: bool = True


class LateSpans(Record, frozen=True, kw_only=True):
    """How many late spans may leave."""

    per_pattern: int
    per_hour: int


class Diagnoser:
    """Makes, keeps and tells diagnoses."""

    def __init__(
        self,
        *,
        database: Database,
        gather: Callable[[ErrorPattern], Evidence],
        asking: "Asker | None",
        budget: Budget,
        late: LateSpans,
        send: Callable[[bytes], Awaitable[None]],
        pattern_url: str | None,
        executor_id: str,
        pause: Pause,
        now_ns: Callable[[], int],
    ) -> None:
        self._database = database
        self._gather = gather
        self._asking = asking
        self._budget = budget
        self._late = late
        self._send = send
        self._pattern_url = pattern_url
        self._executor_id = executor_id
        self._pause = pause
        self._now_ns = now_ns

    async def by_rules(self, pattern_id: str, cause: DiagnosisCause, diagnosis_id: str) -> Next:
        """Let rules judge, unless a model already has; say whether a model is to be asked."""
        return await asyncio.to_thread(self._by_rules, pattern_id, cause, diagnosis_id)

    def _by_rules(self, pattern_id: str, cause: DiagnosisCause, diagnosis_id: str) -> Next:
        pattern = queries.get_pattern(self._database, pattern_id)
        if pattern is None:
            return Next(do="gone")
        evidence = self._gather(pattern)
        asks = self._asking is not None and evidence.origin is None
        if asks and pattern.diagnosed_by not in {None, RULES}:
            return Next(do="ask")  # a model's answer stands until a model gives a newer one
        note = "it is the consequence of another pattern" if evidence.origin is not None and self._asking else ""
        self._keep(rules.answer(evidence), evidence, cause, diagnosis_id, note=note)
        return Next(do="ask" if asks else "tell")

    async def by_model(self, pattern_id: str, cause: DiagnosisCause, diagnosis_id: str, attempt: int) -> Next:
        """Ask a model once, within the budget. What cannot be asked is answered by rules, with a note that says why."""
        pattern = await asyncio.to_thread(queries.get_pattern, self._database, pattern_id)
        if pattern is None or self._asking is None:
            return Next(do="gone")
        wait_s = self._pause.wait_s()
        if wait_s > 0:
            return Next(do="wait", wait_s=wait_s, counts=False)
        evidence = await asyncio.to_thread(self._gather, pattern)
        call_id = f"{diagnosis_id}:{attempt}:{self._executor_id}"
        refusal = await asyncio.to_thread(self._reserve, call_id, evidence)
        if refusal is not None:
            return await self._rules_instead(evidence, cause, diagnosis_id, refusal)
        try:
            answer = await self._asking.ask(evidence)
        except ModelFailure as failure:
            if not failure.maybe_paid:  # what may have been paid stays in the ledger at its most
                await asyncio.to_thread(self._settle, call_id, failure.spent)
            return await self._after(failure, evidence, cause, diagnosis_id, attempt)
        await asyncio.to_thread(self._settle, call_id, answer.spent)
        self._pause.end()
        await asyncio.to_thread(self._keep, answer, evidence, cause, diagnosis_id)
        return Next(do="tell")

    def _reserve(self, call_id: str, evidence: Evidence) -> str | None:
        assert self._asking is not None  # noqa: S101 by_model has looked
        most = self._asking.reserve(evidence).spent
        call = ModelCall(
            id=call_id,
            purpose="diagnosis",
            model=self._asking.models[0],
            pattern_id=evidence.pattern.id,
            reserved_at_ns=self._now_ns(),
            input_tokens=most.input_tokens,
            output_tokens=most.output_tokens,
            cost_usd=most.cost_usd,
        )
        return model_calls.reserve(self._database, call, self._budget)

    def _settle(self, call_id: str, spent: Spent) -> None:
        model_calls.settle(
            self._database,
            call_id,
            input_tokens=spent.input_tokens,
            output_tokens=spent.output_tokens,
            cost_usd=spent.cost_usd,
            now_ns=self._now_ns(),
        )

    async def _after(
        self, failure: ModelFailure, evidence: Evidence, cause: DiagnosisCause, diagnosis_id: str, attempt: int
    ) -> Next:
        if isinstance(failure, MisconfiguredFailure):
            return Next(do="wait", wait_s=self._pause.begin(str(failure)), counts=False)
        if not isinstance(failure, RetryableFailure) or attempt + 1 >= ATTEMPTS_MAX:
            return await self._rules_instead(evidence, cause, diagnosis_id, str(failure))
        wait_s = failure.retry_after_s if failure.retry_after_s is not None else WAIT_S * 2**attempt
        _log.info("a model could not answer (%s); asking again in %g s", failure, min(WAIT_S_MAX, wait_s))
        return Next(do="wait", wait_s=min(WAIT_S_MAX, wait_s))

    async def _rules_instead(self, evidence: Evidence, cause: DiagnosisCause, diagnosis_id: str, note: str) -> Next:
        if evidence.pattern.diagnosed_by in {None, RULES}:
            await asyncio.to_thread(self._keep, rules.answer(evidence), evidence, cause, diagnosis_id, note=note)
        return Next(do="tell")

    def _keep(
        self, answer: Answer, evidence: Evidence, cause: DiagnosisCause, diagnosis_id: str, *, note: str = ""
    ) -> None:
        now_ns = self._now_ns()
        diagnosis = Diagnosis(
            id=diagnosis_id if answer.answered_by != RULES else f"{diagnosis_id}:rules{':' if note else ''}",
            pattern_id=evidence.pattern.id,
            cause=cause,
            made_at_ns=now_ns,
            diagnosed_by=answer.answered_by,
            category=answer.category,
            confidence=answer.confidence,
            summary=answer.summary,
            root_cause=answer.root_cause,
            fixes=answer.fixes,
            evidence=answer.evidence,
            missing=answer.missing,
            note=note,
            origin_pattern_id=None if evidence.origin is None else evidence.origin.pattern_id,
            occurrences=evidence.pattern.total_occurrences,
            evidence_digest=evidence_digest(evidence),
            run_id=answer.run_id,
            run_trace_id=answer.trace_id,
            run_span_id=answer.span_id,
            input_tokens=answer.spent.input_tokens,
            output_tokens=answer.spent.output_tokens,
            cost_usd=answer.spent.cost_usd,
        )
        diagnoses.store(self._database, diagnosis, now_ns=now_ns)

    async def tell_traces(self, pattern_id: str) -> int:
        """Send one late span into each recent trace of a pattern, as many as may leave; returns how many."""
        body, claimed = await asyncio.to_thread(self._late_spans, pattern_id)
        if body is not None:
            await self._send(body)
        await asyncio.to_thread(self._finish, claimed)
        return len(claimed)

    def _late_spans(self, pattern_id: str) -> tuple[bytes | None, list[str]]:
        pattern = queries.get_pattern(self._database, pattern_id)
        diagnosis = diagnoses.newest_of(self._database, pattern_id) if pattern is not None else None
        if pattern is None or diagnosis is None:
            return None, []
        now_ns = self._now_ns()
        since_ns = now_ns - LATE_SPAN_AGE_S_MAX * 1_000_000_000
        recent = pattern_facts.recent_events(
            self._database, pattern_id, since_ns=since_ns, limit=self._late.per_pattern
        )
        claims = {f"{_CHANNEL}:{diagnosis.id}:{each.event.trace_id}": each for each in recent}
        claimed = [claim for claim in claims if self._claim(claim, pattern_id, now_ns)]
        chosen = [claims[claim] for claim in claimed]
        return late_spans(pattern, diagnosis, chosen, sent_at_ns=now_ns, pattern_url=self._pattern_url), claimed

    def _claim(self, claim: str, pattern_id: str, now_ns: int) -> bool:
        return notifications.claim(
            self._database,
            claim,
            channel=_CHANNEL,
            kind="diagnosed",
            pattern_id=pattern_id,
            per_hour=self._late.per_hour,
            now_ns=now_ns,
        )

    def _finish(self, claimed: list[str]) -> None:
        for claim in claimed:
            notifications.finish(self._database, claim, outcome=notifications.SENT, now_ns=self._now_ns())
