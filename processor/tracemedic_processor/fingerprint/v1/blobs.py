"""Data inside a message: JSON, dictionaries, bodies, lists."""

import re

_PUNCTUATION = re.compile(r"""[{}\[\]]|"(?:[^"\\]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?""", re.DOTALL)
_START = re.compile(r"""(?:\[\s*)?\{\s*["']|\[\s*\{""")
_TELLING = re.compile(
    r"""["'](?:code|type|message|msg|errors?|err|status|reason|details?|title|description|error[_-]?\w{1,12}|exception
    |fault|problem|cause|__type|loc|selector|statusCode|faultstring)["']\s*:|\(\d{3},\ b?["']""",
    re.VERBOSE | re.IGNORECASE,
)


def replace_json(text: str) -> str:
    """Replace JSON objects and printed dictionaries, but not one that is the error: `{"code": ..., "message": ...}`."""
    parts: list[str] = []
    at = 0
    for start in _START.finditer(text):
        if start.start() < at:
            continue
        end = _end_of_blob(text, start.start())
        if _TELLING.search(text, start.start(), end):
            continue
        parts += [text[at : start.start()], "<JSON>"]
        at = end
    return "".join([*parts, text[at:]])


def _end_of_blob(text: str, start: int) -> int:
    """Return where the bracket opened at `start` closes; the end of the text when it never does."""
    depth = 0
    for token in _PUNCTUATION.finditer(text, start):
        if token[0] in "{[":
            depth += 1
        elif token[0] in "}]":
            depth -= 1
            if depth <= 0:
                return token.end()
    return len(text)


_ITEM = r"""(?:b?["']?<(?:NUM|UUID|ID|HEX|HASH|EMAIL|VALUE|URL|HOST|PHONE|TIME|SIZE|DURATION|JSON|ARN)>%?["']?)"""
_LIST = re.compile(
    rf"""(?<=[\[{{]){_ITEM}(?:,?\s+{_ITEM}|,{_ITEM}|,?\s?\.\.\.)+,?(?=\s?[\]}}])
    |(?:(?<=\bIN[ ]\()|(?<=shape[ ]\()|(?<=shapes[ ]\()|(?<=<LIST>\)[ ]\()|(?<=<LIST>\)[ ]and[ ]\()|(?<='id':[ ]\())
     {_ITEM}(?:,\s?{_ITEM})*,?(?=\))""",
    re.VERBOSE,
)
_BETWEEN_ITEMS = re.compile(r"""<[A-Z]+>%?["']?(?:,|\s<|\s?\.\.\.)""")


def replace_lists(text: str) -> str:
    """Replace a list of nothing but placeholders: how many ids it had does not matter."""
    return _LIST.sub("<LIST>", text) if _BETWEEN_ITEMS.search(text) else text
