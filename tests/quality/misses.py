"""What goes wrong in the tuning half, by area; the measuring half stays unseen.

python -m tests.quality.misses frames|source|chain|recognised|joined|apart|innocents|category [language]
"""

import sys
from collections.abc import Callable, Iterator

from tests.quality import frames, report
from tests.quality.pairs import pairs
from tests.quality.raised import Concluded, by_language

_CHECKS: dict[str, Callable[[Concluded], bool | None]] = {
    "frames": frames.frames_right,
    "source": frames.source_right,
    "chain": frames.chain_right,
    "recognised": frames.recognised,
    "innocents": report.is_untouched,
    "category": report.is_accepted,
}


def misses(area: str, language: str = "all") -> Iterator[str]:
    """A paragraph for each miss."""
    group = by_language("tuning")[language]
    if area in ("joined", "apart"):
        for pair in pairs(group):
            if pair.same == (area == "joined") and not pair.is_right:
                yield f"{told(pair.a)}\n{told(pair.b)}"
        return
    for one in group:
        if _CHECKS[area](one) is False:
            yield told(one)


def told(one: Concluded) -> str:
    """A raised error and our conclusions in a few lines."""
    line, explanation = one.line, one.explanation
    innermost = explanation.frames[0] if explanation.frames else None
    return "\n".join(
        (
            f"{line['group']}  {line['type']}: {line['message'][:300]}",
            f"  expected {line['expected']}",
            f"  innermost {innermost}, {len(explanation.frames)} frames; source {explanation.source}",
            f"  chain {[each.type for each in explanation.chain]}, language {explanation.language}",
            f"  same as {explanation.normalised_message[:300]}",
            f"  wanted {line['category']} {line['also']}",
            f"  told {explanation.category} {explanation.category_confidence} ({explanation.category_reason})",
            f"  redacted {[each.kind for each in explanation.redactions]}",
        )
    )


if __name__ == "__main__":
    for miss in misses(*sys.argv[1:]):
        sys.stdout.write(miss + "\n\n")
