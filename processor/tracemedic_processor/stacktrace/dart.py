"""Stack traces of Dart and Flutter: the VM's, those of `package:stack_trace`, and AOT builds without symbols."""

import re
from functools import lru_cache

from tracemedic_processor.stacktrace.dialect import Dialect
from tracemedic_processor.stacktrace.function_names import clean_function
from tracemedic_processor.stacktrace.paths import project_path
from tracemedic_storage.records import ExceptionRecord, Frame

LINE_CHARACTERS_MAX = 4096
MESSAGE_LINES_MAX = 50

_URI = (
    r"(?:dart:[\w\-/.]+|package:[^\s():]+|file:///[^\n():]+|(?:https?|org-dartlang-[\w-]+):[^\s()]+?"
    r"|[\w./\\\-]+\.dart|<[\w ]+>)"
)
_VM_FRAME = re.compile(
    rf"(?:[A-Z]/flutter ?\([ \d]+\): )?[ \t]*#(\d+)[ \t]+(?P<member>\S.*?) \((?P<uri>{_URI})(?::(?P<line>\d+)(?"
    rf"::\d+)?)?\)$"
)
_TERSE_FRAME = re.compile(rf"[ \t]*(?P<uri>{_URI})(?: (?P<line>\d+):\d+)?[ ]{{2,}}(?P<member>\S.*)$")
_AOT_FRAME = re.compile(r"[ \t]*#(\d+) abs [0-9a-f]+(?: virt ([0-9a-f]+))? (?P<symbol>\S+)$")
_AOT_PREAMBLE = re.compile(
    r"\*\*\* \*\*\*|(?:pid|os|build_id|isolate_\w+|vm_\w+|loading_unit): |Warning: This VM has been configured"
)
_HEADER = re.compile(
    r"(?P<type>(?:_?[A-Za-z]\w*)?(?:Exception|Error|Failure)\b)(?:<[^>\n]*>)?(?: ?\([^()\n]*\))?(?:: (?P<messa"
    r"ge>.*))?$"
)
_UNHANDLED = re.compile(r"(?:.*?Unhandled [Ee]xception:|The following \S+ was thrown[^:\n]*:)[ ]?(?P<rest>.*)$")
_THROWN = re.compile(r"The following (?P<type>\S+) was thrown\b")

_EVIDENCE = re.compile(
    r"\n(?:"
    r"(?:[A-Z]/flutter ?\([ \d]+\): )?[ \t]*#\d+[ \t]+[^\n]{1,400} \((?:dart:|package:|file:///"
    r"|https?:)[^\n()]{1,400}\)$"
    r"|[ \t]*(?:package:[^\s:]{1,300}\.dart|dart:[\w/\-.]{1,200})(?: \d+:\d+)?[ ]{2,}\S"
    r"|<asynchronous suspension>$"
    r"|[ \t]*#\d+ abs [0-9a-f]{6,16} "
    r"|[ \t]*#\d+[ \t]+[^\n]{1,400} \([^\s()]{1,400}\.dart:\d+:\d+\)$"
    r")",
    re.MULTILINE,
)

_PACKAGES = frozenset({
    "flutter", "flutter_test", "flutter_web_plugins", "flutter_localizations", "sky_engine", "http", "http2",
    "dio", "provider", "riverpod", "flutter_riverpod", "hooks_riverpod", "flutter_hooks", "bloc",
    "flutter_bloc", "get", "get_it", "rxdart", "async", "collection", "stack_trace", "test", "test_api",
    "test_core", "matcher", "shelf", "shelf_router", "sqflite", "sqflite_common", "hive", "hive_flutter",
    "isar", "drift", "moor", "sentry", "sentry_flutter", "json_annotation", "path", "path_provider", "intl",
    "go_router", "mobx", "flutter_mobx", "equatable", "grpc", "protobuf", "postgres", "mysql1", "mongo_dart",
    "mockito", "mocktail", "args", "logging", "logger", "meta", "web_socket_channel", "socket_io_client",
    "graphql", "graphql_flutter", "shared_preferences", "url_launcher", "image_picker", "cached_network_image",
    "camera", "video_player", "webview_flutter", "connectivity_plus", "firebase_core", "firebase_auth",
    "firebase_messaging", "firebase_crashlytics", "cloud_firestore", "stream_channel", "vm_service",
    "frontend_server_client", "build_runner", "source_gen", "analyzer", "dwds", "pool", "retry", "uuid",
    "crypto", "convert", "typed_data", "characters", "material_color_utilities", "vector_math", "redis",
    "serverpod", "dart_frog", "conduit", "angel3_framework", "opentelemetry", "dartastic_opentelemetry",
    "boot_test", "chopper", "retrofit", "auto_route", "injectable", "easy_localization", "flutter_svg",
    "lottie",
})  # fmt: skip


def _has_evidence(text: str) -> bool:
    return "= asynchronous gap =" in text or _EVIDENCE.search("\n" + text) is not None


def _recognise(text: str) -> float:
    return 0.97 if _has_evidence(text) else 0.0


def _parse(text: str) -> list[ExceptionRecord]:
    before: list[str] = []
    frames: list[Frame] = []
    for line in text.split("\n"):
        frame = _frame(line)
        if frame is not None:
            if frames and _begins_again(line):
                break
            frames.append(frame)
        elif not frames and len(before) < MESSAGE_LINES_MAX:
            before.append(line)
    if not frames:
        return []
    kind, message = _head(before)
    return [ExceptionRecord(type=kind, message=message, frames=tuple(frames))]


def _begins_again(line: str) -> bool:
    """A second stack in the text, unless it goes on after an asynchronous gap, which does not number anew."""
    match = _VM_FRAME.match(line, 0, LINE_CHARACTERS_MAX)
    return match is not None and match[1] == "0"


def _frame(line: str) -> Frame | None:
    if "#" in line[:40]:
        match = _VM_FRAME.match(line, 0, LINE_CHARACTERS_MAX)
        if match is None:
            return _unsymbolised(line)
        return _made(match["member"], match["uri"], match["line"])
    if "dart" not in line and "package:" not in line:
        return None
    match = _TERSE_FRAME.match(line, 0, LINE_CHARACTERS_MAX)
    return None if match is None else _made(match["member"], match["uri"], match["line"])


def _unsymbolised(line: str) -> Frame | None:
    """A frame of an AOT build: an offset means something for this build alone, so it is no application's source."""
    match = _AOT_FRAME.match(line, 0, LINE_CHARACTERS_MAX)
    return None if match is None else Frame(function=match["symbol"].rsplit("/", 1)[-1], in_app=False)


def _made(member: str, uri: str, line: str | None) -> Frame:
    module, function, in_app = _judged(member, uri)
    return Frame(function=function, module=module, file=uri, line=int(line[:9]) if line else None, in_app=in_app)


@lru_cache(maxsize=4096)
def _judged(member: str, uri: str) -> tuple[str, str, bool]:
    return _module(uri), clean_function(member.strip(), "dart"), _is_application(uri)


def _module(uri: str) -> str:
    """The library's URI; one on disk or on a server goes by its path below the project."""
    if uri.startswith("file://"):
        return project_path(uri[len("file://") :])
    if uri.startswith(("http://", "https://")):
        return uri.split("/", 3)[-1]
    return uri


def _is_application(uri: str) -> bool:
    if uri.startswith(("dart:", "org-dartlang-", "<")) or "/.pub-cache/" in uri or "/dart-sdk/" in uri:
        return False
    return not (uri.startswith("package:") and uri[len("package:") :].partition("/")[0] in _PACKAGES)


def _head(lines: list[str]) -> tuple[str, str]:
    """What was thrown: its type when the text begins with one, and the message."""
    told = [_without_log_prefix(line) for line in lines if not _AOT_PREAMBLE.match(line)]
    thrown = next((match[1] for line in told if (match := _THROWN.search(line, 0, LINE_CHARACTERS_MAX))), "")
    for at, line in enumerate(told):
        match = _UNHANDLED.match(line, 0, LINE_CHARACTERS_MAX)
        if match is not None:
            told = [rest] if (rest := match["rest"]) else []
            told += [_without_log_prefix(line) for line in lines[at + 1 :]]
            break
    message = "\n".join(told).strip().removeprefix("Uncaught ")
    message = message.partition("\n\n")[0].partition("\nWhen the exception was thrown")[0]
    first, newline, rest = message.partition("\n")
    match = _HEADER.match(first, 0, LINE_CHARACTERS_MAX)
    if match is None:
        return thrown, message
    return match["type"], (match["message"] or "") + newline + rest


def _without_log_prefix(line: str) -> str:
    if "/flutter" not in line[:12]:
        return line
    return line.partition("): ")[2]


DIALECT = Dialect(name="dart", languages=frozenset({"dart", "flutter"}), recognise=_recognise, parse=_parse)
