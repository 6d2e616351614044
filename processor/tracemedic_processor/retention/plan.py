"""What is due: the steps that bring data where its age says, in their order."""

from collections.abc import Callable, Sequence
from typing import Final, Literal

from tracemedic_processor.config import RetentionSettings, TierSettings
from tracemedic_storage import sweeping
from tracemedic_storage.cold import asking, hot_rows, register
from tracemedic_storage.cold.copying import Places
from tracemedic_storage.cold.layout import DAY_NS, EVENTS, REPORTS, STACKS, Kind, day_of, month_end, month_of
from tracemedic_storage.cold.register import ColdFile
from tracemedic_storage.records import Record

Action = Literal[
    "finish",  # delete files that an interrupted run has left
    "reunite",  # merge what came late into the files of the cold store
    "move",  # a day from the database to the cold store
    "archive",  # a month from the cold store to the archive
    "expire",  # delete files whose time has come
    "sweep",  # delete old rows of which no copy is kept
]

MOVED: Final[tuple[tuple[Kind, Callable[[RetentionSettings], TierSettings]], ...]] = (
    (EVENTS, lambda settings: settings.error_events),
    (REPORTS, lambda settings: settings.reports),
)
"""Kinds of data that move, and the settings that say when."""


class Step(Record, frozen=True, kw_only=True):
    """One thing to do, on its own and repeatable. `name` is the table, `start_ns` the beginning of the day or month,
    for `sweep` the time before which rows are old. `rows` and `files` say how many it is about."""

    action: Action
    name: str = ""
    start_ns: int = 0
    rows: int = 0
    files: int = 0


def plan(places: Places, settings: RetentionSettings, *, now_ns: int) -> tuple[Step, ...]:
    """The steps that are due now. What they make due in turn stands in the next plan.

    A day moves once it ended `hot_days` ago, so that every row stays in the database for at least so long; a month is
    bundled once it ended `cold_days` ago, and deleted once it ended `archive_days` ago. Changes nothing.
    """
    return (
        *_unfinished(places),
        *(step for kind, tiers in MOVED for step in _moves(places, kind, tiers(settings), now_ns)),
        *_sweeps(places, settings, now_ns),
        *(
            step
            for kind, tiers in _kept(settings)
            for step in (*_archivals(places, kind, tiers, now_ns), *_expiries(places, kind, tiers, now_ns))
        ),
    )


def _unfinished(places: Places) -> list[Step]:
    with places.database.read() as connection:
        left = register.listed(connection, states=["leaving"])
    late = asking.late_ids(places.database, asking.live(places.database, EVENTS.name, archive=True))
    steps = [Step(action="finish", rows=sum(file.rows for file in left), files=len(left))] if left else []
    return [*steps, Step(action="reunite", name=EVENTS.name, rows=len(late))] if late else steps


def _moves(places: Places, kind: Kind, tiers: TierSettings, now_ns: int) -> list[Step]:
    due = hot_rows.days_due(places.database, kind, before_ns=now_ns - tiers.hot_days * DAY_NS)
    return [Step(action="move", name=kind.name, start_ns=day.day_ns, rows=day.rows) for day in due]


def _kept(settings: RetentionSettings) -> list[tuple[Kind, TierSettings]]:
    """Kinds of files and how long they are kept: stacks as long as the events that name them."""
    return [*((kind, tiers(settings)) for kind, tiers in MOVED), (STACKS, settings.error_events)]


def _archivals(places: Places, kind: Kind, tiers: TierSettings, now_ns: int) -> list[Step]:
    if tiers.archive_days <= tiers.cold_days:
        return []  # no archive: the cold store's files expire
    due_ns = day_of(now_ns - tiers.cold_days * DAY_NS)
    months: dict[int, list[ColdFile]] = {}
    for file in _live(places, kind, "cold"):
        months.setdefault(month_of(file.day_ns), []).append(file)
    return [
        Step(
            action="archive",
            name=kind.name,
            start_ns=month_ns,
            rows=sum(file.rows for file in files),
            files=len(files),
        )
        for month_ns, files in sorted(months.items())
        if month_end(month_ns) <= due_ns
    ]


def _expiries(places: Places, kind: Kind, tiers: TierSettings, now_ns: int) -> list[Step]:
    files = expired(places, kind, tiers, now_ns=now_ns)
    rows = sum(file.rows for file in files)
    return [Step(action="expire", name=kind.name, start_ns=now_ns, rows=rows, files=len(files))] if files else []


def expired(places: Places, kind: Kind, tiers: TierSettings, *, now_ns: int) -> list[ColdFile]:
    """The files that nobody may need any more: whole months of the archive, or days where there is no archive."""
    archived = [
        file
        for file in _live(places, kind, "archive")
        if month_end(file.day_ns) <= now_ns - max(tiers.archive_days, tiers.cold_days) * DAY_NS
    ]
    if tiers.archive_days > tiers.cold_days:
        return archived
    end_ns = now_ns - tiers.cold_days * DAY_NS
    return archived + [file for file in _live(places, kind, "cold") if file.day_ns + DAY_NS <= end_ns]


def _live(places: Places, kind: Kind, tier: Literal["cold", "archive"]) -> Sequence[ColdFile]:
    with places.database.read() as connection:
        return register.listed(connection, kind=kind.name, tiers=[tier])


def _sweeps(places: Places, settings: RetentionSettings, now_ns: int) -> list[Step]:
    found: list[Step] = []
    for swept in sweeping.SWEPT:
        before_ns = now_ns - _days(swept, settings) * DAY_NS
        rows = sweeping.count(places.database, swept, before_ns=before_ns)
        found += [Step(action="sweep", name=swept, start_ns=before_ns, rows=rows)] if rows else []
    return found


def _days(swept: sweeping.Swept, settings: RetentionSettings) -> int:
    """Traces and stacks stay as long as errors in the database; what is counted, as long as errors in the cold store,
    but a year at least, so that a period can be compared with that of a year before."""
    tiers = settings.error_events
    if swept in {"exemplar_traces", "error_stacks"}:
        return tiers.hot_days
    return max(tiers.cold_days, _YEAR_DAYS)


_YEAR_DAYS: Final = 366
