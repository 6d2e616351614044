"""Operating systems: errno, signals, and the sentences they speak."""

from tracemedic_processor.classify.rule import rule, table

TABLE = table(
    rule("network", 0.9, "the connection was refused", phrases=[r"connection refused"]),
    rule("filesystem", 0.88, "no such file", phrases=[r"no such file or directory"]),
)
