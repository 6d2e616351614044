"""Stack traces of C and C++: gdb, lldb, sanitizers, Valgrind, glibc, boost, std::stacktrace, absl, glog, backward."""

import re
from functools import lru_cache

from tracemedic_processor.stacktrace.dialect import Dialect
from tracemedic_processor.stacktrace.function_names import clean_function
from tracemedic_processor.stacktrace.paths import project_path
from tracemedic_storage.records import ExceptionRecord, Frame

LINE_CHARACTERS_MAX = 8192
NAME_CHARACTERS_MAX = 4096

_FILE = r"(?:[A-Za-z]:)?[^:\n()]+"
_GDB = re.compile(
    rf"[ \t]*#(?P<index>\d+)[ \t]+(?:0x[0-9a-fA-F]+ in )?(?P<symbol>\S.*?)(?: at (?P<file>{_FILE}):(?P<line>\d+"
    rf")(?::\d+)?| from (?P<image>\S+))?$"
)
_SANITIZER = re.compile(
    r"[ \t]*#(?P<index>\d+) 0x[0-9a-fA-F]+ (?:in )?(?P<symbol>\S.*?)[ ](?:(?P<file>(?:[A-Za-z]:)?[^\s:()]+):(?"
    r"P<line>\d+)(?::\d+)?|\((?P<image>[^()\n]+?)\+0x[0-9a-f]+\)(?: \(BuildId: \w+\))?)$"
)
_BOOST = re.compile(
    rf"[ \t]*(?P<index>\d+)# (?P<symbol>\S.*?)(?: at (?P<file>{_FILE}):(?P<line>\d+)| in (?P<image>\S+))?$"
)
_MSVC = re.compile(
    rf"[ \t]*\d+> (?P<file>{_FILE})\((?P<line>\d+)\): (?P<image>[^!\s]+)!(?P<symbol>.+?)(?:\+0x[0-9A-Fa-f]+)?$"
)
_WINDBG = re.compile(
    r"[ \t]*(?:[0-9a-f`]{8,17} [0-9a-f`]{8,17} )?(?P<image>[\w.\-]+)!(?P<symbol>[^\n\[]+?)(?:\+0x[0-9A-Fa-f]+"
    r")?(?: \[(?P<file>[^\]\n@]+?)(?: @ (?P<line>\d+)|:(?P<row>\d+))?\])?$"
)
_SYMBOLIZER = re.compile(r"[ \t]*@[ \t]+0x[0-9a-fA-F]+[ \t]+(?:\d+[ \t]+)?(?P<symbol>\S.*)$")
_VALGRIND = re.compile(
    r"==\d+==[ \t]+(?:at|by) 0x[0-9A-F]+: (?P<symbol>\S.*?) \((?:in (?P<image>[^()]+)"
    r"|(?P<file>[^():]+):(?P<line>\d+))\)$"
)
_GLIBC = re.compile(
    r"(?:\[\w*\] )?(?P<image>[^\s()\[\]]+)\((?P<symbol>[^()\n]*(?:\([^()]*\))?[^()\n]*?)?(?:\+0x[0-9a-f]+)?\)"
    r" ?\[0x[0-9a-f]+\]$"
)
_LLDB = re.compile(
    r"[ \t*]*frame #(?P<index>\d+): 0x[0-9a-fA-F]+ (?P<image>[^`\n]+)`(?P<symbol>\S.*?)(?: \+ \d+)?(?: at (?P<"
    r"file>\S[^:\n]*):(?P<line>\d+)(?::\d+)?)?$"
)
_BACKWARD = re.compile(
    r'#(?P<index>\d+)[ \t]+(?:Source|Object) "(?P<file>[^"\n]+)",'
    r"(?: line (?P<line>\d+),)?(?: at 0x[0-9a-f]+,)? in (?P<symbol>.+)$"
)
_SHAPES = (_BACKWARD, _SANITIZER, _GDB, _BOOST, _SYMBOLIZER, _VALGRIND, _LLDB, _GLIBC, _MSVC, _WINDBG)

_SIGNS = ("#", "@", "[0x", "==", "!", "`")

_THROWN = re.compile(
    r"(?:terminate|libc\+\+abi: terminating|terminating)\b.* (?:instance of"
    r"|exception of type) '?(?P<type>(?:[^\s':]|::)+)'?(?:: (?P<message>.*))?$"
)
_WHAT = re.compile(r"[ \t]*what\(\):[ \t]+(?P<message>.*)$")
_SANITIZER_HEAD = re.compile(
    r"(?:==\d+==)?\s*(?:ERROR|WARNING): (?P<tool>\w+Sanitizer): (?P<type>[\w\-]+(?: races?\b)?)(?P<message>.*)$"
)
_SIGNAL = re.compile(
    r".*(?:terminated with|received|caught|Caught|\*\*\* (?:Aborted|Received)"
    r"|stop reason =) signal (?P<type>SIG\w+)(?:[,:] (?P<message>.*))?$"
    r"|\*\*\* (?P<type2>SIG\w+)(?P<message2> .*)$"
)
_ASSERTION = re.compile(r".*?(?P<message>Assertion [`'].* failed\.?)$")
_CHECK = re.compile(r"[FE]\d{4}[^\]\n]*\] (?P<message>Check failed.*)$")
_EXCEPTION = re.compile(r"(?P<type>(?:\w+::)+\w+|\w+(?:_error|Error|Exception|exception))(?:: (?P<message>.*))?$")

_EVIDENCE = re.compile(
    r"\n(?:"
    r"[ \t]*#\d+[ \t]+(?:0x[0-9a-fA-F]+ (?:in )?)?[^\n]{1,2000}(?: at [^\s:]{1,400}\.(?:cc|cpp|cxx|c|h"
    r"|hpp|hh|ipp|tcc|C|S|inl):\d+| from /\S+|\.(?:cc|cpp|cxx|c|h|hpp|hh|S):\d+(?::\d+)?)$"
    r"|[ \t]*#\d+ 0x[0-9a-f]+ (?:in )?\S"
    r"|[ \t]*#\d+[ \t]+0x[0-9a-f]+ in \S"
    r"|[ \t]*\d+# \S"
    r"|[ \t]*@[ \t]+0x[0-9a-f]+[ \t]"
    r"|==\d+==[ \t]+(?:at|by) 0x"
    r"|[^\s()\[\]]+\([^()\n]*\) ?\[0x[0-9a-f]+\]$"
    r"|terminate called "
    r"|[ \t*]*frame #\d+: 0x[0-9a-f]+ \S"
    r"|#\d+[ \t]+(?:Source|Object) \""
    r"|[ \t]*\d+> [^\n]{1,400}\(\d+\): \w+!"
    r")",
    re.MULTILINE,
)
_SWIFT_OR_OBJC = re.compile(r"\.swift:\d+|libswiftCore")

_LIBRARY_NAMESPACES = (
    "std::", "__gnu_cxx::", "__cxxabiv1::", "boost::", "absl::", "google::", "folly::", "testing::", "fmt::",
    "spdlog::", "Eigen::", "grpc::", "grpc_core::", "asio::", "__asan", "__ubsan", "__tsan", "__sanitizer",
    "__interceptor", "cpptrace::", "backward::", "tbb::", "rocksdb::", "leveldb::", "nlohmann::",
    "rapidjson::", "cv::", "at::", "c10::", "torch::", "pybind11::", "QObject", "QMetaObject",
    "QCoreApplication", "QApplication", "QEventLoop", "QEventDispatcher", "__cxa_", "_Unwind_",
)  # fmt: skip
_NATIVE = re.compile(
    r"(?:_start|__libc_\w+|__GI_\w+|__pthread_\w+|pthread_\w+|raise|abort|start_thread|clone\d?|__clone\d?"
    r"|operator (?:new|delete).*|"
    r"__assert\w*|__stack_chk_fail|\?\?|\(unknown\)|<unknown>|__restore_rt|<signal handler called>|malloc|free"
    r"|calloc|realloc|memcpy|"
    r"__memcpy\w*|__memmove\w*|memmove|memset|str(?:len|cpy|cmp)\w*|__str\w+|BaseThreadInitThunk"
    r"|RtlUserThreadStart|invoke_main|__scrt_\w+|mainCRTStartup|epoll_wait|"
    r"poll|__poll|select|gsignal|_dl_\w+|call_init|__run_exit_handlers|exit|_exit|kill|tgkill|syscall"
    r"|nanosleep|\+?0x[0-9a-fA-F]+)$"
)
_LIBRARY_FILE = re.compile(
    r"^/usr/(?:include|lib|local/include)/|/include/c\+\+/|(?:^|/)sysdeps/|/libsanitizer/|/compiler-rt/"
    r"|/build/glibc|^\./(?:nptl|csu|stdlib|elf|misc|malloc|"
    r"string|signal|io|socket)/|^\.\./(?:csu|nptl|stdlib|elf|sysdeps|misc|malloc|string)/|/(?:third_party"
    r"|external|_deps|vcpkg_installed|node_modules)/|/gcc-\d|libstdc\+\+-v3|"
    r"\\VC\\Tools\\|\\vctools\\|minkernel|/Qt\w*/|/boost/"
)
_SYSTEM_IMAGE = re.compile(
    r"^(?:/lib(?:32|64|x32)?/|/usr/lib|/usr/local/lib/|/System/|/nix/store/)|(?:^|/)(?:libc|libstdc\+\+"
    r"|libpthread|libm|libgcc_s|ld-linux\S*|libasan|libc\+\+\w*)(?:[.\-]|$)|^(?:ntdll|KERNEL32|kernel32"
    r"|KERNELBASE|ucrtbase\w*|vcruntime\w*|MSVCP\w*)$"
)
_ARGUMENTS_OF_GDB = re.compile(r" \((?:[\w:]+=|\)$|\.\.\.\)).*$|\(\)$| \(\)$")
_OFFSET = re.compile(r"\+0x[0-9a-fA-F]+(?: \(BuildId: \w+\))?$")
_MANGLED_PART = re.compile(r"(\d{1,3})")


def _has_evidence(text: str) -> bool:
    return "AddressSanitizer" in text or _EVIDENCE.search("\n" + text) is not None


def _recognise(text: str) -> float:
    if not _has_evidence(text):
        return 0.0
    return 0.4 if _SWIFT_OR_OBJC.search(text) else 0.85


def _parse(text: str) -> list[ExceptionRecord]:
    lines = text.split("\n")
    frames, start = _frames(lines)
    kind, message = _head(lines[:start] if frames else lines)
    if not frames and not kind:
        return []
    return [ExceptionRecord(type=kind, message=message, frames=frames)]


def _head(lines: list[str]) -> tuple[str, str]:
    kind, message = "", ""
    for line in lines[:2000]:
        for pattern in (_THROWN, _SANITIZER_HEAD, _SIGNAL, _ASSERTION, _CHECK):
            match = pattern.match(line, 0, LINE_CHARACTERS_MAX) if _may_be_head(line) else None
            if match is None:
                continue
            told = match.groupdict()
            kind = kind or told.get("type") or told.get("type2") or "Assertion failed"
            message = message or (told.get("message") or told.get("message2") or "").strip()
            break
        what = _WHAT.match(line, 0, LINE_CHARACTERS_MAX) if "what():" in line else None
        if what is not None:
            message = what["message"]
    return (kind, message) if kind else _plain_head(lines)


def _may_be_head(line: str) -> bool:
    return any(word in line for word in ("terminat", "Sanitizer", "signal ", "*** SIG", "Assertion", "Check failed"))


def _plain_head(lines: list[str]) -> tuple[str, str]:
    first = next((line for line in lines if line.strip()), "")
    match = _EXCEPTION.match(first.strip(), 0, LINE_CHARACTERS_MAX)
    return (match["type"], match["message"] or "") if match is not None else ("", "")


def _frames(lines: list[str]) -> tuple[tuple[Frame, ...], int]:
    """The first stack of the text, and the line it begins at; a second one numbers anew or follows an empty line."""
    frames: list[Frame] = []
    start = last = -1
    for at, line in enumerate(lines):
        told = _told(line)
        if told is None:
            if frames and not line.strip() and last >= 0:
                break
            continue
        index = int((told.get("index") or "-1")[:6])
        if frames and 0 <= index <= last:
            break
        last = max(last, index)
        start = at if start < 0 else start
        frames.append(_frame(told))
    return tuple(frames), start


def _told(line: str) -> dict[str, str | None] | None:
    if not line or not any(sign in line for sign in _SIGNS):
        return None
    for shape in _SHAPES:
        match = shape.match(line, 0, LINE_CHARACTERS_MAX)
        if match is not None:
            return match.groupdict()
    return None


def _frame(told: dict[str, str | None]) -> Frame:
    symbol = told["symbol"] or "??"
    file, image = told.get("file"), told.get("image")
    line = told.get("line") or told.get("row")
    module, function, in_app = _judged(symbol, file, image)
    return Frame(function=function, module=module, file=file, line=int(line[:9]) if line else None, in_app=in_app)


@lru_cache(maxsize=4096)
def _judged(symbol: str, file: str | None, image: str | None) -> tuple[str | None, str, bool]:
    name = plain_name(symbol)
    scope, _, function = _split_scope(name)
    module = scope or (project_path(file) if file else _image_name(image))
    return module, function or name, _is_application(name, file, image)


def _split_scope(name: str) -> tuple[str, str, str]:
    operator = name.find("operator")
    if operator > 0 and name[operator - 2 : operator] == "::":
        return name[: operator - 2], "::", name[operator:]
    return name.rpartition("::")


def _image_name(image: str | None) -> str | None:
    return None if image is None else image.rsplit("/", 1)[-1]


def plain_name(symbol: str) -> str:
    """The qualified name alone: no result, parameters, template arguments or offset; simple mangled names read."""
    name = _OFFSET.sub("", symbol[:NAME_CHARACTERS_MAX])
    if name.startswith("_Z"):
        name = _demangled(name)
    name = clean_function(_ARGUMENTS_OF_GDB.sub("", name), "cpp").replace("(anonymous namespace)", "{anonymous}")
    bare = _outside_brackets(name)
    operator = bare.find("operator")
    if operator < 0 or (operator and bare[operator - 1] not in ": "):
        bare = bare.removesuffix(" const").rstrip().rpartition(" ")[2]
    elif operator:
        bare = bare[bare.rfind(" ", 0, operator) + 1 :]
    return bare.replace("{anonymous}", "(anonymous namespace)").strip(":*& ") or symbol


def _outside_brackets(name: str) -> str:
    """Without parameters and template arguments; the signs of operators are no brackets."""
    if name.startswith("operator") or "::operator" in name or " operator" in name:
        return _operator(name)
    depth = 0
    kept: list[str] = []
    for sign in name:
        if sign in "<(":
            if sign == "(" and not depth and kept:
                break
            depth += 1
        elif sign in ">)":
            depth = max(0, depth - 1)
        elif not depth:
            kept.append(sign)
    return "".join(kept).strip()


_OPERATOR = re.compile(
    r"operator(?:\(\)|\[\]|<=>|<<=?|>>=?|->\*?|[<>=!+\-*/%^&|~,]{1,2}|\"\" ?\w+| (?:new|delete)(?:\[\])?"
    r"| [\w:]+[*&]?)"
)


def _operator(name: str) -> str:
    match = _OPERATOR.search(name)
    if match is None:
        return name.partition("(")[0]
    scope = name[: match.start()]
    return (_outside_brackets(scope) if scope else "") + match[0]


def _demangled(name: str) -> str:
    """`_ZN4shop2btEv` is `shop::bt`. Names with template arguments or substitutions stay as they are."""
    at = 3 if name.startswith("_ZN") else 2
    at += name.startswith("K", at)
    parts: list[str] = []
    while (digits := _MANGLED_PART.match(name, at)) is not None:
        at = digits.end() + int(digits[1])
        parts.append(name[digits.end() : at])
    complete = bool(parts) and (not name.startswith("_ZN") or name.startswith("E", at)) and at <= len(name)
    return "::".join(parts) if complete else name


def _is_application(name: str, file: str | None, image: str | None) -> bool:
    if name.startswith(_LIBRARY_NAMESPACES) or _NATIVE.match(name):
        return False
    if file is not None:
        return _LIBRARY_FILE.search(file) is None
    return image is None or _SYSTEM_IMAGE.search(image) is None


DIALECT = Dialect(name="cpp", languages=frozenset({"cpp", "c++", "c"}), recognise=_recognise, parse=_parse)
