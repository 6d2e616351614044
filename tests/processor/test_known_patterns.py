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


def test_a_pattern_is_found_by_each_of_its_fingerprints():
    known = KnownPatterns()
    known.update([pattern("a"), pattern("b")], {"id-a": ("a", "c")})
    assert known.get("c") == known.get("a") == pattern("a")
    assert len(known) == 2


def test_what_was_merged_away_is_gone_with_its_last_fingerprint():
    known = KnownPatterns()
    known.update([pattern("a"), pattern("b")], {"id-b": ("b", "c")})
    known.update([pattern("a", 6)], {"id-a": ("a", "b")})
    assert known.get("b") == pattern("a", 6)
    assert known.get("c") == pattern("b")
    known.update([pattern("a", 7)], {"id-a": ("a", "b", "c")})
    assert known.ids() == {"id-a"}
    known.update([pattern("b"), pattern("a", 5)], {"id-a": ("a", "c")})
    assert (known.get("a"), known.get("b")) == (pattern("a", 5), pattern("b"))


def test_what_is_no_more_is_forgotten_with_all_its_fingerprints():
    known = KnownPatterns()
    known.update([pattern("a"), pattern("b")], {"id-a": ("a", "c")})
    known.forget({"id-a", "id-never"})
    assert (known.get("a"), known.get("c"), known.ids()) == (None, None, {"id-b"})
