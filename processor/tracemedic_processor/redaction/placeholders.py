"""Values that stand where a secret could, and are none."""

import re

_PLACEHOLDER = re.compile(
    r"""(?ix)
    [*x.•#_-]{2,}            # masked already
    | .{0,8}\*{3,}.{0,8} | __\w+__ | \.{3,} | options | value
    | %\(?\w*\)?[sdrv] | \{.*\} | \$[A-Za-z_]\w* | \$\{.*\} | \$\(.*\) | <[^<>]*> | \[[^\[\]]*\] | :\w+ | \?
    | (?:your|my|example|some|insert|replace|enter)[-_ ].* | change[-_]?me
    | none|null|nil|undefined|true|false|yes|no|empty|missing|required|invalid|unset|not[-_ ]set|n/?a
    | masked|hidden|redacted|filtered|removed|omitted|scrubbed|secret[-_]?here|\(?redacted\)?|\[?filtered\]?
    | str|string|int|bytes|bool|object|any|optional|text|varchar|number|unknown|default
    """
)


def is_placeholder(value: str) -> bool:
    """Whether `value` is a mask, a template's slot, a type's name or a word for absence."""
    return len(value) <= 128 and _PLACEHOLDER.fullmatch(value) is not None
