import pytest

from tracemedic_exporters.headers import checked


def test_names_are_lower_case_and_values_without_outer_spaces() -> None:
    assert checked({"Authorization": " Bearer x\n", "X-Tenant": "a b"}) == {
        "authorization": "Bearer x",
        "x-tenant": "a b",
    }


def test_no_headers_are_none() -> None:
    assert checked(None) == {}


@pytest.mark.parametrize("name", ["", "two words", "x:y", "ü", "x\r\ny"])
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot be the name of a header"):
        checked({name: "x"})


@pytest.mark.parametrize("value", ["line\r\nX-Other: 1", "tüte", "nul\x00"])
def test_a_value_that_cannot_be_sent_is_refused_without_showing_it(value: str) -> None:
    with pytest.raises(ValueError, match="header authorization") as caught:
        checked({"Authorization": value})
    assert value not in str(caught.value)


def test_binary_metadata_is_refused() -> None:
    with pytest.raises(ValueError, match="binary"):
        checked({"trace-bin": "x"})
