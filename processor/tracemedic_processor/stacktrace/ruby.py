"""Stack traces of Ruby: `full_message` in both orders, plain backtraces, labels before and since 3.4.

A line is `file:line:in 'label'`; the innermost one of an exception carries its message and class. In the default order
the reported exception comes first and its causes follow; under `Traceback (most recent call last)` all is reversed.
"""

import re
from functools import lru_cache

import msgspec

from tracemedic_processor.stacktrace.dialect import Dialect
from tracemedic_processor.stacktrace.function_names import clean_function
from tracemedic_processor.stacktrace.paths import project_path
from tracemedic_storage.records import ExceptionRecord, Frame

LINE_CHARACTERS_MAX = 4096
MESSAGE_LINES_MAX = 50

_FILE = r"(?:<internal:[^>\n]*>|\([\w-]+\)|(?:[A-Za-z]:)?[^:\n]+)"
_LINE = re.compile(
    rf"[ \t]*(?P<order>\d+: )?(?P<from>from )?(?P<file>{_FILE}):(?P<line>\d+)"
    r"(?::in (?P<quote>[`'])(?P<label>[^'\n]*)')?(?P<rest>: .*)?$"
)
_HEADER = re.compile(
    r"(?:.*[\w!?)]\.?[:\])] )?(?P<type>[A-Z]\w*(?:::[A-Z]\w*)*)(?:: (?P<message>.*)| \((?P<quoted>.*)\):?)?$"
)
_CLASS_AT_END = re.compile(r" ?\(([A-Z]\w*(?:::\w+)*|#<Class:[^()]*>)(?:\))$")
_PREFIXED = re.compile(r"(?:block|rescue|ensure|eval|class|module)\b|<")
_LABEL_34 = re.compile(
    r"(?P<prefix>(?:(?:block(?: \(\d+ levels\))?|rescue|ensure|eval) in )*)(?P<class>[A-Z#][^#.\s]*)[#.](?P<na"
    r"me>.+)$"
)
_GEM = re.compile(r".*/(?:gems|bundler/gems)/([\w.-]+?)-(?:\d[\w.]*(?:-[\w.-]+)?|[0-9a-f]{7,40})/(?:lib/|app/)?(.*)$")
_STANDARD = re.compile(r"(?:^|.*/)(?:lib/ruby/(?:\d[\w.]*|site_ruby|vendor_ruby)|ruby/\d[\w.]*)(?:/\d[\w.]*)?/(.*)$")
_GLUE_FILE = re.compile(
    r"<internal:|\(eval|/bin/(?:bundle|rails|rake|rackup|rspec|ruby|puma|sidekiq|spring)$|/\.?(?:rbenv|rvm"
    r"|asdf)/"
)

_EVIDENCE = re.compile(
    r"\n(?:"
    r"[ \t]*+(?:\d+: )?(?:from )?[^:\n]{1,400}:\d+:in [`'][^'\n]*'"
    r")",
    re.MULTILINE,
)
_OLD_EVIDENCE = re.compile(
    r"\n(?:"
    r"[ \t]+from [^:\n]{1,400}\.rb:\d+$"
    r")",
    re.MULTILINE,
)

_CORE_CLASSES = frozenset({
    "Array", "BasicObject", "Binding", "Class", "Comparable", "Complex", "Data", "Dir", "Encoding",
    "Enumerable", "Enumerator", "Fiber", "File", "FileTest", "Float", "GC", "Hash", "IO", "Integer", "Kernel",
    "Marshal", "MatchData", "Math", "Method", "Module", "Mutex", "NilClass", "Numeric", "ObjectSpace", "Proc",
    "Process", "Queue", "Ractor", "Random", "Range", "Rational", "Regexp", "Set", "SizedQueue", "String",
    "Struct", "Symbol", "Thread", "Time", "TracePoint", "UnboundMethod", "JSON", "BigDecimal", "StringIO",
    "Zlib", "OpenSSL", "Socket", "TCPSocket",
})  # fmt: skip
_CORE_METHODS = frozenset({
    "each", "map", "collect", "select", "reject", "filter", "filter_map", "flat_map", "each_with_index",
    "each_with_object", "each_slice", "each_cons", "each_pair", "each_key", "each_value", "each_line",
    "each_char", "each_entry", "each_index", "reverse_each", "inject", "reduce", "sum", "sort", "sort_by",
    "min_by", "max_by", "group_by", "partition", "find", "detect", "find_index", "any?", "all?", "none?",
    "one?", "zip", "cycle", "times", "upto", "downto", "step", "loop", "tap", "then", "yield_self",
    "instance_eval", "instance_exec", "class_eval", "class_exec", "module_eval", "eval", "send", "public_send",
    "__send__", "call", "require", "require_relative", "load", "raise", "Integer", "Float", "String", "Array",
    "Rational", "open", "read", "write", "readlines", "transform_values", "transform_keys", "map!", "select!",
    "reject!", "collect!", "delete_if", "keep_if", "fetch", "fetch_values", "dig", "key?", "to_proc", "join",
    "sleep", "pop", "push", "shift", "new", "initialize", "to_i", "to_h", "to_s", "to_sym", "to_a", "gsub",
    "sub", "gsub!", "sub!", "scan", "match", "define_method", "synchronize", "lock", "value", "wait", "catch",
    "throw", "with_index", "with_object", "const_get", "const_missing", "instance_variable_get", "method",
    "public_method", "readlink", "mkdir", "unlink", "rename", "stat", "size", "connect", "accept", "sysread",
    "syswrite", "readpartial", "read_nonblock", "write_nonblock", "popen", "spawn", "exec", "fork", "trap",
    "parse", "generate", "divmod", "div", "fdiv", "modulo", "pow", "sqrt", "round", "floor", "unpack",
    "unpack1", "pack", "encode", "force_encoding", "freeze", "dup", "clone", "method_missing",
    "public_instance_method", "binread", "foreach", "first", "take", "compare_by_identity", "getaddrinfo",
})  # fmt: skip
"""Methods in C. Until 3.4 they have the file and line of their caller, so only the name tells them."""


def _recognise(text: str) -> float:
    if _EVIDENCE.search("\n" + text):
        return 0.97
    return 0.6 if _OLD_EVIDENCE.search("\n" + text) else 0.0


class _Part:
    """One exception of the text: its header, or the header still to come when the order is reversed."""

    def __init__(self) -> None:
        self.kind = ""
        self.lines: list[str] = []
        self.matches: list[re.Match[str]] = []

    def record(self, *, reverse: bool, first: bool) -> ExceptionRecord:
        frames = _frames(self.matches[::-1] if reverse else self.matches)
        lines, code = _without_snippet(self.lines)
        if code is not None and frames:
            frames = (msgspec.structs.replace(frames[0], code=code), *frames[1:])
        return ExceptionRecord(
            type=self.kind,
            message="\n".join(lines).strip(),
            relation="reported" if first else "cause",
            frames=frames,
        )


def _parse(text: str) -> list[ExceptionRecord]:
    bottom_up = text.lstrip()[:40].startswith("Traceback (most recent call last)")
    parts = _parts(text.split("\n"), bottom_up=bottom_up)
    parts = [part for part in parts if part.matches]
    if bottom_up:
        parts.reverse()
    return [part.record(reverse=bottom_up, first=at == 0) for at, part in enumerate(parts)]


def _parts(lines: list[str], *, bottom_up: bool) -> list[_Part]:
    parts = [_Part()]
    ended = False
    for line in lines:
        match = _match(line)
        if match is None:
            _text(parts[-1], line, done=bottom_up and not ended)
            continue
        heads = match["rest"] is not None
        if (heads and not bottom_up and parts[-1].matches) or (ended and bottom_up):
            parts.append(_Part())
            ended = False
        parts[-1].matches.append(match)
        if heads:
            _head(parts[-1], match["rest"][2:])
            ended = True
    return parts


def _match(line: str) -> re.Match[str] | None:
    if ":" not in line:
        return None
    match = _LINE.match(line, 0, LINE_CHARACTERS_MAX)
    if match is None or (match["label"] is None and (match["from"] is None or not match["file"].endswith(".rb"))):
        return None
    return match


def _head(part: _Part, said: str) -> None:
    named = _CLASS_AT_END.search(said, max(0, len(said) - 300))
    part.kind = named[1] if named else part.kind
    message = said[: named.start()] if named else said
    part.lines = [] if message == part.kind else [message]


def _text(part: _Part, line: str, *, done: bool) -> None:
    """A message's further line, or a header in the style of `inspect` and of Rails above a plain backtrace."""
    if part.matches:
        if part.kind and not done and (len(part.matches) == 1 or part.matches[-1]["rest"] is not None):
            _continue_message(part, line)
        return
    match = _HEADER.match(line.strip(), 0, LINE_CHARACTERS_MAX) if line.strip() else None
    if match is not None and not line.startswith("Traceback"):
        part.kind = match["type"]
        part.lines = [match["message"] or match["quoted"] or ""]
    elif part.kind and line.strip():
        _continue_message(part, line)


def _continue_message(part: _Part, line: str) -> None:
    if len(part.lines) < MESSAGE_LINES_MAX:
        part.lines.append(line)


def _without_snippet(lines: list[str]) -> tuple[list[str], str | None]:
    """The message without the source line and the carets that `error_highlight` adds, and that source line."""
    at = next((at for at, line in enumerate(lines) if at > 1 and line.strip() and not line.strip(" \t^~")), None)
    if at is None or lines[at - 2].strip():
        return lines, None
    return [*lines[: at - 2], *lines[at + 1 :]], lines[at - 1].strip()


def _frames(matches: list[re.Match[str]]) -> tuple[Frame, ...]:
    callers = [*matches[1:], None]
    return tuple(_frame(match, caller) for match, caller in zip(matches, callers, strict=True))


def _frame(match: re.Match[str], caller: re.Match[str] | None) -> Frame:
    label = match["label"] or "<main>"
    file = match["file"]
    module, function = _names(label, file)
    in_app = _is_application(file) and not _is_core(module, label) and not _is_c_call(match, caller)
    return Frame(function=function, module=module, file=file, line=int(match["line"][:9]), in_app=in_app)


@lru_cache(maxsize=4096)
def _names(label: str, file: str) -> tuple[str, str]:
    """The class that the label names since 3.4, otherwise the file below its project or gem."""
    told = _LABEL_34.match(label)
    if told is not None:
        return told["class"], told["name"]
    return _module_of(file), clean_function(label, "ruby")


def _module_of(file: str) -> str:
    gem = _GEM.match(file)
    if gem is not None:
        return f"{gem[1]}/{gem[2]}"
    standard = _STANDARD.match(file)
    return standard[1] if standard is not None else project_path(file)


@lru_cache(maxsize=4096)
def _is_application(file: str) -> bool:
    if "/gems/" in file or "vendor/bundle/" in file or _GLUE_FILE.search(file):
        return False
    return _STANDARD.match(file) is None and not file.startswith("gems/")


def _is_core(module: str, label: str) -> bool:
    return "#" in label and module in _CORE_CLASSES


def _is_c_call(match: re.Match[str], caller: re.Match[str] | None) -> bool:
    if caller is None or match["file"] != caller["file"] or match["line"] != caller["line"]:
        return False
    label = match["label"] or ""
    if _PREFIXED.match(label):
        return False
    return label in _CORE_METHODS or not (label[:1].isalpha() or label[:1] == "_")


DIALECT = Dialect(name="ruby", languages=frozenset({"ruby"}), recognise=_recognise, parse=_parse)
