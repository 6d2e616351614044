"""The versions of the fingerprint: one is current, the others are still matched.

A version is a frozen module: once released, a message keeps its key under it for ever. A change of any rule is a new
module and a new line here; storage then finds known patterns under the old and the new key for 30 days.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from tracemedic_processor.fingerprint import v1


class Version(Protocol):
    """What a version's module provides."""

    @property
    def MESSAGE_CHARS_MAX(self) -> int:  # noqa: N802 - a constant of the module
        """How much of a normalised message counts."""
        ...

    def normalise(self, message: str) -> str:
        """Return the message with its variable parts replaced by placeholders."""
        ...

    def compute_fingerprint(self, error_type: str, message: str, source: str) -> str:
        """Return the key of an error, 64 hex digits."""
        ...

    def hash_of(self, parts: tuple[str, ...]) -> str:
        """Return the key of parts chosen by a rule, 64 hex digits."""
        ...

    def fingerprint_of(self, error_type: str, normalised_message: str, source: str) -> str:
        """Return the key of an error whose message is normalised already."""
        ...


VERSIONS: Mapping[int, Version] = MappingProxyType({1: v1})
"""Every version still matched."""

VERSION: int = max(VERSIONS)
"""The version of new keys."""

CURRENT: Version = VERSIONS[VERSION]

normalise = CURRENT.normalise
compute_fingerprint = CURRENT.compute_fingerprint


def fingerprints(error_type: str, message: str, source: str) -> dict[int, str]:
    """The key of an error under every version still matched, the current one first."""
    return {
        number: version.compute_fingerprint(error_type, message, source)
        for number, version in sorted(VERSIONS.items(), reverse=True)
    }
