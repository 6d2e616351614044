"""`tracemedic patterns acknowledge`, `resolve`, `ignore`, `reopen`, `merge` and `split`: what people decide."""

import re
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from tracemedic_processor.cli.failure import Failure
from tracemedic_processor.cli.listings import pattern_named, print_patterns
from tracemedic_processor.cli.settings import reading, settings_for
from tracemedic_processor.cli.signing import author_of, note_of
from tracemedic_processor.stores import thresholds_of
from tracemedic_storage import pattern_acts, queries
from tracemedic_storage.database import Database
from tracemedic_storage.pattern_acts import PatternUnknown
from tracemedic_storage.pattern_merging import merge as merge_patterns
from tracemedic_storage.pattern_splitting import split as split_pattern
from tracemedic_storage.pattern_status import StepImpossible
from tracemedic_storage.records import ErrorPattern, Record

_SECONDS: Final = {"m": 60, "h": 3_600, "d": 86_400, "w": 7 * 86_400}
_FROM_NOW: Final = re.compile(r"(\d{1,4})([mhdw])")
_LATEST_YEAR: Final = 2200
"""Times are kept as 64-bit nanoseconds, which end in 2262; for good is said by leaving the time away."""


class Signed(Record, frozen=True, kw_only=True):
    """Who acts, and what there is to say."""

    author: str | None
    note: str


def acknowledge(config: Path | None, reference: str, *, signed: Signed, as_json: bool) -> None:
    """Somebody looks after it."""
    _act(config, reference, pattern_acts.acknowledge, signed, as_json=as_json)


def resolve(config: Path | None, reference: str, *, version: str | None, signed: Signed, as_json: bool) -> None:
    """It is repaired, now or in a version."""

    def act(database: Database, pattern_id: str, *, author: str, now_ns: int, note: str) -> ErrorPattern:
        return pattern_acts.resolve(database, pattern_id, author=author, now_ns=now_ns, version=version, note=note)

    _act(config, reference, act, signed, as_json=as_json)


def ignore(
    config: Path | None, reference: str, *, until: str | None, until_escalated: bool, signed: Signed, as_json: bool
) -> None:
    """It is not wanted: for good, until a time, or until it escalates."""
    if until is not None and until_escalated:
        raise Failure("--until and --until-escalated exclude each other")
    until_ns = None if until is None else moment_of(until, now_ns=time.time_ns())

    def act(database: Database, pattern_id: str, *, author: str, now_ns: int, note: str) -> ErrorPattern:
        return pattern_acts.ignore(
            database,
            pattern_id,
            author=author,
            now_ns=now_ns,
            until_ns=until_ns,
            until_escalates=until_escalated,
            note=note,
        )

    _act(config, reference, act, signed, as_json=as_json)


def reopen(config: Path | None, reference: str, *, signed: Signed, as_json: bool) -> None:
    """It needs attention again."""
    _act(config, reference, pattern_acts.reopen, signed, as_json=as_json)


def merge(config: Path | None, into: str, others: Sequence[str], *, signed: Signed, as_json: bool) -> None:
    """Make other patterns part of one."""
    thresholds = thresholds_of(settings_for(config))

    def act(database: Database, pattern_id: str, *, author: str, now_ns: int, note: str) -> ErrorPattern:
        found = [pattern_named(database, other).id for other in others]
        return merge_patterns(
            database, pattern_id, found, author=author, now_ns=now_ns, thresholds=thresholds, note=note
        )

    _act(config, into, act, signed, as_json=as_json)


def split(config: Path | None, reference: str, fingerprint: str, *, signed: Signed, as_json: bool) -> None:
    """Give a fingerprint its own pattern again; prints that one."""
    thresholds = thresholds_of(settings_for(config))

    def act(database: Database, pattern_id: str, *, author: str, now_ns: int, note: str) -> ErrorPattern:
        wanted = fingerprint.strip().lower()
        found = [one for one in queries.fingerprints_of(database, pattern_id) if wanted and one.startswith(wanted)]
        if len(found) != 1:
            raise Failure(f"{len(found) or 'no'} fingerprints of this pattern begin with {fingerprint!r}")
        return split_pattern(
            database, pattern_id, found[0], author=author, now_ns=now_ns, thresholds=thresholds, note=note
        )

    _act(config, reference, act, signed, as_json=as_json)


def moment_of(text: str, *, now_ns: int) -> int:
    """A time as people write it: `2026-12-24`, `2026-12-24T18:00` (UTC unless it says otherwise), `90m`, `12h`, `7d`,
    `2w` from now. Raises `Failure`."""
    from_now = _FROM_NOW.fullmatch(text.strip())
    if from_now is not None:
        return now_ns + int(from_now[1]) * _SECONDS[from_now[2]] * 1_000_000_000
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        at = None
    if at is None or not 1970 < at.year < _LATEST_YEAR:
        raise Failure(f"{text!r} is no time; say 2026-12-24, 2026-12-24T18:00Z, 90m, 12h, 7d or 2w")
    aware = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    return round(aware.timestamp()) * 1_000_000_000


def _act(
    config: Path | None,
    reference: str,
    act: Callable[..., ErrorPattern],
    signed: Signed,
    *,
    as_json: bool,
) -> None:
    """Do it, and print the pattern as it is then."""
    author, note = author_of(signed.author), note_of(signed.note)
    with reading(config) as database:
        pattern_id = pattern_named(database, reference).id
        try:
            pattern = act(database, pattern_id, author=author, now_ns=time.time_ns(), note=note)
        except (PatternUnknown, StepImpossible) as error:
            raise Failure(str(error)) from None
    print_patterns([pattern], as_json=as_json)
