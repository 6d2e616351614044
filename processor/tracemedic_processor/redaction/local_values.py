"""A captured value as its type alone (mission: "local variables logged as types, not values")."""

import re

_LITERALS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[bB][\"']"), "bytes"),
    (re.compile(r"[rRuUfF]?[\"']"), "str"),
    (re.compile(r"(?:True|False|true|false)\b"), "bool"),
    (re.compile(r"(?:None|null|nil|undefined)\b"), "None"),
    (re.compile(r"-?\d[\d_]*(?![\w.])"), "int"),
    (re.compile(r"-?(?:\d|\.\d|inf\b|nan\b)"), "float"),
    (re.compile(r"\["), "list"),
    (re.compile(r"\{\s*(?:[\"'][^\"']*[\"']|[^\s:{}]+)\s*:|\{\}|\{\s*\Z"), "dict"),
    (re.compile(r"\{"), "set"),
    (re.compile(r"\("), "tuple"),
)
_OBJECT = re.compile(r"<(?:class )?['\"]?([A-Za-z_][\w.]{0,100})")
_CALL = re.compile(r"(?:[A-Za-z_]\w{0,60}\.){0,8}([A-Za-z_]\w{0,60})\(")
_MASKED = re.compile(r"<[A-Za-z_][\w.]*>|\.\.\.|\[redacted:[a-z0-9_]+\]")


def mask_local(value: str) -> str:
    """The type that a value's `repr` shows, as `<str>`; `<object>` when it shows none. Masked values stay."""
    value = value.strip()
    if not value or _MASKED.fullmatch(value):
        return value
    for pattern, name in _LITERALS:
        if pattern.match(value):
            return f"<{name}>"
    named = _OBJECT.match(value) or _CALL.match(value)
    return f"<{named[1]}>" if named else "<object>"
