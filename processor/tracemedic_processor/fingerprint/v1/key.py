"""The mission's formula: `sha256(f"{error_type}|{normalised_message[:200]}|{source}")`."""

import hashlib

from tracemedic_processor.fingerprint.v1.normalise import normalise

MESSAGE_CHARS_MAX = 200
"""How much of the normalised message counts. Cut after normalising: a cut id would no longer be recognised."""


def compute_fingerprint(error_type: str, message: str, source: str) -> str:
    """Return the key of an error, 64 hex digits: equal for errors that differ only in variable parts.

    For messages whose variable parts are UUIDs and plain whole numbers this is the mission's function to the byte.
    """
    return fingerprint_of(error_type, normalise(message), source)


def fingerprint_of(error_type: str, normalised_message: str, source: str) -> str:
    """Return the key of an error whose message is normalised already."""
    return hash_of((error_type, normalised_message[:MESSAGE_CHARS_MAX], source))


def hash_of(parts: tuple[str, ...]) -> str:
    """Return the SHA-256 of the parts joined by `|`, 64 hex digits. Different parts never join to the same text."""
    return hashlib.sha256("|".join(map(_unambiguous, parts)).encode("utf-8", "surrogatepass")).hexdigest()


def _unambiguous(part: str) -> str:
    r"""Escape `|` and `\`, but only in a part that holds a `|` or ends in `\`: all others keep the mission's bytes.

    An escaped part holds an escaped separator or ends in an even number of backslashes, an unescaped one does
    neither, so the joined text can be read in one way only.
    """
    if "|" not in part and not part.endswith("\\"):
        return part
    return part.replace("\\", "\\\\").replace("|", "\\|")
