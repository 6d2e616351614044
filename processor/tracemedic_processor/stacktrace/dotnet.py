"""Stack traces of .NET: inner and aggregate exceptions, async state machines, and translations of the runtime's words.

An inner exception is printed inside the outer one: after its header, before its frames. Words such as `at`, `in` and
`line` are in the language of the machine; the shape of the line, not the word, tells a frame.
"""

import re
from functools import lru_cache

from tracemedic_processor.stacktrace.dialect import Dialect
from tracemedic_processor.stacktrace.function_names import clean_function
from tracemedic_storage.records import ExceptionRecord, Frame, Relation

LINE_CHARACTERS_MAX = 4096
MESSAGE_LINES_MAX = 50

_AT = r"(?:at|bei|à|en|in|em|w|в|bij|vid|ved|v|på|konum:|在|於|場所|위치:)"
_FRAME = re.compile(
    rf"[ \t]*{_AT} (?!async |new )(?P<method>[^\s(]*[^\s(.:])(?:\((?P<parameters>[^():]*)\)| \([^():]*\)(?= \[0x))"
    r"(?:[ ]+\[0x[0-9a-f]+\])?(?:[ ](?P<place>.+))?$"
)
_PLACE = re.compile(r"(?:[^\s:/\\]+ )?(?P<file>(?:[A-Za-z]:)?[^:\n]+)(?: içinde)?:\s?(?:\w+ |\w*?)(?P<line>\d+)\.?\s*$")
_FOREIGN_PARAMETERS = re.compile(
    r"[\w$-]+\.(?:java|kts?|scala|groovy|clj)$|Native Method$|Unknown Source$|<generated>$"
)
_MEMBER = re.compile(r"(?:\(Inner Exception #(\d+)\) )")
_TYPE = re.compile(
    r"(?P<type>[A-Za-z_][\w+`]*(?:\.[\w+`]+)*(?:\[[^\]\n]*\]+)?)(?: \((?:0x[0-9A-Fa-f]+"
    r"|-?\d+)[^)]*\))?(?:: ?(?P<message>.*))?$"
)
_PREFIX = re.compile(r"(?:Unhandled [Ee]xception[.:]|Unbehandelte Ausnahme:|Exception non gérée\s?:) ")
_INNER_END = re.compile(r"[ \t]*--- .*(?:inn|intern|внутр|wewn|内部|iç ).*---")
_PREVIOUS_LOCATION = re.compile(r"[ \t]*--- .*---")
_TYPE_WORD = re.compile(r"(?:Exception|Error|Failure|Fault)(?:`\d+)?(?:\[.*)?$")

_EVIDENCE = re.compile(
    r"\n(?:"
    r"[ \t]*--- End of (?:inner exception )?stack trace"
    r"| ?---> [\w.]+(?:Exception|Error)\b"
    r"|[ ]{2,8}at [^\s(]+ \([^():\n]*\) \[0x"
    r")",
    re.MULTILINE,
)
_PLACE_EVIDENCE = re.compile(r"\) \S+ [^\n]{0,400}:[^\W\d]+ \d+\.?$", re.MULTILINE)
_FRAME_EVIDENCE = re.compile(
    r"\n(?:"
    r" {2,8}(?:at|bei|à|en|in|em|w|в|bij|vid|ved|v|på|konum:|在|於|場所|위치:) [^\s(]+\([^():\n]*\)$"
    r")",
    re.MULTILINE,
)

_LIBRARIES = (
    "System.", "Microsoft.", "Mono.", "Windows.", "MS.", "Internal.", "Interop.", "Npgsql.", "Newtonsoft.", "MySql.",
    "MySqlConnector.", "Oracle.", "Dapper.", "Serilog.", "NLog.", "log4net.", "AutoMapper.", "FluentValidation.",
    "MediatR.", "Polly.", "StackExchange.", "ServiceStack.", "Grpc.", "Google.", "Amazon.", "Azure.", "Castle.",
    "Autofac.", "NUnit.", "Xunit.", "RabbitMQ.", "MassTransit.", "Hangfire.", "Quartz.", "MongoDB.", "Elasticsearch.",
    "Elastic.", "Nest.", "Swashbuckle.", "IdentityServer4.", "Duende.", "OpenTelemetry.", "Sentry.", "Confluent.",
    "Refit.", "RestSharp.", "Flurl.", "CsvHelper.", "NHibernate.", "Moq.", "Unity.", "UnityEngine.", "UnityEditor.",
    "Orleans.", "Akka.", "HotChocolate.", "GraphQL.", "Yarp.", "Ocelot.", "JetBrains.", "Humanizer.", "StructureMap.",
    "SimpleInjector.", "Ninject.", "Cassandra.", "Marten.", "Wolverine.", "Rebus.", "NServiceBus.", "Stripe.",
    "FSharp.", "Giraffe.", "Interop+", "ThrowHelper.", "Datadog.", "EnterpriseDT.", "SixLabors.", "SkiaSharp.",
)  # fmt: skip
"""First parts of namespaces that no application uses for its own code."""


def _has_evidence(text: str) -> bool:
    return _PLACE_EVIDENCE.search(text) is not None or _EVIDENCE.search("\n" + text) is not None


def _recognise(text: str) -> float:
    if _has_evidence(text):
        return 0.95
    match = _FRAME_EVIDENCE.search("\n" + text)
    if match is None or _frame(match[0][1:]) is None:
        return 0.0
    return 0.8


class _Open:
    """An exception being read: its header is known, its frames come after those of its inner exceptions."""

    def __init__(self, kind: str, message: str, relation: Relation) -> None:
        self.kind = kind
        self.lines = [message]
        self.relation: Relation = relation
        self.frames: list[Frame] = []

    def record(self) -> ExceptionRecord:
        message = "\n".join(self.lines).rstrip()
        return ExceptionRecord(type=self.kind, message=message, relation=self.relation, frames=tuple(self.frames))


class _Reader:
    """Follows the nesting: `open` is the way from the reported exception to the one whose lines come next."""

    def __init__(self) -> None:
        self.all: list[_Open] = []
        self.open: list[_Open] = []

    def line(self, line: str) -> None:
        line = line.removesuffix("<---")
        frame = _frame(line)
        if frame is not None:
            self._frame(frame)
        elif "---> " in line:
            self._headers(line)
        elif "---" in line and _PREVIOUS_LOCATION.match(line, 0, LINE_CHARACTERS_MAX):
            if _INNER_END.match(line, 0, LINE_CHARACTERS_MAX) and len(self.open) > 1:
                self.open.pop()
        elif line.strip():
            self._text(line)

    def _frame(self, frame: Frame) -> None:
        if not self.open:
            self._start("", "", "reported")
        self.open[-1].frames.append(frame)

    def _headers(self, line: str) -> None:
        """One header, or on one line the whole chain of them as .NET Framework prints it."""
        own, *inner = line.split("---> ")
        if own.strip():
            self._text(own.rstrip())
        for header in inner[:50]:
            member = _MEMBER.match(header)
            if member is None:
                self._header(header.rstrip(), "cause")
            else:
                self._member(header[member.end() :].rstrip())

    def _member(self, header: str) -> None:
        """A member of an aggregate stands beside the way to the root; the first one is told twice."""
        del self.open[1:]
        self._header(header, "group_member")

    def _header(self, header: str, relation: Relation) -> None:
        match = _TYPE.match(header, 0, LINE_CHARACTERS_MAX)
        if match is None:
            self._start("", header, relation)
        else:
            self._start(match["type"], match["message"] or "", relation)

    def _start(self, kind: str, message: str, relation: Relation) -> None:
        opened = _Open(kind, message, relation if self.all else "reported")
        self.all.append(opened)
        self.open.append(opened)

    def _text(self, line: str) -> None:
        """A header when none was seen, otherwise the next line of a message."""
        if self.open:
            current = self.open[-1]
            if not current.frames and current is self.all[-1] and len(current.lines) < MESSAGE_LINES_MAX:
                current.lines.append(line)
            return
        header = _PREFIX.sub("", line.strip()[:LINE_CHARACTERS_MAX], count=1)
        match = _TYPE.match(header)
        if match is not None and ("." in match["type"] or _TYPE_WORD.search(match["type"])):
            self._start(match["type"], match["message"] or "", "reported")


def _parse(text: str) -> list[ExceptionRecord]:
    reader = _Reader()
    for line in text.split("\n"):
        reader.line(line)
    records = [opened.record() for opened in reader.all]
    if not any(record.frames for record in records) and not (len(records) > 1 and _has_evidence(text)):
        return []
    return _in_order(records)


def _in_order(records: list[ExceptionRecord]) -> list[ExceptionRecord]:
    """The reported exception, the members of a group, then the way to the root, which is told last."""
    way: list[ExceptionRecord] = []
    members: list[ExceptionRecord] = []
    told: set[tuple[str, str]] = set()
    in_member = False
    for record in records:
        in_member = record.relation == "group_member" or (in_member and record.relation != "reported")
        if not in_member:
            way.append(record)
            told.add((record.type, record.message))
        elif (record.type, record.message) not in told:
            members.append(record)
    return [*way[:1], *members, *way[1:]]


def _frame(line: str) -> Frame | None:
    if "(" not in line:
        return None
    match = _FRAME.match(line, 0, LINE_CHARACTERS_MAX)
    if match is None or _FOREIGN_PARAMETERS.match(match["parameters"] or ""):
        return None
    if "." not in match["method"] and not match["method"].startswith("lambda_method"):
        return None
    module, function = _names(match["method"])
    file, number = _file_and_line(match["place"])
    return Frame(
        function=function, module=module, file=file, line=number, in_app=_is_application(module, function, file)
    )


def _file_and_line(place: str | None) -> tuple[str | None, int | None]:
    if place is None:
        return None, None
    match = _PLACE.match(place)
    if match is None:
        return None, None
    return (None, None) if match["file"].startswith("<") else (match["file"], int(match["line"][:9]))


@lru_cache(maxsize=4096)
def _names(method: str) -> tuple[str | None, str]:
    """The declaring type and the method, as they were written: generic arguments and state machines go."""
    bare = _without_generics(method)
    for constructor in (".ctor", ".cctor"):
        if bare.endswith("." + constructor):
            return _type(bare[: -len(constructor) - 1]), constructor
    cleaned = clean_function(_TOP_LEVEL.sub(r"\1", bare), "dotnet")
    module, _, function = cleaned.rpartition(".")
    if function.startswith("<") and function.endswith(">"):
        function = function[1:-1]
    return (_type(module) if module else None), function or cleaned


def _type(name: str) -> str:
    return clean_function(name.replace("+", "."), "dotnet")


_TOP_LEVEL = re.compile(r"<(<\w+>)\$>")
_ARITY = re.compile(r"`\d+(?:\[[^\]]*\])?")
_TYPE_ARGUMENTS = re.compile(r"\[[^\[\]]*\]")


def _without_generics(name: str) -> str:
    return _TYPE_ARGUMENTS.sub("", _ARITY.sub("", name))


@lru_cache(maxsize=4096)
def _is_application(module: str | None, function: str, file: str | None) -> bool:
    if module is None:
        return file is not None
    if (module + ".").startswith(_LIBRARIES) or function == "lambda_method":
        return False
    return file is None or not ("/.nuget/" in file or "\\.nuget\\" in file or file.startswith("/_/src/libraries/"))


DIALECT = Dialect(
    name="dotnet",
    languages=frozenset({"dotnet", "csharp", "c#", "fsharp", "f#", "vb"}),
    recognise=_recognise,
    parse=_parse,
)
