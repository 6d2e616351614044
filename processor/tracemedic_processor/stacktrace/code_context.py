"""The code around a frame: lines from the service's source on disk, and a link into its repository."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Final

from tracemedic_processor.lru import Lru
from tracemedic_processor.stacktrace.paths import plain_path, project_path
from tracemedic_processor.stacktrace.permalink import permalink
from tracemedic_storage.records import Frame, Record

LINES_AROUND: Final = 5
LINES_REDACTED_AROUND: Final = 64
"""A private key in the source is up to fifty lines; its lines are known by the first and the last of them."""
LINE_CHARACTERS_MAX: Final = 500
LINE_CHARACTERS_READ_MAX: Final = 4_000
"""Redaction sees more of a line than is shown, so that no secret is cut to something it does not know."""
FILE_BYTES_MAX: Final = 2 << 20
"""Written code is smaller; what is larger was generated."""
FILES_REMEMBERED: Final = 8
PATH_PARTS_MAX: Final = 24
"""Of a path the last so many folders are tried; each try asks the disk."""
CODE_FRAMES_MAX: Final = 32
"""Frames looked up of one exception: more than anybody reads."""


class CodeLines(Record, frozen=True, kw_only=True):
    """Source around a frame, redacted. `first_line` is the number of the first of `lines`.

    `lines` is empty where only the `permalink` is known. `file` is the path below the source root, else the frame's.
    """

    file: str
    line: int
    first_line: int
    lines: tuple[str, ...]
    permalink: str | None = None


def code_lines(
    frames: Iterable[Frame],
    roots: Sequence[Path],
    repository_url: str | None,
    revision: str | None,
    *,
    redact: Callable[[str], str],
) -> tuple[CodeLines, ...]:
    """The code of the first `CODE_FRAMES_MAX` application frames, as far as it is known. See `SourceCode`."""
    code = SourceCode(roots, repository_url, revision, redact=redact)
    own = [frame for frame in frames if frame.in_app][:CODE_FRAMES_MAX]
    return tuple(found for frame in own if (found := code.around(frame)) is not None)


class SourceCode:
    """The code of one service: `roots` are its folders on this disk, URL and revision its repository.

    `redact` takes the secrets out of lines and leaves as many lines as before. Files that were read are remembered, so
    an instance serves one question.
    """

    def __init__(
        self,
        roots: Sequence[Path],
        repository_url: str | None,
        revision: str | None,
        *,
        redact: Callable[[str], str],
    ) -> None:
        self._roots = tuple(root.resolve() for root in roots)
        self._repository_url = repository_url
        self._revision = revision
        self._redact = redact
        self._files: Lru[Path, list[str] | None] = Lru(FILES_REMEMBERED)

    def around(self, frame: Frame) -> CodeLines | None:
        """The lines around the frame's and its link, None where neither is known, as for every library frame.

        The frame is the sender's text: what it names is looked up below the roots only, links resolved, and only in
        regular text files of a bounded size that are not hidden.
        """
        if frame.file is None or frame.line is None or frame.line < 1 or not frame.in_app:
            return None
        for base in self._roots:
            for path in _paths_below(base, frame):
                lines = self._files.get_or_make(path, lambda path=path: _read_lines(path))
                if lines is not None and frame.line <= len(lines):
                    return self._found(frame, path.relative_to(base).as_posix(), lines, frame.line)
        link = self._link(frame, None)
        if link is None:
            return None
        return CodeLines(file=frame.file, line=frame.line, first_line=frame.line, lines=(), permalink=link)

    def _found(self, frame: Frame, path: str, lines: list[str], line: int) -> CodeLines:
        first = max(1, line - LINES_AROUND)
        return CodeLines(
            file=path,
            line=line,
            first_line=first,
            lines=self._redacted(lines, first, line + LINES_AROUND),
            permalink=self._link(frame, path),
        )

    def _redacted(self, lines: list[str], first: int, last: int) -> tuple[str, ...]:
        start = max(1, first - LINES_REDACTED_AROUND)
        read = [text[:LINE_CHARACTERS_READ_MAX] for text in lines[start - 1 : last + LINES_REDACTED_AROUND]]
        safe = self._redact("\n".join(read)).split("\n")
        count = min(last, len(lines)) - first + 1
        return tuple(text[:LINE_CHARACTERS_MAX] for text in safe[first - start : first - start + count])

    def _link(self, frame: Frame, path: str | None) -> str | None:
        if self._repository_url is None or self._revision is None:
            return None
        return permalink(frame, self._repository_url, self._revision, path=path)


def _paths_below(base: Path, frame: Frame) -> Iterator[Path]:
    """Files below the root that the frame may mean: its path with more and more of the deploy prefix taken off."""
    for relative in _relative_paths(frame):
        path = _regular_file(base / relative)
        if path is not None and path.is_relative_to(base) and not _is_hidden(path.relative_to(base)):
            yield path


def _is_hidden(path: Path) -> bool:
    """`.env` and `.git/config` hold no code, and much that is nobody's business."""
    return any(part.startswith(".") for part in path.parts)


def _regular_file(path: Path) -> Path | None:
    """The file that the path names in the end, links followed."""
    try:
        return path.resolve() if path.is_file() else None
    except (OSError, ValueError, RuntimeError):  # a name too long, a zero byte, a loop of links
        return None


def _relative_paths(frame: Frame) -> Iterator[PurePosixPath]:
    """Suffixes of the frame's path, longest first; a bare Java file name gets the folders of its package.

    A bare name is tried only for a file that lies at the root of its project: there are many `models.py`.
    """
    parts = [part for part in plain_path(frame.file or "").split("/") if part not in ("", ".", "..")][-PATH_PARTS_MAX:]
    if len(parts) == 1 and frame.module and re.fullmatch(r"[\w.$]+", frame.module):
        package = frame.module.split(".")[:-1][-PATH_PARTS_MAX:]
        yield from (
            PurePosixPath(folder, *package, *parts) for folder in ("", "src/main/java", "src/main/kotlin", "src")
        )
    shortest = 1 if "/" not in project_path(frame.file or "") else 2
    for at in range(len(parts) - shortest + 1):
        yield PurePosixPath(*parts[at:])


def _read_lines(path: Path) -> list[str] | None:
    """The lines of a text file, None for what is none, too large, or not to be read."""
    try:
        with path.open("rb") as file:
            data = file.read(FILE_BYTES_MAX + 1)
    except OSError:
        return None
    if len(data) > FILE_BYTES_MAX or b"\0" in data:
        return None
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    return text.removesuffix("\n").split("\n")
