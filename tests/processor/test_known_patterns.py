"""What is known of patterns in memory."""

import msgspec

from tracemedic_processor.known_patterns import KnownPatterns
from tracemedic_storage.records import ErrorPattern, Redacted


def pattern(name, occurrences=3):
    return ErrorPattern(
        id=f"id-{name}",
        fingerprint=name,
        fingerprint_version=1,
        name=name,
        status="active",
        error_type="E",
        source="s",
        sample_message=Redacted("m"),
        category="unknown",
        severity="low",
        escalated=False,
        total_occurrences=occurrences,
        first_seen_ns=1,
        last_seen_ns=2,
        created_at_ns=3,
        updated_at_ns=4,
    )


def test_a_pattern_is_found_by_its_fingerprint():
    known = KnownPatterns()
    known.update([pattern("a"), pattern("b")])
    assert known.get("a") == pattern("a")
    assert known.get("c") is None
    assert len(known) == 2


def test_what_is_learned_later_replaces_what_was_known():
    known = KnownPatterns()
    known.update([pattern("a")])
    changed = msgspec.structs.replace(pattern("a"), total_occurrences=9)
    known.update([changed])
    assert known.get("a") == changed
    assert len(known) == 1


def test_the_patterns_seen_longest_ago_leave_first():
    known = KnownPatterns(patterns_max=2)
    known.update([pattern("a"), pattern("b")])
    known.update([pattern("a", 4)])
    known.update([pattern("c")])
    assert known.get("b") is None
    assert known.get("a") is not None
    assert known.get("c") is not None
