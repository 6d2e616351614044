"""Everything a diagnosis may rest on, gathered before anybody is asked, as plain bounded values.

All texts are redacted already. Whoever answers sees this and nothing else.
"""

from tracemedic_processor.knowledge.entry import KnowledgeEntry
from tracemedic_storage.records import Category, Classification, ErrorPattern, ExceptionRecord, Record, VerdictKind


class Share(Record, frozen=True, kw_only=True):
    """A value and how many occurrences had it: a service, a version, an environment, a route, an agent, a tool."""

    value: str
    count: int


class CodeLines(Record, frozen=True, kw_only=True):
    """Source around a frame: `first_line` is the number of the first of `lines`, `permalink` where it can be read."""

    file: str
    line: int
    first_line: int
    lines: tuple[str, ...]
    permalink: str | None = None


class SimilarPattern(Record, frozen=True, kw_only=True):
    """Another pattern that looks like this one, and what was decided about it. `score` is 0 to 1.

    `verdict` is what a developer said of its diagnosis, `verdict_category` the category they set right.
    """

    pattern_id: str
    name: str
    score: float
    category: Category
    root_cause: str = ""
    suggested_fix: str = ""
    status: str = ""
    verdict: VerdictKind | None = None
    verdict_category: Category | None = None


class Passage(Record, frozen=True, kw_only=True):
    """A part of a runbook that speaks of the error; `document` is its path below the configured folder."""

    document: str
    title: str
    text: str
    score: float


class Origin(Record, frozen=True, kw_only=True):
    """The pattern of which this one is mostly the consequence: in `share` (0 to 1) of its judged occurrences."""

    pattern_id: str
    name: str
    share: float
    root_cause: str = ""
    suggested_fix: str = ""


class Evidence(Record, frozen=True, kw_only=True):
    """What is known of a pattern at one moment.

    `rules` is the category by rules. `chain` has the reported exception first, the root cause last. `new_since` is the
    service version that first had the error, when older versions ran without it. `traces` are whole traces as compact
    trees of text, the failing spans marked. `missing` names what could not be gathered and why.
    """

    pattern: ErrorPattern
    rules: Classification
    language: str | None = None
    chain: tuple[ExceptionRecord, ...] = ()
    code: tuple[CodeLines, ...] = ()
    messages: tuple[str, ...] = ()
    services: tuple[Share, ...] = ()
    versions: tuple[Share, ...] = ()
    environments: tuple[Share, ...] = ()
    routes: tuple[Share, ...] = ()
    agents: tuple[Share, ...] = ()
    tools: tuple[Share, ...] = ()
    attributes: dict[str, str] = {}
    new_since: str | None = None
    similar: tuple[SimilarPattern, ...] = ()
    knowledge: tuple[KnowledgeEntry, ...] = ()
    passages: tuple[Passage, ...] = ()
    traces: tuple[str, ...] = ()
    origin: Origin | None = None
    missing: tuple[str, ...] = ()
