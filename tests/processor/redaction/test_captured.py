import pytest

from tracemedic_processor.redaction import Redactor, mask_local

REDACTOR = Redactor()


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("'x'", "<str>"),
        ('"x', "<str>"),
        ("b'x'", "<bytes>"),
        ("42", "<int>"),
        ("-1.5", "<float>"),
        ("True", "<bool>"),
        ("None", "<None>"),
        ("[1, 2]", "<list>"),
        ("{'a': 1}", "<dict>"),
        ("{1, 2}", "<set>"),
        ("(1,)", "<tuple>"),
        ("<app.User object at 0x7f3b>", "<app.User>"),
        ("User(name='anna')", "<User>"),
        ("<str>", "<str>"),
        ("...", "..."),
    ],
)
def test_a_local_is_shown_as_its_type(value: str, shown: str):
    assert mask_local(value) == shown
    assert mask_local(shown) == shown


PLAIN = (
    """Traceback (most recent call last):
  File "/app/x.py", line 3, in f
    total = price / count
            ~~~~~~^~~~~~~
    count = 0
    name = 'anna'
    user = <app.User object at 0x7f3b>
ZeroDivisionError: division by zero""",
    """Traceback (most recent call last):
  File "/app/x.py", line 3, in f
    total = price / count
            ~~~~~~^~~~~~~
    count = <int>
    name = <str>
    user = <app.User>
ZeroDivisionError: division by zero""",
)
GROUP = (
    """  + Exception Group Traceback (most recent call last):
  |   File "/app/x.py", line 3, in f
  |     run(task)
  |     count = 0
  | ExceptionGroup: two (1 sub-exception)""",
    """  + Exception Group Traceback (most recent call last):
  |   File "/app/x.py", line 3, in f
  |     run(task)
  |     count = <int>
  | ExceptionGroup: two (1 sub-exception)""",
)
HUNG = (
    """  File "/app/x.py", line 3, in f
    return price / count
           │       └ 0
           └ 'twelve'
TypeError: no""",
    """  File "/app/x.py", line 3, in f
    return price / count
           │       └ <int>
           └ <str>
TypeError: no""",
)
RICH = (
    """╭─── Traceback (most recent call last) ───╮
│ /app/x.py:3 in f                        │
│ ❱ 3     return price / count            │
│ ╭──────────── locals ────────────╮      │
│ │ count = 0                      │      │
│ │  name = 'anna'                 │      │
│ ╰────────────────────────────────╯      │
╰─────────────────────────────────────────╯""",
    """╭─── Traceback (most recent call last) ───╮
│ /app/x.py:3 in f                        │
│ ❱ 3     return price / count            │
│ ╭──────────── locals ────────────╮      │
│ │ count = <int>                  │      │
│ │  name = <str>                  │      │
│ ╰────────────────────────────────╯      │
╰─────────────────────────────────────────╯""",
)
TITLED = (
    """  File "/app/x.py", line 3, in f
    run()
Local variables:
  name = 'anna'
  rows = [1,
     2]
ValueError: no""",
    """  File "/app/x.py", line 3, in f
    run()
Local variables:
  name = <str>
  rows = <list>
     ...
ValueError: no""",
)


@pytest.mark.parametrize(("trace", "masked"), [PLAIN, GROUP, HUNG, RICH, TITLED])
def test_captured_locals_are_masked_and_lines_kept(trace: str, masked: str):
    once = REDACTOR.redact_stacktrace(trace).text
    assert once == masked
    assert REDACTOR.redact_stacktrace(once).text is once


@pytest.mark.parametrize(
    "trace",
    [
        '  File "/app/x.py", line 3, in f\n    password = os.environ["X"]\n    ^^^\nKeyError: \'X\'',
        '  File "/app/x.py", line 3, in f\n    total = 1\n  File "/app/y.py", line 4, in g\n    x = y\nNameError: y',
        "\tat com.acme.A.b(A.java:3)\nCaused by: java.lang.Error: x = 1",
    ],
)
def test_source_lines_are_no_locals(trace: str):
    assert REDACTOR.redact_stacktrace(trace).text is trace


def test_a_literal_in_a_source_line_goes():
    trace = '  File "/app/x.py", line 3, in f\n    connect(password="s3same")\nE: no'
    assert 'password="[redacted:password]")' in REDACTOR.redact_stacktrace(trace).text
