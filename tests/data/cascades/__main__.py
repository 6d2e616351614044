"""`python -m tests.data.cascades [HALF [wrong]]`: how often the origin is right, by variation and by family."""

import sys
from collections.abc import Iterable

from tests.data.cascades.measure import HALVES, VARIATIONS, Judged, judged, score


def main() -> None:
    """Print the figures; with `wrong` also each failure that was judged wrongly."""
    for half in sys.argv[1:2] or HALVES:
        found = judged(half)
        sys.stdout.write(f"{half}\n")
        _row("all", found)
        for variation in VARIATIONS:
            _row(variation.name, [one for one in found if one.variation == variation.name])
        for family in dict.fromkeys(one.family for one in found):
            _row(family, [one for one in found if one.family == family])
        for one in found if "wrong" in sys.argv else ():
            if not one.right:
                _wrong(one, {other.event.id: other for other in found if other.trace == one.trace})


def _row(name: str, found: Iterable[Judged]) -> None:
    got = score(found)
    sys.stdout.write(
        f"  {name:28}{got.share:8.1%} of {got.failures:5} failures{got.share_of_traces:8.1%} of {got.traces:4} traces\n"
    )


def _wrong(one: Judged, others: dict[str, Judged]) -> None:
    def told(id_: str) -> str:
        event = others[id_].event
        return f"{event.service} {event.error_type}: {event.message[:60]!r}"

    sys.stdout.write(
        f"  #{one.trace} {one.family}, {one.variation}: {told(one.event.id)}\n"
        f"      said {told(one.said)}\n      true {' or '.join(map(told, sorted(one.true)))}\n"
    )


if __name__ == "__main__":
    main()
