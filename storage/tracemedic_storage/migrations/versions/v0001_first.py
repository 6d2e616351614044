"""The first schema: events, stacks, fingerprints, traces, patterns, changes, request counts, positions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create all tables."""
    _create_event_tables()
    _create_counting_tables()
    _create_pattern_tables()
    _create_bookkeeping_tables()


def _create_event_tables() -> None:
    op.create_table(
        "error_events",
        _text("id"),
        _time("occurred_at"),
        _time("received_at"),
        _text("trace_id"),
        _text("span_id"),
        sa.Column("occurrences", sa.Integer(), nullable=False),
        _json("places"),
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
        sa.Column("fingerprint_version", sa.Integer(), nullable=False),
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
        sa.Column("http_status", sa.BigInteger(), nullable=True),
        _json("attributes"),
        sa.PrimaryKeyConstraint("id", name="error_events_pkey"),
    )
    _index("error_events", "occurred_at", "category")
    _index("error_events", "fingerprint", "occurred_at")
    _index("error_events", "service", "occurred_at")
    _index("error_events", "trace_id")
    _index("error_events", "agent_run_id", "occurred_at", where="agent_run_id IS NOT NULL")
    _index("error_events", "sprint_id", "occurred_at", where="sprint_id IS NOT NULL")
    _index("error_events", "request_id", where="request_id IS NOT NULL")
    op.create_table(
        "error_stacks",
        _text("hash"),
        _text("language", nullable=True),
        _json("chain"),
        _text("text"),
        _time("stored_at"),
        sa.PrimaryKeyConstraint("hash", name="error_stacks_pkey"),
    )


def _create_counting_tables() -> None:
    op.create_table(
        "error_fingerprints",
        _text("fingerprint"),
        sa.Column("version", sa.Integer(), nullable=False),
        _text("error_type"),
        _text("source"),
        _text("sample_message"),
        _text("category"),
        _text("severity"),
        _json("services"),
        _time("first_seen"),
        _time("last_seen"),
        sa.Column("total_traces", sa.BigInteger(), nullable=False),
        sa.Column("alerted", sa.Boolean(), nullable=False),
        _text("pattern_id", nullable=True),
        sa.PrimaryKeyConstraint("fingerprint", name="error_fingerprints_pkey"),
    )
    op.create_table(
        "error_traces",
        _text("fingerprint"),
        _text("trace_id"),
        _time("first_occurred_at"),
        _time("last_occurred_at"),
        sa.PrimaryKeyConstraint("fingerprint", "trace_id", name="error_traces_pkey"),
        sqlite_with_rowid=False,
    )
    _index("error_traces", "fingerprint", "last_occurred_at")


def _create_pattern_tables() -> None:
    op.create_table(
        "error_patterns",
        _text("id"),
        _text("fingerprint"),
        sa.Column("fingerprint_version", sa.Integer(), nullable=False),
        _text("name"),
        _text("status"),
        _text("error_type"),
        _text("source"),
        _text("sample_message"),
        _text("category"),
        _text("severity"),
        sa.Column("escalated", sa.Boolean(), nullable=False),
        sa.Column("total_occurrences", sa.BigInteger(), nullable=False),
        _time("first_seen"),
        _time("last_seen"),
        _time("created_at"),
        _time("updated_at"),
        _json("services"),
        _text("ai_summary", nullable=True),
        _text("ai_root_cause", nullable=True),
        _text("ai_suggested_fix", nullable=True),
        sa.Column("ai_confidence", sa.Double, nullable=True),
        _text("diagnosed_by", nullable=True),
        sa.PrimaryKeyConstraint("id", name="error_patterns_pkey"),
        sa.UniqueConstraint("fingerprint", name="error_patterns_fingerprint_key"),
    )
    _index("error_patterns", "status", "last_seen")
    _index("error_patterns", "updated_at")
    op.create_table(
        "pattern_changes",
        _text("pattern_id"),
        _text("kind"),
        _text("fingerprint"),
        sa.Column("occurrences", sa.BigInteger(), nullable=False),
        _time("at"),
        _time("handled_at", nullable=True),
        sa.PrimaryKeyConstraint("pattern_id", "kind", name="pattern_changes_pkey"),
        sa.ForeignKeyConstraint(
            ["pattern_id"], ["error_patterns.id"], name="pattern_changes_pattern_id_fkey", ondelete="CASCADE"
        ),
    )
    _index("pattern_changes", "at", where="handled_at IS NULL")


def _create_bookkeeping_tables() -> None:
    op.create_table(
        "request_counts",
        _time("minute"),
        _text("kind"),
        _text("service"),
        _text("environment"),
        _text("service_version"),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("failed", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "minute", "kind", "service", "environment", "service_version", name="request_counts_pkey"
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "spool_positions",
        _text("spool_id"),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        _time("updated_at"),
        sa.PrimaryKeyConstraint("spool_id", name="spool_positions_pkey"),
    )


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[str]:
    # Spelt out instead of `timestamps.Timestamp`: a released migration depends on nothing that may change.
    return sa.Column(name, sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql"), nullable=nullable)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False)


def _index(table: str, *columns: str, where: str | None = None) -> None:
    condition = sa.text(where) if where else None
    name = f"{table}_{'_'.join(columns)}_idx"
    op.create_index(name, table, list(columns), sqlite_where=condition, postgresql_where=condition)
