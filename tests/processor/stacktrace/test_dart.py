"""Dart and Flutter: the VM's traces, package:stack_trace, AOT builds."""

# ruff: noqa: E501 (traces stand here as the runtimes print them)

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracemedic_processor.stacktrace.dart import DIALECT


def tell(text: str) -> list[str]:
    told: list[str] = []
    for exception in DIALECT.parse(text):
        told.append(f"{exception.relation} {exception.type}: {exception.message}")
        told += [
            f"{'*' if frame.in_app else '-'} {frame.module} | {frame.function} | {frame.file}:{frame.line}"
            for frame in exception.frames
        ]
    return told


THE_VM = """\
Unhandled exception:
RangeError (index): Invalid value: Only valid value is 0: 5
#0      List.[] (dart:core-patch/growable_array.dart:264:36)
#1      Cart.item (package:shop/src/cart.dart:10:18)
#2      new Order.fromCart (package:shop/src/order.dart:4:7)
<asynchronous suspension>
#3      main.<anonymous closure> (file:///home/me/shop/bin/main.dart:12:3)
#4      _rootRunUnary (dart:async/zone.dart:1407:47)
#5      IOClient.send (package:http/src/io_client.dart:94)
"""


def test_the_vm():
    assert tell(THE_VM) == [
        "reported RangeError: Invalid value: Only valid value is 0: 5",
        "- dart:core-patch/growable_array.dart | List.[] | dart:core-patch/growable_array.dart:264",
        "* package:shop/src/cart.dart | Cart.item | package:shop/src/cart.dart:10",
        "* package:shop/src/order.dart | Order.fromCart | package:shop/src/order.dart:4",
        "* bin/main.dart | main | file:///home/me/shop/bin/main.dart:12",
        "- dart:async/zone.dart | _rootRunUnary | dart:async/zone.dart:1407",
        "- package:http/src/io_client.dart | IOClient.send | package:http/src/io_client.dart:94",
    ]


TERSE_CHAINS_WITH_A_GAP = """\
FormatException: Unexpected character (at character 1)
package:shop/src/cart.dart 10:18             Cart.parse
package:shop/src/cart.dart 20:3              Cart.load.<fn>
===== asynchronous gap ===========================
dart:async                                   Future.then
bin/main.dart 3:3                            main
"""


def test_terse_chains_with_a_gap():
    assert tell(TERSE_CHAINS_WITH_A_GAP) == [
        "reported FormatException: Unexpected character (at character 1)",
        "* package:shop/src/cart.dart | Cart.parse | package:shop/src/cart.dart:10",
        "* package:shop/src/cart.dart | Cart.load | package:shop/src/cart.dart:20",
        "- dart:async | Future.then | dart:async:None",
        "* bin/main.dart | main | bin/main.dart:3",
    ]


FLUTTER_IN_THE_LOG_OF_ANDROID = """\
E/flutter ( 4321): [ERROR:flutter/runtime/dart_vm_initializer.cc(41)] Unhandled Exception: Exception: no stock
E/flutter ( 4321): #0      CartPage._add (package:shop/cart_page.dart:42:5)
E/flutter ( 4321): #1      _InkResponseState.handleTap (package:flutter/src/material/ink_well.dart:1170:21)
"""


def test_flutter_in_the_log_of_android():
    assert tell(FLUTTER_IN_THE_LOG_OF_ANDROID) == [
        "reported Exception: no stock",
        "* package:shop/cart_page.dart | CartPage._add | package:shop/cart_page.dart:42",
        "- package:flutter/src/material/ink_well.dart | _InkResponseState.handleTap | package:flutter/src/material/ink_well.dart:1170",
    ]


AN_AOT_BUILD_WITHOUT_SYMBOLS = """\
*** *** *** *** *** *** *** *** *** *** *** *** *** *** *** ***
pid: 15637, tid: 6167687168, name io.flutter.1.ui
isolate_dso_base: 108000000, vm_dso_base: 108000000
    #00 abs 000000010809cd7b virt 000000000008dd3b _kDartIsolateSnapshotInstructions+0x8dd3b
    #01 abs 000000010809cce7 _kDartIsolateSnapshotInstructions+0x8dca7
"""


def test_an_aot_build_without_symbols():
    assert tell(AN_AOT_BUILD_WITHOUT_SYMBOLS) == [
        "reported : ",
        "- None | _kDartIsolateSnapshotInstructions+0x8dd3b | None:None",
        "- None | _kDartIsolateSnapshotInstructions+0x8dca7 | None:None",
    ]


SAMPLES = (
    THE_VM,
    TERSE_CHAINS_WITH_A_GAP,
    FLUTTER_IN_THE_LOG_OF_ANDROID,
    AN_AOT_BUILD_WITHOUT_SYMBOLS,
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
def test_text_cut_in_the_middle_yields_frames_that_are_whole(sample: str, data: st.DataObject):
    lines = sample.splitlines()
    start = data.draw(st.integers(0, len(lines)))
    end = data.draw(st.integers(start, len(lines)))
    cut = "\n".join([*lines[:start], "[... cut ...]", *lines[end:]])
    whole = {(frame.function, frame.line) for exception in DIALECT.parse(sample) for frame in exception.frames}
    assert {(f.function, f.line) for exception in DIALECT.parse(cut) for f in exception.frames} <= whole | ALSO_WHOLE


ALSO_WHOLE: set[tuple[str, int | None]] = set()
