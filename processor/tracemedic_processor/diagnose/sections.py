"""The parts of the question, each as one text with the room it may take; the order is that of the mission."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

from tracemedic_processor.diagnose.evidence import Evidence, Passage, Share, SimilarPattern
from tracemedic_processor.diagnose.stack_text import stack_text
from tracemedic_processor.knowledge.entry import KnowledgeEntry
from tracemedic_storage.records import Record

SHARES_MAX: Final = 10
"""Values of one kind (services, versions, routes, ...) that are told; the rest is counted."""


class Section(Record, frozen=True, kw_only=True):
    """One part of the question.

    `worth` is its rank where room is short, 1 first. `characters_max` is the most it takes of the full question.
    """

    name: str
    title: str
    text: str
    worth: int
    characters_max: int


def sections(evidence: Evidence) -> tuple[Section, ...]:
    """All parts that have something to say."""
    pattern = evidence.pattern
    all_ = (
        _section("error_type", "Error Type", pattern.error_type, 1, 300),
        _section("message", "Message", pattern.sample_message, 2, 3_000),
        _section(
            "stack_trace", "Stack Trace, the root cause first", stack_text(evidence.chain, evidence.code), 3, 14_000
        ),
        _section("messages", "Further messages of the same pattern", _listed(evidence.messages), 10, 3_000),
        _section("occurrences", "Occurrence Count", _occurrences(evidence), 4, 600),
        _section("components", "Affected Components", _components(evidence), 7, 3_000),
        _section("attributes", "Attributes of the failing spans", _attributes(evidence.attributes), 8, 3_000),
        _section("origin", "Origin: the pattern that mostly causes this one", _origin(evidence), 5, 1_500),
        _section("rules", "Category by rules that read the same error", _rules(evidence), 6, 400),
        _section("similar", "Similar Past Patterns", _joined(map(_similar, evidence.similar)), 9, 5_000),
        _section("knowledge", "What is known of such errors", _joined(map(_known, evidence.knowledge)), 11, 4_000),
        _section("passages", "Related documentation", _joined(map(_passage, evidence.passages)), 12, 7_000),
        _section("traces", "Traces in which it happened, failing spans marked", _joined(evidence.traces), 13, 10_000),
        _section("missing", "What could not be gathered", _listed(evidence.missing), 14, 800),
    )
    return tuple(section for section in all_ if section.text.strip())


def _section(name: str, title: str, text: str, worth: int, characters_max: int) -> Section:
    return Section(name=name, title=title, text=text, worth=worth, characters_max=characters_max)


def _occurrences(evidence: Evidence) -> str:
    pattern = evidence.pattern
    first, last = _time(pattern.first_seen_ns), _time(pattern.last_seen_ns)
    lines = [f"{pattern.total_occurrences} traces, first seen {first}, last seen {last}"]
    if evidence.new_since:
        lines.append(f"new since version {evidence.new_since}: older versions ran without it")
    return "\n".join(lines)


def _time(time_ns: int) -> str:
    return datetime.fromtimestamp(time_ns // 1_000_000_000, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _components(evidence: Evidence) -> str:
    kinds: tuple[tuple[str, Sequence[Share]], ...] = (
        ("services", evidence.services or tuple(Share(value=name, count=0) for name in evidence.pattern.services)),
        ("versions", evidence.versions),
        ("environments", evidence.environments),
        ("routes", evidence.routes),
        ("agents", evidence.agents),
        ("tools", evidence.tools),
    )
    source = [f"source: {evidence.pattern.source}"] if evidence.pattern.source else []
    language = [f"language: {evidence.language}"] if evidence.language else []
    return "\n".join([*source, *language, *(_shares(kind, shares) for kind, shares in kinds if shares)])


def _shares(kind: str, shares: Sequence[Share]) -> str:
    told = ", ".join(f"{share.value} ({share.count})" if share.count else share.value for share in shares[:SHARES_MAX])
    more = len(shares) - SHARES_MAX
    return f"{kind}: {told}{f' and {more} more' if more > 0 else ''}"


def _attributes(attributes: dict[str, str]) -> str:
    return "\n".join(f"{key}: {value}" for key, value in sorted(attributes.items()))


def _origin(evidence: Evidence) -> str:
    origin = evidence.origin
    if origin is None:
        return ""
    told = (
        f"{origin.name}, in {origin.share:.0%} of the occurrences",
        f"its root cause: {origin.root_cause}" if origin.root_cause else "",
        f"its fix: {origin.suggested_fix}" if origin.suggested_fix else "",
    )
    return "\n".join(line for line in told if line)


def _rules(evidence: Evidence) -> str:
    rules = evidence.rules
    return f"{rules.category}, confidence {rules.confidence:.2f} ({rules.reason})"


def _similar(similar: SimilarPattern) -> str:
    told = (
        f"{similar.name}: {similar.category}, similarity {similar.score:.2f}, {similar.status or 'status unknown'}",
        f"diagnosed: {similar.root_cause}" if similar.root_cause else "",
        f"fix: {similar.suggested_fix}" if similar.suggested_fix else "",
        _verdict(similar),
    )
    return "\n".join(line for line in told if line)


def _verdict(similar: SimilarPattern) -> str:
    if similar.verdict is None:
        return ""
    right = f", right is {similar.verdict_category}" if similar.verdict_category else ""
    return f"a developer said of this diagnosis: {similar.verdict}{right}"


def _known(entry: KnowledgeEntry) -> str:
    fixes = [f"fix: {fix.what}" for fix in entry.fixes]
    return "\n".join([f"{entry.key}: {entry.meaning}", *(f"cause: {cause}" for cause in entry.causes), *fixes])


def _passage(passage: Passage) -> str:
    return f"{passage.document}, {passage.title}:\n{passage.text}"


def _listed(texts: Iterable[str]) -> str:
    return "\n".join(f"- {text}" for text in texts)


def _joined(texts: Iterable[str]) -> str:
    return "\n\n".join(texts)
