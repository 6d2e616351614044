""".NET: inner and aggregate exceptions, async state machines, translations."""

# ruff: noqa: E501 (traces stand here as the runtimes print them)

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracemedic_processor.stacktrace.dotnet import DIALECT


def tell(text: str) -> list[str]:
    told: list[str] = []
    for exception in DIALECT.parse(text):
        told.append(f"{exception.relation} {exception.type}: {exception.message}")
        told += [
            f"{'*' if frame.in_app else '-'} {frame.module} | {frame.function} | {frame.file}:{frame.line}"
            for frame in exception.frames
        ]
    return told


ASYNC_METHODS_AND_AN_INNER_EXCEPTION = r"""System.InvalidOperationException: bad cart
second line
 ---> Npgsql.PostgresException (0x80004005): 23505: duplicate key value violates unique constraint "pk"
   at Npgsql.Internal.NpgsqlConnector.<ReadMessage>g__ReadMessageLong|233_0(NpgsqlConnector connector, Boolean async)
   at Npgsql.NpgsqlDataReader.NextResult(Boolean async, Boolean isConsuming, CancellationToken cancellationToken)
   at Acme.Shop.Store.<>c__DisplayClass3_0.<<SaveAsync>b__0>d.MoveNext() in /src/Acme.Shop/Store.cs:line 41
--- End of stack trace from previous location ---
   at Acme.Shop.Store.SaveAsync(List`1 items) in /src/Acme.Shop/Store.cs:line 38
  Exception data:
    Severity: ERROR
    SqlState: 23505
   --- End of inner exception stack trace ---
   at Acme.Shop.Cart`1.<AddAsync>d__3.MoveNext() in C:\agent\_work\1\s\Acme.Shop\Cart.cs:line 12
--- End of stack trace from previous location where exception was thrown ---
   at System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw()
   at System.Runtime.CompilerServices.TaskAwaiter.HandleNonSuccessAndDebuggerNotification(Task task)
   at Acme.Shop.Program.<Main>$(String[] args) in /src/Acme.Shop/Program.cs:line 7
   at Acme.Shop.Program.<Main>(String[] args)
"""


def test_async_methods_and_an_inner_exception():
    assert tell(ASYNC_METHODS_AND_AN_INNER_EXCEPTION) == [
        "reported System.InvalidOperationException: bad cart\nsecond line",
        "* Acme.Shop.Cart | AddAsync | C:\\agent\\_work\\1\\s\\Acme.Shop\\Cart.cs:12",
        "- System.Runtime.ExceptionServices.ExceptionDispatchInfo | Throw | None:None",
        "- System.Runtime.CompilerServices.TaskAwaiter | HandleNonSuccessAndDebuggerNotification | None:None",
        "* Acme.Shop.Program | Main | /src/Acme.Shop/Program.cs:7",
        "* Acme.Shop.Program | Main | None:None",
        'cause Npgsql.PostgresException: 23505: duplicate key value violates unique constraint "pk"',
        "- Npgsql.Internal.NpgsqlConnector | ReadMessageLong | None:None",
        "- Npgsql.NpgsqlDataReader | NextResult | None:None",
        "* Acme.Shop.Store | SaveAsync | /src/Acme.Shop/Store.cs:41",
        "* Acme.Shop.Store | SaveAsync | /src/Acme.Shop/Store.cs:38",
    ]


AGGREGATE_MEMBERS_STAND_BESIDE_THE_WAY_TO_THE_ROOT = """\
Unhandled exception. System.AggregateException: One or more errors occurred. (bad) (worse)
 ---> System.ArgumentException: bad
   at Acme.A.<>c.<Run>b__0_0() in /src/A.cs:line 5
   at System.Threading.Tasks.Task.InnerInvoke()
   --- End of inner exception stack trace ---
   at System.Threading.Tasks.Task.WaitAll(Task[] tasks)
   at Acme.A.Run() in /src/A.cs:line 9
 ---> (Inner Exception #0) System.ArgumentException: bad
   at Acme.A.<>c.<Run>b__0_0() in /src/A.cs:line 5
   at System.Threading.Tasks.Task.InnerInvoke()<---

 ---> (Inner Exception #1) System.IO.IOException: worse
   at Acme.A.<>c.<Run>b__0_1() in /src/A.cs:line 6<---
"""


def test_aggregate_members_stand_beside_the_way_to_the_root():
    assert tell(AGGREGATE_MEMBERS_STAND_BESIDE_THE_WAY_TO_THE_ROOT) == [
        "reported System.AggregateException: One or more errors occurred. (bad) (worse)",
        "- System.Threading.Tasks.Task | WaitAll | None:None",
        "* Acme.A | Run | /src/A.cs:9",
        "group_member System.IO.IOException: worse",
        "* Acme.A | Run | /src/A.cs:6",
        "cause System.ArgumentException: bad",
        "* Acme.A | Run | /src/A.cs:5",
        "- System.Threading.Tasks.Task | InnerInvoke | None:None",
    ]


NET_FRAMEWORK_PRINTS_ALL_HEADERS_ON_ONE_LINE = r"""System.Exception: outer ---> System.ArgumentNullException: Value cannot be null.
Parameter name: x
   at Acme.B.Do[T](T x, Dictionary`2 d) in c:\src\B.cs:line 10
   --- End of inner exception stack trace ---
   at Acme.B..ctor(String s) in c:\src\B.cs:line 14
   at lambda_method5(Closure , Object )
   at Acme.B.<Main>g__Helper|0_0(Int32 i)
"""


def test_net_framework_prints_all_headers_on_one_line():
    assert tell(NET_FRAMEWORK_PRINTS_ALL_HEADERS_ON_ONE_LINE) == [
        "reported System.Exception: outer",
        "* Acme.B | .ctor | c:\\src\\B.cs:14",
        "- None | lambda_method | None:None",
        "* Acme.B | Helper | None:None",
        "cause System.ArgumentNullException: Value cannot be null.\nParameter name: x",
        "* Acme.B | Do | c:\\src\\B.cs:10",
    ]


GERMAN_WORDS = r"""System.NullReferenceException: Der Objektverweis wurde nicht auf eine Objektinstanz festgelegt.
   bei Acme.C.Do() in C:\src\C.cs:Zeile 12.
   bei Acme.C.Main(String[] args) in C:\src\C.cs:Zeile 3.
--- Ende der Stapelüberwachung vom vorhergehenden Ort, an dem die Ausnahme ausgelöst wurde ---
   bei Acme.C.Main2()
"""


def test_german_words():
    assert tell(GERMAN_WORDS) == [
        "reported System.NullReferenceException: Der Objektverweis wurde nicht auf eine Objektinstanz festgelegt.",
        "* Acme.C | Do | C:\\src\\C.cs:12",
        "* Acme.C | Main | C:\\src\\C.cs:3",
        "* Acme.C | Main2 | None:None",
    ]


FRENCH_WORDS = r"""System.Exception: Oups ---> System.IO.IOException: Disque
   à Acme.C.Do() dans C:\mes src\C.cs:ligne 12
   --- Fin de la trace de la pile d'exception interne ---
   à Acme.C.Main(String[] args) dans C:\mes src\C.cs:ligne 3
"""


def test_french_words():
    assert tell(FRENCH_WORDS) == [
        "reported System.Exception: Oups",
        "* Acme.C | Main | C:\\mes src\\C.cs:3",
        "cause System.IO.IOException: Disque",
        "* Acme.C | Do | C:\\mes src\\C.cs:12",
    ]


CHINESE_WORDS = r"""System.Exception: x
   在 Acme.C.Do() 位置 C:\src\C.cs:行号 12
   在 Acme.C.Main(String[] args) 位置 C:\src\C.cs:行号 3
"""


def test_chinese_words():
    assert tell(CHINESE_WORDS) == [
        "reported System.Exception: x",
        "* Acme.C | Do | C:\\src\\C.cs:12",
        "* Acme.C | Main | C:\\src\\C.cs:3",
    ]


MONO_AND_UNITY = """\
NullReferenceException: Object reference not set to an instance of an object
  at Game.Player.Update () [0x00012] in /Users/x/Player.cs:12
  at (wrapper managed-to-native) UnityEngine.X.y(int)
Rethrow as TargetInvocationException: Exception has been thrown
  at Foo.Bar () [0x00000] in <9577ac7a62ef43179789031239ba8798>:0
"""


def test_mono_and_unity():
    assert tell(MONO_AND_UNITY) == [
        "reported NullReferenceException: Object reference not set to an instance of an object",
        "* Game.Player | Update | /Users/x/Player.cs:12",
        "* Foo | Bar | None:None",
    ]


SAMPLES = (
    ASYNC_METHODS_AND_AN_INNER_EXCEPTION,
    AGGREGATE_MEMBERS_STAND_BESIDE_THE_WAY_TO_THE_ROOT,
    NET_FRAMEWORK_PRINTS_ALL_HEADERS_ON_ONE_LINE,
    GERMAN_WORDS,
    FRENCH_WORDS,
    CHINESE_WORDS,
    MONO_AND_UNITY,
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


@pytest.mark.parametrize(
    ("method", "module", "function"),
    [
        ("Acme.Cart.Add", "Acme.Cart", "Add"),
        ("Acme.Cart..ctor", "Acme.Cart", ".ctor"),
        ("Acme.Cart.<AddAsync>d__3.MoveNext", "Acme.Cart", "AddAsync"),
        ("Acme.Cart.<AddAsync>d__3`1.MoveNext", "Acme.Cart", "AddAsync"),
        ("Acme.Cart.<>c.<Add>b__0_0", "Acme.Cart", "Add"),
        ("Acme.Cart.<>c__DisplayClass3_0.<<AddAsync>b__0>d.MoveNext", "Acme.Cart", "AddAsync"),
        ("Acme.Cart`1.Add[T]", "Acme.Cart", "Add"),
        ("System.Collections.Generic.List`1.get_Item", "System.Collections.Generic.List", "get_Item"),
        ("Program.<Main>$", "Program", "Main"),
        ("Program.<<Main>$>g__Helper|0_1", "Program", "Helper"),
        ("Acme.Outer.Inner.Run", "Acme.Outer.Inner", "Run"),
    ],
)
def test_type_and_method_as_they_were_written(method: str, module: str, function: str):
    [exception] = DIALECT.parse(f"   at {method}(String s) in /src/A.cs:line 3")
    assert [(frame.module, frame.function, frame.line) for frame in exception.frames] == [(module, function, 3)]


@pytest.mark.parametrize(
    "line",
    [
        "\tat com.acme.Cart.add(Cart.java:10)",
        "\tat java.lang.reflect.Method.invoke(Unknown Source)",
        "\tat sun.reflect.X.invoke0(Native Method)",
        "    at Cart.add (/srv/cart.js:1:2)",
        "    at async Promise.all (index 0)",
        "\tat App.Cart.add(cart.php:5)",
    ],
)
def test_frames_of_other_runtimes_are_not_taken(line: str):
    assert DIALECT.parse(f"Error: x\n{line}") == []
