"""Go: panics, debug.Stack, %+v of the error packages; made with Go 1.26 unless the text says otherwise."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracemedic_processor.stacktrace.go import DIALECT


def tell(text: str) -> list[str]:
    told: list[str] = []
    for exception in DIALECT.parse(text):
        told.append(f"{exception.relation} {exception.type}: {exception.message}")
        told += [
            f"{'*' if frame.in_app else '-'} {frame.module} | {frame.function} | {frame.file}:{frame.line}"
            for frame in exception.frames
        ]
    return told


A_PANIC_IN_A_GOROUTINE_KEEPS_ITS_CREATOR = """\
panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x764d93]

goroutine 21 [running]:
github.com/acme/shop/cart/v2.(*Cart).Add(0x0?, {0x89a370?, 0x0?})
	/src/shop/cart/v2/cart.go:20 +0x13
github.com/acme/shop/cart/v2.Nil()
	/src/shop/cart/v2/cart.go:31 +0x25
main.main.func1()
	/src/shop/main.go:30 +0x45
created by main.main in goroutine 1
	/src/shop/main.go:30 +0x336
"""


def test_a_panic_in_a_goroutine_keeps_its_creator():
    assert tell(A_PANIC_IN_A_GOROUTINE_KEEPS_ITS_CREATOR) == [
        "reported panic: runtime error: invalid memory address or nil pointer dereference",
        "* github.com/acme/shop/cart/v2 | Cart.Add | /src/shop/cart/v2/cart.go:20",
        "* github.com/acme/shop/cart/v2 | Nil | /src/shop/cart/v2/cart.go:31",
        "* main | main | /src/shop/main.go:30",
        "* main | main | /src/shop/main.go:30",
    ]


RECOVER_FRAMES_ABOVE_THE_PANIC_ARE_NOT_THE_ORIGIN = """\
runtime error: index out of range [-1]
goroutine 1 [running]:
runtime/debug.Stack()
	/usr/local/go/src/runtime/debug/stack.go:26 +0x5e
github.com/acme/shop/cart/v2.Recovered.func1()
	/src/shop/cart/v2/cart.go:45 +0x2b
panic({0x868ac0?, 0x67f44e587b0?})
	/usr/local/go/src/runtime/panic.go:860 +0x13a
github.com/acme/shop/cart/v2.(*Stack[...]).Pop(0x67f44d181e0?)
	/src/shop/cart/v2/cart.go:28 +0x28
github.com/acme/shop/cart/v2.Recovered()
	/src/shop/cart/v2/cart.go:48 +0x4b
main.main()
	/src/shop/main.go:19 +0x365
"""


def test_recover_frames_above_the_panic_are_not_the_origin():
    assert tell(RECOVER_FRAMES_ABOVE_THE_PANIC_ARE_NOT_THE_ORIGIN) == [
        "reported panic: runtime error: index out of range [-1]",
        "* github.com/acme/shop/cart/v2 | Stack.Pop | /src/shop/cart/v2/cart.go:28",
        "* github.com/acme/shop/cart/v2 | Recovered | /src/shop/cart/v2/cart.go:48",
        "* main | main | /src/shop/main.go:19",
    ]


A_PANIC_WHILE_RECOVERING_IS_REPORTED_WITH_THE_FIRST_AS_ITS_CONTEXT = """\
panic: runtime error: index out of range [-1] [recovered, repanicked]
	panic: again: runtime error: index out of range [-1]

goroutine 1 [running]:
github.com/acme/shop/cart/v2.Rethrow.func1()
	/src/shop/cart/v2/cart.go:52 +0x5b
panic({0x868ac0?, 0xa29a6c587b0?})
	/usr/local/go/src/runtime/panic.go:860 +0x13a
github.com/acme/shop/cart/v2.Rethrow.func2()
	/src/shop/cart/v2/cart.go:53 +0x18
panic({0x868ac0?, 0xa29a6c587b0?})
	/usr/local/go/src/runtime/panic.go:860 +0x13a
github.com/acme/shop/cart/v2.(*Stack[...]).Pop(0xa29a6b9a008?)
	/src/shop/cart/v2/cart.go:28 +0x28
github.com/acme/shop/cart/v2.Rethrow()
	/src/shop/cart/v2/cart.go:54 +0x5b
main.main()
	/src/shop/main.go:20 +0x1f5
"""


def test_a_panic_while_recovering_is_reported_with_the_first_as_its_context():
    assert tell(A_PANIC_WHILE_RECOVERING_IS_REPORTED_WITH_THE_FIRST_AS_ITS_CONTEXT) == [
        "reported panic: again: runtime error: index out of range [-1]",
        "* github.com/acme/shop/cart/v2 | Rethrow | /src/shop/cart/v2/cart.go:52",
        "- runtime | panic | /usr/local/go/src/runtime/panic.go:860",
        "* github.com/acme/shop/cart/v2 | Rethrow | /src/shop/cart/v2/cart.go:53",
        "- runtime | panic | /usr/local/go/src/runtime/panic.go:860",
        "* github.com/acme/shop/cart/v2 | Stack.Pop | /src/shop/cart/v2/cart.go:28",
        "* github.com/acme/shop/cart/v2 | Rethrow | /src/shop/cart/v2/cart.go:54",
        "* main | main | /src/shop/main.go:20",
        "context panic: runtime error: index out of range [-1]",
        "* github.com/acme/shop/cart/v2 | Stack.Pop | /src/shop/cart/v2/cart.go:28",
        "* github.com/acme/shop/cart/v2 | Rethrow | /src/shop/cart/v2/cart.go:54",
        "* main | main | /src/shop/main.go:20",
    ]


HTTP_SERVER_TELLS_THE_PANIC_IN_ITS_LOG_LINE = """\
2026/11/23 12:49:41 http: panic serving 127.0.0.1:58650: assignment to entry in nil map
goroutine 18 [running]:
net/http.(*conn).serve.func1()
	/usr/local/go/src/net/http/server.go:1897 +0xbd
panic({0x812980?, 0xc37350?})
	/usr/local/go/src/runtime/panic.go:860 +0x13a
github.com/acme/shop/cart/v2.(*Cart).Add(0x5a7a5811ad8?, {0x8c4a48?, 0x5a7a5880090?})
	/src/shop/cart/v2/cart.go:20 +0x2b
github.com/acme/shop/cart/v2.Handler.func1({0x643865?, 0x5a7a5888008?}, 0x0?)
	/src/shop/cart/v2/cart.go:58 +0x2d
net/http.HandlerFunc.ServeHTTP(0x482539?, {0x8cc0b0?, 0x5a7a58b0000?}, 0x5a7a5811b30?)
	/usr/local/go/src/net/http/server.go:2286 +0x29
net/http.serverHandler.ServeHTTP({0x5a7a5886040?}, {0x8cc0b0?, 0x5a7a58b0000?}, 0x1?)
	/usr/local/go/src/net/http/server.go:3311 +0x8e
net/http.(*conn).serve(0x5a7a5890090, {0x8cd910, 0x5a7a5882120})
	/usr/local/go/src/net/http/server.go:2067 +0x690
created by net/http.(*Server).Serve in goroutine 8
	/usr/local/go/src/net/http/server.go:3464 +0x485
"""


def test_http_server_tells_the_panic_in_its_log_line():
    assert tell(HTTP_SERVER_TELLS_THE_PANIC_IN_ITS_LOG_LINE) == [
        "reported panic: assignment to entry in nil map",
        "* github.com/acme/shop/cart/v2 | Cart.Add | /src/shop/cart/v2/cart.go:20",
        "* github.com/acme/shop/cart/v2 | Handler | /src/shop/cart/v2/cart.go:58",
        "- net/http | HandlerFunc.ServeHTTP | /usr/local/go/src/net/http/server.go:2286",
        "- net/http | serverHandler.ServeHTTP | /usr/local/go/src/net/http/server.go:3311",
        "- net/http | conn.serve | /usr/local/go/src/net/http/server.go:2067",
        "- net/http | Server.Serve | /usr/local/go/src/net/http/server.go:3464",
    ]


STANDARD_LIBRARY_CALLS_BACK_INTO_THE_APPLICATION = """\
panic: compare 1

goroutine 1 [running]:
github.com/acme/shop/cart/v2.Sorted.func1(0x21e2b0628258?, 0x21e2b061c948?)
	/src/shop/cart/v2/cart.go:36 +0x5f
sort.insertionSort_func({0x8c3640?, 0x21e2b0618a00?}, 0x0, 0x3)
	/usr/local/go/src/sort/zsortfunc.go:12 +0xa6
sort.pdqsort_func({0x8c3640?, 0x21e2b0618a00?}, 0x18?, 0x7fc040?, 0x21e2b056e6d8?)
	/usr/local/go/src/sort/zsortfunc.go:73 +0x319
sort.Slice({0x7ef600?, 0x21e2b0628258?}, 0x8c3640)
	/usr/local/go/src/sort/slice.go:29 +0xc5
github.com/acme/shop/cart/v2.Sorted()
	/src/shop/cart/v2/cart.go:36 +0x54
main.main()
	/src/shop/main.go:17 +0x1a5
"""


def test_standard_library_calls_back_into_the_application():
    assert tell(STANDARD_LIBRARY_CALLS_BACK_INTO_THE_APPLICATION) == [
        "reported panic: compare 1",
        "* github.com/acme/shop/cart/v2 | Sorted | /src/shop/cart/v2/cart.go:36",
        "- sort | insertionSort_func | /usr/local/go/src/sort/zsortfunc.go:12",
        "- sort | pdqsort_func | /usr/local/go/src/sort/zsortfunc.go:73",
        "- sort | Slice | /usr/local/go/src/sort/slice.go:29",
        "* github.com/acme/shop/cart/v2 | Sorted | /src/shop/cart/v2/cart.go:36",
        "* main | main | /src/shop/main.go:17",
    ]


FATAL_ERROR_OF_THE_RUNTIME = """\
fatal error: concurrent map writes

goroutine 11 [running]:
internal/runtime/maps.fatal({0x8a24c5?, 0x0?})
	/usr/local/go/src/runtime/panic.go:1181 +0x18
main.main.func2()
	/src/shop/main.go:35 +0x28
created by main.main in goroutine 1
	/src/shop/main.go:35 +0x374
"""


def test_fatal_error_of_the_runtime():
    assert tell(FATAL_ERROR_OF_THE_RUNTIME) == [
        "reported fatal error: concurrent map writes",
        "- internal/runtime/maps | fatal | /usr/local/go/src/runtime/panic.go:1181",
        "* main | main | /src/shop/main.go:35",
        "* main | main | /src/shop/main.go:35",
    ]


STACK_OVERFLOW_SKIPS_THE_RUNTIME_STACK = """\
runtime: goroutine stack exceeds 1000000000-byte limit
runtime: sp=0x2408d84e0388 stack=[0x2408d84e0000, 0x2408f84e0000]
fatal error: stack overflow

runtime stack:
runtime.throw({0x89e8e4?, 0x420505?})
	/usr/local/go/src/runtime/panic.go:1229 +0x48 fp=0x7fd10319cd20 sp=0x7fd10319ccf0 pc=0x485368
runtime.newstack()
	/usr/local/go/src/runtime/stack.go:1207 +0x5fd fp=0x7fd10319ce50 sp=0x7fd10319cd20 pc=0x46ad5d
runtime.morestack()
	/usr/local/go/src/runtime/asm_amd64.s:681 +0x7d fp=0x7fd10319ce58 sp=0x7fd10319ce50 pc=0x48ad3d

goroutine 1 gp=0x2408b83761e0 m=4 mp=0x2408b83c1808 [running]:
main.main.func3(0xccccaf)
	/src/shop/main.go:37 +0x56 fp=0x2408d84e0398 sp=0x2408d84e0390 pc=0x765d36
main.main.func3(0xccccae)
	/src/shop/main.go:37 +0x27 fp=0x2408d84e03c0 sp=0x2408d84e0398 pc=0x765d07
main.main.func3(0xccccad)
"""


def test_stack_overflow_skips_the_runtime_stack():
    assert tell(STACK_OVERFLOW_SKIPS_THE_RUNTIME_STACK) == [
        "reported fatal error: stack overflow",
        "* main | main | /src/shop/main.go:37",
        "* main | main | /src/shop/main.go:37",
    ]


FRAMES_OF_THE_RECORDING_SDK_ARE_NO_ORIGIN = """\
goroutine 34 [running]:
go.opentelemetry.io/otel/sdk/trace.recordStackTrace()
	/go/pkg/mod/go.opentelemetry.io/otel/sdk@v1.28.0/trace/span.go:467 +0x2e
go.opentelemetry.io/otel/sdk/trace.(*recordingSpan).End.func1()
	/go/pkg/mod/go.opentelemetry.io/otel/sdk@v1.28.0/trace/span.go:383 +0x2a
panic({0x868ac0?, 0x67f44e587b0?})
	/usr/local/go/src/runtime/panic.go:770 +0x132
runtime.panicmem(...)
	/usr/local/go/src/runtime/panic.go:261
runtime.sigpanic()
	/usr/local/go/src/runtime/signal_unix.go:900 +0x37d
shop/internal/cart.(*Cart[...]).Add-fm({0xc0000140a0, 0x1})
	/src/shop/internal/cart/cart.go:20 +0x13
github.com/gin-gonic/gin.(*Context).Next(0xc000123400)
	/go/pkg/mod/github.com/gin-gonic/gin@v1.9.1/context.go:174 +0x2b
shop/vendor/github.com/acme/lib.Do(...)
	/src/shop/vendor/github.com/acme/lib/do.go:3
main.main.func1.2()
	/src/shop/main.go:15 +0x85
created by main.main in goroutine 1
	/src/shop/main.go:14 +0x336
"""


def test_frames_of_the_recording_sdk_are_no_origin():
    assert tell(FRAMES_OF_THE_RECORDING_SDK_ARE_NO_ORIGIN) == [
        "reported panic: ",
        "* shop/internal/cart | Cart.Add | /src/shop/internal/cart/cart.go:20",
        "- github.com/gin-gonic/gin | Context.Next | /go/pkg/mod/github.com/gin-gonic/gin@v1.9.1/context.go:174",
        "- github.com/acme/lib | Do | /src/shop/vendor/github.com/acme/lib/do.go:3",
        "* main | main | /src/shop/main.go:15",
        "* main | main | /src/shop/main.go:14",
    ]


PKG_ERRORS_PRINTS_THE_ROOT_FIRST = """\
no stock
github.com/acme/shop/cart/v2.pk
	/src/shop/cart/v2/cart.go:64
github.com/acme/shop/cart/v2.Pkg
	/src/shop/cart/v2/cart.go:65
main.main
	/src/shop/main.go:22
runtime.main
	/usr/local/go/src/runtime/proc.go:290
runtime.goexit
	/usr/local/go/src/runtime/asm_amd64.s:1771
adding
checkout
github.com/acme/shop/cart/v2.Pkg
	/src/shop/cart/v2/cart.go:65
main.main
	/src/shop/main.go:22
runtime.main
	/usr/local/go/src/runtime/proc.go:290
runtime.goexit
	/usr/local/go/src/runtime/asm_amd64.s:1771
"""


def test_pkg_errors_prints_the_root_first():
    assert tell(PKG_ERRORS_PRINTS_THE_ROOT_FIRST) == [
        "reported : adding\ncheckout",
        "* github.com/acme/shop/cart/v2 | Pkg | /src/shop/cart/v2/cart.go:65",
        "* main | main | /src/shop/main.go:22",
        "- runtime | main | /usr/local/go/src/runtime/proc.go:290",
        "- runtime | goexit | /usr/local/go/src/runtime/asm_amd64.s:1771",
        "cause : no stock",
        "* github.com/acme/shop/cart/v2 | pk | /src/shop/cart/v2/cart.go:64",
        "* github.com/acme/shop/cart/v2 | Pkg | /src/shop/cart/v2/cart.go:65",
        "* main | main | /src/shop/main.go:22",
        "- runtime | main | /usr/local/go/src/runtime/proc.go:290",
        "- runtime | goexit | /usr/local/go/src/runtime/asm_amd64.s:1771",
    ]


COCKROACHDB_ERRORS_PRINTS_LAYERS = """\
checkout: no stock for x
(1) attached stack trace
  -- stack trace:
  | github.com/acme/shop/cart/v2.Cock
  | 	/src/shop/cart/v2/cart.go:68
  | [...repeated from below...]
Wraps: (2) checkout
Wraps: (3) attached stack trace
  -- stack trace:
  | github.com/acme/shop/cart/v2.ce
  | 	/src/shop/cart/v2/cart.go:67
  | github.com/acme/shop/cart/v2.Cock
  | 	/src/shop/cart/v2/cart.go:68
  | main.main
  | 	/src/shop/main.go:23
  | runtime.main
  | 	/usr/local/go/src/runtime/proc.go:290
  | runtime.goexit
  | 	/usr/local/go/src/runtime/asm_amd64.s:1771
Wraps: (4) no stock for x
Error types: (1) *withstack.withStack (2) *errutil.withPrefix (3) *withstack.withStack (4) *errutil.leafError
"""


def test_cockroachdb_errors_prints_layers():
    assert tell(COCKROACHDB_ERRORS_PRINTS_LAYERS) == [
        "reported *errutil.withPrefix: checkout",
        "* github.com/acme/shop/cart/v2 | Cock | /src/shop/cart/v2/cart.go:68",
        "cause *errutil.leafError: no stock for x",
        "* github.com/acme/shop/cart/v2 | ce | /src/shop/cart/v2/cart.go:67",
        "* github.com/acme/shop/cart/v2 | Cock | /src/shop/cart/v2/cart.go:68",
        "* main | main | /src/shop/main.go:23",
        "- runtime | main | /usr/local/go/src/runtime/proc.go:290",
        "- runtime | goexit | /usr/local/go/src/runtime/asm_amd64.s:1771",
    ]


XERRORS_PRINTS_THE_ROOT_LAST = """\
checkout:
    github.com/acme/shop/cart/v2.Xerr
        /src/shop/cart/v2/cart.go:77
  - no stock:
    github.com/acme/shop/cart/v2.xe
        /src/shop/cart/v2/cart.go:76
"""


def test_xerrors_prints_the_root_last():
    assert tell(XERRORS_PRINTS_THE_ROOT_LAST) == [
        "reported : checkout",
        "* github.com/acme/shop/cart/v2 | Xerr | /src/shop/cart/v2/cart.go:77",
        "cause : no stock",
        "* github.com/acme/shop/cart/v2 | xe | /src/shop/cart/v2/cart.go:76",
    ]


GO_ERRORS_PRINTS_SOURCE_LINES = r"""*errors.errorString no stock
/src/shop/cart/v2/cart.go:70 (0x765385)
	ge: func ge() *gerr.Error { return gerr.Wrap(fmt.Errorf("no stock"), 0) }
/src/shop/cart/v2/cart.go:71 (0x7653b3)
	GoErr: func GoErr() { fmt.Printf("%s\n", ge().ErrorStack()) }
/src/shop/main.go:24 (0x765a27)
	main: case "goerr": cart.GoErr()
/usr/local/go/src/internal/runtime/atomic/types.go:194 (0x450e95)
	(*Uint32).Load: return Load(&u.value)
/usr/local/go/src/runtime/asm_amd64.s:1771 (0x48c801)
	goexit: BYTE	$0x90	// NOP
"""


def test_go_errors_prints_source_lines():
    assert tell(GO_ERRORS_PRINTS_SOURCE_LINES) == [
        "reported *errors.errorString: no stock",
        "* shop/cart/v2/cart.go | ge | /src/shop/cart/v2/cart.go:70",
        "* shop/cart/v2/cart.go | GoErr | /src/shop/cart/v2/cart.go:71",
        "* shop/main.go | main | /src/shop/main.go:24",
        "- internal/runtime/atomic | Uint32.Load | /usr/local/go/src/internal/runtime/atomic/types.go:194",
        "- runtime | goexit | /usr/local/go/src/runtime/asm_amd64.s:1771",
    ]


ERIS_PRINTS_ONE_LINE_PER_FRAME = """\
checkout
	v2.Eris:/src/shop/cart/v2/cart.go:74
no stock
	main.main:/src/shop/main.go:25
	v2.Eris:/src/shop/cart/v2/cart.go:74
	v2.Eris:/src/shop/cart/v2/cart.go:74
	v2.er:/src/shop/cart/v2/cart.go:73
"""


def test_eris_prints_one_line_per_frame():
    assert tell(ERIS_PRINTS_ONE_LINE_PER_FRAME) == [
        "reported : checkout",
        "* v2 | Eris | /src/shop/cart/v2/cart.go:74",
        "cause : no stock",
        "* v2 | er | /src/shop/cart/v2/cart.go:73",
        "* v2 | Eris | /src/shop/cart/v2/cart.go:74",
        "* v2 | Eris | /src/shop/cart/v2/cart.go:74",
        "* main | main | /src/shop/main.go:25",
    ]


SAMPLES = (
    A_PANIC_IN_A_GOROUTINE_KEEPS_ITS_CREATOR,
    RECOVER_FRAMES_ABOVE_THE_PANIC_ARE_NOT_THE_ORIGIN,
    A_PANIC_WHILE_RECOVERING_IS_REPORTED_WITH_THE_FIRST_AS_ITS_CONTEXT,
    HTTP_SERVER_TELLS_THE_PANIC_IN_ITS_LOG_LINE,
    STANDARD_LIBRARY_CALLS_BACK_INTO_THE_APPLICATION,
    FATAL_ERROR_OF_THE_RUNTIME,
    STACK_OVERFLOW_SKIPS_THE_RUNTIME_STACK,
    FRAMES_OF_THE_RECORDING_SDK_ARE_NO_ORIGIN,
    PKG_ERRORS_PRINTS_THE_ROOT_FIRST,
    COCKROACHDB_ERRORS_PRINTS_LAYERS,
    XERRORS_PRINTS_THE_ROOT_LAST,
    GO_ERRORS_PRINTS_SOURCE_LINES,
    ERIS_PRINTS_ONE_LINE_PER_FRAME,
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


# Cutting away the panic's own frame leaves the recovering frames above it as the best there is.
ALSO_WHOLE = {
    ("Stack", 26),
    ("Recovered", 45),
    ("panic", 860),
    ("panic", 770),
    ("recordStackTrace", 467),
    ("recordingSpan.End", 383),
    ("panicmem", 261),
    ("sigpanic", 900),
    ("conn.serve", 1897),
    ("throw", 1229),
    ("newstack", 1207),
    ("morestack", 681),
}


@pytest.mark.parametrize(
    ("call", "module", "function"),
    [
        ("main.main()", "main", "main"),
        ("main.main.func1.2()", "main", "main"),
        ("github.com/acme/shop/v2.(*Cart).Add(0x1, {0x2, 0x3})", "github.com/acme/shop/v2", "Cart.Add"),
        ("gopkg.in/yaml%2ev3.(*Decoder).Decode(...)", "gopkg.in/yaml.v3", "Decoder.Decode"),
        ("main.Map[go.shape.int,go.shape.struct { X int }](...)", "main", "Map"),
        ("main.(*Stack[...]).Pop(...)", "main", "Stack.Pop"),
        ("net/http.HandlerFunc.ServeHTTP(0x1)", "net/http", "HandlerFunc.ServeHTTP"),
    ],
)
def test_function_and_package_as_they_were_written(call: str, module: str, function: str):
    [exception] = DIALECT.parse(f"goroutine 1 [running]:\n{call}\n\t/src/a.go:7 +0x1\n")
    assert [(frame.module, frame.function) for frame in exception.frames] == [(module, function)]


@pytest.mark.parametrize(
    ("call", "file", "in_app"),
    [
        ("shop/cart.Add()", "/src/shop/cart/cart.go", True),
        ("shop/cart.Add()", "shop/cart/cart.go", True),
        ("net/http.Get()", "net/http/client.go", False),
        ("github.com/lib/pq.Open()", "github.com/lib/pq@v1.10.9/conn.go", False),
        ("github.com/lib/pq.Open()", "/src/shop/vendor/github.com/lib/pq/conn.go", False),
        ("golang.org/x/sync/errgroup.(*Group).Go.func1()", "external/org_golang_x_sync/errgroup.go", False),
        ("github.com/acme/shop.(*T).M()", "<autogenerated>", False),
        ("main.main()", "/home/dev/go/src/shop/main.go", True),
    ],
)
def test_application_code_is_what_is_neither_standard_nor_downloaded(call: str, file: str, in_app: bool):
    [exception] = DIALECT.parse(f"goroutine 1 [running]:\n{call}\n\t{file}:7 +0x1\n")
    assert [frame.in_app for frame in exception.frames] == [in_app]


def test_a_panic_without_a_stack_is_still_told():
    assert tell("panic: main.Oops{} [recovered]\n") == ["reported panic: main.Oops{}"]
    assert tell("nothing of Go") == []
