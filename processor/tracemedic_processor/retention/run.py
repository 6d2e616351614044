"""Performing steps: each on its own, repeatable, and resumable wherever it was interrupted."""

from collections.abc import Callable
from typing import Final, cast

from tracemedic_processor.config import RetentionSettings
from tracemedic_processor.retention.plan import MOVED, Step, expired, plan
from tracemedic_storage import sweeping
from tracemedic_storage.cold import copying, moving, replacing, reuniting
from tracemedic_storage.cold.copying import Places
from tracemedic_storage.cold.layout import KINDS, STACKS

ROUNDS_MAX: Final = 3
"""A day that moves may make its month due at once, and that month's bundle its end."""


def run(
    places: Places, settings: RetentionSettings, *, now_ns: int, told: Callable[[Step], None] = lambda _step: None
) -> tuple[Step, ...]:
    """Perform all that is due and what becomes due by it; returns the steps as they were done, and tells of each.

    Raises what `perform` raises; what is not done then is due in the next run.
    """
    done: list[Step] = []
    for number in range(ROUNDS_MAX):
        due = [step for step in plan(places, settings, now_ns=now_ns) if number == 0 or step.action != "reunite"]
        for step in due:
            done.append(perform(places, settings, step, now_ns=now_ns))
            told(done[-1])
        if not due:
            break
    return tuple(done)


def perform(places: Places, settings: RetentionSettings, step: Step, *, now_ns: int) -> Step:
    """Do one step; the one returned says how many rows and files it was in fact about.

    Raises `DatabaseUnavailable`, `StoreUnavailable` (try again later), `VerificationFailed` (a file is not what was
    written), `Superseded` and `RowsChanged` (somebody else was at it). Nothing is lost in any case.
    """
    rows, files = _ACTIONS[step.action](places, settings, step, now_ns)
    return Step(action=step.action, name=step.name, start_ns=step.start_ns, rows=rows, files=files)


Done = tuple[int, int]
"""Rows and files."""


def _finish(places: Places, _settings: RetentionSettings, step: Step, _now_ns: int) -> Done:
    return step.rows, copying.discard_left(places)


def _reunite(places: Places, _settings: RetentionSettings, _step: Step, now_ns: int) -> Done:
    return reuniting.reunite(places, now_ns=now_ns), 0


def _move(places: Places, _settings: RetentionSettings, step: Step, now_ns: int) -> Done:
    moved = moving.move_day(places, KINDS[step.name], step.start_ns, now_ns=now_ns)
    return moved.rows, len(moved.files)


def _archive(places: Places, _settings: RetentionSettings, step: Step, now_ns: int) -> Done:
    bundles = replacing.archive_month(places, KINDS[step.name], step.start_ns, now_ns=now_ns)
    return step.rows, len(bundles)


def _expire(places: Places, settings: RetentionSettings, step: Step, now_ns: int) -> Done:
    kind = KINDS[step.name]
    tiers = {one.name: tiers(settings) for one, tiers in MOVED} | {STACKS.name: settings.error_events}
    files = expired(places, kind, tiers[kind.name], now_ns=now_ns)
    replacing.expire(places, files)
    return sum(file.rows for file in files), len(files)


def _sweep(places: Places, _settings: RetentionSettings, step: Step, _now_ns: int) -> Done:
    return sweeping.delete(places.database, cast("sweeping.Swept", step.name), before_ns=step.start_ns), 0


_ACTIONS: Final[dict[str, Callable[[Places, RetentionSettings, Step, int], Done]]] = {
    "finish": _finish,
    "reunite": _reunite,
    "move": _move,
    "archive": _archive,
    "expire": _expire,
    "sweep": _sweep,
}
