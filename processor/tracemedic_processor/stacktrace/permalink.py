"""The address of a frame's line in the web pages of its repository."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from tracemedic_processor.stacktrace.paths import plain_path
from tracemedic_storage.records import Frame

REPOSITORY_URL_KEYS: Final = ("vcs.repository.url.full", "vcs.repository.url", "git.repository_url")
"""Where telemetry names the repository: OpenTelemetry now, OpenTelemetry before, and what others write."""
REVISION_KEYS: Final = (
    "vcs.ref.head.revision",
    "vcs.repository.ref.revision",
    "vcs.revision",
    "git.commit.sha",
)
"""Where telemetry names the revision: OpenTelemetry now, OpenTelemetry and Logfire's SDK before, and others."""


def repository_in(attributes: Mapping[str, object]) -> tuple[str | None, str | None]:
    """URL and revision of the repository, as attributes of a span or a resource tell them; None for what is missing."""
    return _first(attributes, REPOSITORY_URL_KEYS), _first(attributes, REVISION_KEYS)


def _first(attributes: Mapping[str, object], keys: tuple[str, ...]) -> str | None:
    return next((str(attributes[key]) for key in keys if attributes.get(key)), None)


_REMOTE = re.compile(
    r"(?:[\w.+-]+@(?P<scp_host>[\w.-]+):(?!/)|(?:https?|ssh|git)://(?:[^@/\s]*@)?(?P<host>[\w.-]+)(?P<port>:\d+)?/)"
)
_REVISION = re.compile(r"[\w][\w./-]{0,199}$")


def permalink(frame: Frame, repository_url: str, revision: str, *, path: str | None = None) -> str | None:
    """The address of the frame's line at a revision on GitHub, GitLab, Bitbucket, Gitea or a server like these.

    `repository_url` and `revision` are `vcs.repository.url.full` and `vcs.ref.head.revision`; `path` is the file below
    the repository, as it was found on disk, guessed from the frame when missing. None for library frames and when
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
    path = _BUILD_ROOT.sub("", plain_path(frame.file), count=1) if "/" in frame.file else _package_path(frame)
    parts = [part for part in path.split("/") if part not in ("", ".")]
    return "/".join(parts) if parts and ".." not in parts and not path.startswith("<") else None


def _package_path(frame: Frame) -> str:
    """A Java file stands in the folders of its package."""
    file = frame.file or ""
    if file.endswith((".java", ".kt", ".scala")) and frame.module and "." in frame.module:
        folder = "kotlin" if file.endswith(".kt") else file.rpartition(".")[2]
        return f"src/main/{folder}/" + "/".join([*frame.module.split(".")[:-1], file])
    return file
