"""What kind an error is: category, confidence, severity and reason, from rules alone."""

from tracemedic_processor.classify.classify import classify
from tracemedic_processor.classify.subject import Subject

__all__ = ["Subject", "classify"]
