"""Turns an occurrence in the sender's words into an error event in ours, redacted before anything else sees it."""

from tracemedic_processor.capture.capture import Captured, Capturer
from tracemedic_processor.capture.context import DEFAULT_ALIASES, ContextAliases

__all__ = ["DEFAULT_ALIASES", "Captured", "Capturer", "ContextAliases"]
