"""Whole traces of patterns, found among the recent requests of this process and kept in the database."""

from .exemplars import PATTERNS_AT_ONCE_MAX, Exemplars, PatternKey
from .parts import PART_BYTES_MAX

__all__ = ["PART_BYTES_MAX", "PATTERNS_AT_ONCE_MAX", "Exemplars", "PatternKey"]
