"""The codes that an error carries: in its text by the way it is written around them, in attributes by their keys.

A code is `space:value`, as in `known.py`. A bare number is no code: it needs the words that make it one.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

TEXT_CHARS_MAX: Final = 4_096
"""What is looked at of one text: codes stand near the beginning or not at all."""

_ERRNO_NUMBERS: Final = {
    1: "EPERM",
    2: "ENOENT",
    4: "EINTR",
    5: "EIO",
    11: "EAGAIN",
    12: "ENOMEM",
    13: "EACCES",
    17: "EEXIST",
    18: "EXDEV",
    20: "ENOTDIR",
    21: "EISDIR",
    22: "EINVAL",
    23: "ENFILE",
    24: "EMFILE",
    26: "ETXTBSY",
    27: "EFBIG",
    28: "ENOSPC",
    30: "EROFS",
    32: "EPIPE",
    36: "ENAMETOOLONG",
    39: "ENOTEMPTY",
    40: "ELOOP",
    98: "EADDRINUSE",
    99: "EADDRNOTAVAIL",
    101: "ENETUNREACH",
    103: "ECONNABORTED",
    104: "ECONNRESET",
    110: "ETIMEDOUT",
    111: "ECONNREFUSED",
    113: "EHOSTUNREACH",
    116: "ESTALE",
    122: "EDQUOT",
}
"""Linux numbers: what servers write."""
_SIGNALS: Final = {4: "SIGILL", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 9: "SIGKILL", 11: "SIGSEGV", 15: "SIGTERM"}
_GRPC: Final = (
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
)
_GRPC_WORDS: Final = {name.replace("_", "").lower(): name for name in _GRPC} | {"canceled": "CANCELLED"}
_PHRASES: Final = "|".join(
    (
        "Bad Request|Unauthorized|Payment Required|Forbidden|Not Found|Method Not Allowed|Not Acceptable",
        "Request Time-?out|Conflict|Gone|Length Required|Precondition Failed|Payload Too Large",
        "Content Too Large|Request Entity Too Large|URI Too Long|Unsupported Media Type|Unprocessable",
        "Locked|Too Early|Too Many Requests|Request Header Fields Too Large|Internal Server Error|Not Implemented",
        "Bad Gateway|Service Unavailable|Gateway Time-?out|Overloaded|Misdirected Request|Client Closed Request",
    )
)

_FORMS: Final = tuple(
    (space, re.compile(pattern, flags))
    for space, pattern, flags in (
        ("sqlstate", r"SQL ?STATE[\"']?[\s:=\[(]{0,3}[\"']?([0-9A-Z]{5})\b", re.IGNORECASE),
        ("sqlstate", r"\b(?:pq|pgx|postgres\w*|psycopg\w*)\b.{0,600}?\(([0-9A-Z]{5})\)", re.DOTALL),
        ("sqlstate", r"\b(?:code|pgcode|sqlState)[\"']?\s?[:=]\s?[\"']([0-9][0-9A-Z]{4})[\"']", 0),
        ("mysql", r"\b(?:ERROR|Error|error:?|errno:?|code:?)\s(\d{4})\s?\([0-9A-Z]{5}\)", 0),
        ("mysql", r"(?:OperationalError|IntegrityError|ProgrammingError|InternalError|DataError)\)?:?\s?\((\d{4}),", 0),
        ("mysql", r"^\(?(\d{4})(?:, ?[\"']| \([0-9A-Z]{5}\): )", 0),
        ("mysql", r"SQLSTATE\[[0-9A-Z]{5}\](?:: [^:]{1,80})?:? (?:\[)?(\d{4})\b", 0),
        ("ora", r"\bORA-0{0,4}(\d{1,5})\b", 0),
        ("mssql", r"\b(?:Msg|Error Number:|error code|SQL Error:?|mssql: .{0,20}Error) ?(\d{3,5})\b", 0),
        ("errno", r"\[Errno (-?\d{1,3})\]|\(os error (\d{1,3})\)|\berrno[ =:]{1,3}(\d{1,3})\b", 0),
        ("http", r"\bHTTP(?:/[\d.]+)?[ \-]?(?:status|error|code)?[ :]{0,2}(\d{3})\b", re.IGNORECASE),
        ("http", r"\bstatus(?: ?_?code)?[\"']?(?: is| of| was|:|=| )? ?[\"'(]?([1-5]\d\d)\b", re.IGNORECASE),
        ("http", rf"\b([45]\d\d)\)?:? (?:{_PHRASES})", re.IGNORECASE),
        ("http", r"\b(?:Client|Server|Redirect) error '(\d{3})|\b([45]\d\d) (?:Client|Server) Error", 0),
        ("http", r"\bError code: (\d{3})\b|\bresponded with (?:a )?(?:status )?(\d{3})\b", re.IGNORECASE),
        ("grpc", r"\b(?:StatusCode\.|code = |StatusCode=\"?|status = StatusCode\.)([A-Za-z_]{2,20})", 0),
        ("grpc", r"^(?:\d{1,2} )?([A-Z_]{5,20})(?::|$)", 0),
        ("exit", r"\bexit(?:ed)?(?: with)?[ _]?(?:code|status|value)?[ :=(]{1,3}(-?\d{1,4})\b", re.IGNORECASE),
        ("exit", r"\b(?:returned non-zero exit status|exitCode[\"']?[:=]) ?(-?\d{1,4})\b", 0),
        ("signal", r"\b(?:signal|SIGNAL)[: ]{1,2}(\d{1,2})\b|\b(SIG[A-Z]{3,6})\b", 0),
    )
)
_NAMES: Final = re.compile(
    r"\b(?:[A-Z][A-Za-z0-9]{3,60}|[A-Z][A-Z0-9_]{3,60}|[a-z][a-z0-9]{2,30}(?:_[a-z0-9]{2,30}){1,6})\b"
)
_ATTRIBUTES: Final = {
    "http.response.status_code": "http",
    "http.status_code": "http",
    "rpc.grpc.status_code": "grpc",
    "rpc.response.status_code": "grpc",
    "db.response.status_code": "sqlstate",
    "process.exit.code": "exit",
}


def codes_in(text: str) -> Iterator[str]:
    """The codes in a text, and every name in it that could be one (`named:ER_DUP_ENTRY`), bounded."""
    head = text[:TEXT_CHARS_MAX]
    for space, form in _FORMS:
        for match in form.finditer(head):
            yield from _code(space, next(group for group in match.groups() if group))
    for name in dict.fromkeys(_NAMES.findall(head)):
        yield f"named:{name}"
        if name[0] == "E" and name.isupper():
            yield f"errno:{name}"


def codes_of(attributes: Mapping[str, str]) -> Iterator[str]:
    """The codes that attributes of a span carry by their keys."""
    for key in attributes.keys() & _ATTRIBUTES.keys():
        yield from _code(_ATTRIBUTES[key], attributes[key][:60])
    for key in ("error.type", "db.response.status_code", "aws.error_code", "error.code"):
        value = attributes.get(key, "")[:60]
        if value:
            yield f"named:{value}"
            yield f"errno:{value}"


def codes_of_all(texts: Iterable[str]) -> Iterator[str]:
    """The codes in several texts."""
    for text in texts:
        yield from codes_in(text)


def _code(space: str, value: str) -> Iterator[str]:
    number = int(value) if value.lstrip("-").isdecimal() and len(value) <= 6 else None
    if space == "errno":
        yield f"errno:{_ERRNO_NUMBERS.get(number or 0, value)}"
    elif space == "signal":
        yield f"signal:{_SIGNALS.get(number or 0, value)}"
    elif space == "grpc":
        yield f"grpc:{_grpc(value, number)}"
    elif space == "sqlstate":
        yield f"sqlstate:{value.upper()}"
        yield f"sqlstate:{value[:2].upper()}***"
    else:
        yield f"{space}:{value if number is None else number}"


def _grpc(value: str, number: int | None) -> str:
    if number is not None:
        return _GRPC[number] if 0 <= number < len(_GRPC) else value
    return _GRPC_WORDS.get(value.replace("_", "").lower(), value)
