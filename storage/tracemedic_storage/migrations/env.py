"""Run by Alembic: migrates over the connection that `migration` has put into the configuration."""

from alembic import context

from tracemedic_storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite cannot alter a column in place: Alembic then copies the table.
    render_as_batch=True,
)
# The transaction is the caller's: it holds the lock under which only one process migrates.
context.run_migrations()
