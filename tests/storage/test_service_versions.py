from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemedic_storage.service_versions import VERSION_CHARS_MAX, same_or_later

IN_ORDER = [
    "1.0.0-dev",
    "1.0a1",
    "1.0.0-alpha.2",
    "1.0-beta",
    "1.0.0-beta.2",
    "1.0.0-beta.11",
    "1.0rc1",
    "1.0.0-rc.2",
    "v1.0.0",
    "1.0.1",
    "1.0.1-4-gabc1234",  # git describe: four commits after
    "1.2",
    "1.10.0",  # not as text
    "2.0.0-SNAPSHOT",
    "2",
    "2.0.post1",
    "2024.01.15",
    "2024.2",
    "2024.10.1",
]
OTHER_PAIRS = [
    ("2024-01-15", "2024-02-01"),
    ("20240115", "20240201"),
    ("shop@1.9", "shop@1.10"),
    ("release-1.2", "release-1.3"),
    ("refs/tags/v1.2", "refs/tags/v1.3"),
    ("1.8.0_31", "1.8.0_292"),
    ("1.2.3-100", "1.2.3-101"),  # numbers of builds
]


@pytest.mark.parametrize(("earlier", "later"), [*pairwise(IN_ORDER), *OTHER_PAIRS, (IN_ORDER[0], IN_ORDER[-1])])
def test_versions_have_an_order(earlier: str, later: str) -> None:
    assert same_or_later(later, earlier) is True
    assert same_or_later(earlier, later) is False


@pytest.mark.parametrize(
    ("one", "other"),
    [("1.0", "1.0.0"), ("v1", "1"), ("1.0.0+a", "1.0.0+b"), ("1.0-final", "1.0"), ("3f2a9c1", " 3f2a9c1 ")],
)
def test_spellings_of_one_version_are_the_same(one: str, other: str) -> None:
    assert same_or_later(one, other) is True
    assert same_or_later(other, one) is True


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3f2a9c1", "4cb4723"),
        ("4cb4723", "1.2"),
        ("sha-3f2a9c1", "sha-4f2a9c1"),
        ("main", "1.2"),
        ("shop@1.2", "api@1.2"),
        ("", "1.2"),
        ("9" * (VERSION_CHARS_MAX + 1), "1"),
    ],
)
def test_hashes_branches_and_products_have_none(one: str, other: str) -> None:
    assert same_or_later(one, other) is None
    assert same_or_later(other, one) is None


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_has_an_answer_that_does_not_contradict_itself(one: str, other: str) -> None:
    assert same_or_later(one, one) is True
    forwards, backwards = same_or_later(one, other), same_or_later(other, one)
    assert (forwards is None) == (backwards is None)
    assert forwards is None or forwards or backwards
