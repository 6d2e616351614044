"""Stack traces of every language: text in, frames and chains out, and the place an error came from."""

from tracemedic_processor.stacktrace.code_context import code_around, permalink
from tracemedic_processor.stacktrace.dialect import Dialect
from tracemedic_processor.stacktrace.in_app import InAppRules
from tracemedic_processor.stacktrace.parse import DIALECTS, parse_stacktrace
from tracemedic_processor.stacktrace.source import find_source
from tracemedic_processor.stacktrace.ways import find_root

__all__ = [
    "DIALECTS",
    "Dialect",
    "InAppRules",
    "code_around",
    "find_root",
    "find_source",
    "parse_stacktrace",
    "permalink",
]
