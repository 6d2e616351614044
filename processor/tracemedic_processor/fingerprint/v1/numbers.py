"""Numbers: the one that counts something goes, the one that names something stays."""

import re

from tracemedic_processor.fingerprint.v1 import vocabulary as words

# Scripts written without spaces: a digit beside one of their letters stands alone all the same.
_CJK = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f"

_NUMBER = re.compile(
    rf"""(?=[-+−\d])(?:(?<![^\s(\[,=:#])[-+−])?(?<![^\W{_CJK}])(?:
    (?P<duration>(?:\d+(?:\.\d+)?(?:h|m|ms|s|us|µs|μs|ns|d)){{1,6}}(?![^\W{_CJK}])
      |\d+(?:[.,]\d+)?[ ]?(?:ms|us|µs|μs|ns|s|sec|secs|msec|msecs|min|mins|hr|hrs|h)(?![^\W{_CJK}]))
    |(?P<size>\d+(?:[.,]\d*)?[ ]?(?:[KMGTPEkmgt]i?[Bb]|B|[KMGT]i?)(?![^\W{_CJK}])(?:/s\b)?|\d+(?:\.\d+)?(?:[kKMG]i?)(?![^\W{_CJK}])
      |\d+(?:[.,]\d+)?(?:bytes?|Bytes?)\b)
    |(?P<number>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?(?![^\W{_CJK}])
      |\d+(?:\.\d+)?[eE][-+]?\d+(?![^\W{_CJK}])
      |\d+(?:\.\d+)*(?![^\W{_CJK}]))
    )""",
    re.VERBOSE,
)

# Read backwards from a number: what stands between, then the word, then what stands between, then another word.
_BEFORE = re.compile(r"([\s:=#(\[\"'’`/\-_.,]{0,5})([^\W\d][\w'-]*)?([\s\"'’:]{0,3})([^\W\d][\w'-]*)?")
_COMPARED = re.compile(r"\s?(?:[<>=~!]=?|\^|~>)\s?$")
_TOKEN_BEFORE = re.compile(r"[\w.\-]*")
_TOKEN_START = re.compile(r"[A-Za-z]+")
_AFTER_REASON = re.compile(r"[\s:)(\]\-'\",]{1,4}([A-Za-z][A-Za-z' \-]{2,40})")
_GRPC_STATUS = re.compile(
    r" (?:CANCELLED|UNKNOWN|INVALID_ARGUMENT|DEADLINE_EXCEEDED|NOT_FOUND|ALREADY_EXISTS|PERMISSION_DENIED"
    r"|RESOURCE_EXHAUSTED|FAILED_PRECONDITION|ABORTED|OUT_OF_RANGE|UNIMPLEMENTED|INTERNAL|UNAVAILABLE|DATA_LOSS"
    r"|UNAUTHENTICATED)\b"
)
_WEB = re.compile(r"http|status|response|respon|request|url|server|upstream|api\b|client error", re.IGNORECASE)
_HEAD_CHARS = 60


def replace_numbers(text: str) -> str:
    """Replace each number, duration and size that is not part of a name or a code."""
    return _NUMBER.sub(_replace, text)


def _replace(match: re.Match[str]) -> str:
    if match["duration"]:
        return "<DURATION>"
    if match["size"]:
        return "<SIZE>"
    digits = match[0]
    if digits.count(".") > 1 and "," not in digits:
        return digits
    return digits if _is_meaning(match, digits) else "<NUM>"


def _is_meaning(match: re.Match[str], digits: str) -> bool:
    text = match.string
    head = text[max(0, match.start() - _HEAD_CHARS) : match.start()]
    return (
        _in_name(head, digits)
        or _is_code(head, digits, text, match.end())
        or _has_reason(digits, text, match.end())
        or _is_vendor_tuple(head, text, match)
    )


def _in_name(head: str, digits: str) -> bool:
    """`Python 3.11`, `HTTP/2`, `utf-8`, `gpt-4`, `v1.2`, `package==1.2`."""
    backwards = _TOKEN_BEFORE.match(head[::-1])
    token = backwards[0][::-1] if backwards else ""
    if token:
        start = _TOKEN_START.match(token)
        if start:
            word = start[0].lower()
            if token[-1] == "." and token[-2:-1].isdigit():
                return True
            if word in words.MODEL_FAMILIES and (
                token[start.end() : start.end() + 1] in "-." or len(token) == len(word)
            ):
                return True
            if token[-1] == "-" and word == token[:-1].lower() and _is_code_prefix(token[:-1], digits):
                return True
            if word in words.PRODUCTS and not token[start.end() :].strip("-.0123456789"):
                return token[-1] != "." or start.end() > 1
        elif token[-1] == "." or (token[0].isdigit() and token[-1] == "-" and "." in digits):
            return False
    if head[-2:] in {"==", ">=", "<=", "~=", "!=", "~>"} and "." in digits:
        return True
    before = _BEFORE.match((_COMPARED.sub(" ", head) if "." in digits else head)[::-1])
    if before is None or not before[2] or not set(before[1]) <= set(" /-v"):
        return False
    word = before[2][::-1].lower()
    return word in words.PRODUCTS and (
        word not in {"go", "net", "h", "x", "c", "es"} or "." in digits or "/" in before[1]
    )


def _is_code_prefix(prefix: str, digits: str) -> bool:
    return prefix.isupper() and prefix.lower() in words.CODE_PREFIXES and 2 <= len(digits) <= 6


def _is_code(head: str, digits: str, text: str, end: int) -> bool:
    if len(digits) <= 6 and head.rstrip(" :：=(（").endswith(words.CODE_NOUNS_CJK):
        return True
    before = _BEFORE.match(head[::-1])
    if before is None or not before[2] or not before[1]:
        return False
    value = digits.lstrip("-+−")
    word, second = before[2][::-1].lower(), (before[4] or "")[::-1].lower()
    if len(value) > (10 if value[:2] == "21" and digits[0] in "-−" else 6):
        return False
    if word in words.CODE_FILLERS and "." not in before[3]:
        word, second = second, ""
    name = word.rpartition("_")[2]
    if name in words.CODE_NOUNS or word.replace("_", "").replace("-", "") in words.CODE_NOUNS:
        return second not in words.NO_CODE_BEFORE and "." not in value
    if word.startswith("sig") and before[2].isupper():
        return True
    if word.endswith(("exception", "error")) and before[1][:1] == "(" and text[end : end + 1] == ")":
        return True
    if value in words.HTTP_REASONS and int(value) >= 300:
        return (
            word in words.STATUS_VERBS and _WEB.search(text) is not None and not text[end : end + 2].strip().isalpha()
        )
    return False


def _has_reason(digits: str, text: str, end: int) -> bool:
    """`404 Not Found`, `500 (Internal Server Error)`, `14 UNAVAILABLE: ...`."""
    if _GRPC_STATUS.match(text, end) or _SYMBOL_AFTER.match(text, end):
        return True
    reasons = words.HTTP_REASONS.get(digits)
    if reasons is None:
        return False
    if end <= len(digits) + 1 and digits >= "400" and _START_AFTER.match(text, end):
        return True
    after = _AFTER_REASON.match(text, end)
    if after is None:
        return False
    phrase = after[1].lower()
    return phrase.startswith(reasons) or phrase.startswith(("client error", "server error"))


_SYMBOL_AFTER = re.compile(r"[)\]]?(?: - |[ :-]{1,2})[A-Z]{3,}(?:_[A-Z]+)+\b")
_START_AFTER = re.compile(r"[)\]]?(?:[:,]| - | (?:GET|POST|PUT|PATCH|DELETE|HEAD)\b| [A-Z(\[{<]|\) |\] |$)")
_PDO = re.compile(r"SQLSTATE\[\w{5}\](?: \[|:[^:]{0,60}: )$")
_VENDOR_TUPLE = re.compile(r"""\s*,\s*[b]?["'(]|\)\s*\(SQL""")


def _is_vendor_tuple(head: str, text: str, match: re.Match[str]) -> bool:
    """`(1062, "Duplicate entry ...")` of database drivers, `ERROR 1045 (28000)`, `[28000]`."""
    if _PDO.search(head):
        return True
    stripped = head.strip()
    if stripped.endswith("(") and (len(stripped) == 1 or stripped[-2:-1].isalpha() or stripped[-2:-1] in ")."):
        return _VENDOR_TUPLE.match(text, match.end()) is not None
    if (
        len(match[0]) == 5
        and stripped[-1:] in {"(", "[", "'"}
        and text[match.end() : match.end() + 1] in {")", "]", "'"}
    ):
        return re.search(
            r"error \d{3,5}\s*\($|sqlstate\W*$|\($|\('?\d{5}'?, [\"']\[$", stripped.lower()
        ) is not None and (stripped[-1:] != "(" or re.search(r"\d\s*\($", stripped) is not None)
    return False
