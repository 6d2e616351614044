"""Where a source file stands in its project, without the part of its path that changes from machine to machine."""

import re
from functools import lru_cache

PATH_CHARACTERS_MAX = 1024
PARTS_OF_UNKNOWN_ROOT = 3

_DRIVE = re.compile(r"^/*[A-Za-z]:(?=/)")
_RELEASE = re.compile(r".*/(?:releases/[^/]+|current)/")
_ROOTS = re.compile(
    r"""
      /usr/src/app/
    | /usr/src/
    | /usr/local/(?:app|src)/
    | /usr/app/
    | /home/(?:runner/work|site)/[^/]+/(?:[^/]+/)?
    | /(?:home|Users)/[^/]+/(?:(?:code|dev|git|go|[Pp]rojects?|repos?|src|work|workspace|Documents|Desktop)/)?
      (?:[^/]+/)?
    | /root/(?:[^/]+/)?
    | /var/(?:task|app/current|app|www/html)/
    | /var/(?:www|lib|opt)/[^/]+/
    | /private/tmp/[^/]+/ | /tmp/(?:[^/]+/)?
    | /builds/[^/]+/[^/]+/
    | /workspaces/[^/]+/
    | /(?:workspace|app|apps|srv|code|usr/code|project|deploy|application|function|functions|src|layers|rails|web)/
    | /opt/(?:[^/]+/)?
    """,
    re.VERBOSE,
)
_NOISE = re.compile(r"^(?:\d+|(?=[a-f]*\d)[0-9a-f]{8,}|[0-9a-f]{8}-[0-9a-f-]{27}|\.{1,2}|)$")


@lru_cache(maxsize=4096)
def _project_path(path: str) -> str:
    absolute = _DRIVE.sub("", path)
    rest, known = _below_root(absolute)
    parts = [part for part in rest.split("/")[:-1] if not _NOISE.match(part)]
    parts.append(rest.rsplit("/", 1)[-1])
    if "src" in parts[:-1]:
        parts = parts[len(parts) - parts[::-1].index("src") :]
    elif not known and absolute.startswith("/"):
        parts = parts[-PARTS_OF_UNKNOWN_ROOT:]
    return "/".join(parts)


def _below_root(path: str) -> tuple[str, bool]:
    """The path below the most plausible root of the project, and whether there was one."""
    release = _RELEASE.match(path)
    if release is not None:
        return path[release.end() :], True
    root = _ROOTS.match(path)
    if root is not None:
        return path[root.end() :], True
    return path, False


def project_path(path: str) -> str:
    """The path of an application's file below its project, with slashes: `/srv/shop/cart.py` becomes `shop/cart.py`.

    Homes, deploy folders and release numbers go; a path under no known root keeps its last few parts.
    """
    return _project_path(path[-PATH_CHARACTERS_MAX:].replace("\\", "/"))


def plain_path(file: str) -> str:
    """The path without protocol, host and query, with slashes."""
    path = file[:PATH_CHARACTERS_MAX].replace("\\", "/")
    path = re.sub(r"[?#].*$", "", path, flags=re.DOTALL)
    return re.sub(r"^(?:[A-Za-z][\w+.-]*://[^/]*|[A-Za-z]:)(?=/)", "", path)
