"""The Java platform: texts of a real JVM 17, and of Kotlin, Scala, Clojure, Logback and application servers."""

import pytest

from tracemedic_processor.stacktrace.parse import parse_stacktrace
from tracemedic_processor.stacktrace.source import find_source
from tracemedic_processor.stacktrace.ways import find_root
from tracemedic_storage.records import Frame, StackTrace

SUPPRESSED = """com.shop.Main$Boom: mid
second line
	at com.shop.Main.mid(Main.java:9)
	at com.shop.Main.lambda$main$3(Main.java:16)
	at com.shop.Main.run(Main.java:10)
	at com.shop.Main.main(Main.java:16)
	Suppressed: java.lang.IllegalStateException: close
		at com.shop.Main$Res.close(Main.java:5)
		... 3 more
	Caused by: java.io.IOException: below the suppressed
		at com.shop.Disk.sync(Disk.java:1)
Caused by: java.lang.NumberFormatException: For input string: "x"
	at java.base/java.lang.NumberFormatException.forInputString(NumberFormatException.java:67)
	at java.base/java.lang.Integer.parseInt(Integer.java:668)
	at com.shop.Main$Cart.lambda$total$0(Main.java:4)
	at com.shop.Main$Cart.total(Main.java:4)
	... 4 more
"""
REFLECTED = """Exception in thread "main" java.lang.reflect.InvocationTargetException
	at java.base/jdk.internal.reflect.NativeMethodAccessorImpl.invoke0(Native Method)
	at java.base/java.lang.reflect.Method.invoke(Method.java:569)
	at com.shop.Main.main(Main.java:20)
Caused by: com.shop.Main$Boom: mid
	at com.shop.Main.mid(Main.java:9)
	... 3 more
Caused by: java.lang.ArithmeticException: / by zero
	... 4 more
"""
CIRCULAR = """java.lang.Exception: b
	at com.shop.Main.main(Main.java:23)
Caused by: java.lang.Exception: a
	... 1 more
Caused by: [CIRCULAR REFERENCE: java.lang.Exception: b]
"""
ROOT_FIRST = """java.net.ConnectException: refused
	at java.base/java.net.Socket.connect(Socket.java:600)
	at com.shop.Db.open(Db.java:10)
	... 2 common frames omitted
Wrapped by: com.shop.DbException: cannot open
	at com.shop.Db.get(Db.java:20)
	... 1 common frames omitted
Wrapped by: java.lang.RuntimeException: request failed
	at com.shop.Web.get(Web.java:5)
	at com.shop.Main.main(Main.java:1)
"""


def _shape(parsed: StackTrace) -> list[tuple[str, str, list[str]]]:
    return [(part.relation, part.type, [frame.function for frame in part.frames]) for part in parsed.chain]


def _frame(line: str) -> Frame:
    return parse_stacktrace(f"x.Y: z\n\tat {line}\n", language="java").chain[0].frames[0]


def test_suppressed_exceptions_stand_beside_the_way_to_the_root() -> None:
    parsed = parse_stacktrace(SUPPRESSED)
    assert _shape(parsed) == [
        ("reported", "com.shop.Main$Boom", ["mid", "main", "run", "main"]),
        ("suppressed", "java.lang.IllegalStateException", ["close", "main", "run", "main"]),
        ("suppressed", "java.io.IOException", ["sync"]),
        (
            "cause",
            "java.lang.NumberFormatException",
            ["forInputString", "parseInt", "total", "total", "mid", "main", "run", "main"],
        ),
    ]
    assert parsed.chain[0].message == "mid\nsecond line"
    assert find_source(parsed, service="s", span_name="n") == "com.shop.Main$Cart:total"


def test_frames_in_common_come_from_the_enclosing_stack() -> None:
    assert _shape(parse_stacktrace(REFLECTED)) == [
        ("reported", "java.lang.reflect.InvocationTargetException", ["invoke0", "invoke", "main"]),
        ("cause", "com.shop.Main$Boom", ["mid", "invoke0", "invoke", "main"]),
        ("cause", "java.lang.ArithmeticException", ["mid", "invoke0", "invoke", "main"]),
    ]


def test_a_circle_of_causes_ends() -> None:
    assert [part.message for part in parse_stacktrace(CIRCULAR).chain] == ["b", "a"]


def test_a_chain_printed_root_first_is_turned_round() -> None:
    assert _shape(parse_stacktrace(ROOT_FIRST)) == [
        ("reported", "java.lang.RuntimeException", ["get", "main"]),
        ("cause", "com.shop.DbException", ["get", "main"]),
        ("cause", "java.net.ConnectException", ["connect", "open", "get", "main"]),
    ]


@pytest.mark.parametrize(
    ("header", "type_", "message"),
    [
        ("java.lang.NullPointerException", "java.lang.NullPointerException", ""),
        ("java.lang.IllegalStateException: boom: bang", "java.lang.IllegalStateException", "boom: bang"),
        ('Exception in thread "worker 1" com.shop.Boom: x', "com.shop.Boom", "x"),
        ("Boom: x", "Boom", "x"),
        ("2026-01-02 ERROR [main] c.s.Web - Request failed: java.io.IOException: gone", "java.io.IOException", "gone"),
        ("FATAL EXCEPTION: main\nProcess: com.shop, PID: 1\njava.lang.Error: x", "java.lang.Error", "x"),
        ("", "", ""),
    ],
)
def test_the_header_is_found_among_the_lines_before_the_first_frame(header: str, type_: str, message: str) -> None:
    (exception,) = parse_stacktrace(f"{header}\n\tat com.shop.Web.get(Web.java:5)\n").chain
    assert (exception.type, exception.message) == (type_, message)


@pytest.mark.parametrize(
    ("line", "module", "function", "in_app"),
    [
        ("com.shop.Cart.total(Cart.java:3)", "com.shop.Cart", "total", True),
        ("Main.main(Main.java:3)", "Main", "main", True),
        ("app//com.shop.Cart.total(Cart.java:3)", "com.shop.Cart", "total", True),
        ("loader/com.mod@1.2/com.shop.Mod.run(Mod.java:5)", "com.shop.Mod", "run", True),
        ("java.base@17.0.1/java.lang.Thread.run(Thread.java:840) [?:?]", "java.lang.Thread", "run", False),
        (
            "org.springframework.aop.Foo.bar(Foo.java:1) ~[spring-aop-5.3.jar!/:5.3]",
            "org.springframework.aop.Foo",
            "bar",
            False,
        ),
        ("com.shop.Main.lambda$main$0(Main.java:3)", "com.shop.Main", "main", True),
        ("com.shop.Main$1.go(Main.java:3)", "com.shop.Main", "go", True),
        ("com.shop.Main.<init>(Main.java:3)", "com.shop.Main", "<init>", True),
        ("com.shop.Cart$$Lambda$14/0x0000000800c03000.run(Unknown Source)", "com.shop.Cart", "run", False),
        ("com.shop.Cart$$EnhancerBySpringCGLIB$$1a2b3c.total(<generated>)", "com.shop.Cart", "total", False),
        ("com.shop.Cart$$SpringCGLIB$$0.total(<generated>)", "com.shop.Cart", "total", False),
        (
            "jdk.internal.reflect.GeneratedMethodAccessor123.invoke(Unknown Source)",
            "jdk.internal.reflect.GeneratedMethodAccessor",
            "invoke",
            False,
        ),
        ("jdk.proxy1/jdk.proxy1.$Proxy0.run(Unknown Source)", "jdk.proxy1.$Proxy", "run", False),
        ("com.shop.CartService$load$2.invokeSuspend(CartService.kt:22)", "com.shop.CartService", "load", True),
        ("com.shop.AppKt$main$1$invokeSuspend$$inlined$map$1$2.emit(App.kt:50)", "com.shop.AppKt", "main", True),
        ("com.shop.AppKt.main$lambda$0(App.kt:9)", "com.shop.AppKt", "main", True),
        ("com.shop.AppKt.total$default(App.kt:9)", "com.shop.AppKt", "total", True),
        ("com.shop.Cart$Companion.of(App.kt:9)", "com.shop.Cart$Companion", "of", True),
        (
            "kotlinx.coroutines.DispatchedTask.run(DispatchedTask.kt:106)",
            "kotlinx.coroutines.DispatchedTask",
            "run",
            False,
        ),
        ("com.shop.Cart$.$anonfun$total$1(Cart.scala:11)", "com.shop.Cart", "total", True),
        ("com.shop.Cart$.$anonfun$total$1$adapted(Cart.scala:11)", "com.shop.Cart", "total", True),
        ("com.shop.Cart$$anonfun$run$1.apply$mcV$sp(Cart.scala:12)", "com.shop.Cart", "run", True),
        ("com.shop.Foo$$anon$1.run(Foo.scala:4)", "com.shop.Foo", "run", True),
        ("com.shop.Main$.delayedEndpoint$com$shop$Main$1(Main.scala:3)", "com.shop.Main", "<init>", True),
        (
            "scala.collection.immutable.List.foreach(List.scala:333)",
            "scala.collection.immutable.List",
            "foreach",
            False,
        ),
        ("shop.core$total_price.invokeStatic(core.clj:12)", "shop.core", "total-price", True),
        ("shop.core$save_BANG_$fn__1234.invoke(core.clj:20)", "shop.core", "save!", True),
        ("user$eval1.invokeStatic(NO_SOURCE_FILE:1)", "user", "eval", True),
        ("clojure.lang.AFn.run(AFn.java:22)", "clojure.lang.AFn", "run", False),
        ("io.github.someone.shop.Cart.total(Cart.java:1)", "io.github.someone.shop.Cart", "total", True),
        ("io.github.resilience4j.retry.Retry.run(Retry.java:1)", "io.github.resilience4j.retry.Retry", "run", False),
    ],
)
def test_a_frame_names_what_a_person_wrote(line: str, module: str, function: str, in_app: bool) -> None:
    frame = _frame(line)
    assert (frame.module, frame.function, frame.in_app) == (module, function, in_app)


@pytest.mark.parametrize(
    ("line", "file", "number"),
    [
        ("a.B.c(B.java:12)", "B.java", 12),
        ("a.B.c(B.java)", "B.java", None),
        ("a.B.c(Native Method)", None, None),
        ("a.B.c(Unknown Source)", None, None),
        ("a.B.c(SourceFile:23)", "SourceFile", 23),
        ("a.B.c(B.java:-2)", "B.java", None),
    ],
)
def test_the_place_of_a_frame(line: str, file: str | None, number: int | None) -> None:
    assert (_frame(line).file, _frame(line).line) == (file, number)


def test_an_overflown_stack_is_one_frame() -> None:
    text = "java.lang.StackOverflowError\n" + "\tat com.shop.Main.rec(Main.java:6)\n" * 1024
    assert len(parse_stacktrace(text).chain[0].frames) == 1


def test_trimmed_lines_keep_their_order() -> None:
    text = "\n".join(line.strip() for line in REFLECTED.splitlines())
    root = find_root(parse_stacktrace(text).chain)
    assert root is not None
    assert root.type == "java.lang.ArithmeticException"
