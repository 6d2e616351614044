"""The code around a frame: lines from the service's source on disk, and a link into its repository."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import quote

from tracemedic_processor.stacktrace.paths import PATH_CHARACTERS_MAX, project_path
from tracemedic_storage.records import Frame, Record

LINES_AROUND = 5
FILE_BYTES_MAX = 2 << 20
LINE_CHARACTERS_MAX = 500


class CodeContext(Record, frozen=True):
    """The line of a frame with its neighbours; `first_line` is the number of the first of `lines`."""

    path: str
    first_line: int
    line: int
    lines: tuple[str, ...]


def code_around(frame: Frame, *, source_roots: Iterable[Path]) -> CodeContext | None:
    """The lines around the frame's, out of the first of `source_roots` that holds its file; None where none does.

    Library frames have no lines there. The frame is the sender's text: what it names is looked up below the roots
    only, links resolved, and only in regular files of a bounded size. `path` is relative to the root.
    """
    if frame.file is None or frame.line is None or frame.line < 1 or not frame.in_app:
        return None
    for root in source_roots:
        for path in _paths_below(root, frame):
            lines = _read_lines(path)
            if lines is not None and frame.line <= len(lines):
                return _context(str(path.relative_to(root.resolve())), lines, frame.line)
    return None


def _context(path: str, lines: list[str], line: int) -> CodeContext:
    first = max(1, line - LINES_AROUND)
    shown = lines[first - 1 : line + LINES_AROUND]
    return CodeContext(
        path=path,
        first_line=first,
        line=line,
        lines=tuple(text[:LINE_CHARACTERS_MAX] for text in shown),
    )


def _paths_below(root: Path, frame: Frame) -> Iterator[Path]:
    """Files below the root that the frame may mean: its path with more and more of the deploy prefix taken off."""
    base = root.resolve()
    for relative in _relative_paths(frame):
        path = _regular_file(base / relative)
        if path is not None and path.is_relative_to(base):
            yield path


def _regular_file(path: Path) -> Path | None:
    """The file that the path names in the end, links followed."""
    try:
        resolved = path.resolve()
        return resolved if resolved.is_file() else None
    except (OSError, ValueError, RuntimeError):  # a name too long, a zero byte, a loop of links
        return None


def _relative_paths(frame: Frame) -> Iterator[PurePosixPath]:
    """Suffixes of the frame's path, longest first; a bare Java file name gets the folders of its package.

    A bare name is tried only for a file that lies at the root of its project: there are many `models.py`.
    """
    parts = [part for part in _plain_path(frame.file or "").split("/") if part not in ("", ".", "..")]
    if len(parts) == 1 and frame.module and re.fullmatch(r"[\w.$]+", frame.module):
        package = frame.module.split(".")[:-1]
        yield from (
            PurePosixPath(folder, *package, *parts) for folder in ("", "src/main/java", "src/main/kotlin", "src")
        )
    shortest = 1 if "/" not in project_path(frame.file or "") else 2
    for at in range(len(parts) - shortest + 1):
        yield PurePosixPath(*parts[at:])


def _plain_path(file: str) -> str:
    """The path without protocol, host and query, with slashes."""
    path = file[:PATH_CHARACTERS_MAX].replace("\\", "/")
    path = re.sub(r"[?#].*$", "", path, flags=re.DOTALL)
    return re.sub(r"^(?:[A-Za-z][\w+.-]*://[^/]*|[A-Za-z]:)(?=/)", "", path)


def _read_lines(path: Path) -> list[str] | None:
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            return None
        return path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None


_REMOTE = re.compile(
    r"(?:[\w.+-]+@(?P<scp_host>[\w.-]+):(?!/)|(?:https?|ssh|git)://(?:[^@/\s]*@)?(?P<host>[\w.-]+)(?P<port>:\d+)?/)"
)
_REVISION = re.compile(r"[\w][\w./-]{0,199}$")


def permalink(frame: Frame, repository_url: str, revision: str, *, path: str | None = None) -> str | None:
    """The address of the frame's line at a revision on GitHub, GitLab, Bitbucket, Gitea or a server like these.

    `repository_url` and `revision` are `vcs.repository.url.full` and `vcs.ref.head.revision`; `path` is the file below
    the repository, as `code_around` found it, guessed from the frame when missing. None for library frames and when
    any of these is unusable. Credentials inside the repository's URL are left out.
    """
    base = _web_address(repository_url)
    file = path or _repository_path(frame)
    if base is None or not file or frame.line is None or not frame.in_app or not _REVISION.match(revision):
        return None
    revision_part, file_part = quote(revision), quote(file)
    host = base.split("/")[2]
    if "bitbucket" in host:
        return f"{base}/src/{revision_part}/{file_part}#lines-{frame.line}"
    if "gitlab" in host:
        return f"{base}/-/blob/{revision_part}/{file_part}#L{frame.line}"
    if any(name in host for name in ("gitea", "forgejo", "codeberg")):
        return f"{base}/src/commit/{revision_part}/{file_part}#L{frame.line}"
    return f"{base}/blob/{revision_part}/{file_part}#L{frame.line}"


def _web_address(repository_url: str) -> str | None:
    """The repository's page: of `git@host:owner/name.git` as of `https://token@host/owner/name`."""
    remote = _REMOTE.match(repository_url)
    if remote is None:
        return None
    host = remote["scp_host"] or remote["host"] + (_port(repository_url, remote["port"]))
    path = repository_url[remote.end() :].partition("?")[0].strip("/").removesuffix(".git")
    return f"https://{host}/{quote(path)}" if path else None


def _port(repository_url: str, port: str | None) -> str:
    """The port belongs to the page only when the URL is the page's own, not when it is of SSH."""
    return port or "" if repository_url.startswith("http") else ""


_BUILD_ROOT = re.compile(r"/(?:app|srv|code|workspace|usr/src/app|var/task|opt/[^/]+|home/[^/]+/[^/]+|tmp/[^/]+)/")


def _repository_path(frame: Frame) -> str | None:
    """The file below the repository as the frame tells it: without the folder it was deployed to."""
    if frame.file is None:
        return None
    path = _BUILD_ROOT.sub("", _plain_path(frame.file), count=1) if "/" in frame.file else _package_path(frame)
    parts = [part for part in path.split("/") if part not in ("", ".")]
    return "/".join(parts) if parts and ".." not in parts and not path.startswith("<") else None


def _package_path(frame: Frame) -> str:
    """A Java file stands in the folders of its package."""
    file = frame.file or ""
    if file.endswith((".java", ".kt", ".scala")) and frame.module and "." in frame.module:
        folder = "kotlin" if file.endswith(".kt") else file.rpartition(".")[2]
        return f"src/main/{folder}/" + "/".join([*frame.module.split(".")[:-1], file])
    return file
