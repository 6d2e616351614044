"""The list of all tables: a new field is one file and one line here."""

from typing import Final

from tracemedic_processor.knowledge import (
    agents,
    clouds,
    containers,
    databases,
    formats,
    grpc,
    http,
    javascript,
    jvm,
    llm,
    network,
    other_languages,
    postgres,
    python,
    settings,
    stores,
    system,
)
from tracemedic_processor.knowledge.known import Known

TABLES: Final[tuple[tuple[Known, ...], ...]] = (
    postgres.TABLE,
    databases.TABLE,
    stores.TABLE,
    system.TABLE,
    network.TABLE,
    http.TABLE,
    grpc.TABLE,
    clouds.TABLE,
    containers.TABLE,
    settings.TABLE,
    formats.TABLE,
    python.TABLE,
    javascript.TABLE,
    jvm.TABLE,
    other_languages.TABLE,
    llm.TABLE,
    agents.TABLE,
)
