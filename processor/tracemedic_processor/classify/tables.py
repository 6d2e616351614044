"""The list of all tables: a new ecosystem is one file and one line here."""

from tracemedic_processor.classify import (
    beam,
    clouds,
    databases,
    dotnet,
    go,
    grpc_http,
    javascript,
    jvm,
    libraries,
    llm,
    messages,
    native,
    php,
    python,
    ruby,
    rust,
    sentences,
    systems,
)
from tracemedic_processor.classify.rule import Table

TABLES: tuple[Table, ...] = (
    python.TABLE,
    jvm.TABLE,
    javascript.TABLE,
    go.TABLE,
    dotnet.TABLE,
    ruby.TABLE,
    php.TABLE,
    rust.TABLE,
    beam.TABLE,
    native.TABLE,
    databases.TABLE,
    clouds.TABLE,
    llm.TABLE,
    grpc_http.TABLE,
    systems.TABLE,
    libraries.TABLE,
    messages.TABLE,
    sentences.TABLE,
)
