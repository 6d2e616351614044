"""Rust: panics before and since 1.73, anyhow, color-eyre, debug-printed backtraces; made with Rust 1.95 where new."""

# ruff: noqa: E501 (traces stand here as the runtimes print them)

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracemedic_processor.stacktrace.rust import DIALECT


def tell(text: str) -> list[str]:
    told: list[str] = []
    for exception in DIALECT.parse(text):
        told.append(f"{exception.relation} {exception.type}: {exception.message}")
        told += [
            f"{'*' if frame.in_app else '-'} {frame.module} | {frame.function} | {frame.file}:{frame.line}"
            for frame in exception.frames
        ]
    return told


A_PANIC_OF_TWO_LINES = """\
thread 'main' (14471) panicked at src/main.rs:7:92:
bad item 1
second
stack backtrace:
   0: __rustc::rust_begin_unwind
             at /rustc/59807616e1fa/library/std/src/panicking.rs:689:5
   1: core::panicking::panic_fmt
             at /rustc/59807616e1fa/library/core/src/panicking.rs:80:14
   2: shop::cart::Cart::each::{{closure}}
             at ./src/main.rs:7:92
   3: <core::slice::iter::Iter<T> as core::iter::traits::iterator::Iterator>::for_each
             at /rustc/59807616e1fa/library/core/src/slice/iter/macros.rs:301:21
   4: shop::cart::Cart::each
             at ./src/main.rs:7:64
   5: shop::main
             at ./src/main.rs:18:21
   6: core::ops::function::FnOnce::call_once
             at /rustc/59807616e1fa/library/core/src/ops/function.rs:250:5
note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.
"""


def test_a_panic_of_two_lines():
    assert tell(A_PANIC_OF_TWO_LINES) == [
        "reported panic: bad item 1\nsecond",
        "* shop::cart::Cart | each | ./src/main.rs:7",
        "- core::slice::iter::Iter | for_each | /rustc/59807616e1fa/library/core/src/slice/iter/macros.rs:301",
        "* shop::cart::Cart | each | ./src/main.rs:7",
        "* shop | main | ./src/main.rs:18",
        "- core::ops::function::FnOnce | call_once | /rustc/59807616e1fa/library/core/src/ops/function.rs:250",
    ]


UNWRAP_IN_A_TRAIT_METHOD = """\
thread 'main' (14469) panicked at src/main.rs:5:93:
called `Result::unwrap()` on an `Err` value: ParseIntError { kind: InvalidDigit }
stack backtrace:
   0: __rustc::rust_begin_unwind
             at /rustc/59807616e1fa/library/std/src/panicking.rs:689:5
   1: core::panicking::panic_fmt
             at /rustc/59807616e1fa/library/core/src/panicking.rs:80:14
   2: core::result::unwrap_failed
             at /rustc/59807616e1fa/library/core/src/result.rs:1867:5
   3: core::result::Result<T,E>::unwrap
             at /rustc/59807616e1fa/library/core/src/result.rs:1233:23
   4: <shop::cart::Cart as shop::cart::Store>::save
             at ./src/main.rs:5:93
   5: shop::main
             at ./src/main.rs:16:22
   6: core::ops::function::FnOnce::call_once
             at /rustc/59807616e1fa/library/core/src/ops/function.rs:250:5
note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.
"""


def test_unwrap_in_a_trait_method():
    assert tell(UNWRAP_IN_A_TRAIT_METHOD) == [
        "reported panic: called `Result::unwrap()` on an `Err` value: ParseIntError { kind: InvalidDigit }",
        "* shop::cart::Cart | save | ./src/main.rs:5",
        "* shop | main | ./src/main.rs:16",
        "- core::ops::function::FnOnce | call_once | /rustc/59807616e1fa/library/core/src/ops/function.rs:250",
    ]


THE_FIRST_OF_TWO_PANICS_COUNTS = """\
thread 'worker-3' (14474) panicked at src/main.rs:6:80:
index out of bounds: the len is 2 but the index is 7
stack backtrace:
   0: __rustc::rust_begin_unwind
             at /rustc/59807616e1fa/library/std/src/panicking.rs:689:5
   1: core::panicking::panic_fmt
             at /rustc/59807616e1fa/library/core/src/panicking.rs:80:14
   2: core::panicking::panic_bounds_check
             at /rustc/59807616e1fa/library/core/src/panicking.rs:271:5
   3: <usize as core::slice::index::SliceIndex<[T]>>::index
             at /rustc/59807616e1fa/library/core/src/slice/index.rs:272:10
   4: core::slice::index::<impl core::ops::index::Index<I> for [T]>::index
             at /rustc/59807616e1fa/library/core/src/slice/index.rs:19:15
   5: <alloc::vec::Vec<T,A> as core::ops::index::Index<I>>::index
             at /rustc/59807616e1fa/library/alloc/src/vec/mod.rs:3804:9
   6: shop::cart::Cart::at
             at ./src/main.rs:6:80
   7: shop::main::{{closure}}
             at ./src/main.rs:20:91
note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.

thread 'main' (14473) panicked at src/main.rs:20:114:
called `Result::unwrap()` on an `Err` value: Any { .. }
stack backtrace:
   0: __rustc::rust_begin_unwind
             at /rustc/59807616e1fa/library/std/src/panicking.rs:689:5
   1: core::panicking::panic_fmt
             at /rustc/59807616e1fa/library/core/src/panicking.rs:80:14
   2: core::result::unwrap_failed
             at /rustc/59807616e1fa/library/core/src/result.rs:1867:5
   3: core::result::Result<T,E>::unwrap
             at /rustc/59807616e1fa/library/core/src/result.rs:1233:23
   4: shop::main
             at ./src/main.rs:20:114
   5: core::ops::function::FnOnce::call_once
             at /rustc/59807616e1fa/library/core/src/ops/function.rs:250:5
note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.
"""


def test_the_first_of_two_panics_counts():
    assert tell(THE_FIRST_OF_TWO_PANICS_COUNTS) == [
        "reported panic: index out of bounds: the len is 2 but the index is 7",
        "* shop::cart::Cart | at | ./src/main.rs:6",
        "* shop | main | ./src/main.rs:20",
    ]


A_PANIC_BEFORE_1_73 = """\
thread 'main' panicked at 'called `Option::unwrap()` on a `None` value', src/main.rs:5:10
stack backtrace:
   0: rust_begin_unwind
             at /rustc/90c541806f23/library/std/src/panicking.rs:578:5
   1: core::panicking::panic_fmt
             at /rustc/90c541806f23/library/core/src/panicking.rs:67:14
   2: shop::cart::add
             at ./src/cart.rs:12:9
   3: main
note: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.
"""


def test_a_panic_before_1_73():
    assert tell(A_PANIC_BEFORE_1_73) == [
        "reported panic: called `Option::unwrap()` on a `None` value",
        "* shop::cart | add | ./src/cart.rs:12",
        "- None | main | None:None",
    ]


FULL_BACKTRACES_HAVE_ADDRESSES_AND_HASHES = """\
thread 'main' (14479) panicked at src/main.rs:6:80:
index out of bounds: the len is 2 but the index is 9
stack backtrace:
   0:     0x55fab64c17ea - std[e28293b1aa0f68bd]::backtrace_rs::backtrace::libunwind::trace
                               at /rustc/59807616e1fa/library/std/src/../../backtrace/src/backtrace/libunwind.rs:117:9
   1:     0x55fab64c17ea - std[e28293b1aa0f68bd]::backtrace_rs::backtrace::trace_unsynchronized::<std[e28293b1aa0f68bd]::sys::backtrace::_print_fmt::{closure#1}>
                               at /rustc/59807616e1fa/library/std/src/../../backtrace/src/backtrace/mod.rs:66:14
   2:     0x55fab64c17ea - std[e28293b1aa0f68bd]::sys::backtrace::_print_fmt
                               at /rustc/59807616e1fa/library/std/src/sys/backtrace.rs:74:9
   3:     0x55fab64c17ea - <<std[e28293b1aa0f68bd]::sys::backtrace::BacktraceLock>::print::DisplayBacktrace as core[c1f1a4ba060b9bfa]::fmt::Display>::fmt
                               at /rustc/59807616e1fa/library/std/src/sys/backtrace.rs:44:26
   4:     0x55fab64d356a - <core[c1f1a4ba060b9bfa]::fmt::rt::Argument>::fmt
                               at /rustc/59807616e1fa/library/core/src/fmt/rt.rs:152:76
   5:     0x55fab64d356a - core[c1f1a4ba060b9bfa]::fmt::write
   6:     0x55fab64c61e2 - std[e28293b1aa0f68bd]::io::default_write_fmt::<std[e28293b1aa0f68bd]::sys::stdio::unix::Stderr>
                               at /rustc/59807616e1fa/library/std/src/io/mod.rs:639:11
   7:     0x55fab64c61e2 - <std[e28293b1aa0f68bd]::sys::stdio::unix::Stderr as std[e28293b1aa0f68bd]::io::Write>::write_fmt
                               at /rustc/59807616e1fa/library/std/src/io/mod.rs:1994:13
   8:     0x55fab64aacaf - <std[e28293b1aa0f68bd]::sys::backtrace::BacktraceLock>::print
                               at /rustc/59807616e1fa/library/std/src/sys/backtrace.rs:47:9
   9:     0x55fab64aacaf - std[e28293b1aa0f68bd]::panicking::default_hook::{closure#0}
                               at /rustc/59807616e1fa/library/std/src/panicking.rs:292:27
  10:     0x55fab64bc9e1 - std[e28293b1aa0f68bd]::panicking::default_hook
                               at /rustc/59807616e1fa/library/std/src/panicking.rs:319:9
  11:     0x55fab64bcb9b - std[e28293b1aa0f68bd]::panicking::panic_with_hook
                               at /rustc/59807616e1fa/library/std/src/panicking.rs:825:13
  12:     0x55fab64aad68 - std[e28293b1aa0f68bd]::panicking::panic_handler::{closure#0}
                               at /rustc/59807616e1fa/library/std/src/panicking.rs:698:13
  13:     0x55fab64a22a9 - std[e28293b1aa0f68bd]::sys::backtrace::__rust_end_short_backtrace::<std[e28293b1aa0f68bd]::panicking::panic_handler::{closure#0}, !>
                               at /rustc/59807616e1fa/library/std/src/sys/backtrace.rs:182:18
  14:     0x55fab64ab6bd - __rustc[b7974e8690430dd9]::rust_begin_unwind
                               at /rustc/59807616e1fa/library/std/src/panicking.rs:689:5
  15:     0x55fab64d3e7c - core[c1f1a4ba060b9bfa]::panicking::panic_fmt
                               at /rustc/59807616e1fa/library/core/src/panicking.rs:80:14
  16:     0x55fab64d3c3c - core[c1f1a4ba060b9bfa]::panicking::panic_bounds_check
                               at /rustc/59807616e1fa/library/core/src/panicking.rs:271:5
  17:     0x55fab63a8528 - <usize as core::slice::index::SliceIndex<[T]>>::index::h30b9ebba1ffd2592
                               at /rustc/59807616e1fa/library/core/src/slice/index.rs:272:10
  18:     0x55fab63a781c - core::slice::index::<impl core::ops::index::Index<I> for [T]>::index::h6794cd78f6be9929
                               at /rustc/59807616e1fa/library/core/src/slice/index.rs:19:15
  19:     0x55fab63a781c - <alloc::vec::Vec<T,A> as core::ops::index::Index<I>>::index::h80e6bfd315fa81e2
                               at /rustc/59807616e1fa/library/alloc/src/vec/mod.rs:3804:9
  20:     0x55fab63a27cd - shop::cart::Cart::at::h80400382fdada566
                               at /src/shop/src/main.rs:6:80
  21:     0x55fab63a2e54 - shop::main::h0081e2ecd4e62a20
                               at /src/shop/src/main.rs:17:24
  22:     0x55fab63a4153 - core::ops::function::FnOnce::call_once::h8a142aab0501b5d9
"""


def test_full_backtraces_have_addresses_and_hashes():
    assert tell(FULL_BACKTRACES_HAVE_ADDRESSES_AND_HASHES) == [
        "reported panic: index out of bounds: the len is 2 but the index is 9",
        "* shop::cart::Cart | at | /src/shop/src/main.rs:6",
        "* shop | main | /src/shop/src/main.rs:17",
        "- core::ops::function::FnOnce | call_once | None:None",
    ]


ANYHOW_LISTS_ITS_CAUSES = """\
Error: starting

Caused by:
    0: loading cart
    1: No such file or directory (os error 2)

Stack backtrace:
   0: anyhow::error::<impl core::convert::From<E> for anyhow::Error>::from
             at /home/dev/.cargo/registry/src/index-1949cf8c6b5b557f/anyhow-1.0.104/src/backtrace.rs:10:14
   1: <core::result::Result<T,F> as core::ops::try_trait::FromResidual<core::result::Result<core::convert::Infallible,E>>>::from_residual
             at /rustc/59807616e1fa/library/core/src/result.rs:2189:27
   2: shop::cart::read
             at ./src/main.rs:8:67
   3: shop::load
             at ./src/main.rs:12:39
   4: shop::main
             at ./src/main.rs:21:23
   5: core::ops::function::FnOnce::call_once
             at /rustc/59807616e1fa/library/core/src/ops/function.rs:250:5
   6: std::sys::backtrace::__rust_begin_short_backtrace
             at /rustc/59807616e1fa/library/std/src/sys/backtrace.rs:166:18
   7: std::rt::lang_start::{{closure}}
             at /rustc/59807616e1fa/library/std/src/rt.rs:206:18
   8: <&dyn core::ops::function::Fn<(), Output = i32> + core::marker::Sync + core::panic::unwind_safe::RefUnwindSafe as core::ops::function::FnOnce<()>>::call_once
"""


def test_anyhow_lists_its_causes():
    assert tell(ANYHOW_LISTS_ITS_CAUSES) == [
        "reported : starting",
        "- anyhow::error | from | /home/dev/.cargo/registry/src/index-1949cf8c6b5b557f/anyhow-1.0.104/src/backtrace.rs:10",
        "- core::result::Result | from_residual | /rustc/59807616e1fa/library/core/src/result.rs:2189",
        "* shop::cart | read | ./src/main.rs:8",
        "* shop | load | ./src/main.rs:12",
        "* shop | main | ./src/main.rs:21",
        "- core::ops::function::FnOnce | call_once | /rustc/59807616e1fa/library/core/src/ops/function.rs:250",
        "- std::sys::backtrace | __rust_begin_short_backtrace | /rustc/59807616e1fa/library/std/src/sys/backtrace.rs:166",
        "- std::rt | lang_start | /rustc/59807616e1fa/library/std/src/rt.rs:206",
        "- core::ops::function::Fn | call_once | None:None",
        "cause : loading cart",
        "cause : No such file or directory (os error 2)",
    ]


COLOR_EYRE_NUMBERS_ITS_CAUSES = """\
   0: loading
   1: No such file or directory (os error 2)

Location:
   src/main.rs:22

  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ BACKTRACE ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
                                ⋮ 4 frames hidden ⋮
   5: <E as eyre::context::ext::StdError>::ext_report::h8812de6c1e5bdbea
      at /home/dev/.cargo/registry/src/index-1949cf8c6b5b557f/eyre-0.6.14/src/context.rs:23
                                 ⋮ 1 frame hidden ⋮
   7: shop::main::{{closure}}::h94d415edd2799943
      at /src/shop/src/main.rs:22
   8: shop::main::h0081e2ecd4e62a20
      at /src/shop/src/main.rs:22
   9: core::ops::function::FnOnce::call_once::h8a142aab0501b5d9
      at /rustc/59807616e1fa/library/core/src/ops/function.rs:250
  10: std::sys::backtrace::__rust_begin_short_backtrace::hf37137df5ba359ec
      at /rustc/59807616e1fa/library/std/src/sys/backtrace.rs:166
                                ⋮ 15 frames hidden ⋮

Run with COLORBT_SHOW_HIDDEN=1 environment variable to disable frame filtering.
Run with RUST_BACKTRACE=full to include source snippets.
"""


def test_color_eyre_numbers_its_causes():
    assert tell(COLOR_EYRE_NUMBERS_ITS_CAUSES) == [
        "reported : loading",
        "- eyre::context::ext::StdError | ext_report | /home/dev/.cargo/registry/src/index-1949cf8c6b5b557f/eyre-0.6.14/src/context.rs:23",
        "* shop | main | /src/shop/src/main.rs:22",
        "* shop | main | /src/shop/src/main.rs:22",
        "- core::ops::function::FnOnce | call_once | /rustc/59807616e1fa/library/core/src/ops/function.rs:250",
        "- std::sys::backtrace | __rust_begin_short_backtrace | /rustc/59807616e1fa/library/std/src/sys/backtrace.rs:166",
        "cause : No such file or directory (os error 2)",
    ]


COLOR_EYRE_PANICS = """\
The application panicked (crashed).
Message:  index out of bounds: the len is 2 but the index is 7
Location: src/main.rs:6

  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ BACKTRACE ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
                                ⋮ 2 frames hidden ⋮
   3: <alloc[fdfd2bd8633a6659]::boxed::Box<dyn for<'a, 'b> core[c1f1a4ba060b9bfa]::ops::function::Fn<(&'a std[e28293b1aa0f68bd]::panic::PanicHookInfo<'b>,), Output = ()> + core[c1f1a4ba060b9bfa]::marker::Sync + core[c1f1a4ba060b9bfa]::marker::Send> as core[c1f1a4ba060b9bfa]::ops::function::Fn<(&std[e28293b1aa0f68bd]::panic::PanicHookInfo,)>>::call<unknown>
      at /rustc/59807616e1fa/library/alloc/src/boxed.rs:2254
   4: std[e28293b1aa0f68bd]::panicking::panic_with_hook<unknown>
      at /rustc/59807616e1fa/library/std/src/panicking.rs:833
   5: std[e28293b1aa0f68bd]::panicking::panic_handler::{closure#0}<unknown>
      at /rustc/59807616e1fa/library/std/src/panicking.rs:698
   6: std[e28293b1aa0f68bd]::sys::backtrace::__rust_end_short_backtrace::<std[e28293b1aa0f68bd]::panicking::panic_handler::{closure#0}, !><unknown>
      at /rustc/59807616e1fa/library/std/src/sys/backtrace.rs:182
   7: __rustc[b7974e8690430dd9]::rust_begin_unwind<unknown>
      at /rustc/59807616e1fa/library/std/src/panicking.rs:689
   8: core[c1f1a4ba060b9bfa]::panicking::panic_fmt<unknown>
      at /rustc/59807616e1fa/library/core/src/panicking.rs:80
   9: core[c1f1a4ba060b9bfa]::panicking::panic_bounds_check<unknown>
      at /rustc/59807616e1fa/library/core/src/panicking.rs:271
  10: <usize as core::slice::index::SliceIndex<[T]>>::index::h30b9ebba1ffd2592
      at /rustc/59807616e1fa/library/core/src/slice/index.rs:272
  11: core::slice::index::<impl core::ops::index::Index<I> for [T]>::index::h6794cd78f6be9929
      at /rustc/59807616e1fa/library/core/src/slice/index.rs:19
  12: <alloc::vec::Vec<T,A> as core::ops::index::Index<I>>::index::h80e6bfd315fa81e2
      at /rustc/59807616e1fa/library/alloc/src/vec/mod.rs:3804
  13: shop::cart::Cart::at::h80400382fdada566
      at /src/shop/src/main.rs:6
  14: shop::main::h0081e2ecd4e62a20
      at /src/shop/src/main.rs:23
  15: core::ops::function::FnOnce::call_once::h8a142aab0501b5d9
      at /rustc/59807616e1fa/library/core/src/ops/function.rs:250
  16: std::sys::backtrace::__rust_begin_short_backtrace::hf37137df5ba359ec
      at /rustc/59807616e1fa/library/std/src/sys/backtrace.rs:166
                                ⋮ 15 frames hidden ⋮

Run with COLORBT_SHOW_HIDDEN=1 environment variable to disable frame filtering.
Run with RUST_BACKTRACE=full to include source snippets.
"""


def test_color_eyre_panics():
    assert tell(COLOR_EYRE_PANICS) == [
        "reported panic: index out of bounds: the len is 2 but the index is 7",
        "* shop::cart::Cart | at | /src/shop/src/main.rs:6",
        "* shop | main | /src/shop/src/main.rs:23",
        "- core::ops::function::FnOnce | call_once | /rustc/59807616e1fa/library/core/src/ops/function.rs:250",
        "- std::sys::backtrace | __rust_begin_short_backtrace | /rustc/59807616e1fa/library/std/src/sys/backtrace.rs:166",
    ]


A_BACKTRACE_PRINTED_FOR_DEBUGGING = """\
Error { context: "x", backtrace: Backtrace [{ fn: "shop::load", file: "./src/main.rs", line: 12 }, { fn: "core::ops::function::FnOnce::call_once", file: "/rustc/59807616e1fa/library/core/src/ops/function.rs", line: 250 }, { fn: "_start" }] }
"""


def test_a_backtrace_printed_for_debugging():
    assert tell(A_BACKTRACE_PRINTED_FOR_DEBUGGING) == [
        "reported : ",
        "* shop | load | ./src/main.rs:12",
        "- core::ops::function::FnOnce | call_once | /rustc/59807616e1fa/library/core/src/ops/function.rs:250",
        "- None | _start | None:None",
    ]


SAMPLES = (
    A_PANIC_OF_TWO_LINES,
    UNWRAP_IN_A_TRAIT_METHOD,
    THE_FIRST_OF_TWO_PANICS_COUNTS,
    A_PANIC_BEFORE_1_73,
    FULL_BACKTRACES_HAVE_ADDRESSES_AND_HASHES,
    ANYHOW_LISTS_ITS_CAUSES,
    COLOR_EYRE_NUMBERS_ITS_CAUSES,
    COLOR_EYRE_PANICS,
    A_BACKTRACE_PRINTED_FOR_DEBUGGING,
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
    for frame in (frame for exception in DIALECT.parse(cut) for frame in exception.frames):
        assert frame.function in sample
        assert frame.line is None or re.search(rf"{re.escape(frame.file or '')}(?::|\", line: ){frame.line}\b", sample)


A_PANIC_UNDER_A_HOOK_OF_THE_APPLICATION = """\
thread 'main' (7) panicked at /srv/vendor/src/lib.rs:3:5:
boom
stack backtrace:
   0: std::backtrace::Backtrace::create
   1: shop::report::{{closure}}
             at ./src/report.rs:4:9
   2: std::panicking::rust_panic_with_hook
             at /rustc/5980/library/std/src/panicking.rs:841:13
   3: __rustc::rust_begin_unwind
             at /rustc/5980/library/std/src/panicking.rs:689:5
   4: core::panicking::panic_fmt
             at /rustc/5980/library/core/src/panicking.rs:80:14
   5: tower::ready
             at /home/dev/.cargo/registry/src/index/tower-0.5.1/src/lib.rs:9:5
   6: shop::serve
             at ./src/main.rs:12:5
   7: std::panicking::try
   8: std::panicking::catch_unwind::do_call
"""


def test_hooks_and_machinery_are_no_part_of_the_failing_stack():
    assert tell(A_PANIC_UNDER_A_HOOK_OF_THE_APPLICATION) == [
        "reported panic: boom",
        "- tower | ready | /home/dev/.cargo/registry/src/index/tower-0.5.1/src/lib.rs:9",
        "* shop | serve | ./src/main.rs:12",
        "- std::panicking | try | None:None",
        "- std::panicking::catch_unwind | do_call | None:None",
    ]


@pytest.mark.parametrize(
    ("header", "innermost"),
    [
        ("src/cart.rs:7:9", "total"),
        ("shop\\src\\cart.rs:7:9", "total"),
        ("/rustc/5980/library/core/src/time.rs:3:5", "elapsed"),
        ("src/other.rs:1:1", "elapsed"),
    ],
)
def test_the_innermost_frame_is_where_the_header_says_it_panicked(header: str, innermost: str):
    text = f"""\
thread 'main' panicked at {header}:
boom
stack backtrace:
   0: rust_begin_unwind
             at /rustc/5980/library/std/src/panicking.rs:689:5
   1: core::option::expect_failed
             at /rustc/5980/library/core/src/option.rs:2236:5
   2: core::time::elapsed
             at /rustc/5980/library/core/src/time.rs:3:5
   3: shop::total
             at /src/shop/src/cart.rs:7:9
"""
    assert DIALECT.parse(text)[0].frames[0].function == innermost


def test_nothing_but_machinery_stays():
    text = "stack backtrace:\n   0: rust_begin_unwind\n             at /rustc/5980/library/std/src/panicking.rs:689:5\n"
    assert [frame.function for frame in DIALECT.parse(text)[0].frames] == ["rust_begin_unwind"]


@pytest.mark.parametrize(
    ("symbol", "module", "function"),
    [
        ("shop::cart::Cart::at::h80400382fdada566", "shop::cart::Cart", "at"),
        ("<shop::cart::Cart as shop::cart::Store>::save", "shop::cart::Cart", "save"),
        ("<usize as core::slice::index::SliceIndex<[T]>>::index", "core::slice::index::SliceIndex", "index"),
        ("core::slice::index::<impl core::ops::index::Index<I> for [T]>::index", "core::slice::index", "index"),
        ("std[e28293b1aa0f68bd]::panicking::panic_handler::{closure#0}", "std::panicking", "panic_handler"),
        ("shop::load::{{closure}}::{{closure}}", "shop", "load"),
        ("<F as core::ops::FnOnce<A>>::call_once::<fn() -> i32>", "core::ops::FnOnce", "call_once"),
        ("main", None, "main"),
    ],
)
def test_path_and_function_as_they_were_written(symbol: str, module: str | None, function: str):
    [exception] = DIALECT.parse(f"stack backtrace:\n   0: {symbol}\n             at ./src/main.rs:3:1\n")
    assert [(frame.module, frame.function) for frame in exception.frames] == [(module, function)]


def test_a_panic_without_a_backtrace_is_still_told():
    text = "thread 'main' panicked at src/main.rs:2:5:\nboom\nnote: run with `RUST_BACKTRACE=1` to see more\n"
    assert tell(text) == ["reported panic: boom"]
