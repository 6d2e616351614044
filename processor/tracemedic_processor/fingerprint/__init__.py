"""Same or not the same: the key under which errors fall together, and why two do or do not."""

from tracemedic_processor.fingerprint.difference import (
    Difference,
    PartDifference,
    Replacement,
    explain_difference,
)
from tracemedic_processor.fingerprint.grouping import CUSTOM_FINGERPRINT, Grouping, group
from tracemedic_processor.fingerprint.rules import GroupingRule
from tracemedic_processor.fingerprint.versions import (
    RELEASES,
    VERSION,
    Release,
    Releases,
    compute_fingerprint,
    fingerprints,
    normalise,
)

__all__ = [
    "CUSTOM_FINGERPRINT",
    "RELEASES",
    "VERSION",
    "Difference",
    "Grouping",
    "GroupingRule",
    "PartDifference",
    "Release",
    "Releases",
    "Replacement",
    "compute_fingerprint",
    "explain_difference",
    "fingerprints",
    "group",
    "normalise",
]
