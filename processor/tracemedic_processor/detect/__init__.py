"""Finds the exceptions in a request, and counts what the KPIs need, without decoding what did not fail."""

from tracemedic_processor.detect.logs import detect_logs
from tracemedic_processor.detect.traces import detect_traces

__all__ = ["detect_logs", "detect_traces"]
