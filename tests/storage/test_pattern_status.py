"""The states of a pattern as a table."""

from collections.abc import Callable

import msgspec
import pytest

from tests.storage.samples import NOON_NS, error
from tracemedic_storage import error_fingerprints, error_patterns, pattern_status
from tracemedic_storage.pattern_status import StepImpossible
from tracemedic_storage.records import ErrorPattern

NOW_NS = NOON_NS + 1_000
ACTIVE = error_patterns.begun(next(iter(error_fingerprints.summed([error()]).values())), now_ns=NOON_NS)


def acknowledge(pattern: ErrorPattern) -> ErrorPattern:
    return pattern_status.acknowledged(pattern, now_ns=NOW_NS)


def resolve(pattern: ErrorPattern, version: str | None = None) -> ErrorPattern:
    return pattern_status.resolved(pattern, version, now_ns=NOW_NS)


def resolve_in_2(pattern: ErrorPattern) -> ErrorPattern:
    return resolve(pattern, "2")


def ignore(pattern: ErrorPattern) -> ErrorPattern:
    return pattern_status.ignored(pattern, until_ns=None, until_escalates=False, now_ns=NOW_NS)


def ignore_until_escalated(pattern: ErrorPattern) -> ErrorPattern:
    return pattern_status.ignored(pattern, until_ns=None, until_escalates=True, now_ns=NOW_NS)


def reopen(pattern: ErrorPattern) -> ErrorPattern:
    return pattern_status.reopened(pattern, now_ns=NOW_NS)


def regress(pattern: ErrorPattern) -> ErrorPattern:
    return pattern_status.regressed(pattern, now_ns=NOW_NS)


Step = Callable[[ErrorPattern], ErrorPattern]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([], ("active", None, None, False)),
        ([acknowledge], ("acknowledged", None, None, False)),
        ([acknowledge, reopen], ("active", None, None, False)),
        ([resolve], ("resolved", NOW_NS, None, False)),
        ([acknowledge, resolve_in_2], ("resolved", NOW_NS, "2", False)),
        ([resolve, resolve_in_2], ("resolved", NOW_NS, "2", False)),
        ([resolve_in_2, regress], ("regressed", NOW_NS, "2", False)),
        ([resolve_in_2, regress, acknowledge], ("acknowledged", None, None, False)),
        ([resolve_in_2, regress, resolve], ("resolved", NOW_NS, None, False)),
        ([resolve_in_2, reopen], ("active", None, None, False)),
        ([resolve, ignore_until_escalated], ("ignored", None, None, True)),
        ([ignore_until_escalated, ignore], ("ignored", None, None, False)),
        ([ignore_until_escalated, resolve], ("resolved", NOW_NS, None, False)),
        ([ignore_until_escalated, reopen], ("active", None, None, False)),
    ],
)
def test_steps_lead_here(steps: list[Step], expected: tuple[object, ...]) -> None:
    pattern = ACTIVE
    for step in steps:
        pattern = step(pattern)
    found = pattern.status, pattern.resolved_at_ns, pattern.resolved_in_version, pattern.ignored_until_escalated
    assert found == expected
    assert pattern.updated_at_ns == (NOW_NS if steps else NOON_NS)


@pytest.mark.parametrize("step", [acknowledge, resolve, resolve_in_2, ignore, ignore_until_escalated, reopen])
def test_a_step_to_where_it_is_gives_the_very_pattern(step: Step) -> None:
    once = step(ACTIVE)
    assert step(once) is once


@pytest.mark.parametrize("before", [resolve, ignore])
def test_what_is_put_away_cannot_be_acknowledged(before: Step) -> None:
    with pytest.raises(StepImpossible, match="reopen it first"):
        acknowledge(before(ACTIVE))


@pytest.mark.parametrize("version", ["", "  ", "1" * 201])
def test_a_version_must_be_one(version: str) -> None:
    with pytest.raises(StepImpossible, match="1 to 200"):
        resolve(ACTIVE, version)
    assert resolve(ACTIVE, "1" * 200).resolved_in_version == "1" * 200


def test_ignoring_ends_at_its_time() -> None:
    with pytest.raises(StepImpossible, match="is over"):
        pattern_status.ignored(ACTIVE, until_ns=NOW_NS, until_escalates=False, now_ns=NOW_NS)
    ignored = pattern_status.ignored(ACTIVE, until_ns=NOW_NS + 1, until_escalates=False, now_ns=NOW_NS)
    assert not pattern_status.is_over(ignored, now_ns=NOW_NS)
    assert pattern_status.is_over(ignored, now_ns=NOW_NS + 1)
    assert not pattern_status.is_over(msgspec.structs.replace(ignored, status="active"), now_ns=NOW_NS + 1)
