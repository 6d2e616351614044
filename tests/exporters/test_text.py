import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracemedic_exporters.text import TEXT_CHARS_MAX, cleaned, secrets_of

TOKEN = "pylf_v1_" + "eu_" + "abcdef"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", ""),
        ("plain", "plain"),
        (" two\r\n lines\t", "two lines"),
        ("\x1b[31mred\x1b[0m", "[31mred [0m"),
        ("left\u202eright", "left right"),
        (f"no {TOKEN} here", "no [hidden] here"),
    ],
)
def test_foreign_text_becomes_one_printable_line(text: str, line: str) -> None:
    assert cleaned(text, secrets=[TOKEN]) == line


@settings(deadline=None)
@given(st.text())
def test_any_text_is_bounded_and_printable(text: str) -> None:
    line = cleaned(text * 50)
    assert len(line) <= TEXT_CHARS_MAX
    assert "\n" not in line


def test_a_secret_at_the_edge_of_the_cut_does_not_show() -> None:
    assert TOKEN[:8] not in cleaned("x" * (TEXT_CHARS_MAX - 10) + TOKEN, secrets=[TOKEN])


def test_the_credential_behind_its_scheme_is_a_secret_too() -> None:
    headers = {"Authorization": f"Bearer {TOKEN}", "x-tenant": "b"}
    assert cleaned(f"{TOKEN} and Bearer {TOKEN} of b", secrets=secrets_of(headers)) == "[hidden] and [hidden] of b"


def test_short_values_hide_nothing() -> None:
    assert cleaned("tenant 1 of 10", secrets=secrets_of({"x-tenant": "1"})) == "tenant 1 of 10"
