"""Stack traces of every language: text in, frames and chains out, and the place an error came from."""

from tracemedic_processor.stacktrace.code_context import CodeLines, SourceCode, code_lines
from tracemedic_processor.stacktrace.dialect import Dialect
from tracemedic_processor.stacktrace.in_app import InAppRules
from tracemedic_processor.stacktrace.parse import DIALECTS, parse_stacktrace
from tracemedic_processor.stacktrace.permalink import permalink, repository_in
from tracemedic_processor.stacktrace.source import find_source
from tracemedic_processor.stacktrace.ways import find_root

__all__ = [
    "DIALECTS",
    "CodeLines",
    "Dialect",
    "InAppRules",
    "SourceCode",
    "code_lines",
    "find_root",
    "find_source",
    "parse_stacktrace",
    "permalink",
    "repository_in",
]
