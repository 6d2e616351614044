"""Alembic's environment and versions; run by `Database.migrate`, in a service without a command line of Alembic."""
