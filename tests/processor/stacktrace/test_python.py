"""Python: texts of real interpreters from 2.7 to 3.13, and the laws that hold for any exception raised here."""

import json
import traceback
from collections.abc import Callable

import pytest

from tracemedic_processor.stacktrace.parse import parse_stacktrace
from tracemedic_processor.stacktrace.python_files import is_application, module_of
from tracemedic_processor.stacktrace.source import find_source
from tracemedic_processor.stacktrace.ways import find_root
from tracemedic_storage.records import ExceptionRecord, StackTrace

CONTEXT_38 = """Traceback (most recent call last):
  File "/app/shop/gen.py", line 5, in mid
    json.loads("{bad")
  File "/root/.pyenv/versions/3.8.18/lib/python3.8/json/__init__.py", line 357, in loads
    return _default_decoder.decode(s)
  File "/root/.pyenv/versions/3.8.18/lib/python3.8/json/decoder.py", line 353, in raw_decode
    obj, end = self.scan_once(s, idx)
json.decoder.JSONDecodeError: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/app/shop/gen.py", line 21, in <module>
    try: f()
  File "/app/shop/gen.py", line 7, in mid
    raise RuntimeError("cannot read\\nthe cart")
RuntimeError: cannot read
the cart
"""
MULTILINE_313 = """Traceback (most recent call last):
  File "/app/shop/gen.py", line 21, in <module>
    try: f()
         ~^^
  File "/app/shop/gen.py", line 14, in multi
    return mid2(
        1,
        [x for x in (1, 2)],
    )
  File "/app/shop/gen.py", line 19, in mid2
    raise KeyError(a)
KeyError: 1
"""
RECURSION = """Traceback (most recent call last):
  File "/app/gen.py", line 9, in <module>
    rec(0)
  File "/app/gen.py", line 5, in rec
    rec(n+1)
  File "/app/gen.py", line 5, in rec
    rec(n+1)
  File "/app/gen.py", line 5, in rec
    rec(n+1)
  [Previous line repeated 995 more times]
RecursionError: maximum recursion depth exceeded
"""
MIXED_GROUP = """Traceback (most recent call last):
  File "/app/jobs.py", line 18, in run
    try: x()
         ^^^
  File "/app/jobs.py", line 9, in x
    raise ValueError("x")
ValueError: x

The above exception was the direct cause of the following exception:

  + Exception Group Traceback (most recent call last):
  |   File "/app/jobs.py", line 28, in <module>
  |     try: f()
  |          ^^^
  |   File "/app/jobs.py", line 20, in run
  |     raise ExceptionGroup("eg", es) from v
  | ExceptionGroup: eg (3 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/app/jobs.py", line 13, in job
    |     try: raise t("m")
    |          ^^^^^^^^^^^^
    | ValueError: m
    +---------------- 2 ----------------
    | TypeError: two
    | lines
    +---------------- 3 ----------------
    | Exception Group Traceback (most recent call last):
    |   File "/app/jobs.py", line 16, in eg
    |     raise ExceptionGroup("inner", [ValueError("u")])
    | ExceptionGroup: inner (1 sub-exception)
    +-+---------------- 1 ----------------
      | ValueError: u
      +------------------------------------
"""
LOGURU = """Traceback (most recent call last):

  File "/app/shop/main.py", line 12, in <module>
    divide(1, 0)
    └ <function divide at 0x7f>

> File "/app/shop/calc.py", line 8, in divide
    return a / b
           │   └ 0
           └ 1

ZeroDivisionError: division by zero
"""
POOL = '''multiprocessing.pool.RemoteTraceback:
"""
Traceback (most recent call last):
  File "/usr/lib/python3.11/multiprocessing/pool.py", line 125, in worker
    result = (True, func(*args, **kwds))
                    ^^^^^^^^^^^^^^^^^^^
  File "/app/jobs.py", line 4, in work
    raise ValueError("inner")
ValueError: inner
"""

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/main.py", line 9, in <module>
    p.map(work, [1])
  File "/usr/lib/python3.11/multiprocessing/pool.py", line 774, in get
    raise self._value
ValueError: inner
'''
DATA_LOADER = """Traceback (most recent call last):
  File "/app/train.py", line 9, in <module>
    for x in dl:
  File "/usr/lib/python3/dist-packages/torch/_utils.py", line 722, in reraise
    raise exception
KeyError: Caught KeyError in DataLoader worker process 0.
Original Traceback (most recent call last):
  File "/usr/lib/python3/dist-packages/torch/utils/data/_utils/worker.py", line 351, in _worker_loop
    data = fetcher.fetch(index)
  File "/app/data.py", line 20, in __getitem__
    return self.d[i]
KeyError: 'x'
"""
SYNTAX_ERROR_BELOW = """Traceback (most recent call last):
  File "/app/a.py", line 1, in load
    compile(text)
  File "cfg.py", line 1
    a b
      ^
SyntaxError: invalid syntax
"""


def _shape(parsed: StackTrace) -> list[tuple[str, str, list[str]]]:
    return [(part.relation, part.type, [frame.function for frame in part.frames]) for part in parsed.chain]


def test_the_chain_begins_with_the_reported_exception() -> None:
    parsed = parse_stacktrace(CONTEXT_38)
    assert _shape(parsed) == [
        ("reported", "RuntimeError", ["mid", "<module>"]),
        ("context", "json.decoder.JSONDecodeError", ["raw_decode", "loads", "mid"]),
    ]
    assert parsed.chain[0].message == "cannot read\nthe cart"


def test_a_direct_cause_is_a_cause() -> None:
    text = CONTEXT_38.replace(
        "During handling of the above exception, another exception occurred:",
        "The above exception was the direct cause of the following exception:",
    )
    assert [part.relation for part in parse_stacktrace(text).chain] == ["reported", "cause"]


def test_frames_carry_file_line_module_and_code() -> None:
    frame = parse_stacktrace(MULTILINE_313).chain[0].frames[1]
    assert (frame.file, frame.line, frame.module, frame.code) == ("/app/shop/gen.py", 14, "shop.gen", "return mid2(")


def test_recursion_is_told_once() -> None:
    assert _shape(parse_stacktrace(RECURSION)) == [("reported", "RecursionError", ["rec", "<module>"])]


def test_a_group_of_several_kinds_has_its_members_beside_the_way() -> None:
    parsed = parse_stacktrace(MIXED_GROUP)
    assert _shape(parsed) == [
        ("reported", "ExceptionGroup", ["run", "<module>"]),
        ("group_member", "ValueError", ["job"]),
        ("group_member", "TypeError", []),
        ("group_member", "ExceptionGroup", ["eg"]),
        ("group_member", "ValueError", []),
        ("cause", "ValueError", ["x", "run"]),
    ]
    assert parsed.chain[2].message == "two\nlines"


def test_a_group_of_one_kind_leads_to_that_kind() -> None:
    text = MIXED_GROUP[MIXED_GROUP.index("  + Exc") :].replace("TypeError: two", "ValueError: two")
    parsed = parse_stacktrace(text)
    assert _shape(parsed) == [("reported", "ExceptionGroup", ["run", "<module>"]), ("cause", "ValueError", ["job"])]


def test_values_drawn_by_loguru_are_no_code() -> None:
    frames = parse_stacktrace(LOGURU).chain[0].frames
    assert [(frame.function, frame.code) for frame in frames] == [
        ("divide", "return a / b"),
        ("<module>", "divide(1, 0)"),
    ]


@pytest.mark.parametrize(
    ("text", "root_functions"),
    [(POOL, ["work", "worker"]), (DATA_LOADER, ["__getitem__", "_worker_loop"])],
    ids=["pool", "data loader"],
)
def test_a_traceback_from_another_process_is_the_root(text: str, root_functions: list[str]) -> None:
    root = find_root(parse_stacktrace(text).chain)
    assert root is not None
    assert [frame.function for frame in root.frames] == root_functions


@pytest.mark.parametrize(
    ("text", "functions"),
    [
        ("  File \"/app/bad.py\", line 3\n    def f(\n         ^\nSyntaxError: '(' was never closed\n", ["<module>"]),
        (
            SYNTAX_ERROR_BELOW,
            ["load"],
        ),
    ],
    ids=["the only place", "beside calls"],
)
def test_the_place_of_a_syntax_error_is_no_call(text: str, functions: list[str]) -> None:
    (exception,) = parse_stacktrace(text).chain
    assert (exception.type, [frame.function for frame in exception.frames]) == ("SyntaxError", functions)


@pytest.mark.parametrize(
    ("file", "module", "in_app"),
    [
        ("/app/shop/cart.py", "shop.cart", True),
        ("/app/main.py", "main", True),
        ("/srv/shop/orders/__init__.py", "shop.orders", True),
        ("/usr/src/app/shop/cart.py", "shop.cart", True),
        ("/home/bob/shop/cart/tax.py", "cart.tax", True),
        ("/home/bob/projects/shop/src/shop/cart.py", "shop.cart", True),
        ("/srv/deploy/releases/20260101120000/shop/cart.py", "shop.cart", True),
        ("/var/task/handler.py", "handler", True),
        ("/var/task/requests/api.py", "requests.api", False),
        (r"C:\Users\bob\projects\shop\cart.py", "cart", True),
        (r"C:\Python311\Lib\json\decoder.py", "json.decoder", False),
        ("/data/x/y/z/job.py", "y.z.job", True),
        ("cart.py", "cart", True),
        ("/usr/local/lib/python3.11/site-packages/starlette/routing.py", "starlette.routing", False),
        ("/usr/lib/python3/dist-packages/django/__init__.py", "django", False),
        ("/usr/lib/python3.11/asyncio/runners.py", "asyncio.runners", False),
        ("/opt/conda/lib/python3.9/lib-dynload/x.py", "x", False),
        ("/root/.pex/installed_wheels/0a1b2c/requests-2.31-py3-none-any.whl/requests/api.py", "requests.api", False),
        ("pandas/_libs/hashtable.pyx", "pandas._libs.hashtable", False),
        ("<frozen importlib._bootstrap>", "importlib._bootstrap", False),
        ("<frozen runpy>", "runpy", False),
        ("<stdin>", "<stdin>", True),
        ("<string>", "<string>", True),
        ("<ipython-input-3-a1b2>", "__main__", True),
        ("<attrs generated init shop.Cart>", "<attrs generated init shop.Cart>", False),
    ],
)
def test_module_and_ownership_of_a_file(file: str, module: str, in_app: bool) -> None:
    text = f'Traceback (most recent call last):\n  File "{file}", line 1, in f\nValueError: x\n'
    (frame,) = parse_stacktrace(text).chain[0].frames
    assert (frame.module, frame.in_app) == (module, in_app)


def test_text_given_to_eval_is_no_place_of_the_application() -> None:
    text = (
        'Traceback (most recent call last):\n  File "/app/a.py", line 1, in f\n    eval("1/0")\n'
        '  File "<string>", line 1, in <module>\nZeroDivisionError: division by zero\n'
    )
    parsed = parse_stacktrace(text)
    assert [frame.in_app for frame in parsed.chain[0].frames] == [False, True]
    assert find_source(parsed, service="s", span_name="n") == "a:f"


@pytest.mark.parametrize(
    ("end", "functions"),
    [("/app/web.py", ["b"]), ('/app/web.py", line 1', ["b"]), ('/app/web.py", line 12, in ge', ["b"])],
)
def test_a_frame_cut_short_is_left_out(end: str, functions: list[str]) -> None:
    text = f'Traceback (most recent call last):\n  File "/app/a.py", line 1, in b\n    c()\n  File "{end}'
    assert [frame.function for frame in parse_stacktrace(text, error_type="E").chain[0].frames] == functions


def _listed() -> None:
    sum([json.loads(text)["a"] for text in ["{}"]])


def _nested() -> None:
    try:
        int("x")
    except ValueError as error:
        raise RuntimeError('several\n\nlines: File "x"') from error


def _grouped() -> None:
    raise ExceptionGroup("all", [KeyError("a"), KeyError("b")])


def _noted() -> None:
    error = OSError(2, "gone")
    error.add_note("Traceback of the mind")
    raise error


@pytest.mark.parametrize("fail", [_listed, _nested, _grouped, _noted, lambda: json.loads("{"), lambda: eval("1/0")])
def test_what_the_interpreter_prints_is_read_as_it_was(fail: Callable[[], object]) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011  whatever the parametrised failure raises
        fail()
    error = caught.value
    parsed = parse_stacktrace("".join(traceback.format_exception(error)), language="python")
    calls = [(call.name, call.lineno, call.filename, call.line) for call in traceback.extract_tb(error.__traceback__)]
    reported, root = parsed.chain[0], find_root(parsed.chain)
    assert reported.type.endswith(type(error).__name__)
    assert reported.message.startswith(str(error))
    assert [(f.function, f.line, f.file, f.code or "") for f in reversed(reported.frames)] == calls
    assert root is not None
    assert root.type.rpartition(".")[2] == type(_root(error)).__name__


def _root(error: BaseException) -> BaseException:
    if isinstance(error, BaseExceptionGroup):
        return error.exceptions[0]
    return error.__cause__ or error


def test_an_exception_without_a_stack_is_one() -> None:
    assert parse_stacktrace("ValueError: bad\n", language="python").chain == (
        ExceptionRecord(type="ValueError", message="bad"),
    )


@pytest.mark.parametrize(
    ("file", "function", "module", "in_app"),
    [
        ("lib/sqlalchemy/engine/_row_cy.py", "sqlalchemy.engine._row_cy.Row.one", "sqlalchemy.engine._row_cy", False),
        ("lib/sqlalchemy/engine/_row_cy.py", "one", "sqlalchemy.engine._row_cy", False),
        ("src/lxml/etree.pyx", "lxml.etree.fromstring", "lxml.etree", False),
        ("lib/unheard/of/fast.py", "unheard.of.fast.Map.get", "lib.unheard.of.fast", False),
        ("lib/shop/cart.py", "total", "lib.shop.cart", True),
        ("src/shop/cart.py", "Cart.total", "shop.cart", True),
    ],
)
def test_compiled_modules_tell_paths_of_their_build(file: str, function: str, module: str, in_app: bool) -> None:
    assert (module_of(file), is_application(file, function)) == (module, in_app)
