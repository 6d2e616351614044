"""PHP: numbered traces of PHP 8.2, Next chains, Laravel's log, and the OpenTelemetry SDK's Java-like form."""

# ruff: noqa: E501 (traces stand here as the runtimes print them)

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracemedic_processor.stacktrace.parse import parse_stacktrace
from tracemedic_processor.stacktrace.php import DIALECT


def tell(text: str) -> list[str]:
    told: list[str] = []
    for exception in DIALECT.parse(text):
        told.append(f"{exception.relation} {exception.type}: {exception.message}")
        told += [
            f"{'*' if frame.in_app else '-'} {frame.module} | {frame.function} | {frame.file}:{frame.line}"
            for frame in exception.frames
        ]
    return told


A_CLOSURE_CALLED_BY_PHP_ITSELF = r"""PHP Fatal error:  Uncaught App\Shop\CartException: no stock for 1
second line in /srv/shop/shop.php:6
Stack trace:
#0 /srv/shop/shop.php(5): App\Shop\Cart->check()
#1 [internal function]: App\Shop\Cart->App\Shop\{closure}()
#2 /srv/shop/shop.php(5): array_map()
#3 /srv/shop/shop.php(14): App\Shop\Cart->add()
#4 {main}
  thrown in /srv/shop/shop.php on line 6
"""


def test_a_closure_called_by_php_itself():
    assert tell(A_CLOSURE_CALLED_BY_PHP_ITSELF) == [
        "reported App\\Shop\\CartException: no stock for 1\nsecond line",
        "* App\\Shop\\Cart | check | /srv/shop/shop.php:6",
        "* App\\Shop\\Cart | {closure} | /srv/shop/shop.php:5",
        "- None | array_map | None:None",
        "* App\\Shop\\Cart | add | /srv/shop/shop.php:5",
        "* shop/shop.php | {main} | /srv/shop/shop.php:14",
    ]


NEXT_CHAINS_PRINT_THE_ROOT_FIRST = r"""PHP Fatal error:  Uncaught App\Shop\CartException: no stock for 1
second line in /srv/shop/shop.php:6
Stack trace:
#0 /srv/shop/shop.php(5): App\Shop\Cart->check()
#1 [internal function]: App\Shop\Cart->App\Shop\{closure}()
#2 /srv/shop/shop.php(5): array_map()
#3 /srv/shop/shop.php(8): App\Shop\Cart->add()
#4 /srv/shop/shop.php(9): App\Shop\Cart->wrap()
#5 /srv/shop/shop.php(17): App\Shop\Cart->wrap2()
#6 {main}

Next LogicException: bad cart in /srv/shop/shop.php:8
Stack trace:
#0 /srv/shop/shop.php(9): App\Shop\Cart->wrap()
#1 /srv/shop/shop.php(17): App\Shop\Cart->wrap2()
#2 {main}

Next DomainException: outer in /srv/shop/shop.php:9
Stack trace:
#0 /srv/shop/shop.php(17): App\Shop\Cart->wrap2()
#1 {main}
  thrown in /srv/shop/shop.php on line 9
"""


def test_next_chains_print_the_root_first():
    assert tell(NEXT_CHAINS_PRINT_THE_ROOT_FIRST) == [
        "reported DomainException: outer",
        "* App\\Shop\\Cart | wrap2 | /srv/shop/shop.php:9",
        "* shop/shop.php | {main} | /srv/shop/shop.php:17",
        "cause LogicException: bad cart",
        "* App\\Shop\\Cart | wrap | /srv/shop/shop.php:8",
        "* App\\Shop\\Cart | wrap2 | /srv/shop/shop.php:9",
        "* shop/shop.php | {main} | /srv/shop/shop.php:17",
        "cause App\\Shop\\CartException: no stock for 1\nsecond line",
        "* App\\Shop\\Cart | check | /srv/shop/shop.php:6",
        "* App\\Shop\\Cart | {closure} | /srv/shop/shop.php:5",
        "- None | array_map | None:None",
        "* App\\Shop\\Cart | add | /srv/shop/shop.php:5",
        "* App\\Shop\\Cart | wrap | /srv/shop/shop.php:8",
        "* App\\Shop\\Cart | wrap2 | /srv/shop/shop.php:9",
        "* shop/shop.php | {main} | /srv/shop/shop.php:17",
    ]


A_FUNCTION_OF_PHP_HAS_THE_PLACE_OF_ITS_CALLER = r"""PHP Fatal error:  Uncaught JsonException: Syntax error in /srv/shop/shop.php:7
Stack trace:
#0 /srv/shop/shop.php(7): json_decode()
#1 /srv/shop/shop.php(15): App\Shop\Cart::load()
#2 {main}
  thrown in /srv/shop/shop.php on line 7
"""


def test_a_function_of_php_has_the_place_of_its_caller():
    assert tell(A_FUNCTION_OF_PHP_HAS_THE_PLACE_OF_ITS_CALLER) == [
        "reported JsonException: Syntax error",
        "- shop/shop.php | json_decode | /srv/shop/shop.php:7",
        "* App\\Shop\\Cart | load | /srv/shop/shop.php:7",
        "* shop/shop.php | {main} | /srv/shop/shop.php:15",
    ]


A_MESSAGE_WITH_THE_WORD_IN = """\
PHP Fatal error:  Uncaught Exception: Failed to parse time string (garbage) at position 0 (g): The timezone could not be found in the database in /srv/shop/shop.php:22
Stack trace:
#0 /srv/shop/shop.php(22): DateTime->__construct()
#1 {main}
  thrown in /srv/shop/shop.php on line 22
"""


def test_a_message_with_the_word_in():
    assert tell(A_MESSAGE_WITH_THE_WORD_IN) == [
        "reported Exception: Failed to parse time string (garbage) at position 0 (g): The timezone could not be found in the database",
        "- DateTime | __construct | /srv/shop/shop.php:22",
        "* shop/shop.php | {main} | /srv/shop/shop.php:22",
    ]


A_TYPE_ERROR_SAYS_WHERE_IT_WAS_CALLED = r"""PHP Fatal error:  Uncaught TypeError: App\Shop\Cart::add(): Argument #1 ($item) must be of type string, null given, called in /srv/shop/shop.php on line 19 and defined in /srv/shop/shop.php:5
Stack trace:
#0 /srv/shop/shop.php(19): App\Shop\Cart->add()
#1 {main}
  thrown in /srv/shop/shop.php on line 5
"""


def test_a_type_error_says_where_it_was_called():
    assert tell(A_TYPE_ERROR_SAYS_WHERE_IT_WAS_CALLED) == [
        "reported TypeError: App\\Shop\\Cart::add(): Argument #1 ($item) must be of type string, null given, called in /srv/shop/shop.php on line 19",
        "* App\\Shop\\Cart | add | /srv/shop/shop.php:5",
        "* shop/shop.php | {main} | /srv/shop/shop.php:19",
    ]


AN_ANONYMOUS_CLASS = """\
PHP Fatal error:  Uncaught Exception: anon in /srv/shop/shop.php:20
Stack trace:
#0 /srv/shop/shop.php(20): class@anonymous->go()
#1 {main}
  thrown in /srv/shop/shop.php on line 20
"""


def test_an_anonymous_class():
    assert tell(AN_ANONYMOUS_CLASS) == [
        "reported Exception: anon",
        "* class@anonymous | go | /srv/shop/shop.php:20",
        "* shop/shop.php | {main} | /srv/shop/shop.php:20",
    ]


A_TRACE_WITHOUT_ITS_HEADER = r"""#0 /srv/shop/shop.php(25): App\Shop\Cart->wrap()
#1 {main}
"""


def test_a_trace_without_its_header():
    assert tell(A_TRACE_WITHOUT_ITS_HEADER) == [
        "reported : ",
        "* App\\Shop\\Cart | wrap | None:None",
        "* shop/shop.php | {main} | /srv/shop/shop.php:25",
    ]


PHP_5_WORDING = """\
PHP Fatal error:  Uncaught exception 'Exception' with message 'boom' in /app/a.php:3
Stack trace:
#0 /app/b.php(9): foo('a (b)')
#1 {main}
  thrown in /app/a.php on line 3
"""


def test_php_5_wording():
    assert tell(PHP_5_WORDING) == [
        "reported Exception: boom",
        "* a.php | foo | /app/a.php:3",
        "* b.php | {main} | /app/b.php:9",
    ]


LARAVEL_PRINTS_THE_REPORTED_ONE_FIRST = r"""[2024-01-01 00:00:00] production.ERROR: bad cart {"userId":1,"exception":"[object] (App\\Shop\\CartException(code: 0): bad cart at /var/www/html/app/Cart.php:12)
[stacktrace]
#0 /var/www/html/vendor/laravel/framework/src/Illuminate/Routing/Controller.php(54): App\\Http\\Controllers\\CartController->add(Object(Request))
#1 {main}

[previous exception] [object] (PDOException(code: 23000): dup at /var/www/html/app/Repo.php:7)
[stacktrace]
#0 /var/www/html/app/Repo.php(7): PDOStatement->execute()
#1 {main}
"}
"""


def test_laravel_prints_the_reported_one_first():
    assert tell(LARAVEL_PRINTS_THE_REPORTED_ONE_FIRST) == [
        "reported App\\Shop\\CartException: bad cart",
        "* App\\Http\\Controllers\\CartController | add | /var/www/html/app/Cart.php:12",
        "- Illuminate/Routing/Controller.php | {main} | /var/www/html/vendor/laravel/framework/src/Illuminate/Routing/Controller.php:54",
        "cause PDOException: dup",
        "- PDOStatement | execute | /var/www/html/app/Repo.php:7",
        "* app/Repo.php | {main} | /var/www/html/app/Repo.php:7",
    ]


THE_OPENTELEMETRY_SDK_IMITATES_JAVA = """\
LogicException: bad cart
	at App.Shop.Cart.wrap(Cart.php:8)
	at {main}(index.php:16)
Caused by: App.Shop.CartException: no stock
	at PDO.query(Cart.php:5)
	at App.Shop.Cart.{closure:App.Shop.Cart::add():5}(Cart.php:5)
	at array_map(Unknown Source)
	at Illuminate.Support.Collection.map(Collection.php:7)
	at App.Shop.Cart.App.Shop.{closure}(Cart.php:9)
	... 2 more
"""


def test_the_opentelemetry_sdk_imitates_java():
    assert tell(THE_OPENTELEMETRY_SDK_IMITATES_JAVA) == [
        "reported LogicException: bad cart",
        "* App\\Shop\\Cart | wrap | Cart.php:8",
        "* index.php | {main} | index.php:16",
        "cause App\\Shop\\CartException: no stock",
        "- PDO | query | Cart.php:5",
        "* App\\Shop\\Cart | add | Cart.php:5",
        "- None | array_map | None:None",
        "- Illuminate\\Support\\Collection | map | Collection.php:7",
        "* App\\Shop\\Cart\\App\\Shop | {closure} | Cart.php:9",
        "* App\\Shop\\Cart | wrap | Cart.php:8",
        "* index.php | {main} | index.php:16",
    ]


SAMPLES = (
    A_CLOSURE_CALLED_BY_PHP_ITSELF,
    NEXT_CHAINS_PRINT_THE_ROOT_FIRST,
    A_FUNCTION_OF_PHP_HAS_THE_PLACE_OF_ITS_CALLER,
    A_MESSAGE_WITH_THE_WORD_IN,
    A_TYPE_ERROR_SAYS_WHERE_IT_WAS_CALLED,
    AN_ANONYMOUS_CLASS,
    A_TRACE_WITHOUT_ITS_HEADER,
    PHP_5_WORDING,
    LARAVEL_PRINTS_THE_REPORTED_ONE_FIRST,
    THE_OPENTELEMETRY_SDK_IMITATES_JAVA,
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
def test_text_cut_at_its_end_yields_frames_that_are_whole(sample: str, data: st.DataObject):
    lines = sample.splitlines()
    cut = "\n".join([*lines[: data.draw(st.integers(0, len(lines)))], "[... cut ...]"])
    whole = {(frame.function, frame.line) for exception in DIALECT.parse(sample) for frame in exception.frames}
    assert {(f.function, f.line) for exception in DIALECT.parse(cut) for f in exception.frames} <= whole | ALSO_WHOLE


ALSO_WHOLE: set[tuple[str, int | None]] = set()


@pytest.mark.parametrize(
    ("call", "module", "function"),
    [
        ("App\\Cart->add(Object(App\\Item), Array)", "App\\Cart", "add"),
        ("App\\Cart::load('a(b)')", "App\\Cart", "load"),
        ("App\\helper()", "App", "helper"),
        ("App\\Cart->App\\{closure}(1)", "App\\Cart", "{closure}"),
        ("App\\{closure}()", "App", "{closure}"),
        ("App\\Cart->{closure:App\\Cart::add():5}(1)", "App\\Cart", "add"),
        ("App\\Base@anonymous\0/srv/a.php:3$0->go()", "App\\Base@anonymous", "go"),
    ],
)
def test_class_and_function_as_they_were_written(call: str, module: str, function: str):
    [exception] = DIALECT.parse(f"E: x in /srv/a.php:1\n#0 /srv/b.php(2): {call}\n#1 {{main}}")
    assert (exception.frames[0].module, exception.frames[0].function) == (module, function)


@pytest.mark.parametrize("file", ["/srv/shop/vendor/acme/lib/a.php", "phar:///bin/composer/src/a.php"])
def test_libraries_are_no_application(file: str):
    [exception] = DIALECT.parse(f"E: x in {file}:1\n#0 /srv/b.php(2): Acme\\Lib->go()\n#1 {{main}}")
    assert [frame.in_app for frame in exception.frames] == [False, True]


A_CHAIN_OF_THE_SDK_WITH_SHARED_FRAMES = """\
Doctrine.DBAL.Exception.TableNotFoundException: no table
\tat Doctrine.DBAL.Connection.executeQuery(Connection.php:1099)
\tat Shop.Books.find(tuning.php:48)
\tat {main}(raise.php:156)
Caused by: PDOException: no table
\tat PDO.query(Connection.php:70)
\t... 2 more
"""


def test_the_sdks_chain_is_no_java_though_it_shares_frames_like_it():
    assert parse_stacktrace(A_CHAIN_OF_THE_SDK_WITH_SHARED_FRAMES).language == "php"


@pytest.mark.parametrize(
    ("call", "line", "in_app"),
    [
        ("DirectoryIterator.__construct", 98, False),
        ("Random.Randomizer.getInt", 98, False),
        ("some_extension_call", 98, False),
        ("Shop.Files.{closure}", 98, True),
        ("Shop.Files.read", 98, True),
        ("Shop.Files.open", 12, True),
    ],
)
def test_a_call_told_at_the_place_of_its_caller_is_phps_own(call: str, line: int, in_app: bool):
    text = f"E: x\n\tat {call}(a.php:{line})\n\tat Shop.Files.read(a.php:98)\n\tat {{main}}(b.php:1)\n"
    assert DIALECT.parse(text)[0].frames[0].in_app is in_app
