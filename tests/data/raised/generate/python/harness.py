"""Raises every registered fault of the shop and writes down what the traceback objects say, one JSON line each."""

import importlib
import itertools
import json
import sys
import traceback
import uuid
import warnings
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, NamedTuple

ROOT, LIBRARIES = "/app/", "/app/.venv/"
MODULES = {
    "tuning": ("payments", "ledger", "intake", "assistant", "workers"),
    "measuring": ("shipping", "archive", "render", "cloud", "web", "system"),
}


class Values:
    """What differs from one occurrence of a fault to the next."""

    def __init__(self, turn: int) -> None:
        self.n = 40213 + 977 * turn
        self.port = 47011 + 6 * turn
        self.uuid = str(uuid.uuid5(uuid.NAMESPACE_URL, f"order-{turn}"))
        self.id = "ord_" + self.uuid.replace("-", "")[:14]
        self.email = f"customer{self.n}@example.org"
        self.path = f"/tmp/shop/{self.uuid[:8]}/invoice-{self.n}.json"
        self.day = f"2026-0{turn + 3}-1{turn + 1}"
        self.text = ("north", "harbour", "meadow")[turn]


class Case(NamedTuple):
    """One meaning of a fault, and the judgement of a person about it."""

    key: str
    category: str
    severity: str
    also: tuple[str, ...]
    attributes: dict[str, Any]
    arguments: dict[str, Any]


class Fault(NamedTuple):
    library: str
    raiser: Callable[..., Any]
    cases: tuple[Case, ...]
    times: int
    options: dict[str, Any]


FAULTS: list[Fault] = []


def case(key: str, category: str, severity: str, also: str = "", *, attributes: Any = None, **arguments: Any) -> Case:
    return Case(key, category, severity, tuple(also.split()), attributes or {}, arguments)


def fault(library: str, *cases: Case, times: int = 2, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Register a function that raises; it is called with `Values` and the arguments of each case."""

    def register(raiser: Callable[..., Any]) -> Callable[..., Any]:
        FAULTS.append(Fault(library, raiser, cases, times, options))
        return raiser

    return register


def handle(fault_: Fault, case_: Case, values: Values) -> None:
    """One request of the shop."""
    fault_.raiser(values, **case_.arguments)


def main(half: str) -> None:
    warnings.simplefilter("ignore")
    for name in MODULES[half]:
        importlib.import_module(f"shop.{name}")
    for fault_ in FAULTS:
        for case_ in fault_.cases:
            for turn in range(fault_.times):
                try:
                    handle(fault_, case_, Values(turn))
                except BaseException as error:
                    sys.stdout.write(json.dumps(line(fault_, case_, half, error)) + "\n")
                else:
                    sys.stderr.write(f"did not raise: {fault_.library} {fault_.raiser.__name__} {case_.key}\n")


def line(fault_: Fault, case_: Case, half: str, error: BaseException) -> dict[str, Any]:
    """The line of one raised error; `type`, `message` and `stacktrace` as OpenTelemetry's SDK records them."""
    return {
        "language": "python",
        "library": fault_.library,
        "half": half,
        "type": type_name(error),
        "message": str(error),
        "stacktrace": "".join(traceback.format_exception(error)),
        "attributes": case_.attributes,
        "category": case_.category,
        "also": list(case_.also),
        "severity": case_.severity,
        "expected": expected(error) | fault_.options,
        "group": f"python/{fault_.library}/{fault_.raiser.__name__}/{case_.key}",
    }


def type_name(error: BaseException) -> str:
    module, name = type(error).__module__, type(error).__qualname__
    return name if module in ("", "builtins") else f"{module}.{name}"


def expected(error: BaseException) -> dict[str, Any]:
    chain = list(way(error))
    frames = frames_of(error.__traceback__)
    source = next((inner for one in (chain[-1], error) if (inner := in_app(frames_of(one.__traceback__)))), None)
    return {
        "innermost_function": frames[-1][0],
        "innermost_file": frames[-1][1],
        "innermost_line": frames[-1][2],
        "in_app_source_function": source[0] if source else None,
        "in_app_source_module": source[3] if source else None,
        "frames_count": sum(1 for _ in itertools.groupby(frames)),
        "chain_types": [type_name(one) for one in chain],
    }


def way(error: BaseException) -> Iterator[BaseException]:
    """The exception, then what it was raised from, to the root; a group of one kind leads to its first member."""
    seen: set[int] = set()
    at: BaseException | None = error
    while at is not None and id(at) not in seen:
        seen.add(id(at))
        yield at
        before = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
        if before is None and isinstance(at, BaseExceptionGroup) and len({type(one) for one in at.exceptions}) == 1:
            before = at.exceptions[0]
        at = before


def frames_of(trace: TracebackType | None) -> list[tuple[str, str, int, str]]:
    return [
        (frame.f_code.co_name, frame.f_code.co_filename, line_number, frame.f_globals.get("__name__", ""))
        for frame, line_number in traceback.walk_tb(trace)
    ]


def in_app(frames: list[tuple[str, str, int, str]]) -> tuple[str, str, int, str] | None:
    """The innermost frame of the shop; a comprehension has a frame of its own and belongs to the function around it."""
    inside = [one for one in frames if one[1].startswith(ROOT) and not one[1].startswith(LIBRARIES)]
    named = [one for one in inside if one[0] not in ("<genexpr>", "<listcomp>", "<dictcomp>", "<setcomp>")]
    return (named or inside or [None])[-1]
