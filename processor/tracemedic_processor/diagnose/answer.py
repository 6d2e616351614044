"""What an answer about a pattern has to be, whoever gives it."""

from tracemedic_storage.records import Category, Fix, Record


class Spent(Record, frozen=True, kw_only=True):
    """What an answer cost: tokens, and US dollars as far as the price is known."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float = 0.0


class Answer(Record, frozen=True, kw_only=True):
    """The judgement itself, before it becomes a `records.Diagnosis`.

    All texts are plain (no links, no mark-up), redacted and bounded. `answered_by` is `rules` or the model's name;
    `run_id`, `trace_id`, `span_id` lead to the model's run.
    """

    answered_by: str
    category: Category
    confidence: float
    summary: str
    root_cause: str
    fixes: tuple[Fix, ...] = ()
    evidence: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    spent: Spent = Spent()
    run_id: str | None = None
    trace_id: str | None = None
    span_id: str | None = None
