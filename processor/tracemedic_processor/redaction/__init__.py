"""What must never leave: secrets and personal data are found in text and replaced."""

from .local_values import mask_local
from .redactor import Redaction, Redactor

__all__ = ["Redaction", "Redactor", "mask_local"]
