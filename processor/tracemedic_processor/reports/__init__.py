"""Diagnostic reports: what happened in a period or to a pattern, made once, kept, and written in three formats."""

from tracemedic_processor.reports.due import due_reports, report_for_change, report_for_period
from tracemedic_processor.reports.make import Order, make_pattern_report, make_report

__all__ = ["Order", "due_reports", "make_pattern_report", "make_report", "report_for_change", "report_for_period"]
