"""Links into the web pages of a repository."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemedic_processor.stacktrace.permalink import permalink, repository_in
from tracemedic_storage.records import Frame


@pytest.mark.parametrize(
    ("repository", "link"),
    [
        ("https://github.com/acme/shop", "https://github.com/acme/shop/blob/abc123/shop/cart.py#L7"),
        ("https://github.com/acme/shop.git", "https://github.com/acme/shop/blob/abc123/shop/cart.py#L7"),
        ("git@github.com:acme/shop.git", "https://github.com/acme/shop/blob/abc123/shop/cart.py#L7"),
        ("https://user:token@github.com/acme/shop", "https://github.com/acme/shop/blob/abc123/shop/cart.py#L7"),
        ("ssh://git@gitlab.acme.example:2222/a/b/shop.git", "https://gitlab.acme.example/a/b/shop/-/blob/abc123/shop/cart.py#L7"),
        ("https://bitbucket.org/acme/shop", "https://bitbucket.org/acme/shop/src/abc123/shop/cart.py#lines-7"),
        ("https://gitea.acme.example:3000/acme/shop", "https://gitea.acme.example:3000/acme/shop/src/commit/abc123/shop/cart.py#L7"),
        ("javascript:alert(1)", None),
        ("https://github.com/", None),
        ("", None),
    ],
)  # fmt: skip
def test_permalinks(repository: str, link: str | None) -> None:
    frame = Frame(function="total", file="/app/shop/cart.py", line=7, in_app=True)
    assert permalink(frame, repository, "abc123") == link


@pytest.mark.parametrize("revision", ["", " x", "a b", "#x", "a" * 300])
def test_no_permalink_to_an_unusable_revision(revision: str) -> None:
    frame = Frame(function="total", file="/app/shop/cart.py", line=7, in_app=True)
    assert permalink(frame, "https://github.com/acme/shop", revision) is None


def test_a_known_path_is_linked_as_it_is() -> None:
    frame = Frame(function="total", file="Cart.java", line=2, in_app=True)
    link = permalink(frame, "https://github.com/acme/shop", "v1.0", path="core/src/main/java/Cart.java")
    assert link == "https://github.com/acme/shop/blob/v1.0/core/src/main/java/Cart.java#L2"


@given(st.text(), st.text(), st.text())
def test_no_text_raises_or_leaves_https(file: str, repository: str, revision: str) -> None:
    link = permalink(Frame(function="f", file=file, line=1, in_app=True), repository, revision)
    assert link is None or (link.startswith("https://") and not set(link) & set("<> \"'\n"))


def test_a_library_frame_is_not_in_the_repository() -> None:
    frame = Frame(function="f", file="/usr/lib/python3/dist-packages/shop/cart.py", line=1)
    assert permalink(frame, "https://github.com/acme/shop", "abc123") is None


@pytest.mark.parametrize(
    ("attributes", "repository"),
    [
        ({"vcs.repository.url.full": "u", "vcs.ref.head.revision": "r"}, ("u", "r")),
        ({"vcs.repository.url.full": "u", "vcs.repository.ref.revision": "r"}, ("u", "r")),
        ({"git.repository_url": "u", "git.commit.sha": "r"}, ("u", "r")),
        ({"vcs.ref.head.revision": "new", "vcs.repository.ref.revision": "old"}, (None, "new")),
        ({"vcs.repository.url.full": "", "vcs.ref.head.name": "main"}, (None, None)),
    ],
)
def test_repository_and_revision_under_the_names_of_old_and_new_conventions(
    attributes: dict[str, str], repository: tuple[str | None, str | None]
) -> None:
    assert repository_in(attributes) == repository
