"""How much of what must go is found, and how much of what may stay is kept, on both halves of the data set.

Run as a module it prints the figures, and with `--misses` what went wrong in the tuning half.
"""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tracemedic_processor.redaction import Redactor

_DATA = Path(__file__).parents[1] / "data" / "redaction" / "fabricate.py"


def _fabricate() -> Any:
    spec = importlib.util.spec_from_file_location("redaction_fabricate", _DATA)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def measure(redactor: Redactor | None = None) -> dict[str, dict[str, float]]:
    """For `tuning` and `measuring`: shares of secrets found and innocents kept, and how many of each there were."""
    redactor = redactor or Redactor()
    return {half: _figures(redactor, half) for half in ("tuning", "measuring")}


def misses(half: str, redactor: Redactor | None = None) -> Iterator[tuple[str, str, str]]:
    """Family, text and result of every text that came out wrong."""
    redactor = redactor or Redactor()
    for example in _fabricate().load(half):
        result = redactor.redact(example.text).text
        if not _right(example, result):
            yield example.family, example.text, result


def _figures(redactor: Redactor, half: str) -> dict[str, float]:
    found = secrets = kept = innocents = 0
    for example in _fabricate().load(half):
        right = _right(example, redactor.redact(example.text).text)
        if example.secrets:
            secrets, found = secrets + 1, found + right
        else:
            innocents, kept = innocents + 1, kept + right
    return {
        "secrets": secrets,
        "secrets_found": found / secrets,
        "innocents": innocents,
        "innocents_kept": kept / innocents,
    }


def _right(example: Any, result: str) -> bool:
    """All pieces gone, or nothing touched where there was none."""
    return not any(piece in result for piece in example.secrets) if example.secrets else result == example.text


if __name__ == "__main__":
    for half, figures in measure().items():
        print(half, figures)  # noqa: T201 - a report
    if "--misses" in sys.argv:
        for miss in misses("tuning"):
            print(*miss, sep="\n  ")  # noqa: T201 - a report
