"""Where an error came from: one short text per place in the code, the same on every machine and in every build.

    shop.cart:total              module:function of a frame
    checkout%20api POST /carts   service and span name, when no frame tells anything

The first `:` or blank tells the two kinds apart, since both are escaped in the part before it. No line numbers: they
change with every deploy.
"""

import re
from collections.abc import Iterator

from tracemedic_processor.stacktrace.ways import find_root, on_the_way
from tracemedic_storage.records import ExceptionRecord, Frame, StackTrace

_GLUE_FUNCTIONS_NAMES = """
    reraise raise_from raise_with_traceback raise_ raise_error throw_error rethrow throwError wrapper wrapped _wrapper
    _wrapped wrapper_func async_wrapper sync_wrapper retry_wrapper retry with_retry withRetry _retry do_retry
    invariant assert assertTrue assertion_helper check_argument panic must Must try_or_throw
"""
_GLUE_FUNCTIONS = frozenset(_GLUE_FUNCTIONS_NAMES.split())
_GROUPS = ("ExceptionGroup", "AggregateError")
"""A group of one kind is that kind: its only way on is asked as if it had been reported itself."""
_ENCLOSED = frozenset({"<listcomp>", "<dictcomp>", "<setcomp>", "<genexpr>"})
_SERVICE_ESCAPES = str.maketrans({":": "%3A", " ": "%20", "%": "%25"})
_MODULE_ESCAPES = str.maketrans({":": "%3A", " ": "%20"})


def find_source(stack: StackTrace, *, service: str, span_name: str) -> str:
    """Module and function where the error arose, or service and span name when the stack tells nothing.

    In this order: the innermost application frame of the root cause, of the reported exception, of the exception
    between them that is nearest to the root, of those beside the way; the innermost library frame in the same order.
    """
    way = on_the_way(stack.chain)
    root = find_root(way)
    if root is None:
        return _service_source(service, span_name)
    beside = [exception for exception in stack.chain if exception not in way]
    reported = next((exception for exception in way if not exception.type.endswith(_GROUPS)), way[0])
    candidates = [root, reported, *reversed(way[:-1]), *beside]
    for pick in (_innermost_in_app, _innermost):
        for exception in candidates:
            frame = pick(exception)
            if frame is not None:
                return _frame_source(frame)
    return _service_source(service, span_name)


def _innermost_in_app(exception: ExceptionRecord) -> Frame | None:
    return _origin([frame for frame in exception.frames if frame.in_app])


def _innermost(exception: ExceptionRecord) -> Frame | None:
    return _origin([frame for frame in exception.frames if frame.module or frame.file])


def _origin(frames: list[Frame]) -> Frame | None:
    """The innermost frame that is no glue, seen from the function around it when it is only part of one."""
    if not frames:
        return None
    at = next((index for index, frame in enumerate(frames) if not _is_glue(frame)), 0)
    return next(_enclosing(frames[at:]))


def _enclosing(frames: list[Frame]) -> Iterator[Frame]:
    """A comprehension belongs to the function around it: the interpreter gave it a frame of its own until 3.11."""
    innermost = frames[0]
    for frame in frames:
        if frame.module != innermost.module:
            break
        if frame.function not in _ENCLOSED:
            yield frame
    yield innermost


def _is_glue(frame: Frame) -> bool:
    return frame.function.rpartition(".")[2] in _GLUE_FUNCTIONS


def _frame_source(frame: Frame) -> str:
    module = re.sub("::", ".", frame.module or "").translate(_MODULE_ESCAPES)
    return f"{module}:{frame.function}"


def _service_source(service: str, span_name: str) -> str:
    return f"{service.translate(_SERVICE_ESCAPES)} {span_name}"
