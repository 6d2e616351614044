"""Stack traces of Swift: the runtime's own since 5.9, Apple's crash reports, lldb and symbolicators."""

import re
from functools import lru_cache

from tracemedic_processor.stacktrace.dialect import Dialect
from tracemedic_processor.stacktrace.function_names import clean_function
from tracemedic_storage.records import ExceptionRecord, Frame

LINE_CHARACTERS_MAX = 4096
HEAD_LINES_MAX = 2000

_CRASHED = re.compile(r"^[ \t]*Thread \d+\b[^\n]{0,200}? ?[Cc]rashed:", re.MULTILINE)
_LAST_EXCEPTION = re.compile(r"^Last Exception Backtrace:", re.MULTILINE)
_RUNTIME_FRAME = re.compile(
    r"[ \t]*(?P<index>\d+)[ \t]+(?P<marks>(?:\[[a-z]+\] )*)(?:(?:\[[a-z]+\] )*0x[0-9a-fA-F]+ )?(?P<marks2>(?:"
    r"\[[a-z]+\] )*)"
    r"(?P<symbol>\S.*?) in (?P<image>\S+)(?: at (?P<file>\S.*?)(?::(?P<line>\d+)(?::\d+)?)?)?$"
)
_APPLE_FRAME = re.compile(
    r"[ \t]*(?P<index>\d+)[ \t]+(?P<image>\S(?:[^\n\t]{0,60}?\S)?)[ \t]+0x[0-9a-fA-F]+[ \t]+(?P<symbol>\S.*?)"
    r"(?: \+ \d+)?(?: \((?P<file>[^():]+):(?P<line>\d+)\))?$"
)
_SHORT_FRAME = re.compile(
    r"[ \t]*(?P<index>\d+)[ \t]+(?P<image>[\w.+\-]+)[ \t]+(?P<symbol>\S.*?) \+ \d+(?: \((?P<file>[^():]+):(?P<"
    r"line>\d+)\))?$"
)
_LLDB_FRAME = re.compile(
    r"[ \t*]*frame #(?P<index>\d+): 0x[0-9a-fA-F]+ (?P<image>[^`\n]+)`(?P<symbol>\S.*?)(?: \+ \d+)?(?: at (?P<"
    r"file>\S[^:\n]*):(?P<line>\d+)(?::\d+)?)?$"
)
_HASH_FRAME = re.compile(
    r"[ \t]*#(?P<index>\d+)[ \t]+(?:0x[0-9a-fA-F]+|\(null\)) in (?P<symbol>\S.*?)(?: \(\))?(?: at (?P<file>\S["
    r"^:\n]*\.swift):(?P<line>\d+))?$"
)
_ADDRESS_FRAME = re.compile(r"0x[0-9a-fA-F]+, (?P<symbol>\S.*?) at (?P<file>\S[^:\n]*\.swift):(?P<line>\d+)$")
_SHAPES = (_RUNTIME_FRAME, _APPLE_FRAME, _LLDB_FRAME, _HASH_FRAME, _ADDRESS_FRAME, _SHORT_FRAME)

_FIRST_SIGNS = tuple("0123456789f")

_FATAL = re.compile(
    r"(?:(?P<place>[^\s:]+\.swift):(?P<line>\d+): )?(?P<type>Fatal error|Precondition failed|Assertion failed"
    r"|fatal error): (?P<message>.*)$"
)
_PROGRAM = re.compile(r"(?:\*\*\*|💣) (?:Swift runtime failure: )?Program crashed: (?P<message>.*?)(?: \*\*\*)?$")
_UNCAUGHT = re.compile(
    r"\*\*\* Terminating app due to uncaught exception '(?P<type>[^']+)', reason: '?(?P<message>.*?)'?$"
)
_EXCEPTION_TYPE = re.compile(r"Exception Type:[ \t]+(?P<type>\S+(?: \(\w+\))?)(?P<message>)")
_NSERROR = re.compile(r"(?:.*Error raised at top level: )(?P<message>(?P<type>\w+).*)$")

_EVIDENCE = re.compile(
    r"\n(?:"
    r"\*\*\* Program crashed: "
    r"|💣 Program crashed"
    r"|\d+[ \t]+[^\n\t]{1,60}[ \t]+0x[0-9a-fA-F]{6,16}[ \t]+\S"
    r"|\*\*\* Terminating app due to uncaught exception"
    r"|Thread \d+ (?:name|Crashed|crashed)"
    r")",
    re.MULTILINE,
)
_FILE_EVIDENCE = re.compile(r"\.swift:\d+(?::\d+)?\)?$", re.MULTILINE)
_FATAL_EVIDENCE = re.compile(
    r"\.swift:\d+: (?:Fatal|fatal) error: |^Fatal error: .*: file [^\n]{1,400}, line \d+|Current stack trace:",
    re.MULTILINE,
)

_SYSTEM_IMAGE = re.compile(
    r"(?:lib(?:swift|system_|System|dispatch|objc|c\+\+|c\.so|pthread|Foundation|xpc|BacktraceRecording"
    r"|MainThread|gmalloc|sqlite3|z\b|m\.so|stdc|gcc|FoundationEss|ffi|network)\S*"
    r"|UIKit\w*|SwiftUI\w*|CoreFoundation|Foundation\w*|dyld\w*|GraphicsServices|CFNetwork|AppKit|QuartzCore"
    r"|Combine|CoreData|Core\w+|AttributeGraph"
    r"|JavaScriptCore|WebKit|WebCore|MapKit|AVF\w+|Metal\w*|IOKit|Security|SpringBoard\w*|Network|PhotosUI"
    r"|StoreKit|Swift|XCTest\w*|HIToolbox"
    r"|BackBoardServices|FrontBoardServices|UserNotifications|ld-linux\S*|ntdll\S*|com\.apple\.\S+"
    r"|linux-vdso\S*|\?\?\?|<unknown>)$"
)
_LIBRARY_FILE = re.compile(
    r"/\.build/checkouts/|/SourcePackages/checkouts/|/Pods/|/Carthage/|^/?<compiler-generated>|^/?<unknown>"
    r"|/swift/stdlib/|^Swift/|/swift-source/|/usr/(?:lib|include)/"
)
_SYSTEM_SYMBOL = re.compile(
    r"Swift runtime failure|_?assertionFailure|_swift_|swift_|_dispatch_|start_thread|_start$|__libc_|main$"
    r"|start$|objc_|_objc_|__pthread|pthread_|abort|UIApplicationMain|-\[(?:UI|NS|CA)|\+\[(?:UI|NS|CA)|__CF"
    r"|CF[A-Z]|GSEvent|_?thunk for |NSApplicationMain|runApp<"
)
_RETURN = re.compile(r" (?:async )?(?:throws(?:\([^()]*\))? )?-> .*$")
_OFFSET = re.compile(r" \+ \d+$")
_DISCRIMINATOR = re.compile(r"\((\S+) in _[0-9A-F]{16,}\)")
_INNER = re.compile(
    r"(?:closure #\d+ (?:\([^()]*\) )?(?:@\w+ )?(?:[\w.<>()\[\]?, ]+ )?in |partial apply for |(?:implicit "
    r"|reabstraction )?(?:thunk|helper) (?:helper )?(?:for|from) |specialized |@objc |static |merged "
    r"|\(\d+\) (?:suspend|await) (?:resume )?(?:partial function )?(?:for )?|generic |protocol witness for "
    r"|@nonobjc |await |dynamic |outlined )"
)


def _has_evidence(text: str) -> bool:
    return _FILE_EVIDENCE.search(text) is not None or _EVIDENCE.search("\n" + text) is not None


def _recognise(text: str) -> float:
    if _has_evidence(text):
        return 0.9 if ".swift" in text or "libswift" in text or "crashed" in text or "uncaught" in text else 0.75
    return 0.85 if _FATAL_EVIDENCE.search(text) else 0.0


def _parse(text: str) -> list[ExceptionRecord]:
    kind, message = _head(text.split("\n", HEAD_LINES_MAX)[:HEAD_LINES_MAX])
    frames = _frames(_crashed_thread(text))
    if not frames and not kind:
        return []
    return [ExceptionRecord(type=kind, message=message, frames=frames)]


def _head(lines: list[str]) -> tuple[str, str]:
    """Type and message; the program's own word says more than the signal."""
    weak = ("", "")
    for line in lines:
        if not ("rror: " in line or "xception" in line or "ailed: " in line or "crashed: " in line):
            continue
        for pattern in (_FATAL, _UNCAUGHT, _NSERROR):
            match = pattern.search(line, 0, LINE_CHARACTERS_MAX)
            if match is not None:
                return match["type"], match["message"]
        match = _PROGRAM.search(line, 0, LINE_CHARACTERS_MAX)
        if match is not None:
            weak = ("Program crashed", match["message"])
        elif not weak[0] and (match := _EXCEPTION_TYPE.match(line, 0, LINE_CHARACTERS_MAX)):
            weak = (match["type"], "")
    return weak


def _crashed_thread(text: str) -> list[str]:
    """The lines of the stack that matters: the uncaught exception's, the crashed thread's, otherwise the first."""
    for mark in (_LAST_EXCEPTION, _CRASHED):
        start = mark.search(text)
        if start is not None:
            return text[start.end() :].split("\n")[1:]
    return text.split("\n")


def _frames(lines: list[str]) -> tuple[Frame, ...]:
    """Frames until the numbers begin anew, as they do for the next thread."""
    frames: list[Frame] = []
    last = -1
    for line in lines:
        if frames and line.startswith(("Thread ", "Binary Images")):
            break
        match = _match(line)
        if match is None:
            continue
        told = match.groupdict()
        index = int((told.get("index") or "0")[:6])
        if "index" in told and index <= last and index == 0:
            break
        last = index
        frame = _frame(told)
        if frame is not None:
            frames.append(frame)
    return tuple(frames)


def _match(line: str) -> re.Match[str] | None:
    if not line or not line[:40].lstrip(" \t*#").startswith(_FIRST_SIGNS):
        return None
    for shape in _SHAPES:
        match = shape.match(line, 0, LINE_CHARACTERS_MAX)
        if match is not None:
            return match
    return None


def _frame(told: dict[str, str | None]) -> Frame | None:
    symbol = told["symbol"] or ""
    image = told.get("image")
    file, line = told.get("file"), told.get("line")
    if symbol.startswith("0x"):
        symbol = symbol.split(" ", 1)[0]
    function = _function(symbol)
    marks = f"{told.get('marks') or ''}{told.get('marks2') or ''}"
    in_app = "[system]" not in marks and _is_application(function, symbol, image, file)
    return Frame(function=function, module=image, file=file, line=int(line[:9]) if line else None, in_app=in_app)


@lru_cache(maxsize=4096)
def _function(symbol: str) -> str:
    """The declaration a closure or thunk stands in, without offsets, results and the compiler's discriminators."""
    bare = _OFFSET.sub("", symbol[:LINE_CHARACTERS_MAX])
    while (inner := _INNER.match(bare)) is not None:
        bare = bare[inner.end() :]
    bare = _RETURN.sub("", _DISCRIMINATOR.sub(r"\1", bare))
    return clean_function(bare or symbol, "swift")


@lru_cache(maxsize=4096)
def _is_application(function: str, symbol: str, image: str | None, file: str | None) -> bool:
    if file is not None and _LIBRARY_FILE.search(file):
        return False
    if image is not None and _SYSTEM_IMAGE.match(image):
        return False
    if symbol.startswith("0x"):
        return image is not None
    return file is not None or _SYSTEM_SYMBOL.match(function) is None


DIALECT = Dialect(
    name="swift", languages=frozenset({"swift", "objective-c", "objc"}), recognise=_recognise, parse=_parse
)
