"""Application code as against runtime, libraries and generated glue: what the configuration says about it."""

import re
from fnmatch import translate
from functools import lru_cache

from tracemedic_storage.records import ExceptionRecord, Frame, Record


class InAppRules(Record, frozen=True):
    """Overrides of a dialect's own judgement: `exclude` wins over `include`, which wins over the dialect.

    A rule is the beginning of a module, on the borders of its parts (`shop.billing` takes in `shop.billing.tax` but
    not `shop.billings`), or, when it holds a slash or a wildcard, a glob on the file (`*/vendor/*`).
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


def apply_rules(chain: list[ExceptionRecord], rules: InAppRules) -> list[ExceptionRecord]:
    """The chain with `in_app` of every frame as the rules want it."""
    return [_apply_to_exception(exception, rules) for exception in chain]


def _apply_to_exception(exception: ExceptionRecord, rules: InAppRules) -> ExceptionRecord:
    frames = tuple(_apply_to_frame(frame, rules) for frame in exception.frames)
    return ExceptionRecord(type=exception.type, message=exception.message, relation=exception.relation, frames=frames)


def _apply_to_frame(frame: Frame, rules: InAppRules) -> Frame:
    in_app = judge(frame, rules)
    if in_app == frame.in_app:
        return frame
    return Frame(
        function=frame.function,
        module=frame.module,
        file=frame.file,
        line=frame.line,
        in_app=in_app,
        code=frame.code,
    )


def judge(frame: Frame, rules: InAppRules) -> bool:
    """Whether the frame is the application's own, the rules considered."""
    if _matches(frame, rules.exclude):
        return False
    return frame.in_app or _matches(frame, rules.include)


def _matches(frame: Frame, rules: tuple[str, ...]) -> bool:
    return any(_matches_one(frame, rule) for rule in rules)


def _matches_one(frame: Frame, rule: str) -> bool:
    if frame.module is not None and _begins(frame.module, rule):
        return True
    return frame.file is not None and _is_glob(rule) and _glob(rule).match(frame.file) is not None


def _begins(module: str, rule: str) -> bool:
    if not module.startswith(rule):
        return False
    return (
        len(module) == len(rule)
        or not rule[-1:].isalnum()
        or not (module[len(rule)].isalnum() or module[len(rule)] == "_")
    )


def _is_glob(rule: str) -> bool:
    return any(sign in rule for sign in "*?[/\\")


@lru_cache(maxsize=1024)
def _glob(rule: str) -> re.Pattern[str]:
    return re.compile(translate(rule))
