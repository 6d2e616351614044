"""All tables, for both databases. The migrations add up to exactly these (tested).

Names of columns in `error_events` and `error_patterns` are those of the mission's SQL queries, which run as written
on PostgreSQL. No foreign key leaves `error_events`: events are moved to the cold store and back in bulk, and a check
per row would cost more than it finds.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from tracemedic_storage.timestamps import Timestamp

metadata = sa.MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
    }
)

_Json = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, Timestamp, nullable=nullable)


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=True)


KEY_CHARS_MAX = 200
"""PostgreSQL refuses index entries above 2,700 bytes: indexed text from outside is cut to this many characters."""


def key_text(text: str) -> str:
    """Text as it stands in an indexed column."""
    return text[:KEY_CHARS_MAX]


def _partial_index(*columns: str, where: str) -> sa.Index:
    return sa.Index(None, *columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


error_events = sa.Table(
    "error_events",
    metadata,
    _key("id"),
    _time("occurred_at"),
    _time("received_at"),
    _text("trace_id"),
    _text("span_id"),
    sa.Column("occurrences", sa.Integer, nullable=False),
    sa.Column("places", _Json, nullable=False),
    _text("service"),
    _text("service_namespace", nullable=True),
    _text("service_version", nullable=True),
    _text("service_instance", nullable=True),
    _text("environment", nullable=True),
    _text("host", nullable=True),
    _text("language", nullable=True),
    _text("error_type"),
    _text("message"),
    _text("stack_hash", nullable=True),
    _text("fingerprint"),
    sa.Column("fingerprint_version", sa.Integer, nullable=False),
    _text("source"),
    _text("category"),
    sa.Column("category_confidence", sa.Double, nullable=False),
    _text("severity"),
    _text("pattern_id", nullable=True),
    _text("logfire_fingerprint", nullable=True),
    _text("agent_run_id", nullable=True),
    _text("sprint_id", nullable=True),
    _text("request_id", nullable=True),
    _text("session_id", nullable=True),
    _text("user_id", nullable=True),
    _text("agent_name", nullable=True),
    _text("tool_name", nullable=True),
    _text("http_method", nullable=True),
    _text("http_route", nullable=True),
    sa.Column("http_status", sa.BigInteger),
    sa.Column("attributes", _Json, nullable=False),
    _text("origin_id", nullable=True),
    # The category makes the count per category an index-only scan; the order by time uses the same index.
    sa.Index(None, "occurred_at", "category"),
    sa.Index(None, "fingerprint", "occurred_at"),
    sa.Index(None, "service", "occurred_at"),
    sa.Index(None, "trace_id"),
    sa.Index(None, "received_at"),
    _partial_index("agent_run_id", "occurred_at", where="agent_run_id IS NOT NULL"),
    _partial_index("sprint_id", "occurred_at", where="sprint_id IS NOT NULL"),
    _partial_index("request_id", where="request_id IS NOT NULL"),
)
"""One row per failure per trace (`records.ErrorEvent`). `span_id` is the innermost span, `occurrences` the count.

`origin_id` is the event of the same trace that caused this one: its own id when it is the origin itself, empty until
the trace has been judged.
"""

error_stacks = sa.Table(
    "error_stacks",
    metadata,
    _key("hash"),
    _text("language", nullable=True),
    sa.Column("chain", _Json, nullable=False),
    _text("text"),
    _time("stored_at"),
)
"""Redacted stack traces, each once (`records.StoredStack`)."""

error_fingerprints = sa.Table(
    "error_fingerprints",
    metadata,
    _key("fingerprint"),
    sa.Column("version", sa.Integer, nullable=False),
    _text("error_type"),
    _text("source"),
    _text("sample_message"),
    _text("category"),
    _text("severity"),
    sa.Column("services", _Json, nullable=False),
    _time("first_seen"),
    _time("last_seen"),
    sa.Column("total_traces", sa.BigInteger, nullable=False),
    sa.Column("alerted", sa.Boolean, nullable=False),
    _text("pattern_id", nullable=True),
    _partial_index("pattern_id", where="pattern_id IS NOT NULL"),
)
"""One row per fingerprint ever seen: what its events add up to, and the lock under which they are counted.

Several fingerprints may have one pattern: merged by hand, or the same error under an older version.
"""

error_traces = sa.Table(
    "error_traces",
    metadata,
    _key("fingerprint"),
    _key("trace_id"),
    _time("first_occurred_at"),
    _time("last_occurred_at"),
    sa.Index(None, "fingerprint", "last_occurred_at"),
    sqlite_with_rowid=False,
)
"""The distinct traces of a fingerprint: what the thresholds count."""

error_patterns = sa.Table(
    "error_patterns",
    metadata,
    _key("id"),
    _text("fingerprint"),
    sa.Column("fingerprint_version", sa.Integer, nullable=False),
    _text("name"),
    _text("status"),
    _text("error_type"),
    _text("source"),
    _text("sample_message"),
    _text("category"),
    _text("severity"),
    sa.Column("escalated", sa.Boolean, nullable=False),
    sa.Column("total_occurrences", sa.BigInteger, nullable=False),
    _time("first_seen"),
    _time("last_seen"),
    _time("created_at"),
    _time("updated_at"),
    sa.Column("services", _Json, nullable=False),
    _text("ai_summary", nullable=True),
    _text("ai_root_cause", nullable=True),
    _text("ai_suggested_fix", nullable=True),
    sa.Column("ai_confidence", sa.Double),
    _text("diagnosed_by", nullable=True),
    _time("resolved_at", nullable=True),
    _text("resolved_in_version", nullable=True),
    _time("ignored_until", nullable=True),
    sa.Column("ignored_until_escalated", sa.Boolean, nullable=False),
    _text("origin_pattern_id", nullable=True),
    sa.Column("origin_share", sa.Double),
    sa.UniqueConstraint("fingerprint"),
    sa.Index(None, "status", "last_seen"),
    sa.Index(None, "updated_at"),
)
"""Fingerprints that recur (`records.ErrorPattern`)."""

pattern_changes = sa.Table(
    "pattern_changes",
    metadata,
    sa.Column("pattern_id", sa.Text, sa.ForeignKey("error_patterns.id", ondelete="CASCADE"), primary_key=True),
    _key("kind"),
    sa.Column("at", Timestamp, primary_key=True),
    _text("author"),
    _text("fingerprint"),
    sa.Column("occurrences", sa.BigInteger, nullable=False),
    sa.Column("detail", _Json, nullable=False),
    _time("handled_at", nullable=True),
    _partial_index("at", where="handled_at IS NULL"),
)
"""The history of patterns (`records.PatternChange`); `handled_at` is empty while work is owed for a change."""

diagnoses = sa.Table(
    "diagnoses",
    metadata,
    _key("id"),
    sa.Column("pattern_id", sa.Text, sa.ForeignKey("error_patterns.id", ondelete="CASCADE"), nullable=False),
    _text("cause"),
    _time("made_at"),
    _text("diagnosed_by"),
    _text("category"),
    sa.Column("confidence", sa.Double, nullable=False),
    _text("summary"),
    _text("root_cause"),
    sa.Column("fixes", _Json, nullable=False),
    sa.Column("evidence", _Json, nullable=False),
    sa.Column("missing", _Json, nullable=False),
    _text("note"),
    _text("origin_pattern_id", nullable=True),
    sa.Column("occurrences", sa.BigInteger, nullable=False),
    _text("evidence_digest"),
    _text("run_id", nullable=True),
    _text("run_trace_id", nullable=True),
    _text("run_span_id", nullable=True),
    sa.Column("input_tokens", sa.BigInteger, nullable=False),
    sa.Column("output_tokens", sa.BigInteger, nullable=False),
    sa.Column("cost_usd", sa.Double, nullable=False),
    sa.Index(None, "pattern_id", "made_at"),
    sa.Index(None, "made_at"),
)
"""Every diagnosis ever made (`records.Diagnosis`); the newest of a pattern stands in the pattern as well."""

verdicts = sa.Table(
    "verdicts",
    metadata,
    _key("id"),
    sa.Column("diagnosis_id", sa.Text, sa.ForeignKey("diagnoses.id", ondelete="CASCADE"), nullable=False),
    sa.Column("pattern_id", sa.Text, sa.ForeignKey("error_patterns.id", ondelete="CASCADE"), nullable=False),
    _text("verdict"),
    _text("category", nullable=True),
    _text("note"),
    _text("author"),
    _time("at"),
    sa.Index(None, "diagnosis_id"),
    sa.Index(None, "pattern_id", "at"),
    sa.Index(None, "at"),
)
"""What developers said of diagnoses (`records.Verdict`)."""

model_calls = sa.Table(
    "model_calls",
    metadata,
    _key("id"),
    _text("purpose"),
    _text("pattern_id", nullable=True),
    _text("model"),
    _time("reserved_at"),
    _time("settled_at", nullable=True),
    sa.Column("input_tokens", sa.BigInteger, nullable=False),
    sa.Column("output_tokens", sa.BigInteger, nullable=False),
    sa.Column("cost_usd", sa.Double, nullable=False),
    sa.Index(None, "reserved_at"),
)
"""What the model was asked and what it cost (`records.ModelCall`): the ledger that the budget is counted from."""

executors = sa.Table(
    "executors",
    metadata,
    _key("id"),
    _text("host"),
    _time("started_at"),
    _time("beat_at"),
)
"""Worker processes and when each last said that it lives."""

exemplar_traces = sa.Table(
    "exemplar_traces",
    metadata,
    sa.Column("pattern_id", sa.Text, sa.ForeignKey("error_patterns.id", ondelete="CASCADE"), primary_key=True),
    _key("trace_id"),
    _key("spool_id"),
    sa.Column("spans", _Json, nullable=False),
    _time("stored_at"),
    sa.Index(None, "stored_at"),
)
"""A few whole traces per pattern (`records.TraceSpan`), in the parts that each receiving process had of them."""

notifications = sa.Table(
    "notifications",
    metadata,
    _key("id"),
    _text("channel"),
    _text("kind"),
    _text("pattern_id", nullable=True),
    _time("at"),
    _time("sent_at", nullable=True),
    _text("outcome"),
    sa.Index(None, "channel", "at"),
)
"""What was told to whom, each once: `id` is made of the change and the channel. `outcome` is `sent`, `owed`, `capped`,
`cooling` or why it was given up."""

sweeps = sa.Table(
    "sweeps",
    metadata,
    _key("name"),
    _time("up_to"),
    _time("at"),
)
"""How far each periodic task has come, over all replicas: `up_to` is the time (ours) whose rows it has seen."""

request_counts = sa.Table(
    "request_counts",
    metadata,
    sa.Column("minute", Timestamp, primary_key=True),
    _key("kind"),
    _key("service"),
    _key("environment"),
    _key("service_version"),
    sa.Column("total", sa.BigInteger, nullable=False),
    sa.Column("failed", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
"""Finished requests and agent runs per service and minute (`records.RequestCount`)."""

spool_positions = sa.Table(
    "spool_positions",
    metadata,
    _key("spool_id"),
    sa.Column("seq", sa.BigInteger, nullable=False),
    _time("updated_at"),
)
"""How far each spool has been recorded: what a redelivery after a crash is measured against."""

documents = sa.Table(
    "documents",
    metadata,
    _key("path"),
    sa.Column("number", sa.Integer, primary_key=True),
    _text("digest"),
    _text("title"),
    _text("text"),
    _text("words"),
    _time("stored_at"),
)
"""Runbooks in passages, numbered within each file. `digest` is the file's, `words` what the passage is found by.

The full-text index over `words` is the database's own (`documents.py`): the migration makes it by hand.
"""

diagnostic_reports = sa.Table(
    "diagnostic_reports",
    metadata,
    _key("id"),
    _text("kind"),
    _text("title"),
    _text("trigger"),
    _text("author"),
    _text("pattern_id", nullable=True),
    _time("period_from"),
    _time("period_to"),
    _time("created_at"),
    _text("summary"),
    _text("summary_by"),
    sa.Column("content", _Json, nullable=False),
    sa.Index(None, "kind", "period_from"),
    sa.Index(None, "created_at"),
)
"""Diagnostic reports as they were made; `content` is all of a report, from which each format is written."""

cold_files = sa.Table(
    "cold_files",
    metadata,
    _key("path"),
    _text("kind"),
    _text("tier"),
    _time("day"),
    sa.Column("rows", sa.BigInteger, nullable=False),
    sa.Column("bytes", sa.BigInteger, nullable=False),
    _text("checksum"),
    sa.Column("schema_version", sa.Integer, nullable=False),
    _text("state"),
    _time("stored_at"),
    _time("verified_at", nullable=True),
    sa.Index(None, "kind", "day"),
)
"""What lies in cold store and archive, a row a file; `tier` is `cold` or `archive`, `state` how far its move came."""

forgotten_users = sa.Table(
    "forgotten_users",
    metadata,
    _key("id"),
    _text("author"),
    _time("asked_at"),
    _time("done_at", nullable=True),
    sa.Column("removed", _Json, nullable=False),
)
"""That a user's data was deleted everywhere: `id` is a keyed hash of the user's id, `removed` counts rows by place."""
