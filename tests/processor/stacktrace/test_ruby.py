"""Ruby: full_message in both orders, plain backtraces, labels before and since 3.4; made with Ruby 3.1 where old."""

# ruff: noqa: E501 (traces stand here as the runtimes print them)

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracemedic_processor.stacktrace.parse import parse_stacktrace
from tracemedic_processor.stacktrace.ruby import DIALECT


def tell(text: str) -> list[str]:
    told: list[str] = []
    for exception in DIALECT.parse(text):
        told.append(f"{exception.relation} {exception.type}: {exception.message}")
        told += [
            f"{'*' if frame.in_app else '-'} {frame.module} | {frame.function} | {frame.file}:{frame.line}"
            for frame in exception.frames
        ]
    return told


AN_UNCAUGHT_ERROR_WITH_A_BLOCK_AND_A_METHOD_IN_C = """\
shop.rb:10:in `check': no stock for 1 (Shop::CartError)
	from shop.rb:6:in `block in add'
	from shop.rb:6:in `each'
	from shop.rb:6:in `add'
	from shop.rb:29:in `<main>'
"""


def test_an_uncaught_error_with_a_block_and_a_method_in_c():
    assert tell(AN_UNCAUGHT_ERROR_WITH_A_BLOCK_AND_A_METHOD_IN_C) == [
        "reported Shop::CartError: no stock for 1",
        "* shop.rb | check | shop.rb:10",
        "* shop.rb | add | shop.rb:6",
        "- shop.rb | each | shop.rb:6",
        "* shop.rb | add | shop.rb:6",
        "* shop.rb | <main> | shop.rb:29",
    ]


A_CAUSE_FOLLOWS_AND_A_MESSAGE_HAS_LINES = """\
shop.rb:18:in `rescue in wrap': bad cart (ArgumentError)
second line
	from shop.rb:15:in `wrap'
	from shop.rb:31:in `<main>'
shop.rb:10:in `check': no stock for 1 (Shop::CartError)
	from shop.rb:6:in `block in add'
	from shop.rb:6:in `each'
	from shop.rb:6:in `add'
	from shop.rb:16:in `wrap'
	from shop.rb:31:in `<main>'
"""


def test_a_cause_follows_and_a_message_has_lines():
    assert tell(A_CAUSE_FOLLOWS_AND_A_MESSAGE_HAS_LINES) == [
        "reported ArgumentError: bad cart\nsecond line",
        "* shop.rb | wrap | shop.rb:18",
        "* shop.rb | wrap | shop.rb:15",
        "* shop.rb | <main> | shop.rb:31",
        "cause Shop::CartError: no stock for 1",
        "* shop.rb | check | shop.rb:10",
        "* shop.rb | add | shop.rb:6",
        "- shop.rb | each | shop.rb:6",
        "* shop.rb | add | shop.rb:6",
        "* shop.rb | wrap | shop.rb:16",
        "* shop.rb | <main> | shop.rb:31",
    ]


BOTTOM_ORDER_IS_TURNED_ROUND = """\
Traceback (most recent call last):
	5: from shop.rb:35:in `<main>'
	4: from shop.rb:16:in `wrap'
	3: from shop.rb:6:in `add'
	2: from shop.rb:6:in `each'
	1: from shop.rb:6:in `block in add'
shop.rb:10:in `check': no stock for 1 (Shop::CartError)
	2: from shop.rb:35:in `<main>'
	1: from shop.rb:15:in `wrap'
shop.rb:18:in `rescue in wrap': bad cart (ArgumentError)
second line
"""


def test_bottom_order_is_turned_round():
    assert tell(BOTTOM_ORDER_IS_TURNED_ROUND) == [
        "reported ArgumentError: bad cart\nsecond line",
        "* shop.rb | wrap | shop.rb:18",
        "* shop.rb | wrap | shop.rb:15",
        "* shop.rb | <main> | shop.rb:35",
        "cause Shop::CartError: no stock for 1",
        "* shop.rb | check | shop.rb:10",
        "* shop.rb | add | shop.rb:6",
        "- shop.rb | each | shop.rb:6",
        "* shop.rb | add | shop.rb:6",
        "* shop.rb | wrap | shop.rb:16",
        "* shop.rb | <main> | shop.rb:35",
    ]


STANDARD_LIBRARY_IS_NO_APPLICATION = """\
/usr/lib/ruby/3.1.0/json/common.rb:216:in `parse': 859: unexpected token at '{' (JSON::ParserError)
	from /usr/lib/ruby/3.1.0/json/common.rb:216:in `parse'
	from shop.rb:13:in `load'
	from shop.rb:30:in `<main>'
"""


def test_standard_library_is_no_application():
    assert tell(STANDARD_LIBRARY_IS_NO_APPLICATION) == [
        "reported JSON::ParserError: 859: unexpected token at '{'",
        "- json/common.rb | parse | /usr/lib/ruby/3.1.0/json/common.rb:216",
        "- json/common.rb | parse | /usr/lib/ruby/3.1.0/json/common.rb:216",
        "* shop.rb | load | shop.rb:13",
        "* shop.rb | <main> | shop.rb:30",
    ]


THE_HIGHLIGHTED_SOURCE_LINE_IS_CODE_NOT_MESSAGE = """\
shop.rb:20:in `nope': undefined method `foo' for nil:NilClass (NoMethodError)

    def nope = nil.foo
                  ^^^^
	from shop.rb:32:in `<main>'
"""


def test_the_highlighted_source_line_is_code_not_message():
    assert tell(THE_HIGHLIGHTED_SOURCE_LINE_IS_CODE_NOT_MESSAGE) == [
        "reported NoMethodError: undefined method `foo' for nil:NilClass",
        "* shop.rb | nope | shop.rb:20",
        "* shop.rb | <main> | shop.rb:32",
    ]


A_PLAIN_BACKTRACE = """\
shop.rb:18:in `rescue in wrap'
shop.rb:15:in `wrap'
shop.rb:36:in `<main>'
--
#<ArgumentError: bad cart
second line>
"""


def test_a_plain_backtrace():
    assert tell(A_PLAIN_BACKTRACE) == [
        "reported : ",
        "* shop.rb | wrap | shop.rb:18",
        "* shop.rb | wrap | shop.rb:15",
        "* shop.rb | <main> | shop.rb:36",
    ]


LABELS_SINCE_3_4 = """\
/srv/shop/app/models/cart.rb:10:in 'Integer#/': divided by 0 (ZeroDivisionError)
	from /srv/shop/app/models/cart.rb:10:in 'block in Shop::Cart#add'
	from /srv/shop/app/models/cart.rb:9:in 'Array#each'
	from /srv/shop/app/models/cart.rb:9:in 'Shop::Cart#add'
	from /srv/shop/app/models/cart.rb:20:in 'Shop::Cart.load'
	from /usr/local/bundle/ruby/3.4.0/gems/actionpack-8.0.1/lib/action_controller/metal/basic_implicit_render.rb:8:in 'ActionController::BasicImplicitRender#send_action'
	from <internal:kernel>:168:in 'Kernel#loop'
	from bin/rails:4:in '<main>'
"""


def test_labels_since_3_4():
    assert tell(LABELS_SINCE_3_4) == [
        "reported ZeroDivisionError: divided by 0",
        "- Integer | / | /srv/shop/app/models/cart.rb:10",
        "* Shop::Cart | add | /srv/shop/app/models/cart.rb:10",
        "- Array | each | /srv/shop/app/models/cart.rb:9",
        "* Shop::Cart | add | /srv/shop/app/models/cart.rb:9",
        "* Shop::Cart | load | /srv/shop/app/models/cart.rb:20",
        "- ActionController::BasicImplicitRender | send_action | /usr/local/bundle/ruby/3.4.0/gems/actionpack-8.0.1/lib/action_controller/metal/basic_implicit_render.rb:8",
        "- Kernel | loop | <internal:kernel>:168",
        "* bin/rails | <main> | bin/rails:4",
    ]


RAILS_LOG = """\
F, [2024-01-01T00:00:00.000000 #1] FATAL -- : [abc]
[abc] ActiveRecord::RecordNotFound (Couldn't find Cart with 'id'=7):
app/models/cart.rb:33:in `find_it'
app/controllers/carts_controller.rb:12:in `show'
"""


def test_rails_log():
    assert tell(RAILS_LOG) == [
        "reported ActiveRecord::RecordNotFound: Couldn't find Cart with 'id'=7",
        "* app/models/cart.rb | find_it | app/models/cart.rb:33",
        "* app/controllers/carts_controller.rb | show | app/controllers/carts_controller.rb:12",
    ]


SAMPLES = (
    AN_UNCAUGHT_ERROR_WITH_A_BLOCK_AND_A_METHOD_IN_C,
    A_CAUSE_FOLLOWS_AND_A_MESSAGE_HAS_LINES,
    BOTTOM_ORDER_IS_TURNED_ROUND,
    STANDARD_LIBRARY_IS_NO_APPLICATION,
    THE_HIGHLIGHTED_SOURCE_LINE_IS_CODE_NOT_MESSAGE,
    A_PLAIN_BACKTRACE,
    LABELS_SINCE_3_4,
    RAILS_LOG,
)
LINES = sorted({line for sample in SAMPLES for line in sample.splitlines()})


@pytest.mark.parametrize("sample", SAMPLES)
def test_its_own_traces_are_recognised(sample: str):
    assert DIALECT.recognise(sample) > 0.8


@settings(deadline=None)
@given(st.text() | st.lists(st.sampled_from(LINES) | st.text(max_size=20), max_size=30).map("\n".join))
def test_no_text_raises_and_every_frame_has_a_function(text: str):
    assert 0 <= DIALECT.recognise(text) <= 1
    assert all(frame.function for exception in DIALECT.parse(text) for frame in exception.frames)


@settings(deadline=None)
@given(st.sampled_from(SAMPLES), st.data())
def test_text_cut_in_the_middle_yields_frames_that_are_whole(sample: str, data: st.DataObject):
    lines = sample.splitlines()
    start = data.draw(st.integers(0, len(lines)))
    end = data.draw(st.integers(start, len(lines)))
    cut = "\n".join([*lines[:start], "[... cut ...]", *lines[end:]])
    whole = {(frame.function, frame.line) for exception in DIALECT.parse(sample) for frame in exception.frames}
    assert {(f.function, f.line) for exception in DIALECT.parse(cut) for f in exception.frames} <= whole | ALSO_WHOLE


# Where a caller was cut away, a method in C cannot be told; functions and lines stay the same all the same.
ALSO_WHOLE: set[tuple[str, int | None]] = set()


def test_the_highlighted_source_line_is_kept_as_code():
    [exception] = DIALECT.parse(THE_HIGHLIGHTED_SOURCE_LINE_IS_CODE_NOT_MESSAGE)
    assert exception.frames[0].code == "def nope = nil.foo"


@pytest.mark.parametrize(
    ("file", "module", "in_app"),
    [
        ("/srv/shop/releases/20240101/app/models/cart.rb", "app/models/cart.rb", True),
        ("/usr/local/bundle/gems/rack-3.0.8/lib/rack/head.rb", "rack/rack/head.rb", False),
        ("vendor/bundle/ruby/3.2.0/gems/pg-1.5.4/lib/pg.rb", "pg/pg.rb", False),
        ("/usr/lib/ruby/3.1.0/net/http.rb", "net/http.rb", False),
        ("<internal:kernel>", "<internal:kernel>", False),
        ("lib/shop/cart.rb", "lib/shop/cart.rb", True),
    ],
)
def test_module_is_stable_and_gems_are_no_application(file: str, module: str, in_app: bool):
    [exception] = DIALECT.parse(f"{file}:3:in `run'")
    assert [(frame.module, frame.in_app) for frame in exception.frames] == [(module, in_app)]


def test_a_method_in_c_called_by_an_own_method_of_that_name_leaves_the_own_one():
    text = "a.rb:7:in `read': no file (Errno::ENOENT)\n\tfrom a.rb:7:in `read'\n\tfrom b.rb:2:in `run'\n"
    (exception,) = parse_stacktrace(text).chain
    assert [(frame.function, frame.in_app) for frame in exception.frames] == [("read", True), ("run", True)]
