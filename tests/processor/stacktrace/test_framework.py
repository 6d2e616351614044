"""What holds for stack traces of every language."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tracemedic_processor.stacktrace.bounds import EXCEPTIONS_PER_CHAIN_MAX, FRAMES_PER_EXCEPTION_MAX
from tracemedic_processor.stacktrace.in_app import InAppRules
from tracemedic_processor.stacktrace.parse import DIALECTS, parse_stacktrace
from tracemedic_processor.stacktrace.recursion import without_recursion
from tracemedic_storage.records import ExceptionRecord, Frame, StackTrace

PYTHON = """Traceback (most recent call last):
  File "/app/shop/web.py", line 5, in get
    return total(cart)
  File "/app/shop/cart.py", line 12, in total
    return cart["price"]
KeyError: 'price'
"""
JAVA = (
    "java.lang.IllegalStateException: boom\n\tat com.shop.Cart.total(Cart.java:3)\n\tat com.shop.Web.get(Web.java:9)\n"
)
NODE = "TypeError: boom\n    at Cart.total (/app/src/cart.js:3:9)\n    at /app/src/web.js:5:1\n"

_PIECES = st.sampled_from(
    [
        "Traceback (most recent call last):\n",
        '  File "/app/a.py", line 3, in f\n',
        "    x = 1\n",
        "ValueError: x\n",
        "\nDuring handling of the above exception, another exception occurred:\n\n",
        "  + Exception Group Traceback (most recent call last):\n",
        "  | ExceptionGroup: eg (2 sub-exceptions)\n",
        "  +-+---------------- 1 ----------------\n",
        "    +---------------- 2 ----------------\n",
        "    +------------------------------------\n",
        "java.lang.RuntimeException: x\n",
        "\tat com.shop.A$b$1.invoke(A.java:3)\n",
        "\t... 3 more\n",
        "Caused by: a.B: c\n",
        "Wrapped by: a.B: c\n",
        "\tSuppressed: a.B: c\n",
        "Error: x\n",
        "    at async f (/a/b.js:1:2) {\n",
        "  [cause]: Error: y\n",
        "  [errors]: [\n",
        "f@https://a.example/b.js:1:2\n",
        "}\n",
        '"""\n',
        "goroutine 1 [running]:\n",
        "panic: x\n",
        "   at A.B() in C.cs:line 3\n",
        "#0 /a/b.php(3): f()\n",
        "thread 'main' panicked at src/main.rs:2:5:\n",
    ]
)


@pytest.mark.parametrize(("text", "language"), [(PYTHON, "python"), (JAVA, "java"), (NODE, "javascript")])
def test_the_language_is_recognised_from_the_text(text: str, language: str) -> None:
    assert parse_stacktrace(text).language == language


@pytest.mark.parametrize(
    ("text", "spoken", "language"),
    [
        (PYTHON, "python", "python"),
        (JAVA, "kotlin", "kotlin"),
        (NODE, "webjs", "webjs"),
        (PYTHON, "nodejs", "python"),
        (JAVA, "cobol", "java"),
    ],
)
def test_the_senders_language_stands_unless_the_text_is_of_another(text: str, spoken: str, language: str) -> None:
    parsed = parse_stacktrace(text, language=spoken)
    assert parsed.language == language
    assert len(parsed.chain[0].frames) == 2


def test_a_text_of_no_known_format_is_one_exception_without_frames() -> None:
    assert parse_stacktrace("it broke", language="cobol", error_type="Abend", message="S0C7") == StackTrace(
        language="cobol", chain=(ExceptionRecord(type="Abend", message="S0C7"),)
    )


def test_an_empty_text_is_what_the_sender_says() -> None:
    assert parse_stacktrace("", error_type="E", message="m").chain == (ExceptionRecord(type="E", message="m"),)


def test_type_and_message_of_the_sender_fill_what_the_text_lacks() -> None:
    frames_only = "\tat com.shop.Cart.total(Cart.java:3)\n"
    (exception,) = parse_stacktrace(frames_only, error_type="com.shop.Boom", message="no cart").chain
    assert (exception.type, exception.message) == ("com.shop.Boom", "no cart")


def test_a_message_followed_by_notes_is_the_senders_message() -> None:
    text = 'Traceback (most recent call last):\n  File "/app/a.py", line 1, in f\nValueError: bad\nwhile reading x\n'
    assert parse_stacktrace(text, message="bad").chain[0].message == "bad"
    assert parse_stacktrace(text).chain[0].message == "bad\nwhile reading x"


@pytest.mark.parametrize("text", [PYTHON, JAVA, NODE])
@pytest.mark.parametrize(
    "disguise",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.rstrip("\n").replace("\n", "\\n").replace("\t", "\\t"),
        lambda text: text.replace("boom", "\x1b[31mboom\x1b[0m").replace("KeyError", "\x1b[1mKeyError\x1b[0m"),
    ],
    ids=["windows", "escaped", "coloured"],
)
def test_line_ends_and_colours_do_not_matter(text: str, disguise: object) -> None:
    assert callable(disguise)
    assert parse_stacktrace(disguise(text)) == parse_stacktrace(text)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        (InAppRules(), [True, True]),
        (InAppRules(exclude=("shop.cart",)), [False, True]),
        (InAppRules(exclude=("shop.car",)), [True, True]),
        (InAppRules(exclude=("shop.",)), [False, False]),
        (InAppRules(exclude=("*/web.py",)), [True, False]),
        (InAppRules(include=("shop",), exclude=("shop.web",)), [True, False]),
    ],
)
def test_rules_override_the_dialects_judgement(rules: InAppRules, expected: list[bool]) -> None:
    assert [frame.in_app for frame in parse_stacktrace(PYTHON, in_app=rules).chain[0].frames] == expected


def test_a_library_can_be_included() -> None:
    text = PYTHON.replace("/app/shop", "/usr/lib/python3/dist-packages/shop")
    assert not any(frame.in_app for frame in parse_stacktrace(text).chain[0].frames)
    included = parse_stacktrace(text, in_app=InAppRules(include=("shop",)))
    assert all(frame.in_app for frame in included.chain[0].frames)


def test_a_stack_too_deep_keeps_both_ends() -> None:
    text = "x.Y: z\n" + "".join(f"\tat a.B.c{number}(B.java:{number})\n" for number in range(1000))
    frames = parse_stacktrace(text).chain[0].frames
    assert len(frames) == FRAMES_PER_EXCEPTION_MAX
    assert (frames[0].function, frames[-1].function) == ("c0", "c999")


def test_a_chain_too_long_keeps_the_reported_and_the_root() -> None:
    text = "x.Y: z\n\tat a.B.c(B.java:1)\n" + "".join(f"Caused by: x.Y{number}: z\n" for number in range(200))
    chain = parse_stacktrace(text).chain
    assert len(chain) == EXCEPTIONS_PER_CHAIN_MAX
    assert (chain[0].type, chain[-1].type) == ("x.Y", "x.Y199")


@pytest.mark.parametrize(
    ("functions", "kept"),
    [
        ("abc", "abc"),
        ("aab", "ab"),
        ("aaaaab", "ab"),
        ("abab", "abab"),
        ("abababc", "abc"),
        ("xabcabcabcy", "xabcy"),
        ("", ""),
    ],
)
def test_recursion_counts_once(functions: str, kept: str) -> None:
    frames = [Frame(function=name, line=1) for name in functions]
    assert "".join(frame.function for frame in without_recursion(frames)) == kept


@given(st.text())
@example('Traceback (most recent call last):\n  File "", line 99999999999999999999, in \n')
@example("\tat .(:)\n")
@example("at (eval at (:1:1), <anonymous>:1:1)")
def test_no_text_raises(text: str) -> None:
    assert parse_stacktrace(text).chain


@settings(max_examples=300)
@given(
    st.lists(st.one_of(_PIECES, st.text(max_size=8)), max_size=40), st.sampled_from([None, "python", "java", "nodejs"])
)
def test_no_mixture_of_known_lines_raises(pieces: list[str], language: str | None) -> None:
    parsed = parse_stacktrace("".join(pieces), language=language)
    assert parsed.chain
    assert parsed.chain[0].relation == "reported"
    assert all(len(exception.frames) <= FRAMES_PER_EXCEPTION_MAX for exception in parsed.chain)


@pytest.mark.parametrize("text", [PYTHON, JAVA, NODE])
def test_a_text_cut_anywhere_yields_the_whole_frames(text: str) -> None:
    whole = {frame.function for frame in parse_stacktrace(text).chain[0].frames}
    for length in range(len(text)):
        for exception in parse_stacktrace(text[:length]).chain:
            assert {frame.function for frame in exception.frames} <= whole


def test_every_dialect_serves_languages_of_its_own() -> None:
    languages = [language for dialect in DIALECTS for language in dialect.languages]
    assert len(languages) == len(set(languages))
