"""Turns an occurrence in the sender's words into an error event in ours, redacted before anything else sees it."""

from tracemedic_processor.capture.capture import Captured, Capturer

__all__ = ["Captured", "Capturer"]
