"""Two versions side by side: the second is made up."""

from hashlib import sha256
from types import SimpleNamespace

import pytest

from tests.processor import otlp
from tests.storage.samples import Recorder
from tracemedic_processor.capture import Capturer
from tracemedic_processor.detect import detect_traces
from tracemedic_processor.fingerprint import GroupingRule, Release, Releases, group, v1
from tracemedic_processor.fingerprint.versions import OVERLAP_S, RELEASES
from tracemedic_processor.known_patterns import KnownPatterns
from tracemedic_processor.redaction import Redactor
from tracemedic_processor.wire import open_envelope
from tracemedic_storage import queries

RELEASED_NS = otlp.NOON_NS - 86_400 * 10**9
OVER_NS = RELEASED_NS + OVERLAP_S * 10**9


def _hashed(*parts):
    return sha256(("2" + "|".join(parts)).encode()).hexdigest()


v2 = SimpleNamespace(
    MESSAGE_CHARS_MAX=100,
    normalise=str.casefold,
    compute_fingerprint=lambda error_type, message, source: _hashed(error_type, message.casefold(), source),
    hash_of=lambda parts: _hashed(*parts),
    fingerprint_of=_hashed,
)
FIRST = Release(number=1, version=v1, released_at_ns=0)
SECOND = Release(number=2, version=v2, released_at_ns=RELEASED_NS)
BOTH = Releases([FIRST, SECOND])


def captured(releases, number, *, received_at_ns=otlp.NOON_NS, rules=()):
    body = otlp.traces(otlp.span(number, otlp.exception(), trace_id=number.to_bytes(16, "big")))
    (found,) = detect_traces(body, open_envelope(body)).occurrences
    capturer = Capturer(Redactor(), releases=releases, grouping_rules=rules)
    return capturer.capture(found, received_at_ns=received_at_ns).event


def test_the_former_key_is_told_while_the_version_is_younger_than_30_days():
    before = captured(Releases([FIRST]), 1)
    new = captured(BOTH, 1)
    assert (before.fingerprint_version, before.former_fingerprint) == (1, None)
    assert (new.fingerprint_version, new.former_fingerprint) == (2, before.fingerprint)
    assert new.fingerprint != before.fingerprint
    assert captured(BOTH, 1, received_at_ns=OVER_NS - 1).former_fingerprint == before.fingerprint
    assert captured(BOTH, 1, received_at_ns=OVER_NS).former_fingerprint is None


def test_the_first_version_has_no_former_one():
    assert [release.number for release in RELEASES.all] == [1]
    assert RELEASES.former(0) is None


def test_grouping_rules_make_the_former_key_too():
    rules = (GroupingRule(add=("{service}",)),)
    before, new = captured(Releases([FIRST]), 1, rules=rules), captured(BOTH, 1, rules=rules)
    assert new.former_fingerprint == before.fingerprint != captured(BOTH, 1).former_fingerprint
    assert group("E", "M", "s", custom="mine", release=SECOND).version == 2


@pytest.mark.parametrize("releases", [[], [SECOND, FIRST]])
def test_releases_stand_in_their_order(releases):
    with pytest.raises(ValueError, match="order"):
        Releases(releases)


def test_a_known_pattern_is_found_under_the_old_and_the_new_key(database):
    recorder = Recorder(database)
    known = KnownPatterns()
    old = [captured(Releases([FIRST]), number) for number in (1, 2, 3)]
    recorded = recorder(*old)
    known.update(recorded.patterns, recorded.fingerprints)
    recorded = recorder(*(captured(BOTH, number) for number in (3, 4)))
    assert recorded.changes == ()
    known.update(recorded.patterns, recorded.fingerprints)
    new = captured(BOTH, 5, received_at_ns=OVER_NS)
    patterns = {known.get(event.fingerprint) for event in (old[0], new)} | set(queries.list_patterns(database).patterns)
    assert [pattern.total_occurrences for pattern in patterns] == [4]
    assert recorder(new).patterns[0].total_occurrences == 5
