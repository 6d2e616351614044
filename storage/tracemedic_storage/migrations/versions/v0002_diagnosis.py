"""Diagnosis: answers, verdicts, the ledger of model calls, exemplar traces, origins, the life of patterns."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables of diagnosis; pattern_changes becomes the whole history of a pattern."""
    _extend_error_tables()
    _renew_pattern_changes()
    _create_diagnosis_tables()
    _create_bookkeeping_tables()


def _extend_error_tables() -> None:
    op.add_column("error_events", _text("origin_id", nullable=True))
    _index("error_events", "received_at")
    _index("error_fingerprints", "pattern_id", where="pattern_id IS NOT NULL")
    op.add_column("error_patterns", _time("resolved_at", nullable=True))
    op.add_column("error_patterns", _text("resolved_in_version", nullable=True))
    op.add_column("error_patterns", _time("ignored_until", nullable=True))
    op.add_column("error_patterns", _text("origin_pattern_id", nullable=True))
    op.add_column("error_patterns", sa.Column("origin_share", sa.Double, nullable=True))
    with op.batch_alter_table("error_patterns") as table:
        table.add_column(sa.Column("ignored_until_escalated", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("error_patterns") as table:
        table.alter_column("ignored_until_escalated", server_default=None)


def _renew_pattern_changes() -> None:
    """A kind of change may now come more than once: the time belongs to the key."""
    op.rename_table("pattern_changes", "pattern_changes_before")
    op.drop_index("pattern_changes_at_idx", table_name="pattern_changes_before")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE pattern_changes_before DROP CONSTRAINT pattern_changes_pkey")
        op.execute("ALTER TABLE pattern_changes_before DROP CONSTRAINT pattern_changes_pattern_id_fkey")
    op.create_table(
        "pattern_changes",
        _text("pattern_id"),
        _text("kind"),
        _time("at"),
        _text("author"),
        _text("fingerprint"),
        sa.Column("occurrences", sa.BigInteger(), nullable=False),
        _json("detail"),
        _time("handled_at", nullable=True),
        sa.PrimaryKeyConstraint("pattern_id", "kind", "at", name="pattern_changes_pkey"),
        _of_pattern("pattern_changes"),
    )
    op.execute(
        "INSERT INTO pattern_changes (pattern_id, kind, at, author, fingerprint, occurrences, detail, handled_at) "
        "SELECT pattern_id, kind, at, 'tracemedic', fingerprint, occurrences, '{}', handled_at "
        "FROM pattern_changes_before"
    )
    op.drop_table("pattern_changes_before")
    _index("pattern_changes", "at", where="handled_at IS NULL")


def _create_diagnosis_tables() -> None:
    op.create_table(
        "diagnoses",
        _text("id"),
        _text("pattern_id"),
        _text("cause"),
        _time("made_at"),
        _text("diagnosed_by"),
        _text("category"),
        sa.Column("confidence", sa.Double, nullable=False),
        _text("summary"),
        _text("root_cause"),
        _json("fixes"),
        _json("evidence"),
        _json("missing"),
        _text("note"),
        _text("origin_pattern_id", nullable=True),
        sa.Column("occurrences", sa.BigInteger(), nullable=False),
        _text("evidence_digest"),
        _text("run_id", nullable=True),
        _text("run_trace_id", nullable=True),
        _text("run_span_id", nullable=True),
        *_spent(),
        sa.PrimaryKeyConstraint("id", name="diagnoses_pkey"),
        _of_pattern("diagnoses"),
    )
    _index("diagnoses", "pattern_id", "made_at")
    _index("diagnoses", "made_at")
    op.create_table(
        "verdicts",
        _text("id"),
        _text("diagnosis_id"),
        _text("pattern_id"),
        _text("verdict"),
        _text("category", nullable=True),
        _text("note"),
        _text("author"),
        _time("at"),
        sa.PrimaryKeyConstraint("id", name="verdicts_pkey"),
        sa.ForeignKeyConstraint(
            ["diagnosis_id"], ["diagnoses.id"], name="verdicts_diagnosis_id_fkey", ondelete="CASCADE"
        ),
        _of_pattern("verdicts"),
    )
    _index("verdicts", "diagnosis_id")
    _index("verdicts", "pattern_id", "at")
    _index("verdicts", "at")
    op.create_table(
        "exemplar_traces",
        _text("pattern_id"),
        _text("trace_id"),
        _text("spool_id"),
        _json("spans"),
        _time("stored_at"),
        sa.PrimaryKeyConstraint("pattern_id", "trace_id", "spool_id", name="exemplar_traces_pkey"),
        _of_pattern("exemplar_traces"),
    )
    _index("exemplar_traces", "stored_at")


def _create_bookkeeping_tables() -> None:
    op.create_table(
        "model_calls",
        _text("id"),
        _text("purpose"),
        _text("pattern_id", nullable=True),
        _text("model"),
        _time("reserved_at"),
        _time("settled_at", nullable=True),
        *_spent(),
        sa.PrimaryKeyConstraint("id", name="model_calls_pkey"),
    )
    _index("model_calls", "reserved_at")
    op.create_table(
        "executors",
        _text("id"),
        _text("host"),
        _time("started_at"),
        _time("beat_at"),
        sa.PrimaryKeyConstraint("id", name="executors_pkey"),
    )
    op.create_table(
        "notifications",
        _text("id"),
        _text("channel"),
        _text("kind"),
        _text("pattern_id", nullable=True),
        _time("at"),
        _time("sent_at", nullable=True),
        _text("outcome"),
        sa.PrimaryKeyConstraint("id", name="notifications_pkey"),
    )
    _index("notifications", "channel", "at")
    op.create_table(
        "sweeps",
        _text("name"),
        _time("up_to"),
        _time("at"),
        sa.PrimaryKeyConstraint("name", name="sweeps_pkey"),
    )


def _spent() -> tuple[sa.Column[int], sa.Column[int], sa.Column[float]]:
    return (
        sa.Column("input_tokens", sa.BigInteger(), nullable=False),
        sa.Column("output_tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost_usd", sa.Double, nullable=False),
    )


def _of_pattern(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["pattern_id"], ["error_patterns.id"], name=f"{table}_pattern_id_fkey", ondelete="CASCADE"
    )


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql"), nullable=nullable)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False)


def _index(table: str, *columns: str, where: str | None = None) -> None:
    condition = sa.text(where) if where else None
    name = f"{table}_{'_'.join(columns)}_idx"
    op.create_index(name, table, list(columns), sqlite_where=condition, postgresql_where=condition)
