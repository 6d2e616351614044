"""The code around a frame, on disk and in the repository."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemedic_processor.stacktrace.code_context import code_around, permalink
from tracemedic_storage.records import Frame


@pytest.fixture
def source(tmp_path: Path) -> Path:
    package = tmp_path / "repository" / "shop"
    package.mkdir(parents=True)
    (package / "cart.py").write_text("".join(f"line {number}\n" for number in range(1, 21)))
    java = tmp_path / "repository" / "src" / "main" / "java" / "com" / "shop"
    java.mkdir(parents=True)
    (java / "Cart.java").write_text("class Cart {\n}\n")
    (tmp_path / "secret.py").write_text("secret\n")
    (tmp_path / "repository" / "link.py").symlink_to(tmp_path / "secret.py")
    return tmp_path / "repository"


def test_the_lines_around_the_frame(source: Path) -> None:
    context = code_around(
        Frame(function="total", file="/app/shop/cart.py", line=10, in_app=True), source_roots=[source]
    )
    assert context is not None
    assert (context.path, context.first_line, context.line) == ("shop/cart.py", 5, 10)
    assert context.lines == tuple(f"line {number}" for number in range(5, 16))


def test_the_first_lines_have_fewer_before_them(source: Path) -> None:
    context = code_around(Frame(function="f", file="shop/cart.py", line=1, in_app=True), source_roots=[source])
    assert context is not None
    assert (context.first_line, context.lines[0]) == (1, "line 1")


def test_a_library_frame_has_no_code_in_the_service(source: Path) -> None:
    frame = Frame(function="f", file="/usr/lib/python3/dist-packages/shop/cart.py", line=1)
    assert code_around(frame, source_roots=[source]) is None
    assert permalink(frame, "https://github.com/acme/shop", "abc123") is None


def test_a_java_file_is_found_by_its_package(source: Path) -> None:
    frame = Frame(function="total", module="com.shop.Cart", file="Cart.java", line=2, in_app=True)
    context = code_around(frame, source_roots=[source])
    assert context is not None
    assert context.path == "src/main/java/com/shop/Cart.java"


@pytest.mark.parametrize(
    "file",
    [
        "../secret.py",
        "shop/../../secret.py",
        "link.py",
        "/app/link.py",
        "/app/other/models/cart.py",
        "missing.py",
        "shop",
        "a" * 5000,
        "a\0b",
        "",
    ],
)
def test_nothing_outside_the_roots_is_read(source: Path, file: str) -> None:
    assert code_around(Frame(function="f", file=file, line=1, in_app=True), source_roots=[source]) is None


@pytest.mark.parametrize("line", [None, 0, -1, 21])
def test_a_line_that_the_file_does_not_have(source: Path, line: int | None) -> None:
    assert code_around(Frame(function="f", file="shop/cart.py", line=line, in_app=True), source_roots=[source]) is None


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
