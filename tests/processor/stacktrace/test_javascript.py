"""JavaScript: texts of a real Node.js 20, and of browsers, bundlers and compilers of `async`."""

import pytest

from tracemedic_processor.stacktrace.parse import parse_stacktrace
from tracemedic_processor.stacktrace.source import find_source
from tracemedic_storage.records import Frame, StackTrace

DEEP = """TypeError: top
    at deep (/app/src/shop.js:16:119)
    at /app/src/shop.js:18:109 {
  status: 500,
  [cause]: Error: mid
      at deep (/app/src/shop.js:16:64)
      at /app/src/shop.js:18:109 {
    [cause]: SyntaxError: Expected property name or '}' in JSON at position 1
        at JSON.parse (<anonymous>)
        at parse (/app/src/shop.js:16:33)
        at /app/src/shop.js:18:109
  }
}
"""
AGGREGATE = """[AggregateError: All promises were rejected] {
  [errors]: [
    TypeError: a
        at agg (/app/src/shop.js:9:41)
        at /app/src/shop.js:18:109,
    RangeError: b
        at agg (/app/src/shop.js:9:77)
        at /app/src/shop.js:18:109
  ]
}
"""
UNCAUGHT = """/app/src/shop.js:1
null.foo
     ^

TypeError: Cannot read properties of null (reading 'foo')
    at [eval]:1:6
    at runScriptInThisContext (node:internal/vm:209:10)
    at node:internal/process/execution:118:14
    at [eval]-wrapper:6:24

Node.js v20.20.2
"""
FIREFOX = """total@https://shop.example/assets/index-DkX92a1b.js:10:15
async*checkout@https://shop.example/static/js/main.8a3f2c1b.chunk.js?v=3:5:1
@https://shop.example/app.js:1:1
setTimeout handler*foo@https://shop.example/node_modules/@scope/pkg/x.js:1:2
"""
SAFARI = """total@https://shop.example/js/cart.js:10:15
[native code]
map@[native code]
https://shop.example/js/cart.js:20:3
global code@https://shop.example/js/cart.js:30:3
"""
COMPILED_ASYNC = """Error: bad
    at CartService.total (/usr/src/app/dist/cart/cart.service.js:20:19)
    at Generator.next (<anonymous>)
    at step (/usr/src/app/dist/cart/cart.service.js:3:9)
    at fulfilled (/usr/src/app/dist/cart/cart.service.js:5:58)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)
"""


def _shape(parsed: StackTrace) -> list[tuple[str, str, str, list[str]]]:
    return [(part.relation, part.type, part.message, [f.function for f in part.frames]) for part in parsed.chain]


def _frame(line: str) -> Frame:
    return parse_stacktrace(f"Error: x\n    at {line}\n", language="nodejs").chain[0].frames[0]


def test_causes_are_followed_to_the_root() -> None:
    parsed = parse_stacktrace(DEEP)
    assert _shape(parsed) == [
        ("reported", "TypeError", "top", ["deep", "<anonymous>"]),
        ("cause", "Error", "mid", ["deep", "<anonymous>"]),
        (
            "cause",
            "SyntaxError",
            "Expected property name or '}' in JSON at position 1",
            ["JSON.parse", "parse", "<anonymous>"],
        ),
    ]
    assert find_source(parsed, service="s", span_name="n") == "shop:parse"


def test_an_aggregate_of_several_kinds_has_its_members_beside_the_way() -> None:
    parsed = parse_stacktrace(AGGREGATE)
    assert _shape(parsed) == [
        ("reported", "AggregateError", "All promises were rejected", []),
        ("group_member", "TypeError", "a", ["agg", "<anonymous>"]),
        ("group_member", "RangeError", "b", ["agg", "<anonymous>"]),
    ]
    assert find_source(parsed, service="s", span_name="n") == "shop:agg"


def test_an_aggregate_of_one_kind_leads_to_that_kind() -> None:
    assert _shape(parse_stacktrace(AGGREGATE.replace("RangeError", "TypeError"))) == [
        ("reported", "AggregateError", "All promises were rejected", []),
        ("cause", "TypeError", "a", ["agg", "<anonymous>"]),
    ]


def test_the_line_that_threw_is_no_header() -> None:
    parsed = parse_stacktrace(UNCAUGHT)
    assert _shape(parsed)[0][1:3] == ("TypeError", "Cannot read properties of null (reading 'foo')")
    assert [frame.in_app for frame in parsed.chain[0].frames] == [True, False, False, False]


def test_firefox_tells_no_header() -> None:
    parsed = parse_stacktrace(FIREFOX, error_type="TypeError", message="x is undefined")
    assert _shape(parsed) == [("reported", "TypeError", "x is undefined", ["total", "checkout", "<anonymous>", "foo"])]
    assert [(f.module, f.line, f.in_app) for f in parsed.chain[0].frames] == [
        ("index", 10, True),
        ("js/main.chunk", 5, True),
        ("app", 1, True),
        ("@scope/pkg/x", 1, False),
    ]


def test_safari_tells_anonymous_frames_by_their_place() -> None:
    (exception,) = parse_stacktrace(SAFARI).chain
    assert [(frame.function, frame.line) for frame in exception.frames] == [
        ("total", 10),
        ("map", None),
        ("<anonymous>", 20),
        ("<anonymous>", 30),
    ]


def test_the_glue_of_compiled_async_functions_is_not_the_applications() -> None:
    frames = parse_stacktrace(COMPILED_ASYNC).chain[0].frames
    assert [frame.function for frame in frames if frame.in_app] == ["CartService.total"]


@pytest.mark.parametrize(
    ("header", "type_", "message"),
    [
        ("Error", "Error", ""),
        ("Error: x: y", "Error", "x: y"),
        ("Error: x\nsecond line\n    third", "Error", "x\nsecond line\n    third"),
        ("TypeError [ERR_INVALID_ARG_TYPE]: bad", "TypeError", "bad"),
        ("Uncaught (in promise) TypeError: bad", "TypeError", "bad"),
        ("it just broke", "", "it just broke"),
    ],
)
def test_headers(header: str, type_: str, message: str) -> None:
    (exception,) = parse_stacktrace(f"{header}\n    at f (/app/a.js:1:2)\n").chain
    assert (exception.type, exception.message) == (type_, message)


@pytest.mark.parametrize(
    ("line", "module", "function", "number", "in_app"),
    [
        ("new Cart (/app/src/cart.js:2:43)", "cart", "Cart", 2, True),
        ("/app/src/cart.js:18:109", "cart", "<anonymous>", 18, True),
        ("async /app/src/cart.js:18:109", "cart", "<anonymous>", 18, True),
        ("async Cart.load (file:///app/dist/cart/cart.service.mjs:20:19)", "cart/cart.service", "Cart.load", 20, True),
        ("Object.<anonymous> (/app/src/cart.js:18:236)", "cart", "<anonymous>", 18, True),
        ("Object.handler (/srv/api/lib/cart.js:18:236)", "api/lib/cart", "handler", 18, True),
        ("get sum [as sum] (/app/src/cart.js:3:19)", "cart", "get sum", 3, True),
        (
            "Function.executeUserEntryPoint [as runMain] (node:internal/modules/run_main:164:12)",
            "node:internal/modules/run_main",
            "executeUserEntryPoint",
            164,
            False,
        ),
        ("Array.map (<anonymous>)", None, "Array.map", None, False),
        ("async Promise.all (index 0)", None, "Promise.all", None, False),
        ("ev (eval at evl (/app/src/cart.js:11:13), <anonymous>:1:17)", "cart", "ev", 11, True),
        ("internal/modules/cjs/loader.js:1085:14", "internal/modules/cjs/loader", "<anonymous>", 1085, False),
        ("Socket.emit (events.js:400:28)", "events", "Socket.emit", 400, False),
        (
            "next (/app/node_modules/.pnpm/express@4.18.2/node_modules/express/lib/router/index.js:20:19)",
            "express/lib/router/index",
            "next",
            20,
            False,
        ),
        (r"total (C:\Users\bob\projects\shop\src\cart.js:3:9)", "cart", "total", 3, True),
        ("Cart.total (webpack:///./src/components/Cart.tsx?abcd:12:15)", "components/Cart", "Cart.total", 12, True),
        ("Page (webpack-internal:///(rsc)/./app/(shop)/page.tsx:12:11)", "app/(shop)/page", "Page", 12, True),
        ("o (webpack://_N_E/./node_modules/next/dist/x.js:1:2)", "next/dist/x", "o", 1, False),
        (
            "__webpack_require__ (webpack:///webpack/bootstrap:22:1)",
            "webpack/bootstrap",
            "__webpack_require__",
            22,
            False,
        ),
        ("foo (webpack://my-app/src/lib/y.ts:1:2)", "lib/y", "foo", 1, True),
        ("n (/app/.next/server/chunks/4821.js:1:12345)", "bundle", "n", 1, True),
        ("h (/app/.next/server/app/api/orders/route.js:1:2)", "app/api/orders/route", "h", 1, True),
        ("b (https://x.example/_next/static/chunks/pages/cart-1a2b3c4d5e6f7a8b.js:1:2)", "pages/cart", "b", 1, True),
        ("c (https://x.example/_next/static/chunks/framework-1a2b3c4d5e6f7a8b.js:1:2)", "framework", "c", 1, False),
        ("f (chrome-extension://abcdef/content.js:1:2)", "/content", "f", 1, False),
        ("f (ext:core/01_core.js:1:2)", "ext:core/01_core", "f", 1, False),
    ],
)
def test_a_frame_names_module_and_function(
    line: str, module: str | None, function: str, number: int | None, in_app: bool
) -> None:
    frame = _frame(line)
    assert (frame.module, frame.function, frame.line, frame.in_app) == (module, function, number, in_app)


def test_a_build_does_not_change_the_source() -> None:
    sources = {
        find_source(parse_stacktrace(f"Error: x\n    at total ({file}:1:2)\n"), service="s", span_name="n")
        for file in (
            "https://a.example/assets/cart-DkX92a1b.js",
            "https://b.example/assets/cart-9fKq_2Lw.js?v=2",
            "/app/dist/cart.js",
            "/home/bob/shop/src/cart.ts",
            "file:///app/build/cart.mjs",
        )
    }
    assert sources == {"cart:total"}


def test_recursion_is_told_by_the_column() -> None:
    minified = "Error: x\n    at t (/app/m.js:1:10)\n    at t (/app/m.js:1:99)\n    at t (/app/m.js:1:99)\n"
    assert len(parse_stacktrace(minified).chain[0].frames) == 2


def test_a_backtrace_of_rust_is_not_taken_for_javascript() -> None:
    text = "   0: shop::cart::total\n             at ./src/cart.rs:12:5\n   1: main\n             at ./main.rs:4:5\n"
    assert parse_stacktrace(text).language != "javascript"
