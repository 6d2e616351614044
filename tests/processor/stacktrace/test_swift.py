"""Swift: the runtime's own backtraces, Apple's crash reports, lldb."""

# ruff: noqa: E501 (traces stand here as the runtimes print them)

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracemedic_processor.stacktrace.swift import DIALECT


def tell(text: str) -> list[str]:
    told: list[str] = []
    for exception in DIALECT.parse(text):
        told.append(f"{exception.relation} {exception.type}: {exception.message}")
        told += [
            f"{'*' if frame.in_app else '-'} {frame.module} | {frame.function} | {frame.file}:{frame.line}"
            for frame in exception.frames
        ]
    return told


BACKTRACE_OF_THE_RUNTIME_ON_LINUX = """\
Shop/Cart.swift:12: Fatal error: Index out of range

*** Signal 5: Backtracing from 0x7f5b... done ***

*** Program crashed: System trap at 0x00007f5b9c2a1b3c ***

Thread 0 "shop" crashed:

0 [inlined] [system] Swift runtime failure: Index out of range in Array._checkSubscript(_:wasNativeTypeChecked:) at /<compiler-generated>
1 0x000055d0c5b9 Cart.item(at:) + 52 in shop at /src/Sources/Shop/Cart.swift:12:15

    10│   func item(at i: Int) -> Int {
    12│     items[i]

2 [ra] 0x000055d0c5ff closure #1 in Cart.load(from:) + 20 in shop at /src/Sources/Shop/Cart.swift:20:5
3 [ra] [system] 0x000055d0c700 static ShopMain.$main() + 12 in shop at /<compiler-generated>
4 [ra] 0x00007f00 __libc_start_call_main + 122 in libc.so.6

Thread 1:

0 0x00007f start_wqthread + 0 in libpthread.so.0
"""


def test_backtrace_of_the_runtime_on_linux():
    assert tell(BACKTRACE_OF_THE_RUNTIME_ON_LINUX) == [
        "reported Fatal error: Index out of range",
        "- Array._checkSubscript(_:wasNativeTypeChecked:) | Swift runtime failure: Index out of range | /<compiler-generated>:None",
        "* shop | Cart.item(at:) | /src/Sources/Shop/Cart.swift:12",
        "* shop | Cart.load(from:) | /src/Sources/Shop/Cart.swift:20",
        "- shop | ShopMain.$main() | /<compiler-generated>:None",
        "- libc.so.6 | __libc_start_call_main | None:None",
    ]


APPLE_CRASH_REPORT_OF_THE_CRASHED_THREAD = """\
Exception Type:  EXC_BREAKPOINT (SIGTRAP)
Termination Reason: SIGNAL 5

Thread 0 Crashed::  Dispatch queue: com.apple.main-thread
0   libswiftCore.dylib            	0x00007fff2c744034 closure #1 in closure #1 in _assertionFailure(_:_:file:line:flags:) + 484
1   me.octree.Pretty              	0x000000010b2376a5 RelationView.linePath(parent:son:) + 917 (RelationView.swift:187)
2   me.octree.Pretty              	0x000000010b2365d4 closure #1 in closure #1 in RelationView.setupLines() + 1172 (RelationView.swift:147)
3   libswiftCore.dylib            	0x00007fff2c7cf724 Sequence.forEach(_:) + 372
4   UIKitCore                     	0x00007fff24 -[UIApplication _run] + 912
5   Pretty                        	0x00000001045a main + 64

Thread 1:
0   libsystem_pthread.dylib       	0x00007fff6 start_wqthread + 0
"""


def test_apple_crash_report_of_the_crashed_thread():
    assert tell(APPLE_CRASH_REPORT_OF_THE_CRASHED_THREAD) == [
        "reported EXC_BREAKPOINT (SIGTRAP): ",
        "- libswiftCore.dylib | _assertionFailure(_:_:file:line:flags:) | None:None",
        "* me.octree.Pretty | RelationView.linePath(parent:son:) | RelationView.swift:187",
        "* me.octree.Pretty | RelationView.setupLines() | RelationView.swift:147",
        "- libswiftCore.dylib | Sequence.forEach(_:) | None:None",
        "- UIKitCore | -[UIApplication _run] | None:None",
        "- Pretty | main | None:None",
    ]


LLDB = """\
* thread #1, queue = 'com.apple.main-thread', stop reason = Fatal error: Unexpectedly found nil
    frame #0: 0x00000001a0 libswiftCore.dylib`_swift_runtime_on_report
  * frame #1: 0x0000000100 Shop`Cart.item(at:) at Cart.swift:12:5
    frame #2: 0x0000000100 Shop`closure #1 in static Cart.(load in _B4B8C4C6947C16B8992D8E4F6DABB08E)(from:) at Cart.swift:20:9
"""


def test_lldb():
    assert tell(LLDB) == [
        "reported Fatal error: Unexpectedly found nil",
        "- libswiftCore.dylib | _swift_runtime_on_report | None:None",
        "* Shop | Cart.item(at:) | Cart.swift:12",
        "* Shop | _B4B8C4C6947C16B8992D8E4F6DABB08E)(from:) | Cart.swift:20",
    ]


UNCAUGHT_EXCEPTION_OF_OBJECTIVE_C = """\
*** Terminating app due to uncaught exception 'NSInvalidArgumentException', reason: '-[Cart add:]: unrecognized selector'
Last Exception Backtrace:
0   CoreFoundation                	0x1a0000000 __exceptionPreprocess + 220
1   Shop                          	0x100000000 -[CartController add:] + 44 (CartController.m:12)
"""


def test_uncaught_exception_of_objective_c():
    assert tell(UNCAUGHT_EXCEPTION_OF_OBJECTIVE_C) == [
        "reported NSInvalidArgumentException: -[Cart add:]: unrecognized selector",
        "- CoreFoundation | __exceptionPreprocess | None:None",
        "* Shop | -[CartController add:] | CartController.m:12",
    ]


SAMPLES = (
    BACKTRACE_OF_THE_RUNTIME_ON_LINUX,
    APPLE_CRASH_REPORT_OF_THE_CRASHED_THREAD,
    LLDB,
    UNCAUGHT_EXCEPTION_OF_OBJECTIVE_C,
)
LINES = sorted({line for sample in SAMPLES for line in sample.splitlines()})


@pytest.mark.parametrize("sample", SAMPLES)
def test_its_own_traces_are_recognised(sample: str):
    assert DIALECT.recognise(sample) > 0.8


@settings(deadline=None)
@given(st.text() | st.lists(st.sampled_from(LINES) | st.text(max_size=20), max_size=30).map("\n".join))
def test_no_text_raises_and_every_frame_has_a_function(text: str):
    assert 0 <= DIALECT.recognise(text) <= 1
    assert all(frame.function for exception in DIALECT.parse(text) for frame in exception.frames)


@settings(deadline=None)
@given(st.sampled_from(SAMPLES), st.data())
def test_text_cut_at_its_end_yields_frames_that_are_whole(sample: str, data: st.DataObject):
    lines = sample.splitlines()
    cut = "\n".join([*lines[: data.draw(st.integers(0, len(lines)))], "[... cut ...]"])
    whole = {(frame.function, frame.line) for exception in DIALECT.parse(sample) for frame in exception.frames}
    assert {(f.function, f.line) for exception in DIALECT.parse(cut) for f in exception.frames} <= whole | ALSO_WHOLE


ALSO_WHOLE: set[tuple[str, int | None]] = set()
