"""Stack traces of the BEAM: Elixir's `** (Type) message`, Erlang's shell and crash reports, and raw stack terms."""

import re
from functools import lru_cache

from tracemedic_processor.stacktrace.dialect import Dialect
from tracemedic_processor.stacktrace.function_names import clean_function
from tracemedic_processor.stacktrace.paths import project_path
from tracemedic_storage.records import ExceptionRecord, Frame

LINE_CHARACTERS_MAX = 4096
MESSAGE_LINES_MAX = 50

_HEADER = re.compile(r"(?P<indent>[ \t]*)(?:[^*\n]* )?\*\* \((?P<type>[\w. #<>]+?)\) ?(?P<message>.*)$")
_EXIT_OF_ANOTHER = re.compile(r"EXIT\b")
_FRAME = re.compile(
    r"(?P<indent>[ \t]+)(?:\((?P<app>\w+)(?: [^)\s]+)?\) )?(?:(?P<file>[^\s:()]+\.(?:exs?|erl|eex|heex|leex"
    r"|xrl|yrl|hrl)):(?:(?P<line>\d+):)? )"
    r"(?P<call>\S.*)$"
)
_FRAME_WITHOUT_FILE = re.compile(
    r"(?P<indent>[ \t]+)(?:\((?P<app>\w+) [^)\s]+\) )?(?P<call>(?:anonymous fn/\d+ in )?:?[\w.]+\.(?:\w+[!?]?"
    r"|\"[^\"\n]+\"|[^\w\s(]{1,3})(?:/\d+|\(.*\)))$"
)
_ERLANG_HEADER = re.compile(r"[ \t]*(?:\d+> )?(?:\*\* )?exception (?P<type>error|exit|throw): (?P<message>.*)$")
_ERLANG_FRAME = re.compile(
    r"[ \t]*(?:in (?:function|call from|operator))[ ]+(?P<call>\S+/\d+|[\w@]+:\S+?/\d+"
    r"|\S+)(?: \((?P<file>[^,()]+), line (?P<line>\d+)\))?[ \t]*$"
)
_ATOM = r"(?:'[^'\n]{1,400}'|:?[\w@.]{1,400})"
_TERM_FRAME = re.compile(
    rf"\{{(?P<module>{_ATOM}),\s*(?P<name>:?\"[^\"\n]{{1,400}}\"|{_ATOM}[!?]?),\s*(?P<arity>\d{{1,3}}"
    rf"|\[[^\[\]]{{0,400}}\]),\s*"
    r"\[(?:\{file,\s*\"(?P<file>[^\"\n]{1,400})\"\},\s*\{line,\s*(?P<line>\d{1,9})\}"
    r"|file: (?:~c)?['\"](?P<file2>[^'\"\n]{1,400})['\"], line: (?P<line2>\d{1,9}))"
)
_INLINED = re.compile(r"-([^\n]+?/\d+)-\w+\^")
_TERM_REASON = re.compile(r"(?:'EXIT',|exit value:|reason:?|terminating|crashed|with reason)\s*\{+'?(\w+)")

_EVIDENCE = re.compile(
    r"\n(?:"
    r"[ \t]*\*\* \([A-Z(]?[\w. #<>]+\) "
    r"|[ \t]+(?:\(\w+(?: [\w.\-+]+)?\) )?[^\s:()]{1,300}\.(?:exs?|erl|eex|heex):\d+: \S+/\d"
    r"|[ \t]*(?:\d+> )?(?:\*\* )?exception (?:error|exit|throw): "
    r")",
    re.MULTILINE,
)
_TERM_EVIDENCE = re.compile(
    r"\{file,\s{0,9}\"[^\"\n]{1,300}\"\},\s{0,99}\{line,\s{0,9}\d"
    r"|\[file: (?:~c)?['\"][^'\"\n]{1,300}['\"], line: \d"
)

_LIBRARY_APPS = frozenset({
    "elixir", "stdlib", "kernel", "eex", "mix", "logger", "ex_unit", "iex", "erts", "compiler", "crypto",
    "ssl", "inets", "public_key", "sasl", "ssh", "mnesia", "runtime_tools", "tools", "xmerl", "phoenix",
    "phoenix_pubsub", "phoenix_html", "phoenix_live_view", "phoenix_ecto", "phoenix_template", "plug",
    "plug_cowboy", "plug_crypto", "ecto", "ecto_sql", "db_connection", "postgrex", "myxql", "tds", "exqlite",
    "ecto_sqlite3", "cowboy", "cowlib", "ranch", "bandit", "thousand_island", "telemetry", "telemetry_metrics",
    "telemetry_poller", "jason", "poison", "absinthe", "absinthe_plug", "oban", "finch", "mint", "tesla",
    "hackney", "httpoison", "req", "broadway", "gen_stage", "flow", "nimble_pool", "nimble_options",
    "nimble_parsec", "swoosh", "bamboo", "gettext", "decimal", "redix", "amqp", "brod", "ex_aws", "sentry",
    "timex", "tzdata", "guardian", "bcrypt_elixir", "comeonin", "cachex", "con_cache", "nebulex", "quantum",
    "opentelemetry", "opentelemetry_api", "opentelemetry_phoenix", "opentelemetry_ecto",
    "opentelemetry_exporter", "websockex", "gun", "castore", "floki", "earmark", "ash", "ash_postgres",
    "commanded", "eventstore", "horde", "libcluster", "poolboy", "worker_pool", "lager", "jsx", "jiffy",
    "mochiweb", "webmachine", "epgsql", "eredis", "ibrowse", "lhttpc", "gproc", "grpc", "protobuf",
    "ex_machina", "mox", "credo", "dialyxir",
})  # fmt: skip
_STANDARD_MODULES = re.compile(
    r":?(?:erlang|erl_\w+|gen_\w+|gen|proc_lib|lists|maps|dict|ets|dets|file|io|io_lib|timer|supervisor"
    r"|application\w*|code\w*|"
    r"shell|elixir\w*|string|binary|re|sys|rpc|erpc|global|inet\w*|ssl\w*|tls_\w+|http\w*|queue|sets|ordsets"
    r"|orddict|gb_\w+|"
    r"unicode|base64|crypto|rand|calendar|filename|filelib|prim_\w+|user_drv|group|error_logger|logger\w*"
    r"|eval_bits|epp|"
    r"persistent_term|atomics|counters|zlib|zip|json|cowboy\w*|ranch\w*|jiffy|jsx|eunit\w*|ct|test_server"
    r"|mnesia\w*|init|net_kernel)$"
)
_STANDARD_ELIXIR = re.compile(
    r"(?:Access|Agent|Application|Atom|Base|Bitwise|Calendar|Code|Config|Date|DateTime|Duration"
    r"|DynamicSupervisor|EEx|Enum|"
    r"Enumerable|ExUnit|Exception|File|Float|Function|GenEvent|GenServer|IEx|IO|Inspect|Integer|Kernel|Keyword"
    r"|List|Logger|"
    r"Macro|Map|MapSet|Mix|Module|NaiveDateTime|Node|OptionParser|PartitionSupervisor|Path|Port|Process"
    r"|Protocol|Range|Regex|"
    r"Registry|Stream|String|StringIO|Supervisor|System|Task|Time|Tuple|URI|Version|Collectable|JSON|Plug|Phoenix|Ecto|"
    r"DBConnection|Postgrex|Jason|Oban|Finch|Mint|Tesla|Absinthe|Bandit|ThousandIsland)(?:\.|$)"
)


def _has_evidence(text: str) -> bool:
    return _TERM_EVIDENCE.search(text) is not None or _EVIDENCE.search("\n" + text) is not None


def _recognise(text: str) -> float:
    return 0.95 if _has_evidence(text) else 0.0


class _Open:
    def __init__(self, kind: str, message: str, indent: int) -> None:
        self.kind = kind
        self.lines = [message] if message else []
        self.indent = indent
        self.frames: list[Frame] = []

    def record(self, *, first: bool) -> ExceptionRecord:
        return ExceptionRecord(
            type=self.kind,
            message="\n".join(self.lines).strip(),
            relation="reported" if first else "cause",
            frames=tuple(self.frames),
        )


def _parse(text: str) -> list[ExceptionRecord]:
    opened = _read(text.split("\n"))
    if not any(one.frames for one in opened):
        opened = _read_term(text) or opened
    return [one.record(first=at == 0) for at, one in enumerate(_told(opened))]


def _told(opened: list[_Open]) -> list[_Open]:
    """Without the lines that only say that another process's exception follows."""
    kept = [one for one in opened if one.frames or not _EXIT_OF_ANOTHER.match(one.kind)] or opened
    return [one for one in kept if one.kind or one.frames]


def _read(lines: list[str]) -> list[_Open]:
    """One report: what a logger tells after it, such as the stack of a waiting client, belongs to other processes."""
    opened: list[_Open] = []
    for line in lines:
        header = _header(line)
        if header is not None:
            if opened and header.indent <= opened[-1].indent and any(one.frames for one in opened):
                break
            opened.append(header)
            continue
        frame = _frame(line)
        if frame is not None:
            indent, read = frame
            _owner(opened, indent).frames.append(read)
        elif opened and opened[-1].frames and line[:1].strip():
            break
        elif opened and not opened[-1].frames and len(opened[-1].lines) < MESSAGE_LINES_MAX:
            opened[-1].lines.append(line)
    return opened


def _header(line: str) -> _Open | None:
    if "** (" in line:
        match = _HEADER.match(line, 0, LINE_CHARACTERS_MAX)
        return None if match is None else _Open(match["type"], match["message"], len(match["indent"]))
    if "exception " in line:
        match = _ERLANG_HEADER.match(line, 0, LINE_CHARACTERS_MAX)
        return None if match is None else _Open(match["type"], match["message"], 0)
    return None


def _owner(opened: list[_Open], indent: int) -> _Open:
    """Frames stand deeper than the header of their exception; the outer one's may follow the inner one's."""
    for one in reversed(opened):
        if one.indent < indent:
            return one
    if not opened:
        opened.append(_Open("", "", 0))
    return opened[-1] if opened[-1].indent == 0 else opened[0]


def _frame(line: str) -> tuple[int, Frame] | None:
    if "/" not in line and "(" not in line:
        return None
    match = _FRAME.match(line, 0, LINE_CHARACTERS_MAX) or _FRAME_WITHOUT_FILE.match(line, 0, LINE_CHARACTERS_MAX)
    if match is not None:
        told = match.groupdict()
        return len(match["indent"]), _made(match["call"], told.get("file"), told.get("line"), match["app"])
    match = _ERLANG_FRAME.match(line, 0, LINE_CHARACTERS_MAX)
    if match is None:
        return None
    return 1, _made(match["call"], match["file"], match["line"], None)


def _made(call: str, file: str | None, line: str | None, app: str | None) -> Frame:
    module, function = _names(call)
    if module is None and file is not None:
        module = project_path(file)
    in_app = _is_application(module, file, app)
    return Frame(function=function, module=module, file=file, line=int(line[:9]) if line else None, in_app=in_app)


@lru_cache(maxsize=4096)
def _names(call: str) -> tuple[str | None, str]:
    """Module and `function/arity` of `:m.call/2`, `lists:map/2`, `Mod.fun(:x, 1)`, `anonymous fn/1 in Mod.fun/2`."""
    bare = _with_arity(clean_function(call, "beam"))
    name, slash, arity = bare.rpartition("/")
    if not slash:
        name, arity = bare, ""
    quoted = name.find('."') if name.endswith('"') else name.find(":'")
    dot = quoted if quoted > 0 else (name.find(":", 1) if ":" in name[1:] and "." not in name.split(":", 1)[0] else -1)
    if dot < 0:
        dot = name.rfind(".", 0, len(name) - 1)
    if dot <= 0:
        return None, bare
    function = _function(name[dot + 1 :].strip("'\"")) if slash else name[dot + 1 :]
    return _module(name[:dot]), function if "/" in function or not arity else f"{function}/{arity}"


def _function(name: str) -> str:
    """The function whose anonymous one or comprehension the compiler named."""
    inlined = _INLINED.match(name)
    return inlined[1] if inlined is not None else clean_function(name, "beam")


def _module(name: str) -> str:
    return name.lstrip(":").strip("'").removeprefix("Elixir.")


def _with_arity(call: str) -> str:
    """A call printed with its arguments, as one printed with its arity."""
    opened = call.find("(", 1)
    if opened < 0 or not call.endswith(")"):
        return call
    arguments = call[opened + 1 : -1]
    return f"{call[:opened]}/{_count(arguments)}"


def _count(arguments: str) -> int:
    if not arguments.strip():
        return 0
    depth, count, quoted = 0, 1, False
    for sign in arguments:
        if sign == '"':
            quoted = not quoted
        elif quoted:
            continue
        elif sign in "([{<":
            depth += 1
        elif sign in ")]}>":
            depth -= 1
        elif sign == "," and depth <= 0:
            count += 1
    return count


@lru_cache(maxsize=4096)
def _is_application(module: str | None, file: str | None, app: str | None) -> bool:
    if app is not None:
        return app not in _LIBRARY_APPS and not (file or "").startswith("deps/")
    if module is None:
        return file is not None
    if _STANDARD_MODULES.match(module) or _STANDARD_ELIXIR.match(module):
        return False
    return file is None or not (file.startswith("deps/") or "/deps/" in file or "/lib/erlang/" in file)


def _read_term(text: str) -> list[_Open]:
    """A stack printed as a term, `[{m,f,1,[{file,"m.erl"},{line,4}]}, ...]`, with the reason before it."""
    frames = [_term_frame(match) for match in _TERM_FRAME.finditer(text)]
    if not frames:
        return []
    reason = _TERM_REASON.search(text)
    opened = _Open(reason[1] if reason is not None else "", "", 0)
    opened.frames = frames
    return [opened]


def _term_frame(match: re.Match[str]) -> Frame:
    arguments = match["arity"]
    arity = arguments if arguments.isdigit() else str(_count(arguments[1:-1]))
    name = match["name"].lstrip(":").strip("'\"")
    function = _function(name) if name.startswith("-") else f"{name}/{arity}"
    module = _module(match["module"].lstrip(":"))
    file = match["file"] or match["file2"]
    line = match["line"] or match["line2"]
    return Frame(
        function=function, module=module, file=file, line=int(line), in_app=_is_application(module, file, None)
    )


DIALECT = Dialect(
    name="beam", languages=frozenset({"erlang", "elixir", "beam", "gleam"}), recognise=_recognise, parse=_parse
)
