"""What must never leave: secrets and personal data are found in text and replaced."""

from .redactor import Redaction, Redactor

__all__ = ["Redaction", "Redactor"]
