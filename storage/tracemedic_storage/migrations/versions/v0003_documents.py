"""Runbooks in passages, and the full-text index over them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Create the table; its index is a GIN index on PostgreSQL and a table of FTS5 on SQLite."""
    time = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")
    op.create_table(
        "documents",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("stored_at", time, nullable=False),
        sa.PrimaryKeyConstraint("path", "number", name="documents_pkey"),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE INDEX documents_words_idx ON documents USING gin (array_to_tsvector(string_to_array(words, ' ')))"
        )
    else:
        op.execute("CREATE VIRTUAL TABLE documents_words USING fts5(path UNINDEXED, number UNINDEXED, words)")
