"""Stack traces of PHP: its own numbered ones with `Next` chains, Laravel's log lines, and the OpenTelemetry SDK's.

PHP prints beside each call where it was *made*; where the called function stood is told one line above, and for the
innermost one in the header. The SDK's `StackTraceFormatter` imitates Java: dots for backslashes, base names of files.
"""

import re
from functools import lru_cache
from typing import NamedTuple

import msgspec

from tracemedic_processor.stacktrace.dialect import Dialect
from tracemedic_processor.stacktrace.paths import project_path
from tracemedic_storage.records import ExceptionRecord, Frame, Relation

LINE_CHARACTERS_MAX = 8192
MESSAGE_LINES_MAX = 50

_CALL = re.compile(
    r"[ \t]*#\d+ (?:\{main\}|(?:\[internal function\]|(?P<file>[^\n]*?)\((?P<line>\d+)\)): (?P<call>.*))$"
)
_HEADER = re.compile(
    r"(?:.*?(?:Uncaught (?:exception ')?|Next |\[object\] \())?(?P<type>\\?[A-Za-z_]\w*(?:\\\w+)*(?:@anonymous[^:]*)?)"
    r"(?:\(code: [^)]*\))?(?:' with message '|: ?)(?P<message>.*)$"
)
_LOCATION = re.compile(r" (?:in|at) ((?:phar:|[A-Za-z]:)?[^:\n]+):(\d+)\)?$")
_STACK_FOLLOWS = re.compile(r"\s*(?:\[?[Ss]tack ?trace\]?:?)\s*$")
_THROWN_IN = re.compile(r"\s*thrown in (.+) on line (\d+)$")
_CLOSURE = re.compile(r"(.*?)(?:->|::)?\{closure(?::(?P<place>[^}]*))?\}")
_PLACE = re.compile(r"(?P<scope>.+?)(?:\(\))?:\d+$")

_SDK_FRAME = re.compile(
    r"[ \t]+at (?P<name>[^\s(]+|[^\n(]*\{[^}\n]*\})\((?:Unknown Source"
    r"|(?P<file>[^():\n]+)(?::(?P<line>\d+))?)\)$"
)
_SDK_HEADER = re.compile(
    r"(?:(?P<cause>Caused by): )?(?P<type>[A-Za-z_][\w.]*(?:@anonymous[^:]*)?)(?:: (?P<message>.*))?$"
)
_SDK_MORE = re.compile(r"[ \t]+\.\.\. (\d+) more$")
_SDK_EVIDENCE = re.compile(
    r"\n(?:"
    r"[ \t]+at [^\n(]{1,400}\([^():\n]{1,200}\.php:\d+\)$"
    r"|[ \t]+at \{main\}\("
    r")",
    re.MULTILINE,
)
_EVIDENCE = re.compile(
    r"\n(?:"
    r"[ \t]*#\d+ (?:\[internal function\]|[^\n(]{1,400}\(\d+\)): \S"
    r"|[ \t]*#\d+ \{main\}"
    r")",
    re.MULTILINE,
)

_LIBRARY_FILE = re.compile(
    r"(?:^|[/\\])vendor[/\\]|^phar:|[/\\]usr[/\\](?:share|lib)[/\\]php|[/\\](?:pear|wp-includes|wp-admin)[/\\]"
    r"|/storage/framework/(?:views|cache)/|eval\(\)'d code"
)
_LIBRARIES = frozenset({
    "Illuminate", "Laravel", "Symfony", "Doctrine", "GuzzleHttp", "Psr", "Monolog", "Composer", "PHPUnit",
    "Twig", "League", "Slim", "Laminas", "Zend", "Cake", "yii", "CodeIgniter", "Carbon", "Ramsey", "Nyholm",
    "OpenTelemetry", "Sentry", "Predis", "PhpAmqpLib", "Aws", "Google", "Stripe", "Amp", "React", "Hyperf",
    "Livewire", "Spatie", "Nette", "Drupal", "Magento", "Barryvdh", "Tymon", "Inertia", "Filament", "Pest",
    "Mockery", "Faker", "Prophecy", "Elastica", "Elasticsearch", "Elastic", "MongoDB", "Ratchet", "Workerman",
    "Phalcon", "Propel", "TYPO3", "Http", "Brick", "Egulias", "Mezzio", "Api", "Firebase", "Tracy", "Latte",
    "PhpParser", "Dotenv", "Fruitcake", "Bugsnag", "Rollbar", "Revolt", "Swoole", "Ds", "Random", "Roave",
    "Sabre", "Webmozart", "Zipkin",
})  # fmt: skip
_CORE_CLASS = re.compile(
    r"(?:PDO|mysqli|SQLite3|Redis|Memcache|Date|Array(?:Object|Iterator|Access)|Spl|Reflection|Soap|DOM"
    r"|SimpleXML|XML|Imagick"
    r"|Zip|Phar|Iterator|Intl|NumberFormatter|Session|WeakMap|WeakReference|Fiber$|FFI|Closure$|Generator$"
    r"|Exception$|Error$"
    r"|(?:Directory|Filesystem|Glob|Caching|Limit|Append|Infinite|NoRewind|CallbackFilter|Parent|Regex|Multiple|Empty)"
    r"Iterator|Directory$|Recursive|Curl|Collator|Normalizer|MessageFormatter|Locale$|Transliterator|GMP|Swoole|AMQP|RdKafka|LDAP"
    r"|tidy)\w*$"
)
_CORE_FUNCTION = re.compile(
    r"(?:array|str|json|preg|mb|curl|file|f(?:open|read|write|gets|puts|close|getcsv|lock|seek|passthru)"
    r"|call_user_func|forward_static_call"
    r"|u[ak]?sort|iterator|is|mysqli?|pg|date|time|mktime|rand|random|mt|unserialize|serialize|simplexml"
    r"|stream|socket|proc"
    r"|exec|shell_exec|system|trigger_error|user_error|intdiv|fdiv|implode|explode|count|sizeof|in_array"
    r"|unlink|mkdir|rmdir"
    r"|rename|copy|touch|chmod|spl|method_exists|property_exists|class_exists|constant|define|assert|hex2bin"
    r"|bin2hex|base64"
    r"|gz|image|iconv|ldap|openssl|sodium|password|hash|ctype|filter|range|compact|extract|max|min|round|v?[sf]?printf"
    r"|number_format|set_error_handler|func|get_|scandir|opendir|glob|parse|http|url|usleep|sleep|ob|oci|odbc|ftp|dns"
    r"|gethostby|inet|ip2long|mail|header|setcookie|session|array_|sprintf|substr|trim|ucfirst|lcfirst|nl2br"
    r"|html|settype"
    r"|var_|print|exit|die|eval|assert|apcu|opcache|igbinary|msgpack|redis|swoole|readline|pcntl|posix|xml|dom|libxml)"
    r"(?:_\w+|[a-z0-9]*)$"
)
_INCLUDES = frozenset({"include", "include_once", "require", "require_once", "eval"})


class _Place(NamedTuple):
    file: str | None
    line: int | None


_NOWHERE = _Place(None, None)


def _recognise(text: str) -> float:
    if _EVIDENCE.search("\n" + text):
        return 0.97
    return 0.96 if _SDK_EVIDENCE.search("\n" + text) else 0.0


def _parse(text: str) -> list[ExceptionRecord]:
    if "[stacktrace]" in text:
        text = text.replace("\\\\", "\\")
    lines = text.split("\n")
    if _EVIDENCE.search("\n" + text):
        return _numbered(lines)
    if _SDK_EVIDENCE.search("\n" + text):
        return _sdk(lines)
    return []


class _Section:
    """One exception of a numbered text: lines of its header, then its calls."""

    def __init__(self) -> None:
        self.header: list[str] = []
        self.calls: list[re.Match[str]] = []
        self.place = _NOWHERE


def _numbered(lines: list[str]) -> list[ExceptionRecord]:
    """PHP prints the root first and the reported exception last."""
    sections = _sections(lines)
    records = [_record(section) for section in sections if section.calls]
    if sections and _is_laravel(sections[0]):
        return _related(records)
    return _related(records[::-1])


def _is_laravel(section: _Section) -> bool:
    """Laravel's log prints the reported exception first: `[object] (Type(code: 0): ...`, then the previous."""
    return any("[object] (" in line for line in section.header)


def _related(records: list[ExceptionRecord]) -> list[ExceptionRecord]:
    return [
        ExceptionRecord(
            type=record.type, message=record.message, relation="cause" if at else "reported", frames=record.frames
        )
        for at, record in enumerate(records)
    ]


def _sections(lines: list[str]) -> list[_Section]:
    sections = [_Section()]
    for line in lines:
        call = _CALL.match(line, 0, LINE_CHARACTERS_MAX) if "#" in line[:20] else None
        if call is not None:
            sections[-1].calls.append(call)
            continue
        thrown = _THROWN_IN.match(line, 0, LINE_CHARACTERS_MAX)
        if thrown is not None:
            sections[-1].place = _Place(thrown[1], int(thrown[2][:9]))
            continue
        if sections[-1].calls and line.strip():
            if not line.lstrip().startswith(("Next ", "[previous exception]")) and "Uncaught " not in line:
                continue
            sections.append(_Section())
        if len(sections[-1].header) < MESSAGE_LINES_MAX and not _STACK_FOLLOWS.match(line[:80]):
            sections[-1].header.append(line)
    return sections


def _record(section: _Section) -> ExceptionRecord:
    kind, message, place = _header("\n".join(section.header).strip())
    if place is _NOWHERE:
        place = section.place
    return ExceptionRecord(type=kind, message=message, frames=_frames(section.calls, place))


def _header(text: str) -> tuple[str, str, _Place]:
    start = max(text.find(mark) for mark in ("Uncaught ", "[object] ("))
    text = text[text.rfind("\n", 0, max(start, 0)) + 1 :]
    first, newline, rest = text.partition("\n")
    match = _HEADER.match(first, 0, LINE_CHARACTERS_MAX)
    if match is None:
        return "", text, _NOWHERE
    message = match["message"] + newline + rest
    message, place = _without_location(message)
    return match["type"].lstrip("\\"), message.rstrip(), place


def _without_location(message: str) -> tuple[str, _Place]:
    """The message, and where it was thrown: `... in /srv/cart.php:6`, after a space as after a quote."""
    start = max(message.rfind(" in "), message.rfind(" at "))
    match = _LOCATION.match(message, start) if start >= 0 else None
    if match is None:
        return message, _NOWHERE
    bare = message[:start].removesuffix(" and defined")
    return bare.removesuffix("'") if bare.count("'") % 2 else bare, _Place(match[1], int(match[2][:9]))


def _frames(calls: list[re.Match[str]], thrown: _Place) -> tuple[Frame, ...]:
    frames: list[Frame] = []
    place = thrown
    for call in calls:
        made_at = _NOWHERE if call["file"] is None else _Place(call["file"], int(call["line"][:9]))
        frames.append(_frame(call["call"], place, same_place=bool(frames or place.file) and place == made_at))
        place = made_at
    return _judged_by_callers(frames)


def _judged_by_callers(frames: list[Frame]) -> tuple[Frame, ...]:
    callers = (*frames[1:], None)
    return tuple(
        msgspec.structs.replace(frame, in_app=False) if _is_told_by_caller(frame, caller) else frame
        for frame, caller in zip(frames, callers, strict=False)
    )


def _is_told_by_caller(frame: Frame, caller: Frame | None) -> bool:
    """Whether a call stands where it was made: then PHP itself or an extension offers it, whatever its name.

    Closures and anonymous classes can be written where they are called, whole programs on one line; recursion tells
    its own line again.
    """
    if caller is None or not frame.in_app or frame.line is None or caller.function == "{main}":
        return False
    if (frame.file, frame.line) != (caller.file, caller.line):
        return False
    is_written_there = "{closure" in frame.function or "@anonymous" in (frame.module or "")
    return not is_written_there and (frame.module, frame.function) != (caller.module, caller.function)


def _frame(call: str | None, place: _Place, *, same_place: bool) -> Frame:
    if call is None:
        return _made(None, "{main}", place, in_app=_is_application_file(place.file))
    module, function = _names(_without_arguments(call))
    in_app = _is_application(module, function, place.file) and not (same_place and _is_core(module, function))
    return _made(module, function, place, in_app=in_app)


def _made(module: str | None, function: str, place: _Place, *, in_app: bool) -> Frame:
    if module is None and place.file is not None:
        module = project_path(place.file)
    return Frame(function=function, module=module, file=place.file, line=place.line, in_app=in_app)


def _without_arguments(call: str) -> str:
    closed = call.find("}") + 1 if "{closure" in call else 0
    opened = call.find("(", closed)
    return call if opened < 0 else call[:opened]


@lru_cache(maxsize=4096)
def _names(name: str) -> tuple[str | None, str]:
    """Class or namespace, and function. A closure since 8.4 names the function it stands in."""
    if "{closure" in name:
        return _closure(name)
    for arrow in ("->", "::"):
        kind, found, method = name.partition(arrow)
        if found:
            return _class(kind), method
    namespace, _, function = name.rpartition("\\")
    return namespace or None, function


def _closure(name: str) -> tuple[str | None, str]:
    match = _CLOSURE.match(name)
    if match is None:
        return None, name
    place = _PLACE.match(match["place"] or "")
    if place is not None and "/" not in place["scope"]:
        return _names(place["scope"])
    kind, found, _ = name.partition("->")
    if not found:
        kind = name.partition("{closure")[0].removesuffix("::").rstrip("\\")
    return (_class(kind) if kind else None), "{closure}"


def _class(name: str) -> str:
    """An anonymous class is named after its file and a counter: both go."""
    return name[: name.find("@anonymous") + len("@anonymous")] if "@anonymous" in name else name


@lru_cache(maxsize=4096)
def _is_application(module: str | None, function: str, file: str | None) -> bool:
    if file is not None and not _is_application_file(file):
        return False
    if file is not None and ("/" in file or "\\" in file):
        return True
    if module is not None and module.partition("\\")[0] in _LIBRARIES:
        return False
    return file is not None or not _is_core(module, function)


def _is_application_file(file: str | None) -> bool:
    return file is not None and _LIBRARY_FILE.search(file) is None


@lru_cache(maxsize=4096)
def _is_core(module: str | None, function: str) -> bool:
    """Whether PHP itself offers it; such calls carry the place of their caller."""
    if module is None:
        return function in _INCLUDES or _CORE_FUNCTION.match(function) is not None
    return _CORE_CLASS.match(module) is not None


def _sdk(lines: list[str]) -> list[ExceptionRecord]:
    chain: list[ExceptionRecord] = []
    header: tuple[str, list[str], Relation] | None = None
    frames: list[Frame] = []
    for line in lines:
        frame = _sdk_frame(line)
        more = _SDK_MORE.match(line, 0, LINE_CHARACTERS_MAX) if frame is None else None
        if frame is not None:
            frames.append(frame)
        elif more is not None:
            frames.extend(_shared(chain, int(more[1][:6])))
        elif header is None or line.startswith("Caused by: "):
            if header is not None:
                chain.append(_sdk_record(header, frames))
            header = _sdk_header(line, "cause" if chain else "reported")
            frames = []
        elif not frames and len(header[1]) < MESSAGE_LINES_MAX:
            header[1].append(line)
    if header is not None:
        chain.append(_sdk_record(header, frames))
    return chain


def _shared(chain: list[ExceptionRecord], count: int) -> tuple[Frame, ...]:
    """The outermost frames that an exception has in common with the one before it."""
    return chain[-1].frames[-count:] if chain and count else ()


def _sdk_header(line: str, relation: Relation) -> tuple[str, list[str], Relation]:
    match = _SDK_HEADER.match(line, 0, LINE_CHARACTERS_MAX)
    if match is None:
        return "", [line], relation
    return match["type"].replace(".", "\\"), [match["message"] or ""], relation


def _sdk_record(header: tuple[str, list[str], Relation], frames: list[Frame]) -> ExceptionRecord:
    kind, lines, relation = header
    return ExceptionRecord(
        type=kind, message="\n".join(lines).rstrip(), relation=relation, frames=_judged_by_callers(frames)
    )


def _sdk_frame(line: str) -> Frame | None:
    match = _SDK_FRAME.match(line, 0, LINE_CHARACTERS_MAX) if "at " in line[:12] else None
    if match is None:
        return None
    place = _Place(match["file"], int(match["line"][:9]) if match["line"] else None)
    if match["name"] == "{main}":
        return _made(None, "{main}", place, in_app=_is_application_file(place.file))
    module, function = _sdk_names(match["name"])
    in_app = _is_application(module, function, place.file) and not _is_core(module, function)
    return _made(module, function, place, in_app=in_app)


@lru_cache(maxsize=4096)
def _sdk_names(name: str) -> tuple[str | None, str]:
    if "{closure" in name:
        bare = name.replace(".", "\\")
        return _closure(bare)
    module, _, function = name.rpartition(".")
    return _class(module.replace(".", "\\")) or None, function


DIALECT = Dialect(name="php", languages=frozenset({"php"}), recognise=_recognise, parse=_parse)
