"""Custom grouping as the configuration states it: which errors a rule matches and what their key is made of."""

import functools
import re
from collections.abc import Callable, Mapping

import hyperscan
import msgspec

from tracemedic_storage.records import Record

MESSAGE_CHARS_MAX = 4096
"""How much of a message is matched against a rule."""

PATTERN_CHARS_MAX = 1024
"""The longest glob, regular expression or template a rule may hold."""

PARTS = ("type", "message", "source")
"""What the default key is made of, in its order."""

NAMES = frozenset({"service", "error_type", "message", "source", "default"})
"""What a template may name, besides `{attributes.KEY}`. `{message}` is normalised, `{default}` the default key."""

_NAME = re.compile(r"\{([^{}]*)\}")


class GroupingRule(Record, frozen=True, kw_only=True):
    """One rule; all its conditions must hold, and of several rules the first that matches is taken.

    `error_type`, `message`, `service` and the values of `attributes` are globs (`*` any text, `?` one character,
    nothing else is special) over the whole text; `message_regex` is a regular expression (Hyperscan's dialect:
    linear in time, so no lookaround and no back references) found anywhere in the message. Then either `fingerprint`
    is the template of a fixed key, or `remove` takes default parts away and `add` appends templates to those left.
    Raises `ValueError` with what is wrong.
    """

    error_type: str = "*"
    message: str = "*"
    message_regex: str | None = None
    service: str = "*"
    attributes: dict[str, str] = msgspec.field(default_factory=dict[str, str])
    fingerprint: str | None = None
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        texts = (self.error_type, self.message, self.service, *self.attributes.values(), *self._templates())
        if any(len(text) > PATTERN_CHARS_MAX for text in (*texts, self.message_regex or "")):
            raise ValueError(f"a pattern or template is longer than {PATTERN_CHARS_MAX} characters")
        if self.fingerprint is not None and (self.add or self.remove):
            raise ValueError("a rule has either a fixed `fingerprint` or `add` and `remove`, not both")
        if self.fingerprint is None and not self.add and not self.remove:
            raise ValueError("a rule needs a `fingerprint`, or something to `add` or `remove`")
        if self.fingerprint is not None and not self.fingerprint.strip():
            raise ValueError("`fingerprint` is empty")
        for part in self.remove:
            if part not in PARTS:
                raise ValueError(f"cannot remove {part!r}: the default parts are {', '.join(PARTS)}")
        if set(self.remove) == set(PARTS) and not self.add:
            raise ValueError("nothing is left of the key: every error would be the same")
        for template in self._templates():
            _check_template(template)
        if self.message_regex is not None:
            _searcher(self.message_regex)

    def _templates(self) -> tuple[str, ...]:
        return self.add if self.fingerprint is None else (self.fingerprint, *self.add)

    def matches(self, error_type: str, message: str, service: str, attributes: Mapping[str, str]) -> bool:
        """Tell whether the rule applies to an error with these properties."""
        text = message[:MESSAGE_CHARS_MAX]
        return (
            glob_matches(self.error_type, error_type)
            and glob_matches(self.service, service)
            and glob_matches(self.message, text)
            and all(key in attributes and glob_matches(glob, attributes[key]) for key, glob in self.attributes.items())
            and (self.message_regex is None or _searcher(self.message_regex)(text))
        )


def render(template: str, values: Mapping[str, str]) -> str:
    """Fill the `{names}` of a template in one go: a brace in a value is text. A name without a value is empty."""
    return _NAME.sub(lambda name: values.get(name[1], ""), template)


def _check_template(template: str) -> None:
    for name in _NAME.findall(template):
        if name not in NAMES and not (name.startswith("attributes.") and len(name) > len("attributes.")):
            known = ", ".join(sorted(NAMES))
            raise ValueError(f"unknown {{{name}}} in a template: known are {known} and attributes.KEY")


def glob_matches(glob: str, text: str) -> bool:
    """Tell whether the whole text matches the glob; linear in the text for every `*`."""
    return glob == "*" or _compiled_glob(glob).fullmatch(text[:MESSAGE_CHARS_MAX]) is not None


@functools.lru_cache(maxsize=1024)
def _compiled_glob(glob: str) -> re.Pattern[str]:
    first, *rest = (re.escape(part).replace(r"\?", ".") for part in glob.split("*"))
    if not rest:
        return re.compile(first, re.DOTALL)
    # Atomic: the earliest place for each part is as good as any, so nothing is ever tried twice.
    middle = "".join(f"(?>.*?{part})" for part in rest[:-1] if part)
    return re.compile(f"{first}{middle}.*{rest[-1]}", re.DOTALL)


@functools.lru_cache(maxsize=256)
def _searcher(pattern: str) -> Callable[[str], bool]:
    """Compile with Hyperscan: a rule is trusted, the messages it reads are not, and `re` may take exponential time."""
    database = hyperscan.Database()
    flags = hyperscan.HS_FLAG_UTF8 | hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_ALLOWEMPTY
    try:
        database.compile(expressions=[pattern.encode()], ids=[0], flags=[flags])
    except (hyperscan.error, UnicodeEncodeError) as error:
        raise ValueError(f"message_regex {pattern!r} cannot be used: {error}") from error

    def search(text: str) -> bool:
        found: list[int] = []

        def note(identity: int, start: int, end: int, flags: int, context: object) -> None:
            del start, end, flags, context
            found.append(identity)

        database.scan(text.encode("utf-8", "replace"), match_event_handler=note)
        return bool(found)

    return search
