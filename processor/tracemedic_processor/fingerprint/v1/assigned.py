"""Assigned things, `key=value` and `key: value`: the key tells whether the value goes."""

import re

from tracemedic_processor.fingerprint.v1 import vocabulary as words

_ASSIGNED = re.compile(
    r"""(?<![\w.-])(?P<quote>["']?)(?P<key>[A-Za-z_][\w.-]{0,40})(?P=quote)(?P<sign>=|:[ ]?|=>|[ ]=[ ]|[ ]:[ ])
    (?P<value>(?:<[A-Z]+>|[^\s,;&|)\]}'"<>(\[{=])(?:<[A-Z]+>|[^\s,;&|)\]}'"<>=])*)""",
    re.VERBOSE,
)
_SIGN = re.compile("[=:]")
_KEY_BACKWARDS = re.compile(r"[ ]?[\"']?([\w.-]+)")
_KEY_CHARS = 43  # the longest key, a quote and a space
_VALUE_END = re.compile(r"\s*(?:[,;)\]}&|]|$|[\w.-]+[=:])")
_SETTLED = re.compile(r"\d+|<NUM>|<UUID>|<VALUE>|null|none|nil|undefined|true|false", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"<[A-Z]+>")

# Before a colon these are as often the subject of a sentence as a key.
_SUBJECTS = frozenset({"value", "id", "data", "content", "text", "connection", "password", "address"})
_NO_IDS = frozenset({"valid", "invalid", "paid", "void", "grid", "avoid", "solid"})


def is_value_key(key: str) -> bool:
    """Tell whether the value of this key differs from one occurrence to the next."""
    plain = key.lower().strip("\"'").replace("_", "").replace("-", "").replace(".", "")
    return plain in words.VALUE_KEYS or (len(plain) > 3 and plain.endswith("id") and plain not in _NO_IDS)


def replace_assigned(text: str) -> str:
    """Replace values after `=` and `:` whose key says that they vary."""
    return _ASSIGNED.sub(_replace, text) if _has_value_key(text) else text


def _has_value_key(text: str) -> bool:
    """A fifth of the price of replacing: whether a key of that kind stands before any `=` or `:`."""
    for sign in _SIGN.finditer(text):
        end = sign.start()
        key = _KEY_BACKWARDS.match(text[max(0, end - _KEY_CHARS) : end][::-1])
        if key is not None and is_value_key(key[1][::-1]):
            return True
    return False


def _replace(match: re.Match[str]) -> str:
    value = match["value"]
    bare = value.rstrip(".!?:")
    if not bare or _SETTLED.fullmatch(bare) or not is_value_key(match["key"]):
        return match[0]
    if bare.startswith("SQLSTATE"):
        return match[0]
    if match["sign"] != "=" and _is_sentence(match, bare):
        return match[0]
    return f"{match[0][: match.start('value') - match.start()]}<VALUE>{value[len(bare) :]}"


def _is_sentence(match: re.Match[str], value: str) -> bool:
    """`session: expired`, `value: must be set`, and what has a placeholder already."""
    if bare_word(value) or not _VALUE_END.match(match.string, match.end()):
        return True
    if ":" not in match["sign"]:
        return False
    is_subject = match["sign"][0] == ":" and not match["quote"] and match["key"].lower() in _SUBJECTS
    return is_subject or _PLACEHOLDER.fullmatch(value) is not None


def bare_word(value: str) -> bool:
    """Tell whether this is a word of the sentence and no value."""
    return value.lower() in words.PLAIN_WORDS
