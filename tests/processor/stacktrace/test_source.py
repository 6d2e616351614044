"""The place an error came from, and the names it is made of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracemedic_processor.stacktrace.function_names import clean_class, clean_function
from tracemedic_processor.stacktrace.source import find_source
from tracemedic_storage.records import ExceptionRecord, Frame, Relation, StackTrace


def _exception(*frames: Frame, relation: Relation = "cause") -> ExceptionRecord:
    return ExceptionRecord(type="E", message="m", relation=relation, frames=frames)


def _app(function: str, module: str = "shop.cart") -> Frame:
    return Frame(function=function, module=module, line=3, in_app=True)


def _library(function: str, module: str = "driver") -> Frame:
    return Frame(function=function, module=module, line=3)


def _source(*chain: ExceptionRecord) -> str:
    return find_source(StackTrace(chain=chain), service="checkout", span_name="POST /carts")


def test_the_innermost_application_frame_of_the_root() -> None:
    root = _exception(_library("send"), _app("total"), _app("main"))
    assert _source(_exception(_app("wrap")), root) == "shop.cart:total"


def test_the_reported_exception_where_the_root_has_none() -> None:
    chain = _exception(_app("wrap")), _exception(_app("mid")), _exception(_library("send"))
    assert _source(*chain) == "shop.cart:wrap"


def test_the_exception_between_them_nearest_to_the_root() -> None:
    lib = _exception(_library("send"))
    assert _source(lib, _exception(_app("far")), _exception(_app("near")), lib) == "shop.cart:near"


def test_a_group_of_one_kind_gives_way_to_that_kind() -> None:
    group = ExceptionRecord(type="ExceptionGroup", message="", frames=(_app("task_group"),))
    assert _source(group, _exception(_app("task")), _exception(_library("send"))) == "shop.cart:task"


def test_the_innermost_library_frame_of_the_root_without_any_application_frame() -> None:
    assert _source(_exception(_library("outer")), _exception(_library("send"), _library("call"))) == "driver:send"


def test_suppressed_and_members_are_asked_last() -> None:
    beside = _exception(_app("close"), relation="suppressed")
    assert _source(_exception(_app("total")), beside) == "shop.cart:total"
    assert _source(_exception(), beside) == "shop.cart:close"


@pytest.mark.parametrize("chain", [(), (_exception(),)])
def test_service_and_span_without_a_frame(chain: tuple[ExceptionRecord, ...]) -> None:
    assert _source(*chain) == "checkout POST /carts"


@pytest.mark.parametrize(
    ("functions", "source"),
    [
        (["wrapper", "total"], "shop.cart:total"),
        (["wrapper"], "shop.cart:wrapper"),
        (["<listcomp>", "total"], "shop.cart:total"),
        (["<genexpr>", "<listcomp>", "total"], "shop.cart:total"),
        (["<lambda>", "total"], "shop.cart:<lambda>"),
    ],
)
def test_glue_and_parts_of_a_function_are_no_origin(functions: list[str], source: str) -> None:
    assert _source(_exception(*map(_app, functions))) == source


_TEXT = st.text(alphabet="ab:% ", max_size=6)


@given(_TEXT, _TEXT, _TEXT, _TEXT)
def test_different_places_have_different_sources(module: str, function: str, service: str, span: str) -> None:
    of_frame = find_source(StackTrace(chain=(_exception(_app(function, module)),)), service=service, span_name=span)
    of_service = find_source(StackTrace(), service=service, span_name=span)
    assert of_frame != of_service
    swapped = find_source(StackTrace(), service=span, span_name=service)
    assert (of_service == swapped) == (service == span)


@pytest.mark.parametrize(
    ("language", "name", "cleaned"),
    [
        ("python", "Cart.total.<locals>.inner", "Cart.total.inner"),
        ("python", "<lambda>", "<lambda>"),
        ("java", "lambda$main$0", "main"),
        ("java", "lambda$null$3", "lambda"),
        ("java", "lambda$new$0", "<init>"),
        ("java", "CGLIB$total$3", "total"),
        ("java", "<init>", "<init>"),
        ("kotlin", "price-Xy3_a1b", "price"),
        ("kotlin", "total$app_debug", "total"),
        ("kotlin", "access$total", "total"),
        ("scala", "$anonfun$total$1", "total"),
        ("scala", "com$shop$Svc$$handle", "handle"),
        ("scala", "bar$1", "bar"),
        ("nodejs", "async Cart.load", "Cart.load"),
        ("nodejs", "Object.<anonymous>", "<anonymous>"),
        ("javascript", "foo/bar<", "foo/bar"),
        ("webjs", "global code", "<anonymous>"),
        ("ruby", "block (2 levels) in Cart#total", "Cart#total"),
        ("ruby", "rescue in total", "total"),
        ("php", "{closure:App\\Cart::total():12}", "App\\Cart::total"),
        ("php", "class@anonymous/in/X1:3$0->go", "class@anonymous->go"),
        ("rust", "shop::cart::total::h0123456789abcdef", "shop::cart::total"),
        ("rust", "shop::main::{{closure}}", "shop::main"),
        ("dotnet", "<Main>d__3.MoveNext", "Main"),
        ("dotnet", "Shop.Program.<Main>d__3.MoveNext", "Shop.Program.Main"),
        ("dotnet", "Shop.Program.<>c__DisplayClass0_0.<Main>b__0", "Shop.Program.Main"),
        ("csharp", "Program.<Main>g__Local|0_0", "Program.Local"),
        ("go", "main.(*Server).Handle.func1", "main.Server.Handle"),
        ("go", "main.main.func1.2", "main.main"),
        ("go", "shop.Map[...].func1", "shop.Map"),
        ("elixir", "anonymous fn/1 in Shop.Cart.total/2", "Shop.Cart.total/2"),
        ("erlang", "-total/2-fun-0-", "total/2"),
        ("swift", "closure #1 in total(x:)", "total(x:)"),
        ("dart", "Cart.total.<anonymous closure>", "Cart.total"),
        ("cpp", "total(int) [clone .cold]", "total(int)"),
        ("cobol", "lambda$main$0", "lambda$main$0"),
        (None, "x", "x"),
    ],
)
def test_generated_names_are_cleaned(language: str | None, name: str, cleaned: str) -> None:
    assert clean_function(name, language) == cleaned


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("com.shop.Cart$1", "com.shop.Cart"),
        ("com.shop.Cart$Item", "com.shop.Cart$Item"),
        ("com.shop.Cart$$EnhancerBySpringCGLIB$$1a2b3c", "com.shop.Cart"),
        ("com.shop.Cart$$Lambda$14", "com.shop.Cart"),
        ("com.shop.Cart$HibernateProxy$aB3x", "com.shop.Cart$HibernateProxy"),
        ("com.sun.proxy.$Proxy12", "com.sun.proxy.$Proxy"),
        ("com.shop.Cart$", "com.shop.Cart"),
    ],
)
def test_generated_classes_are_cleaned(name: str, cleaned: str) -> None:
    assert clean_class(name) == cleaned


@given(st.text(), st.sampled_from(["python", "java", "nodejs", "ruby", "php", "rust", "dotnet", "go", "erlang", "cpp"]))
def test_a_name_is_never_cleaned_away(name: str, language: str) -> None:
    assert bool(clean_function(name, language)) == bool(name)
