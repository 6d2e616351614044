"""Evidence about a pattern as a service would gather it, and an asker of the stand-in."""

from typing import Any

import msgspec

from tracemedic_processor.diagnose.ask import Asker
from tracemedic_processor.diagnose.evidence import CodeLines, Evidence, Passage, Share, SimilarPattern
from tracemedic_processor.knowledge.entry import KnowledgeEntry
from tracemedic_processor.redaction import Redactor
from tracemedic_processor.testing.model_stand_in import ModelStandIn
from tracemedic_storage.records import Classification, ErrorPattern, ExceptionRecord, Fix, Frame, Redacted

MODEL = "openai:stand-in"
DELIMITER = "0123456789abcdef0123456789abcdef"

PATTERN = ErrorPattern(
    id="0000000000000001",
    fingerprint="f" * 64,
    fingerprint_version=1,
    name="OperationalError in shop.ledger.book",
    status="active",
    error_type="sqlalchemy.exc.OperationalError",
    source="shop.ledger.book",
    sample_message=Redacted("connection to server at inventory-db, port 5432 failed: Connection refused"),
    category="database",
    severity="high",
    escalated=False,
    total_occurrences=17,
    first_seen_ns=1_700_000_000_000_000_000,
    last_seen_ns=1_700_000_600_000_000_000,
    created_at_ns=1_700_000_000_000_000_000,
    updated_at_ns=1_700_000_600_000_000_000,
    services=("shop",),
)

CHAIN = (
    ExceptionRecord(
        type="sqlalchemy.exc.OperationalError",
        message="connection to server at inventory-db, port 5432 failed: Connection refused",
        frames=(
            Frame(
                function="do_connect", module="sqlalchemy.engine.default", file="sqlalchemy/engine/default.py", line=615
            ),
            Frame(function="connect", module="sqlalchemy.pool", file="sqlalchemy/pool/base.py", line=449),
            Frame(function="_checkout", module="sqlalchemy.pool", file="sqlalchemy/pool/base.py", line=1264),
            Frame(function="begin", module="sqlalchemy.engine", file="sqlalchemy/engine/base.py", line=3278),
            Frame(function="execute", module="sqlalchemy.orm", file="sqlalchemy/orm/session.py", line=2365),
            Frame(function="Ledger.book", module="shop.ledger", file="shop/ledger.py", line=42, in_app=True),
            Frame(function="checkout", module="shop.web", file="shop/web.py", line=17, in_app=True),
        ),
    ),
    ExceptionRecord(
        type="psycopg.OperationalError",
        message="connection refused",
        relation="cause",
        frames=(Frame(function="connect", module="psycopg", file="psycopg/connection.py", line=100),),
    ),
)

EVIDENCE = Evidence(
    pattern=PATTERN,
    rules=Classification(category="database", confidence=0.95, reason="psycopg.OperationalError", severity="high"),
    language="python",
    chain=CHAIN,
    code=(
        CodeLines(
            file="shop/ledger.py",
            line=42,
            first_line=41,
            lines=("def book(self, order):", "    self.session.execute(INSERT, order.row())", "    return order.id"),
        ),
    ),
    messages=("connection to server at inventory-db, port 5432 failed: timeout expired",),
    services=(Share(value="shop", count=15), Share(value="billing", count=2)),
    versions=(Share(value="1.4.2", count=17),),
    routes=(Share(value="POST /checkout", count=17),),
    attributes={"db.system.name": "postgresql", "server.address": "inventory-db"},
    new_since="1.4.2",
    similar=(
        SimilarPattern(
            pattern_id="2",
            name="OperationalError in shop.stock.count",
            score=0.91,
            category="database",
            root_cause="The database was restarted",
            suggested_fix="Raise the pool's retry",
            status="resolved",
            verdict="right",
        ),
    ),
    knowledge=(
        KnowledgeEntry(
            key="ECONNREFUSED",
            title="Connection refused",
            meaning="Nothing listens at that address.",
            causes=("The server is down.",),
            fixes=(Fix(what="Start it.", where="the server", check="A connection opens."),),
        ),
    ),
    passages=(
        Passage(
            document="database.md",
            title="Inventory database",
            text="When connections are refused, run `kubectl rollout restart deploy/inventory-db` and see "
            "https://wiki.corp.invalid/inventory",
            score=0.8,
        ),
    ),
    traces=("shop POST /checkout 120 ms\n  ✗ shop Ledger.book 80 ms",),
)

_REDACTOR = Redactor()


def redact(text: str) -> str:
    return _REDACTOR.redact(text).text


def asker_of(stand_in: ModelStandIn, **settings: Any) -> Asker:
    """An asker of the stand-in that gives up soon."""
    given: dict[str, Any] = {"redact": redact, "base_url": stand_in.base_url, "timeout_s": 20.0, **settings}
    return Asker(given.pop("models", [MODEL]), **given)


def evidence_with(**changes: Any) -> Evidence:
    """The evidence with some of its fields, or of its pattern's (`error_type`, `sample_message`, `source`), changed."""
    pattern = {name: changes.pop(name) for name in ("error_type", "sample_message", "source") if name in changes}
    return msgspec.structs.replace(EVIDENCE, pattern=msgspec.structs.replace(PATTERN, **pattern), **changes)
