"""A diagnostic report as plain values: everything a format is written from, each figure with the query that gave it.

Texts from outside (names, causes, fixes) are redacted and unescaped: each format escapes them in its own way.
"""

from typing import Literal

from tracemedic_storage.kpi import Kpi, Unit
from tracemedic_storage.records import Category, ChangeKind, PatternStatus, Record, Severity
from tracemedic_storage.scope import Scope

ReportKind = Literal["manual", "daily", "weekly", "pattern"]
ReportTrigger = Literal["manual", "schedule", "critical", "alert"]
"""Why it was made: asked for, due, a critical pattern, the hundredth occurrence."""


class Figure(Record, frozen=True, kw_only=True):
    """One figure of health: the value now and over the period before, None without data.

    `counted` holds the sums behind the value, `query` names the function of the storage that gave them.
    """

    name: str
    title: str
    unit: Unit
    better: Literal["lower", "higher"]
    value: float | None
    before: float | None
    counted: dict[str, int] = {}
    query: str
    note: str = ""


class Count(Record, frozen=True, kw_only=True):
    """Errors of one category, service, version, agent or sprint, now and over the period before."""

    name: str
    count: int
    before: int = 0


class Bucket(Record, frozen=True, kw_only=True):
    """Errors of one stretch of the period; `before` are those of the same stretch of the period before."""

    since_ns: int
    until_ns: int
    count: int
    before: int = 0


class Issue(Record, frozen=True, kw_only=True):
    """A pattern as it stands in a report. `errors` and `before` are error events in the period and the one before.

    `occurrences` are all its traces ever; `course` its errors by bucket.
    """

    pattern_id: str
    name: str
    error_type: str
    status: PatternStatus
    severity: Severity
    category: Category
    errors: int
    before: int
    occurrences: int
    first_seen_ns: int
    last_seen_ns: int
    escalated: bool = False
    services: tuple[str, ...] = ()
    versions: tuple[Count, ...] = ()
    agents: tuple[Count, ...] = ()
    course: tuple[int, ...] = ()
    summary: str | None = None
    root_cause: str | None = None
    suggested_fix: str | None = None
    confidence: float | None = None
    diagnosed_by: str | None = None
    origin: str | None = None
    origin_share: float | None = None


class Happening(Record, frozen=True, kw_only=True):
    """Something that happened to a pattern in the period."""

    kind: ChangeKind
    pattern_id: str
    name: str
    severity: Severity
    at_ns: int
    occurrences: int
    author: str


class Consequence(Record, frozen=True, kw_only=True):
    """A pattern most of whose traces (`share`, 0 to 1) failed because of another."""

    pattern_id: str
    name: str
    errors: int
    share: float


class Cascade(Record, frozen=True, kw_only=True):
    """A pattern that others follow from."""

    pattern_id: str
    name: str
    errors: int
    consequences: tuple[Consequence, ...]


class Advice(Record, frozen=True, kw_only=True):
    """What to do, and which figures say so."""

    text: str
    reason: str
    pattern_id: str | None = None


class Content(Record, frozen=True, kw_only=True):
    """All sections of a report; those without entries are left out when it is written.

    `queries` names the function behind each section.
    """

    scope: Scope
    before: Scope
    time_zone: str
    health: tuple[Figure, ...]
    kpis: tuple[Kpi, ...] = ()
    errors: int = 0
    errors_before: int = 0
    course: tuple[Bucket, ...] = ()
    by_category: tuple[Count, ...] = ()
    by_service: tuple[Count, ...] = ()
    top_issues: tuple[Issue, ...] = ()
    happened: dict[str, int] = {}
    happenings: tuple[Happening, ...] = ()
    cascades: tuple[Cascade, ...] = ()
    versions: tuple[Count, ...] = ()
    agents: tuple[Count, ...] = ()
    sprints: tuple[Count, ...] = ()
    actions: tuple[Advice, ...] = ()
    recommendations: tuple[Advice, ...] = ()
    queries: dict[str, str] = {}


class DiagnosticReport(Record, frozen=True, kw_only=True):
    """A report as it was made; never changed afterwards.

    `summary_by` is `figures` when the summary was composed from them, otherwise the model that wrote it. A report
    that is due by the clock has an id made of kind and period, so that it exists once over all replicas.
    """

    id: str
    kind: ReportKind
    title: str
    trigger: ReportTrigger
    author: str
    period_from_ns: int
    period_to_ns: int
    created_at_ns: int
    summary: str
    content: Content
    summary_by: str = "figures"
    pattern_id: str | None = None
