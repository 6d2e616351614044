"""Function names without what a compiler, a bundler or a proxy generator put into them.

The tables follow "Generated names" of the grouping reference: whatever differs from build to build, or from call to
call, goes; the name of the function that a person wrote stays.
"""

import re
from functools import lru_cache
from typing import TypeAlias

NAME_CHARACTERS_MAX = 300
"""Longer names (C++ templates) are cut, so that the expressions below stay cheap."""

_Substitutions: TypeAlias = tuple[tuple[re.Pattern[str], str], ...]


def _table(*rows: tuple[str, str]) -> _Substitutions:
    return tuple((re.compile(pattern), replacement) for pattern, replacement in rows)


_PYTHON = _table((r"\.?<locals>", ""))

_JVM_CLASSES = _table(
    (r"\b(Generated\w{0,40}Accessor)\d+", r"\1"),
    (r"\$\$(?:EnhancerBy|FastClassBy|SpringCGLIB|KeyFactoryBy)\w*(?:\$\$\w*)*", ""),
    (r"\$\$Lambda(?:[$/].*)?$", ""),
    (r"\$(Proxy|ByteBuddy|HibernateProxy|MockitoMock)\$?\w*", r"$\1"),
    (r"_\$\$_\w+|_(?:Subclass|ClientProxy|WeldClientProxy)$", ""),
    (r"(?:\$\$(?:anonfun|anon|nestedInAnon)|\$(?:lambda|sam|special|inlined|delayedInit))(?![A-Za-z]).*$", ""),
    (r"\$\d+.*$", ""),
    (r"(?<=[^.])\$+$", ""),
)
_JVM = _table(
    (r"^lambda\$new\$\d+$", "<init>"),
    (r"^lambda\$static\$\d+$", "<clinit>"),
    (r"^lambda\$null\$\d+$", "lambda"),
    (r"^lambda\$(.+?)\$\d+$", r"\1"),
    (r"^lambda\$.*$", "lambda"),
    (r"^CGLIB\$(.+?)\$\d+$", r"\1"),
    (r"^\$anonfun\$(?:new\$\d+$)?", ""),
    (r"\$\$anonfun\b.*$", ""),
    (r"^delayedEndpoint\$.*$", "<init>"),
    (r"^access\$([^$]+).*$", r"\1"),
    (r"^[\w$]+\$\$(\w+)$", r"\1"),
    (r"\$(?:lambda|default|suspendImpl|extension|lzycompute|lzyINIT\d+|adapted|mc\w+\$sp)\b.*$", ""),
    (r"\$\w+_(?:debug|release|main)$", ""),
    (r"-(?:impl|[0-9A-Za-z_]{7})(?=$|\$)", ""),
    (r"^(liftedTree)\d+.*$", r"\1"),
    (r"(?:\$\d+)+$", ""),
)
_JAVASCRIPT = _table(
    (r"^(?:async[ *]|new |bound |promise callback\*|setTimeout handler\*|EventListener\.handleEvent\*)+", ""),
    (r" \[as [^\]]*\]$", ""),
    (r"^(?:Object|Function)\.(?=[^.])", ""),
    (r"^(?:Module|Object|Function)?\.{1,2}/.*$", "<anonymous>"),
    (r"^(?:global|module|eval|program) code$|^anonymous$|^\?$", "<anonymous>"),
    (r"[/<]+$", ""),
    (r"^(_callee)\d*\$?$", r"\1"),
    (r"^_?default$", "default"),
)
_RUBY = _table(
    (r"^(?:(?:block(?: \(\d+ levels\))?|rescue|ensure|eval) in )+", ""),
    (r"#<(Class|Module):0x[0-9a-f]+>", r"#<\1>"),
)
_PHP = _table(
    (r"^\{closure:(?:/[^:]*|(.+?)(?:\(\))?)(?::\d+)\}$", r"\1"),
    (r"(@anonymous)(?:\x00|\\0|%0|/|:)[^>\s]*?(?=->|::|$)", r"\1"),
)
_RUST = _table(
    (r"::h[0-9a-f]{16}$", ""),
    (r"(?:::)?\{\{?(?:closure|vtable\.shim|constant|shim)[^{}]*\}?\}", ""),
    (r"(?:::)?\{(?:async_(?:fn|block|closure)|closure|coroutine|shim)(?:_env)?#\d+\}", ""),
)
_DOTNET = _table(
    (r"<>c(?:__DisplayClass\w*)?(?:`\d+)?(?:<[^<>]*>)?[.+]", ""),
    (r"<+([^<>]+)>(?:d(?:__\w+)?|b__\w+>d(?:__\w+)?)[.+]MoveNext$", r"\1"),
    (r"<+([^<>]+)>b__\w+>d(?:__\w+)?[.+]MoveNext$", r"\1"),
    (r"<[^<>]*>g__([^|<>]+)\|[\d_]+(?:>d(?:__\w+)?[.+]MoveNext)?", r"\1"),
    (r"<([^<>]+)>b__[\w]+", r"\1"),
    (r"<([^<>]+)>\$", r"\1"),
    (r"<([^<>]+)>d(?:__\w+)?$", r"\1"),
    (r"^<(?=\w+(?:$|\())", ""),
    (r"\b(lambda_method)\d+", r"\1"),
)
_GO = _table(
    (r"\[\.\.\.\]", ""),
    (r"\(\*([^()]+)\)", r"\1"),
    (r"(?:-fm|-range\d+|\.(?:func|gowrap|deferwrap|dwrap·?)\d+|\.\d+)+$", ""),
    (r"\.$", ""),
    (r"\.func\d+(?=\.|$)", ""),
)
_BEAM = _table(
    (r"^(?:an )?anonymous fn/\d+ in ", ""),
    (r"^'?-(.+?)/(\d+)-(?:fun|lc|lbc|mc|inlined|after|anonymous)\b.*$", r"\1/\2"),
)
_SWIFT = _table(
    (r"^(?:@objc |partial apply for |specialized |implicit |closure #\d+ (?:@?[\w ]+ )?in |async |thunk for )+", ""),
    (r"\s*\[inlined\]$", ""),
)
_DART = _table(
    (r"^new ", ""),
    (r"(?:\.?<(?:anonymous closure|fn)>)+$", ""),
    (r"@\d+", ""),
)
_CPP = _table(
    (r"\s*\[clone [^\]]*\]|\[abi:[^\]]*\]", ""),
    (r"(?:\.(?:cold|part|isra|constprop|llvm)(?:\.\d+)*)+$", ""),
    (r"::(?:\{lambda\(.*|\$_\d+.*|'lambda\d*'\(.*|<lambda_[0-9a-f]+>.*)$", ""),
)

_TABLES: dict[str, _Substitutions] = {
    **dict.fromkeys(("python",), _PYTHON),
    **dict.fromkeys(("java", "kotlin", "scala", "clojure"), _JVM),
    **dict.fromkeys(("javascript", "typescript", "nodejs", "webjs"), _JAVASCRIPT),
    **dict.fromkeys(("ruby",), _RUBY),
    **dict.fromkeys(("php",), _PHP),
    **dict.fromkeys(("rust",), _RUST),
    **dict.fromkeys(("dotnet", "csharp", "fsharp"), _DOTNET),
    **dict.fromkeys(("go",), _GO),
    **dict.fromkeys(("elixir", "erlang", "beam"), _BEAM),
    **dict.fromkeys(("swift",), _SWIFT),
    **dict.fromkeys(("dart",), _DART),
    **dict.fromkeys(("cpp", "c", "c++"), _CPP),
}


def clean_function(name: str, language: str | None) -> str:
    """The name a person wrote, stable over builds; never empty for a name that was not.

    `language` is a value of `telemetry.sdk.language` or a dialect's name; an unknown one leaves the name as it is.
    """
    return _cleaned(name[:NAME_CHARACTERS_MAX], language or "")


def clean_class(name: str) -> str:
    """A class of the Java platform without proxies, lambdas and the numbers of anonymous classes."""
    return _substituted(name[:NAME_CHARACTERS_MAX], _JVM_CLASSES)


@lru_cache(maxsize=4096)
def _cleaned(name: str, language: str) -> str:
    return _substituted(name, _TABLES.get(language, ()))


@lru_cache(maxsize=4096)
def _substituted(name: str, table: _Substitutions) -> str:
    cleaned = name
    for pattern, replacement in table:
        cleaned = pattern.sub(replacement, cleaned)
    return cleaned.strip() or name
