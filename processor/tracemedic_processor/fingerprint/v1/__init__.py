"""Version 1 of the fingerprint. Frozen once released: imports nothing of ours from outside this folder."""

from tracemedic_processor.fingerprint.v1.key import MESSAGE_CHARS_MAX, compute_fingerprint, fingerprint_of, hash_of
from tracemedic_processor.fingerprint.v1.normalise import normalise

__all__ = ["MESSAGE_CHARS_MAX", "compute_fingerprint", "fingerprint_of", "hash_of", "normalise"]
