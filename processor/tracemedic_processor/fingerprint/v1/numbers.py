"""Numbers: the one that counts something goes, the one that names something stays."""

import re
from typing import NamedTuple

from tracemedic_processor.fingerprint.v1 import vocabulary as words

# Scripts written without spaces: a digit beside one of their letters stands alone all the same.
_CJK = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\u0e00-\u0e7f"
_START = rf"(?<![^\W{_CJK}])"
_END = rf"(?![^\W{_CJK}])"

_UNIT = r"(?:ms|us|µs|μs|ns|s|secs?|msecs?|mins?|hrs?|h|[KMGTPEkmgt]i?[Bb])"
_NUMBER = re.compile(
    rf"""(?=[-+−\d])(?:(?<![^\s(\[,=:\#])[-+−])?{_START}(?:
    (?P<whole>\d+)(?=$|[^\w.,\s]|\s(?!{_UNIT}\b))
    |(?P<duration>(?:\d+(?:\.\d+)?(?:h|m|ms|s|us|µs|μs|ns|d)){{1,6}}{_END}
      |\d+(?:[.,]\d+)?[ ]?(?:ms|us|µs|μs|ns|s|sec|secs|msec|msecs|min|mins|hr|hrs|h){_END})
    |(?P<size>\d+(?:[.,]\d*)?[ ]?[KMGTPEkmgt]i?[Bb]{_END}(?:/s\b)?
      |\d+(?:\.\d+)?(?:[kKMGT]i?|B|[Bb]ytes?){_END})
    |(?P<number>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?{_END}
      |\d+(?:\.\d+)?[eE][-+]?\d+{_END}
      |\d+(?:\.\d+)*{_END})
    )""",
    re.VERBOSE,
)

# Read backwards from a number: what stands between, then a word, then what stands between, then another word.
_BEFORE = re.compile(r"([\s:=#(\[\"'’`/\-_.,]{0,5})([^\W\d][\w'-]*)?([\s\"'’:]{0,3})([^\W\d][\w'-]*)?")
_TOKEN_BEFORE = re.compile(r"[\w.\-]*")
_TOKEN_START = re.compile(r"[A-Za-z]+")
_COMPARED = re.compile(r"\s?(?:[<>=~!]=?|\^|~>)\s?$")
_HEAD_CHARS = 60
_CODE_DIGITS_MAX = 6
_HRESULT_DIGITS = 10  # -2147467259 and its kin


class _Place(NamedTuple):
    """A number and what stands around it; words in lower case, `word` the nearer one."""

    digits: str
    text: str
    end: int
    head: str
    gap: str
    word: str
    second: str
    token: str


def replace_numbers(text: str) -> str:
    """Replace each number, duration and size that is not part of a name or a code."""
    return _NUMBER.sub(_replace, text)


def _replace(match: re.Match[str]) -> str:
    kind = match.lastgroup
    if kind in {"duration", "size"}:
        return "<DURATION>" if kind == "duration" else "<SIZE>"
    digits = match[0]
    if digits.count(".") > 1 and "," not in digits:
        return digits  # a version
    place = _place(match)
    for is_meaning in _MEANINGS:
        if is_meaning(place):
            return digits
    return "<NUM>"


def _place(match: re.Match[str]) -> _Place:
    start, text = match.start(), match.string
    head = text[max(0, start - _HEAD_CHARS) : start]
    backwards = head[::-1]
    before = _BEFORE.match(backwards)
    gap, word, _, second = before.groups("") if before else ("", "", "", "")
    token = None if head.endswith(" ") else _TOKEN_BEFORE.match(backwards)
    # By position: names would cost as much again as all else here.
    return _Place(
        match[0],
        text,
        match.end(),
        head,
        gap[::-1],
        word[::-1].lower(),
        second[::-1].lower(),
        token[0][::-1] if token else "",
    )


def _is_of_name(place: _Place) -> bool:
    """`utf-8`, `gpt-4`, `v1.2`, `ORA-00942`: the word it hangs on is a name with numbers."""
    token = place.token
    start = _TOKEN_START.match(token)
    if start is None:
        return False
    word, rest = start[0].lower(), token[start.end() :]
    if token[-1] == "." and token[-2:-1].isdigit():
        return True
    if word in words.MODEL_FAMILIES and rest[:1] in {"-", ".", ""}:
        return True
    if rest == "-" and start[0].isupper() and word in words.CODE_PREFIXES:
        return 2 <= len(place.digits) <= _CODE_DIGITS_MAX
    return word in words.PRODUCTS and not rest.strip("-.0123456789") and (rest[-1:] != "." or len(word) > 1)


def _is_of_product(place: _Place) -> bool:
    """`Python 3.11`, `HTTP/2`, `go >= 1.21`, `package==1.2`."""
    if place.token and place.gap[-1:] not in {"-", ""}:
        return False
    dotted = "." in place.digits
    if dotted and place.head[-2:] in {"==", ">=", "<=", "~=", "!=", "~>"}:
        return True
    gap, word = place.gap, place.word
    compared = _COMPARED.search(place.head) if dotted else None
    if compared is not None:
        gap, word = " ", place.head[: compared.start()].rpartition(" ")[2].lower()
    if word not in words.PRODUCTS or not set(gap) <= set(" /-v"):
        return False
    return dotted or "/" in gap or word not in words.PRODUCTS_THAT_ARE_WORDS


def _is_code(place: _Place) -> bool:
    """`status code 404`, `[Errno 111]`, `exit status 1`, `SIGKILL (9)`, `SocketException (10061)`."""
    value = place.digits.lstrip("-+−")
    limit = _HRESULT_DIGITS if value[:2] == "21" and place.digits[0] in "-−" else _CODE_DIGITS_MAX
    if len(value) > limit:
        return False
    if not place.head.isascii() and place.head.rstrip(" :：=(（").endswith(words.CODE_NOUNS_CJK):
        return True
    if not place.word or not place.gap:
        return False
    word, second = place.word, place.second
    if word in words.CODE_FILLERS:
        word, second = second, ""
    if word.rpartition("_")[2] in words.CODE_NOUNS or word.replace("_", "").replace("-", "") in words.CODE_NOUNS:
        return second not in words.NO_CODE_BEFORE and "." not in value
    if place.gap[-1] == "(" and place.text[place.end : place.end + 1] == ")":
        return word.endswith(("exception", "error")) or word.startswith("sig")
    return word.startswith("sig") and word in words.SIGNALS


_WEB = re.compile(r"http|status|response|respon|request|url|server|upstream|api\b", re.IGNORECASE)


def _is_http_answer(place: _Place) -> bool:
    """`upstream answered 502`: a known status after such a verb, in a message that speaks of the web."""
    if place.word not in words.STATUS_VERBS or place.digits not in words.HTTP_REASONS or place.digits < "300":
        return False
    return not place.text[place.end : place.end + 2].strip().isalpha() and _WEB.search(place.text) is not None


_SYMBOL_AFTER = re.compile(
    r"[)\]]?(?: - |[ :-]{1,2})[A-Z]{3,}(?:_[A-Z]+)+\b"
    r"| (?:CANCELLED|UNKNOWN|ABORTED|UNIMPLEMENTED|INTERNAL|UNAVAILABLE|UNAUTHENTICATED)\b"
)
_FIRST_AND_AFTER = re.compile(r"[)\]]?(?:[:,]| - | (?:GET|POST|PUT|PATCH|DELETE|HEAD)\b| [A-Z(\[{<]|\) |\] |$)")
_REASON_AFTER = re.compile(r"[\s:)(\]\-'\",]{1,4}([A-Za-z][A-Za-z' \-]{2,40})")


def _has_reason(place: _Place) -> bool:
    """`404 Not Found`, `500 (Internal Server Error)`, `14 UNAVAILABLE: ...`, `(406) PRECONDITION_FAILED`."""
    digits, text, end = place.digits, place.text, place.end
    if _SYMBOL_AFTER.match(text, end):
        return True
    reasons = words.HTTP_REASONS.get(digits)
    if reasons is None:
        return False
    if end <= len(digits) + 1 and digits >= "400" and _FIRST_AND_AFTER.match(text, end):
        return True
    after = _REASON_AFTER.match(text, end)
    return after is not None and after[1].lower().startswith((*reasons, "client error", "server error"))


_PDO = re.compile(r"SQLSTATE\[\w{5}\](?: \[|:[^:]{0,60}: )$")
_SQLSTATE_BEFORE = re.compile(r"(?:error \d{3,5} ?\(|sqlstate\W{1,2}|^\('|^\('\d{5}', [\"']\[)$", re.IGNORECASE)
_CALL = re.compile(r"(?:^|[A-Za-z).])\s*\($")
_TUPLE_AFTER = re.compile(r"""\s*,\s*b?["'(]|\)\s*\(SQL""")


def _is_of_driver(place: _Place) -> bool:
    """`(1062, "Duplicate entry ...")`, `ERROR 1045 (28000)`, `('28000', "[28000] ...`, `SQLSTATE[HY000] [2002]`."""
    head = place.head
    if "SQLSTATE" in head and _PDO.search(head):
        return True
    if head[-1:] not in {"(", "[", "'"}:
        return False
    if len(place.digits) == 5 and _SQLSTATE_BEFORE.search(head):
        return True
    return _CALL.search(head) is not None and _TUPLE_AFTER.match(place.text, place.end) is not None


_MEANINGS = (_is_of_name, _is_of_product, _is_code, _has_reason, _is_http_answer, _is_of_driver)
