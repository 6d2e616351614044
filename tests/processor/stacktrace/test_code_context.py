"""The code around a frame, on disk and in the repository."""

from pathlib import Path

import pytest

from tracemedic_processor.redaction import Redactor
from tracemedic_processor.stacktrace.code_context import (
    CODE_FRAMES_MAX,
    FILE_BYTES_MAX,
    LINE_CHARACTERS_MAX,
    CodeLines,
    SourceCode,
    code_lines,
)
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
    (tmp_path / "repository" / ".env").write_text("SECRET\n")
    (tmp_path / "repository" / "hidden.py").symlink_to(tmp_path / "repository" / ".env")
    (tmp_path / "repository" / "data.py").write_bytes(b"a\0b\n")
    return tmp_path / "repository"


def around(frame: Frame, *roots: Path) -> CodeLines | None:
    return SourceCode(roots, None, None, redact=str).around(frame)


def test_the_lines_around_the_frame(source: Path) -> None:
    context = around(Frame(function="total", file="/app/shop/cart.py", line=10, in_app=True), source)
    assert context is not None
    assert (context.file, context.first_line, context.line) == ("shop/cart.py", 5, 10)
    assert context.lines == tuple(f"line {number}" for number in range(5, 16))


def test_the_first_lines_have_fewer_before_them(source: Path) -> None:
    context = around(Frame(function="f", file="shop/cart.py", line=1, in_app=True), source)
    assert context is not None
    assert (context.first_line, context.lines[0]) == (1, "line 1")


def test_a_library_frame_has_no_code_in_the_service(source: Path) -> None:
    frame = Frame(function="f", file="/usr/lib/python3/dist-packages/shop/cart.py", line=1)
    assert around(frame, source) is None


def test_a_java_file_is_found_by_its_package(source: Path) -> None:
    frame = Frame(function="total", module="com.shop.Cart", file="Cart.java", line=2, in_app=True)
    context = around(frame, source)
    assert context is not None
    assert context.file == "src/main/java/com/shop/Cart.java"


@pytest.mark.parametrize(
    "file",
    [
        "../secret.py",
        "shop/../../secret.py",
        "link.py",
        ".env",
        "hidden.py",
        "data.py",
        "a/" * 400 + "cart.py",
        "/app/link.py",
        "/app/other/models/cart.py",
        "missing.py",
        "shop",
        "a" * 5000,
        "a\0b",
        "",
    ],
)
def test_nothing_outside_the_roots_is_read_and_nothing_hidden_or_binary(source: Path, file: str) -> None:
    assert around(Frame(function="f", file=file, line=1, in_app=True), source) is None


@pytest.mark.parametrize("line", [None, 0, -1, 21])
def test_a_line_that_the_file_does_not_have(source: Path, line: int | None) -> None:
    assert around(Frame(function="f", file="shop/cart.py", line=line, in_app=True), source) is None


def test_a_file_is_read_up_to_its_limit(source: Path) -> None:
    frame = Frame(function="f", file="/app/big.py", line=1, in_app=True)
    (source / "big.py").write_bytes(b"x = 1\n" + b"#" * (FILE_BYTES_MAX - 6))
    assert around(frame, source) is not None
    (source / "big.py").write_bytes(b"x = 1\n" + b"#" * (FILE_BYTES_MAX - 5))
    assert around(frame, source) is None


def test_lines_are_counted_as_compilers_do(source: Path) -> None:
    (source / "odd.py").write_bytes(b"one\r\ntwo\x0c still two\rthree\n")
    found = around(Frame(function="f", file="/app/odd.py", line=3, in_app=True), source)
    assert found is not None
    assert found.lines == ("one", "two\x0c still two", "three")


def test_lines_are_redacted_even_where_a_secret_begins_above_them(source: Path) -> None:
    dashes = "-" * 5
    body = "".join("MIIE" + "abcdEFGH1234" * 5 + "\n" for _ in range(30))
    key = f'KEY = """{dashes}BEGIN PRIVATE KEY{dashes}\n{body}{dashes}END PRIVATE KEY{dashes}"""\nraise X\n'
    (source / "shop" / "keys.py").write_text(key + 'password = "s3same"\n' + "#" * 900)
    redactor = Redactor()
    code = SourceCode([source], None, None, redact=lambda text: redactor.redact_stacktrace(text).text)
    found = code.around(Frame(function="f", file="/app/shop/keys.py", line=33, in_app=True))
    assert found is not None
    assert (found.first_line, found.lines[5:7]) == (28, ("raise X", 'password = "[redacted:password]"'))
    assert not any("MIIE" in line for line in found.lines)
    assert len(found.lines[7]) == LINE_CHARACTERS_MAX


def test_code_of_many_frames_as_far_as_it_is_known(source: Path) -> None:
    known = Frame(function="total", file="/app/shop/cart.py", line=10, in_app=True)
    linked = Frame(function="pay", file="/app/shop/pay.py", line=3, in_app=True)
    library = Frame(function="get", file="/usr/lib/http.py", line=1)
    url = "https://github.com/acme/shop"
    found = code_lines([library, known, linked], [source], url, "abc123", redact=str)
    assert [(each.file, each.line, len(each.lines), each.permalink) for each in found] == [
        ("shop/cart.py", 10, 11, f"{url}/blob/abc123/shop/cart.py#L10"),
        ("/app/shop/pay.py", 3, 0, f"{url}/blob/abc123/shop/pay.py#L3"),
    ]
    assert code_lines([library, linked], [source], None, "abc123", redact=str) == ()
    assert len(code_lines([known] * 100, [source], url, "abc123", redact=str)) == CODE_FRAMES_MAX
