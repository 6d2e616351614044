"""Paths: the file that is the meaning keeps its name, ids, numbers, users and temporary folders go."""

import re

_POSIX = re.compile(r"(?<![\w<>/.:\\$)}-])(?:~|\.{1,2})?/(?:[\w.@+%~=:$<>-]+/){0,40}[\w.@+%~=$<>-]*")
_WINDOWS = re.compile(
    r"""(?<![\w])[A-Za-z]:(?P<s>\\{1,2}|/)(?:[^\\/:*?"'<>|\r\n]{1,100}(?:\\{1,2}|/)){0,30}[^\\/:*?"'<>|\s]{0,120}"""
)
_DATA_FILES = (
    r"\.(?:csv|tsv|pdf|png|jpe?g|gif|webp|txt|json|xml|xlsx?|docx?|zip|gz|tgz|tar|bz2|parquet|log|mp[34]|mov|tmp|bak|dat"
    r"|avro|wav|sql|eml|html?|ndjson|jsonl)\b"
)
_DATA_FILE = re.compile(_DATA_FILES)
_RELATIVE = re.compile(r"(?<![\w/\\.:@<>-])(?:[\w.<>-]+/){0,10}[\w<>-]*[\d>][\w<>.-]*" + _DATA_FILES)
_TEMP = re.compile(
    r"(?:/private)?/(?:tmp|var/tmp|var/folders|dev/shm|run/user)/.|.*[\\/]Temp[\\/]|.*\\Windows\\TEMP\\", re.IGNORECASE
)
_TEMP_NAME_THAT_STAYS = re.compile(r".*(?:\.sock|\.pid|\.lock|\.s\.PGSQL\.\d+|\.X11-unix/X\d+)$|/tmp/?$")
_HOME = re.compile(
    r"^((?:[A-Za-z]:)?(?:\\{1,2}|/)(?:home|Users|Documents and Settings)(?:\\{1,2}|/))(?!<USER>)([^\\/]+)(?=[\\/])"
)
_SEGMENT_NUMBER = re.compile(
    r"(?<![A-Za-z0-9.])\d+(?![A-Za-z0-9.]*\d[a-z])(?![A-Za-z])|(?<=[A-Za-z])\d{3,}(?![A-Za-z])|(?<=[_-])\d{6,}T?\d*"
)


def replace_in_paths(text: str) -> str:
    """Replace the variable parts of POSIX and Windows paths, and of data files with numbers in their names."""
    if "/" in text:
        text = _POSIX.sub(_posix, text)
    if ":\\" in text or ":/" in text:
        text = _WINDOWS.sub(_path, text)
    return _RELATIVE.sub(_numbers_only, text) if _DATA_FILE.search(text) else text


def _posix(match: re.Match[str]) -> str:
    return _path(match) if len(match[0]) > 2 else match[0]


def _path(match: re.Match[str]) -> str:
    path = match[0]
    if _TEMP.match(path) and not _TEMP_NAME_THAT_STAYS.match(path):
        return "<PATH>" + path[len(path.rstrip(".:,")) :]
    path = _HOME.sub(lambda home: home[1] + "<USER>", path)
    return _SEGMENT_NUMBER.sub("<NUM>", path)


def _numbers_only(match: re.Match[str]) -> str:
    stem, dot, extension = match[0].rpartition(".")
    return _SEGMENT_NUMBER.sub("<NUM>", stem) + dot + extension
