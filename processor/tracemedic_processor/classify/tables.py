"""The list of all tables: a new ecosystem is one file and one line here."""

from tracemedic_processor.classify import (
    databases,
    grpc_http,
    llm,
    messages,
    python,
    systems,
)
from tracemedic_processor.classify.rule import Table

TABLES: tuple[Table, ...] = (
    python.TABLE,
    databases.TABLE,
    llm.TABLE,
    grpc_http.TABLE,
    systems.TABLE,
    messages.TABLE,
)
