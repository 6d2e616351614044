"""Stack traces of Rust: panics before and since 1.73, anyhow, eyre, color-eyre, and backtraces printed with `{:?}`."""

import re
from functools import lru_cache

from tracemedic_processor.stacktrace.dialect import Dialect
from tracemedic_processor.stacktrace.function_names import clean_function
from tracemedic_processor.stacktrace.rust_panics import from_panic
from tracemedic_storage.records import ExceptionRecord, Frame

LINE_CHARACTERS_MAX = 4096
MESSAGE_LINES_MAX = 50

_FRAME = re.compile(r"[ \t]*(\d+):[ \t]+(?:0x[0-9a-f]+ - )?(\S.*)$")
_AT = re.compile(r"[ \t]+at (.+?):(\d+)(?::\d+)?$")
_DEBUG_FRAME = re.compile(r'\{ fn: "([^"\n]{1,4096})"(?:, file: "([^"\n]{0,1024})")?(?:, line: (\d{1,9}))? \}')
_PANIC = re.compile(r"(?:.*[ \t])?(?:thread '[^'\n]*'(?: \(\d+\))? )?panicked at (?P<rest>.*)$")
_OLD_PANIC = re.compile(r"'(?P<message>.*)', (?P<file>[^\s:']+):(?P<line>\d+)(?::\d+)?$")
_ERROR = re.compile(r"(?:Error|Err): ?(.*)$")
_STACK = re.compile(r"[ \t]*(?:stack backtrace:|Stack backtrace:|━+ BACKTRACE ━+|Backtrace:)[ \t]*$")
_SPANS = re.compile(r"[ \t]*━+ SPANTRACE ━+")
_CAUSED_BY = re.compile(r"[ \t]*Caused by:(?P<one>.*)$")
_CAUSE = re.compile(r"[ \t]*(?:(\d+): )?(.*)$")
_EYRE_MESSAGE = re.compile(r"[ \t]{2,}(\d+): (.*)$")
_END = ("note: ", "Location:", "Run with ", "Backtrace omitted", "Suggestion:")

_EVIDENCE = re.compile(
    r"\n(?:"
    r"[ \t]+at [^\n]{1,400}\.rs:\d+"
    r"|[ \t]*\d+:[ \t]+(?:0x[0-9a-f]+ - )?(?:std|core|<?\w+)(?:\[[0-9a-f]+\])?::\w"
    r")",
    re.MULTILINE,
)
_MARKS = ("panicked at ", '{ fn: "', "━ BACKTRACE ━")
_CHAIN_EVIDENCE = re.compile(r"^Caused by:\n[ ]+(?:0: )?\S", re.MULTILINE)

_LIBRARY_FILE = re.compile(
    r"^/rustc/|/\.cargo/(?:registry|git)/|/rustlib/src/|(?:^|[/\\])library[/\\](?:std|core|alloc|test"
    r"|panic_unwind)[/\\]src"
    r"|\\\.cargo\\(?:registry|git)\\|(?:^|/)vendor/|^\./(?:csu|nptl|elf|misc)/|^\.\./sysdeps|/cargo/registry/"
)
_STANDARD = frozenset({
    "std", "core", "alloc", "proc_macro", "test", "backtrace", "panic_unwind", "panic_abort", "rustc",
    "__rustc", "rust_begin_unwind", "gimli", "addr2line", "compiler_builtins", "hashbrown",
})  # fmt: skip
_CRATES = frozenset({
    "anyhow", "eyre", "color_eyre", "thiserror", "tokio", "tokio_util", "tokio_stream", "tokio_rustls",
    "tokio_postgres", "hyper", "hyper_util", "axum", "axum_core", "actix_web", "actix_rt", "actix_http",
    "actix_server", "actix_service", "actix", "tower", "tower_http", "tower_service", "tower_layer", "futures",
    "futures_util", "futures_core", "futures_executor", "futures_channel", "serde", "serde_json", "serde_yaml",
    "toml", "reqwest", "sqlx", "sqlx_core", "diesel", "tonic", "rayon", "rayon_core", "tracing",
    "tracing_core", "tracing_subscriber", "tracing_opentelemetry", "warp", "rocket", "h2", "h3", "mio",
    "rustls", "crossbeam", "crossbeam_channel", "crossbeam_utils", "clap", "log", "env_logger", "regex",
    "chrono", "time", "bytes", "async_std", "async_trait", "poem", "prost", "redis", "mongodb", "sea_orm",
    "opentelemetry", "opentelemetry_sdk", "sentry", "sentry_core", "parking_lot", "parking_lot_core",
    "once_cell", "native_tls", "openssl", "http", "http_body", "url", "uuid", "rand", "ndarray", "polars",
    "lambda_runtime", "aws_sdk_s3", "aws_smithy_runtime", "aws_config", "lapin", "rdkafka", "tungstenite",
    "tokio_tungstenite", "quinn", "bevy", "wgpu", "winit", "tauri", "async_graphql", "juniper", "deadpool",
    "deadpool_postgres", "bb8", "r2d2", "rusqlite", "postgres", "mysql", "mysql_async", "lazy_static",
    "itertools", "nom", "bincode", "smol", "async_executor", "async_io", "async_task", "either", "criterion",
    "proptest", "quickcheck", "wasm_bindgen", "js_sys", "web_sys", "pyo3", "napi", "libc", "nix", "num_cpus",
    "num_traits", "memmap2", "zip", "flate2",
})  # fmt: skip
_NATIVE = re.compile(
    r"(?:_start|_main|main|__libc_start\w*|__libc_csu_init|start_thread|clone\d?|__clone\d?|__pthread\w*"
    r"|BaseThreadInitThunk|RtlUserThreadStart|invoke_main|__scrt_common_main\w*|_pthread_\w+|thread_start|start"
    r"|<unknown>|__GI_\w+|_{0,3}rust_\w+)$"
)
_GENERIC = re.compile(r"(?:[A-Z]\d?|&?(?:mut )?(?:[ui](?:8|16|32|64|128|size)|f32|f64|bool|char|str|\[.*|\(.*|!))$")
_POINTERS = re.compile(r"(?:&(?:'\w+ )?(?:mut )?|\*(?:const|mut) |dyn |for<[^<>]*> )+")
_CRATE_HASH = re.compile(r"\[[0-9a-f]{8,16}\]")
_HASH = re.compile(r"(?:::h[0-9a-f]{16}|<unknown>)+$")


def _has_evidence(text: str) -> bool:
    return any(mark in text for mark in _MARKS) or _EVIDENCE.search("\n" + text) is not None


def _recognise(text: str) -> float:
    if _has_evidence(text):
        return 0.95
    return 0.5 if _CHAIN_EVIDENCE.search(text) else 0.0


def _parse(text: str) -> list[ExceptionRecord]:
    lines = _first_panic(text.split("\n"))
    frames = from_panic(_frames(lines), lines)
    if not frames and '{ fn: "' in text:
        frames = tuple(_frame(*match.groups()) for match in _DEBUG_FRAME.finditer(text))
    head = _head(lines)
    if not frames and not head:
        return []
    return _chain(head, frames)


def _first_panic(lines: list[str]) -> list[str]:
    """The lines up to a second panic: one while unwinding or joining only follows from the first."""
    panics = (at for at, line in enumerate(lines) if "panicked at " in line and line.lstrip().startswith("thread '"))
    next(panics, None)
    return lines[: next(panics, len(lines))]


def _frames(lines: list[str]) -> tuple[Frame, ...]:
    start = next((at for at, line in enumerate(lines) if _STACK.match(line, 0, LINE_CHARACTERS_MAX)), None)
    if start is not None:
        return _numbered(lines[start + 1 :], whole=True)
    return _numbered(lines, whole=False)


def _numbered(lines: list[str], *, whole: bool) -> tuple[Frame, ...]:
    """Frames of numbered functions. Outside a backtrace (`whole` is False) only those with a location count."""
    frames: list[Frame] = []
    function: str | None = None
    for line in lines:
        if not line and function is None:
            continue
        at = _AT.match(line, 0, LINE_CHARACTERS_MAX)
        if at is not None:
            if function is not None:
                frames.append(_frame(function, at[1], at[2]))
            function = None
            continue
        if whole and function is not None:
            frames.append(_frame(function, None, None))
        match = _FRAME.match(line, 0, LINE_CHARACTERS_MAX)
        function = match[2] if match is not None and _is_symbol(match[2]) else None
        if frames and line.startswith(_END):
            break
    if whole and function is not None:
        frames.append(_frame(function, None, None))
    return tuple(frames)


def _is_symbol(name: str) -> bool:
    """Lists of causes are numbered as well; a path of Rust has no space outside its angle brackets."""
    return "::" in name or " " not in name


def _frame(name: str, file: str | None, line: str | None) -> Frame:
    module, function, in_app = _judged(name, file)
    return Frame(function=function, module=module, file=file, line=int(line[:9]) if line else None, in_app=in_app)


@lru_cache(maxsize=4096)
def _judged(name: str, file: str | None) -> tuple[str | None, str, bool]:
    module, function = _names(name)
    return module, function, _is_application(module, function, file)


def _names(name: str) -> tuple[str | None, str]:
    """`<shop::Cart as shop::Store>::save::h0123456789abcdef` gives `shop::Cart`, `save`."""
    bare = _HASH.sub("", _CRATE_HASH.sub("", name[:LINE_CHARACTERS_MAX]))
    bare = clean_function(_without_generics(bare), "rust")
    module, _, function = bare.rpartition("::")
    return module or None, function


def _without_generics(name: str) -> str:
    """The path alone, without type arguments: of `<Type as Trait>` the type, or the trait of a mere parameter."""
    if name.startswith("<"):
        end = _closing(name)
        return _self_type(name[1:end]) + _outside_brackets(name[end + 1 :])
    return _outside_brackets(name)


def _closing(name: str) -> int:
    depth = 0
    for at, sign in enumerate(name):
        if sign == "<":
            depth += 1
        elif sign == ">" and name[at - 1] != "-":
            depth -= 1
            if depth == 0:
                return at
    return len(name)


def _self_type(inner: str) -> str:
    implementing, trait = _split_as(inner)
    bare = _POINTERS.sub("", implementing, count=1).strip()
    if trait and _GENERIC.match(bare):
        return _outside_brackets(trait)
    return _outside_brackets(bare).partition(" + ")[0]


def _split_as(inner: str) -> tuple[str, str]:
    depth = 0
    for at, sign in enumerate(inner):
        if sign == "<":
            depth += 1
        elif sign == ">" and inner[at - 1] != "-":
            depth -= 1
        elif sign == " " and depth == 0 and inner.startswith(" as ", at):
            return inner[:at], inner[at + 4 :]
    return inner, ""


def _outside_brackets(name: str) -> str:
    if "<" not in name:
        return name
    depth = 0
    kept: list[str] = []
    for at, sign in enumerate(name):
        if sign == "<":
            depth += 1
        elif sign == ">" and depth:
            depth -= name[at - 1] != "-"
        elif not depth:
            kept.append(sign)
    return re.sub(r":{3,}", "::", "".join(kept)).strip().rstrip(":")


def _is_application(module: str | None, function: str, file: str | None) -> bool:
    if file is not None and _LIBRARY_FILE.search(file):
        return False
    if module is None:
        return file is not None and file.endswith(".rs") and _NATIVE.match(function) is None
    crate = module.partition("::")[0]
    return crate not in _STANDARD and crate not in _CRATES


def _head(lines: list[str]) -> list[tuple[str, str]]:
    """Types and messages, the reported one first; Rust tells no types but that it was a panic."""
    for at, line in enumerate(lines[:200]):
        panic = _PANIC.match(line, 0, LINE_CHARACTERS_MAX) if "panicked at " in line else None
        if panic is not None:
            return [("panic", _panic_message(panic["rest"], lines[at + 1 :]))]
        if line.startswith("The application panicked"):
            return [("panic", _after("Message:", lines[at + 1 : at + 3]))]
    return [("", message) for message in _messages(lines)]


def _after(label: str, lines: list[str]) -> str:
    return next((line[len(label) :].strip() for line in lines if line.startswith(label)), "")


def _panic_message(rest: str, following: list[str]) -> str:
    old = _OLD_PANIC.match(rest)
    if old is not None:
        return old["message"]
    if not rest.endswith(":"):
        return rest.strip("'")
    message: list[str] = []
    for line in following[:MESSAGE_LINES_MAX]:
        if _STACK.match(line, 0, LINE_CHARACTERS_MAX) or line.startswith(_END):
            break
        message.append(line)
    return "\n".join(message).rstrip()


def _messages(lines: list[str]) -> list[str]:
    """What anyhow and eyre print: the error, then under `Caused by:` its causes; color-eyre numbers all of them."""
    before: list[str] = []
    for at, line in enumerate(lines[:200]):
        caused = _CAUSED_BY.match(line, 0, LINE_CHARACTERS_MAX)
        if caused is not None and not caused["one"]:
            return [_plain_error(before), *_causes(lines[at + 1 :])]
        if _STACK.match(line, 0, LINE_CHARACTERS_MAX) or _SPANS.match(line) or line.startswith(_END):
            break
        if _FRAME.match(line, 0, LINE_CHARACTERS_MAX) and _is_symbol_line(line):
            break
        before.append(line)
    numbered = [match[2] for line in before if (match := _EYRE_MESSAGE.match(line, 0, LINE_CHARACTERS_MAX))]
    if numbered:
        return numbered
    return [plain] if (plain := _plain_error(before)) and len(before) < len(lines) else []


def _is_symbol_line(line: str) -> bool:
    match = _FRAME.match(line, 0, LINE_CHARACTERS_MAX)
    return match is not None and "::" in match[2] and " " not in match[2]


def _plain_error(lines: list[str]) -> str:
    text = "\n".join(lines).strip()
    match = _ERROR.match(text)
    return text[match.start(1) :] if match is not None else text


def _causes(lines: list[str]) -> list[str]:
    causes: list[str] = []
    for line in lines[:500]:
        if not line.strip() or not line.startswith((" ", "\t")) or _STACK.match(line, 0, LINE_CHARACTERS_MAX):
            break
        match = _CAUSE.match(line, 0, LINE_CHARACTERS_MAX)
        if match is None:
            break
        if match[1] is None and causes:
            causes[-1] += "\n" + match[2]
        else:
            causes.append(match[2])
    return causes


def _chain(head: list[tuple[str, str]], frames: tuple[Frame, ...]) -> list[ExceptionRecord]:
    """The one backtrace there is was taken where the first error arose; it is told with the reported one."""
    (kind, message), *causes = head or [("", "")]
    reported = ExceptionRecord(type=kind, message=message, frames=frames)
    return [reported, *(ExceptionRecord(type=kind, message=cause, relation="cause") for kind, cause in causes)]


DIALECT = Dialect(name="rust", languages=frozenset({"rust"}), recognise=_recognise, parse=_parse)
