"""Where a panic of Rust happened: the frames from its place on, without the machinery that reports it."""

import re

from tracemedic_storage.records import Frame

LINE_CHARACTERS_MAX = 4096
HEAD_LINES_MAX = 200

_PLACE = re.compile(
    r"(?:.*panicked at (?:'.*', )?|Location:[ \t]*)(?P<file>(?:[A-Za-z]:)?[^\s:']+):(?P<line>\d+)(?::\d+)?:?$"
)
_RAISING = re.compile(r"(?:__rustc\.)?rust_begin_unwind$|std\.panicking\.begin_panic(?:_fmt)?$")
_MACHINERY = re.compile(
    r"(?:__rustc\.)?rust_begin_unwind$|std\.panicking\.(?:begin_|rust_|panic|default_hook)\w*$|core\.panicking\."
    r"|std\.rt\.(?:begin_panic|panic_)\w*$|core\.(?:option|result)\.(?:unwrap|expect)\w*_failed$"
    r"|core\.cell\.panic_\w+$|core\.(?:slice|str)\.(?:\w+\.)?\w*_fail(?:ed)?(?:_rt|_ct)?$"
    r"|std\.sys(?:_common)?\.backtrace\.|std\.backtrace|backtrace\."
)


def from_panic(frames: tuple[Frame, ...], lines: list[str]) -> tuple[Frame, ...]:
    """The frames from the failing call on, as a person reads them.

    The place told in the panic's header is that of the innermost caller that is to blame (`#[track_caller]`): library
    frames above it only carried the panic. Where no frame stands there, just the machinery goes. Never empties the
    stack, and frames of an error that is no panic stay as they are.
    """
    kept = frames[_machinery_ends(frames) :]
    return kept[_at_place(kept, _place(lines)) :] or frames


def _place(lines: list[str]) -> tuple[str, int] | None:
    for line in lines[:HEAD_LINES_MAX]:
        if "panicked at " not in line and not line.startswith("Location:"):
            continue
        found = _PLACE.match(line, 0, LINE_CHARACTERS_MAX)
        if found is not None:
            return _plain(found["file"]), int(found["line"][:9])
    return None


def _plain(file: str) -> str:
    return file.replace("\\", "/").removeprefix("./")


def _at_place(frames: tuple[Frame, ...], place: tuple[str, int] | None) -> int:
    """The index of the innermost frame at this place, if nothing but libraries stands above it; otherwise 0."""
    if place is None:
        return 0
    for at, frame in enumerate(frames):
        if frame.file is not None and frame.line == place[1] and _is_same(_plain(frame.file), place[0]):
            return at
        if frame.in_app:
            break
    return 0


def _is_same(file: str, told: str) -> bool:
    """The header tells the path given to the compiler, a frame often the absolute one."""
    return file == told or file.endswith("/" + told) or told.endswith("/" + file)


def _machinery_ends(frames: tuple[Frame, ...]) -> int:
    """Behind the call that raises the panic, hooks above it included, and what called that on the library's behalf."""
    names = [".".join(filter(None, (frame.module, frame.function))).replace("::", ".") for frame in frames]
    at = next((at + 1 for at, name in enumerate(names) if _RAISING.match(name)), 0)
    while at < len(names) and _MACHINERY.match(names[at]):
        at += 1
    return at
