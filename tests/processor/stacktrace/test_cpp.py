"""C and C++: gdb, sanitizers, glibc, boost, absl, Valgrind; and no dialect taking another's traces."""

# ruff: noqa: E501 (traces stand here as the runtimes print them)

from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracemedic_processor.stacktrace.cpp import DIALECT, plain_name


def tell(text: str) -> list[str]:
    told: list[str] = []
    for exception in DIALECT.parse(text):
        told.append(f"{exception.relation} {exception.type}: {exception.message}")
        told += [
            f"{'*' if frame.in_app else '-'} {frame.module} | {frame.function} | {frame.file}:{frame.line}"
            for frame in exception.frames
        ]
    return told


ADDRESS_SANITIZER_TELLS_THE_ACCESS_FIRST = """\
=================================================================
==22246==ERROR: AddressSanitizer: heap-use-after-free on address 0x603000000050 at pc 0x55bee672c3f1 bp 0x7ffdc116d670 sp 0x7ffdc116d668
READ of size 4 at 0x603000000050 thread T0
    #0 0x55bee672c3f0 in shop::use(int*) /src/shop/a.cpp:9
    #1 0x55bee672c939 in main /src/shop/a.cpp:14
    #2 0x7fca05445249 in __libc_start_call_main ../sysdeps/nptl/libc_start_call_main.h:58
    #3 0x7fca05445304 in __libc_start_main_impl ../csu/libc-start.c:360
    #4 0x55bee672c2e0 in _start (/src/shop/asan+0x22e0)

0x603000000050 is located 16 bytes inside of 32-byte region [0x603000000040,0x603000000060)
freed by thread T0 here:
    #0 0x7fca05aba038 in operator delete[](void*) ../../../../src/libsanitizer/asan/asan_new_delete.cpp:155
    #1 0x55bee672c92a in main /src/shop/a.cpp:14
    #2 0x7fca05445249 in __libc_start_call_main ../sysdeps/nptl/libc_start_call_main.h:58

previously allocated by thread T0 here:
    #0 0x7fca05ab9628 in operator new[](unsigned long) ../../../../src/libsanitizer/asan/asan_new_delete.cpp:98
    #1 0x55bee672c90a in main /src/shop/a.cpp:14
    #2 0x7fca05445249 in __libc_start_call_main ../sysdeps/nptl/libc_start_call_main.h:58
"""


def test_address_sanitizer_tells_the_access_first():
    assert tell(ADDRESS_SANITIZER_TELLS_THE_ACCESS_FIRST) == [
        "reported heap-use-after-free: on address 0x603000000050 at pc 0x55bee672c3f1 bp 0x7ffdc116d670 sp 0x7ffdc116d668",
        "* shop | use | /src/shop/a.cpp:9",
        "* shop/a.cpp | main | /src/shop/a.cpp:14",
        "- sysdeps/nptl/libc_start_call_main.h | __libc_start_call_main | ../sysdeps/nptl/libc_start_call_main.h:58",
        "- csu/libc-start.c | __libc_start_main_impl | ../csu/libc-start.c:360",
        "- asan | _start | None:None",
    ]


GDB = """\
[Thread debugging using libthread_db enabled]
Using host libthread_db library "/lib/x86_64-linux-gnu/libthread_db.so.1".
terminate called after throwing an instance of 'std::out_of_range'
  what():  vector::_M_range_check: __n (which is 3) >= this->size() (which is 0)

Program received signal SIGABRT, Aborted.
__pthread_kill_implementation (threadid=<optimized out>, signo=signo@entry=6, no_tid=no_tid@entry=0) at ./nptl/pthread_kill.c:44
44	./nptl/pthread_kill.c: No such file or directory.
#0  __pthread_kill_implementation (threadid=<optimized out>, signo=signo@entry=6, no_tid=no_tid@entry=0) at ./nptl/pthread_kill.c:44
#1  0x00007ffff7aa8f4f in __pthread_kill_internal (signo=6, threadid=<optimized out>) at ./nptl/pthread_kill.c:78
#2  0x00007ffff7a59fb2 in __GI_raise (sig=sig@entry=6) at ../sysdeps/posix/raise.c:26
#3  0x00007ffff7a44472 in __GI_abort () at ./stdlib/abort.c:79
#4  0x00007ffff7c9d919 in ?? () from /lib/x86_64-linux-gnu/libstdc++.so.6
#5  0x00007ffff7ca8e1a in ?? () from /lib/x86_64-linux-gnu/libstdc++.so.6
#6  0x00007ffff7ca8e85 in std::terminate() () from /lib/x86_64-linux-gnu/libstdc++.so.6
#7  0x00007ffff7ca90d8 in __cxa_throw () from /lib/x86_64-linux-gnu/libstdc++.so.6
#8  0x00007ffff7ca026d in ?? () from /lib/x86_64-linux-gnu/libstdc++.so.6
#9  0x0000555555557c29 in std::vector<std::pair<int, std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> > >, std::allocator<std::pair<int, std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> > > > >::_M_range_check (this=0x7fffffffe5b0, __n=3) at /usr/include/c++/12/bits/stl_vector.h:1153
#10 0x0000555555557b31 in std::vector<std::pair<int, std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> > >, std::allocator<std::pair<int, std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> > > > >::at (this=0x7fffffffe5b0, __n=3) at /usr/include/c++/12/bits/stl_vector.h:1175
#11 0x00005555555578e4 in shop::Cart<std::pair<int, std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> > > >::at (this=0x7fffffffe5b0, i=3, n="a") at a.cpp:8
#12 0x00005555555573e3 in main (c=2, v=0x7fffffffe798) at a.cpp:12
"""


def test_gdb():
    assert tell(GDB) == [
        "reported std::out_of_range: vector::_M_range_check: __n (which is 3) >= this->size() (which is 0)",
        "- nptl/pthread_kill.c | __pthread_kill_implementation | ./nptl/pthread_kill.c:44",
        "- nptl/pthread_kill.c | __pthread_kill_internal | ./nptl/pthread_kill.c:78",
        "- sysdeps/posix/raise.c | __GI_raise | ../sysdeps/posix/raise.c:26",
        "- stdlib/abort.c | __GI_abort | ./stdlib/abort.c:79",
        "- libstdc++.so.6 | ?? | None:None",
        "- libstdc++.so.6 | ?? | None:None",
        "- std | terminate | None:None",
        "- libstdc++.so.6 | __cxa_throw | None:None",
        "- libstdc++.so.6 | ?? | None:None",
        "- std::vector | _M_range_check | /usr/include/c++/12/bits/stl_vector.h:1153",
        "- std::vector | at | /usr/include/c++/12/bits/stl_vector.h:1175",
        "* shop::Cart | at | a.cpp:8",
        "* a.cpp | main | a.cpp:12",
    ]


GLIBC_BACKTRACE_SYMBOLS = """\
./a(_ZN4shop2btEv+0x1f)[0x55b6cbeb12da]
./a(+0x330b)[0x55b6cbeb130b]
./a(main+0x1e0)[0x55b6cbeb14ee]
/lib/x86_64-linux-gnu/libc.so.6(+0x2724a)[0x7fbe1ca4524a]
/lib/x86_64-linux-gnu/libc.so.6(__libc_start_main+0x85)[0x7fbe1ca45305]
./a(_start+0x21)[0x55b6cbeb11e1]
"""


def test_glibc_backtrace_symbols():
    assert tell(GLIBC_BACKTRACE_SYMBOLS) == [
        "reported : ",
        "* shop | bt | None:None",
        "- a | +0x330b | None:None",
        "* a | main | None:None",
        "- libc.so.6 | +0x2724a | None:None",
        "- libc.so.6 | __libc_start_main | None:None",
        "- a | _start | None:None",
    ]


BOOST_AND_STD_STACKTRACE = """\
terminate called after throwing an instance of 'shop::CartError'
  what():  no stock
 0# shop::Cart<std::vector<int, std::allocator<int> > >::at(int, std::string const&) at /src/shop/cart.cpp:70
 1# shop::(anonymous namespace)::use(int) at /src/shop/use.cpp:7
 2# shop::Cart<int>::operator()(int) const at /src/shop/cart.cpp:9
 3# std::function<void (int)>::operator()(int) const at /usr/include/c++/12/bits/std_function.h:591
 4# main in ./app
 5# 0x00007F0000 in /lib/x86_64-linux-gnu/libc.so.6
"""


def test_boost_and_std_stacktrace():
    assert tell(BOOST_AND_STD_STACKTRACE) == [
        "reported shop::CartError: no stock",
        "* shop::Cart | at | /src/shop/cart.cpp:70",
        "* shop::(anonymous namespace) | use | /src/shop/use.cpp:7",
        "* shop::Cart | operator() | /src/shop/cart.cpp:9",
        "- std::function | operator() | /usr/include/c++/12/bits/std_function.h:591",
        "* app | main | None:None",
        "- libc.so.6 | 0x00007F0000 | None:None",
    ]


ABSL_FAILURE_SIGNAL_HANDLER = """\
*** SIGSEGV received at time=1700000000 on cpu 3 ***
PC: @     0x55d5c1  (unknown)  shop::Cart::add()
    @     0x7f3a1c        192  absl::WriteFailureInfo()
    @     0x55d5c1         48  shop::Cart::add()
    @     0x55d600  (unknown)  main
"""


def test_absl_failure_signal_handler():
    assert tell(ABSL_FAILURE_SIGNAL_HANDLER) == [
        "reported SIGSEGV: received at time=1700000000 on cpu 3 ***",
        "- absl | WriteFailureInfo | None:None",
        "* shop::Cart | add | None:None",
        "* None | main | None:None",
    ]


VALGRIND = """\
==123== Invalid read of size 4
==123==    at 0x4E12: shop::use(int*) (a.cpp:9)
==123==    by 0x4F00: main (a.cpp:12)
==123==  Address 0x0 is not stack'd
"""


def test_valgrind():
    assert tell(VALGRIND) == [
        "reported : ",
        "* shop | use | a.cpp:9",
        "* a.cpp | main | a.cpp:12",
    ]


SAMPLES = (
    ADDRESS_SANITIZER_TELLS_THE_ACCESS_FIRST,
    GDB,
    GLIBC_BACKTRACE_SYMBOLS,
    BOOST_AND_STD_STACKTRACE,
    ABSL_FAILURE_SIGNAL_HANDLER,
    VALGRIND,
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


@pytest.mark.parametrize(
    ("symbol", "name"),
    [
        ("shop::Cart<std::pair<int, int> >::at(int, std::string const&)", "shop::Cart::at"),
        ("int shop::sum<int>(std::vector<int> const&)", "shop::sum"),
        ("shop::(anonymous namespace)::use(int) const", "shop::(anonymous namespace)::use"),
        ("shop::Cart::operator()(int) const", "shop::Cart::operator()"),
        ("bool shop::operator< <int>(shop::A const&)", "shop::operator<"),
        ("operator new(unsigned long)", "operator new"),
        ("shop::run()::{lambda(int)#1}::operator()(int) const", "shop::run"),
        ("_ZN4shop2btEv+0x1f", "shop::bt"),
        ("_ZNK4shop4Cart3addEi", "shop::Cart::add"),
        ("_Z3fooi", "foo"),
        ("main", "main"),
    ],
)
def test_names_without_parameters_results_and_template_arguments(symbol: str, name: str):
    assert plain_name(symbol) == name


FOREIGN = {
    "jvm": "java.lang.IllegalStateException: x\n\tat com.acme.Cart.add(Cart.java:10)\n\tat a.B.c(Unknown Source)\n",
    "javascript": "TypeError: x\n    at Cart.add (/srv/cart.js:10:5)\n    at new Foo (/srv/a.js:1:2)\n    at node:fs:1:2\n",
    "python": 'Traceback (most recent call last):\n  File "/srv/a.py", line 1, in f\n    g()\nValueError: x\n',
    "go": "goroutine 1 [running]:\nmain.main()\n\t/src/main.go:3 +0x1\n",
    "dotnet": "System.Exception: x\n   at Acme.Cart.Add(Int32 i) in /src/Cart.cs:line 3\n   at Acme.Cart.Run()\n",
    "ruby": "a.rb:3:in `f': x (RuntimeError)\n\tfrom a.rb:9:in `<main>'\n",
    "php": "Exception: x in /srv/a.php:3\nStack trace:\n#0 /srv/a.php(9): f()\n#1 {main}\n",
    "rust": "thread 'main' panicked at src/main.rs:3:1:\nx\nstack backtrace:\n   0: shop::f\n             at ./a.rs:3:1\n",
    "beam": "** (E) x\n    (shop 0.1.0) lib/a.ex:3: Shop.f/1\n",
    "swift": "Thread 0 crashed:\n\n0 0x0000000100 Cart.add(_:) + 4 in shop at /src/Cart.swift:3:1\n",
    "dart": "#0      Cart.add (package:shop/cart.dart:3:1)\n#1      main (file:///srv/main.dart:1:1)\n",
    "cpp": "#0  0x0000555 in shop::f (i=3) at a.cpp:3\n#1  0x0000556 in main () at a.cpp:9\n",
}
OURS = ("go", "dotnet", "ruby", "php", "rust", "beam", "swift", "dart", "cpp")


@pytest.mark.parametrize("written_by", FOREIGN)
def test_no_dialect_is_surer_of_a_trace_than_its_own(written_by: str):
    certainty = {
        name: import_module(f"tracemedic_processor.stacktrace.{name}").DIALECT.recognise(FOREIGN[written_by])
        for name in OURS
    }
    own = certainty.pop(written_by, 0.6)
    assert own > 0.5
    assert max(certainty.values()) < own
