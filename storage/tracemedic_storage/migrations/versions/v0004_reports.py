"""Reports, the register of the cold store, and the record of what was forgotten."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables of reports and retention."""
    op.create_table(
        "diagnostic_reports",
        _text("id"),
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
        _json("content"),
        sa.PrimaryKeyConstraint("id", name="diagnostic_reports_pkey"),
    )
    op.create_index("diagnostic_reports_kind_period_from_idx", "diagnostic_reports", ["kind", "period_from"])
    op.create_index("diagnostic_reports_created_at_idx", "diagnostic_reports", ["created_at"])
    op.create_table(
        "cold_files",
        _text("path"),
        _text("kind"),
        _text("tier"),
        _time("day"),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        _text("checksum"),
        sa.Column("schema_version", sa.Integer(), nullable=False),
        _text("state"),
        _time("stored_at"),
        _time("verified_at", nullable=True),
        sa.PrimaryKeyConstraint("path", name="cold_files_pkey"),
    )
    op.create_index("cold_files_kind_day_idx", "cold_files", ["kind", "day"])
    op.create_table(
        "forgotten_users",
        _text("id"),
        _text("author"),
        _time("asked_at"),
        _time("done_at", nullable=True),
        _json("removed"),
        sa.PrimaryKeyConstraint("id", name="forgotten_users_pkey"),
    )


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql"), nullable=nullable)


def _json(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False)
