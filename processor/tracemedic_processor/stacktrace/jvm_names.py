"""The module and function a JVM frame stands for: Kotlin, Scala and Clojure compile functions into classes."""

import re
from functools import lru_cache
from typing import NamedTuple

from tracemedic_processor.stacktrace.function_names import NAME_CHARACTERS_MAX, clean_class, clean_function
from tracemedic_processor.stacktrace.jvm_packages import is_library

_HIDDEN_CLASS = re.compile(r"(\$\$Lambda(?:\$\d+)?)/(?:0x)?[0-9a-f]+")
_CALLS = frozenset(
    {"invoke", "invokeSuspend", "apply", "emit", "applyOrElse", "call", "run", "accept", "get", "collect"}
)
_FUNCTION_IN_CLASS = re.compile(
    r"(?P<module>[^$]+(?:\$[A-Z]\w*)*)\$?(?:\$\$anonfun\$|\$)(?P<function>(?!anon\$)[a-z_]\w*)\$(?:\$?inlined\$.*|\d+.*|\$anonfun.*|1)$"
)
_SCALA_ANONYMOUS = re.compile(r"(?P<module>[^$]+(?:\$[A-Z]\w*)*)\$?\$anonfun\$(?P<function>[A-Za-z_]\w*)\$.*$")
_CLOJURE_CALLS = frozenset({"invoke", "invokeStatic", "doInvoke", "applyTo", "invokePrim", "call", "run"})
_GENERATED = re.compile(
    r"\$\$(?:FastClassBy|EnhancerBy|Lambda|SpringCGLIB|KeyFactory)|\$Proxy\d*\b|Generated\w+Accessor\d"
    r"|\$(?:ByteBuddy|HibernateProxy|MockitoMock)\$|_\$\$_|_(?:ClientProxy|Subclass)(?:$|\$)"
)
_MUNGED = {
    "_BANG_": "!",
    "_QMARK_": "?",
    "_STAR_": "*",
    "_PLUS_": "+",
    "_GT_": ">",
    "_LT_": "<",
    "_EQ_": "=",
    "_SLASH_": "/",
    "_SHARP_": "#",
    "_COLON_": ":",
    "_AMPERSAND_": "&",
    "_BAR_": "|",
    "_PERCENT_": "%",
    "_SINGLEQUOTE_": "'",
    "_DOT_": ".",
    "_CARET_": "^",
    "_TILDE_": "~",
    "_": "-",
}
_MUNGED_SIGN = re.compile("|".join(_MUNGED))


class JvmName(NamedTuple):
    """What a qualified method stands for; `generated` when no person wrote it, `library` by its package."""

    module: str
    function: str
    generated: bool
    library: bool


def read_name(qualified: str, *, clojure: bool) -> JvmName:
    """The name behind `app//com.shop.Cart$$Lambda$14/0x8000.run` and its like."""
    return _read(qualified[:NAME_CHARACTERS_MAX], clojure)


@lru_cache(maxsize=4096)
def _read(qualified: str, clojure: bool) -> JvmName:
    plain = _HIDDEN_CLASS.sub(r"\1", qualified).rpartition("/")[2]
    class_name, _, method = plain.rpartition(".")
    generated = _GENERATED.search(class_name) is not None
    module, function = _clojure(class_name, method) if clojure else _compiled(class_name, method)
    return JvmName(module, function, generated, is_library(class_name))


def _compiled(class_name: str, method: str) -> tuple[str, str]:
    """Kotlin's lambdas and coroutines, Scala's functions: the method that holds them is in the name of the class."""
    if "$" in class_name and method.partition("$")[0] in _CALLS:
        found = _SCALA_ANONYMOUS.match(class_name) or _FUNCTION_IN_CLASS.match(class_name)
        if found is not None:
            return found["module"], found["function"]
    return clean_class(class_name), clean_function(method, "java")


def _clojure(class_name: str, method: str) -> tuple[str, str]:
    """`shop.core$total_price$fn__12` is the function `total-price` of `shop.core`."""
    namespace, dollar, rest = class_name.partition("$")
    if not dollar or method not in _CLOJURE_CALLS:
        return _demunged(clean_class(class_name)), clean_function(method, "java")
    names = [re.sub(r"(?:__)?\d+$", "", part) for part in rest.split("$")]
    return _demunged(namespace), _demunged(names[0]) or "fn"


def _demunged(name: str) -> str:
    return _MUNGED_SIGN.sub(lambda sign: _MUNGED[sign[0]], name)
