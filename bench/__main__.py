"""`make bench`: every figure of the design that this release has, as ratios where machines differ.

Short mode takes under three minutes; `--long` holds the steady load for ten.
"""

import argparse
import json
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from bench import figures

RESULTS = Path(__file__).parent / "results"


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--long", action="store_true", help="hold the steady load for ten minutes")
    parser.add_argument("--only", help="one figure by the start of its name")
    chosen = parser.parse_args()
    measured: dict[str, object] = {}
    for name, measure in figures.ALL.items():
        if chosen.only and not name.startswith(chosen.only):
            continue
        with tempfile.TemporaryDirectory(prefix="tracemedic-bench-") as folder:
            measured[name] = _measured(measure, Path(folder), long=chosen.long)
            print(f"{name}: {json.dumps(measured[name])}", flush=True)
    RESULTS.mkdir(exist_ok=True)
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ")
    file = RESULTS / f"{stamp}.json"
    if not chosen.only:
        file.write_text(json.dumps(measured, indent=2) + "\n")
        print(f"kept as {file.relative_to(Path.cwd())}")


def _measured(measure: Callable[..., dict[str, object]], folder: Path, *, long: bool) -> dict[str, object]:
    try:
        return measure(folder, long=long)
    except Exception as error:  # noqa: BLE001 one figure that fails must not hide the others
        return {"failed": repr(error)}


if __name__ == "__main__":
    main()
