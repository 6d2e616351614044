import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest

from tracemedic_processor.redaction import Redactor

REDACTOR = Redactor()
KEY = "AKIA" + "IOSFODNN7" + "EXAMPLE"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"key {KEY} refused", "key [redacted:aws_access_key] refused"),
        ("postgres://app:s3same@db/x is down", "postgres://app:[redacted:password]@db/x is down"),
        ("{'user': 'anna', 'password': 's3same'}", "{'user': 'anna', 'password': '[redacted:password]'}"),
        ('{\\"password\\": \\"s3same\\"}', '{\\"password\\": \\"[redacted:password]\\"}'),
        ("Authorization: Basic YW5uYTpzM3NhbWU=", "Authorization: Basic [redacted:authorization]"),
        ("mail to anna@meadow.org bounced", "mail to [redacted:email] bounced"),
        ("DB_PASSWORD=s3same HOME=/root", "DB_PASSWORD=[redacted:password] HOME=/root"),
        ("mysql -uroot -ps3same shop", "mysql -uroot -p[redacted:password] shop"),
        ("password%3Ds3same%26x", "password%3D[redacted:password]%26x"),
        ("p\u200bassword=s3same", "p\u200bassword=[redacted:password]"),
        (':password=>"s3same"', ':password=>"[redacted:password]"'),
        ("<password>s3same</password>", "<password>[redacted:password]</password>"),
        ("password=\n  s3same1", "password=\n  [redacted:password]"),
        ("Steuer-IdNr. 86 095 742 719 fehlt", "Steuer-IdNr. [redacted:de_tax_id] fehlt"),
        ("taxpayer id of anna is 65929970489", "taxpayer id of anna is [redacted:de_tax_id]"),
        ("密码：s3same1」", "密码：[redacted:password]」"),
    ],
)
def test_only_the_secret_is_replaced(text: str, expected: str):
    assert REDACTOR.redact(text).text == expected


@pytest.mark.parametrize(
    "text",
    [
        "SyntaxError: Unexpected token < in JSON at position 0",
        'FATAL: password authentication failed for user "app"',
        "at verify (auth.py:12)",
        "git@github.com:acme/app.git",
        "commit 4f2d8e1c9b7a6f5e4d3c2b1a0f9e8d7c6b5a4f3e",
        "request 7f1b3c2d-4e5f-4a6b-8c7d-9e0f1a2b3c4d",
        "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        'password = os.environ["X"]',
        "connect(user=user, password=password)",
        "api_key: null, password: [FILTERED], token=${TOKEN}",
        "@scope/pkg@1.2.3 and com.acme.Order@1b6d3586",
        "password_length=12 token_type=bearer max_tokens: 4096",
        "order 86095742719 took 65929970489 ns",
        "tax number format 12 345 678 901",
        "",
        "\ud800 lone surrogate",
    ],
)
def test_innocent_text_stays_the_same_object(text: str):
    result = REDACTOR.redact(text)
    assert result.text is text
    assert result.counts == ()


def test_what_was_found_is_counted_by_kind():
    counts = REDACTOR.redact(f"{KEY} and {KEY}, password=s3same").counts
    assert {count.kind: count.count for count in counts} == {"aws_access_key": 2, "password": 1}


def test_ip_addresses_go_by_choice_only():
    text = "connect to 10.0.0.7 or fe80::1 failed"
    assert REDACTOR.redact(text).text is text
    chosen = Redactor(ip_addresses=True).redact(text).text
    assert chosen == "connect to [redacted:ip_address] or [redacted:ip_address] failed"


def test_extra_patterns_replace_their_group_and_exceptions_keep_a_value():
    redactor = Redactor(extra_patterns={"order_number": r"order (?P<secret>\d+)"}, exceptions=[r".*@example\.com"])
    text = redactor.redact("order 42 of anna@example.com and bob@meadow.org").text
    assert text == "order [redacted:order_number] of anna@example.com and [redacted:email]"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"extra_patterns": {"broken": "("}}, "redaction pattern 'broken' is no regular expression"),
        ({"extra_patterns": {"Not A Name": "x"}}, "redaction kind 'Not A Name'"),
        ({"exceptions": ["["]}, "redaction exception '['"),
    ],
)
def test_a_bad_setting_is_told_in_one_line(settings: dict, message: str):
    with pytest.raises(ValueError, match="redaction") as raised:
        Redactor(**settings)
    assert str(raised.value).startswith(message)
    assert "\n" not in str(raised.value)


def test_an_extra_pattern_that_matches_markers_still_ends():
    redactor = Redactor(extra_patterns={"anything": r"\w+"})
    once = redactor.redact("three little words").text
    assert redactor.redact(once).text == once


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("http.request.header.authorization", "opaque", "[redacted:authorization]"),
        ("http.request.header.cookie", "a=b", "[redacted:cookie]"),
        ("http.request.header.x-api-key", "opaque", "[redacted:api_key]"),
        ("app.db_password", "opaque", "[redacted:password]"),
        ("db.query.text", "SELECT 1 FROM u WHERE name = 'anna'", "SELECT 1 FROM u WHERE name = '[redacted:literal]'"),
        ("process.command_line", "tool --password s3same", "tool --password [redacted:password]"),
        ("url.full", "https://h/?token=a8f3kd92kfj1x&n=1", "https://h/?token=[redacted:token]&n=1"),
        ("user.email", "anna@meadow.org", "[redacted:email]"),
    ],
)
def test_an_attributes_key_is_context(key: str, value: str, expected: str):
    assert REDACTOR.redact_attribute(key, value).text == expected


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("http.request.method", "GET"),
        ("session.id", "a8f3kd92kfj1x"),
        ("gen_ai.usage.input_tokens", "1200"),
        ("code.function.name", "auth.verify_token"),
        ("db.query.text", "SELECT password FROM users WHERE id = $1"),
    ],
)
def test_an_innocent_attribute_stays_the_same_object(key: str, value: str):
    assert REDACTOR.redact_attribute(key, value).text is value


def test_a_private_key_in_a_stack_trace_leaves_its_lines():
    dashes = "-" * 5
    body = "\n".join("MIIE" + "abcdEFGH1234" * 5 for _ in range(4))
    trace = f"ValueError: bad key\n{dashes}BEGIN PRIVATE KEY{dashes}\n{body}\n{dashes}END PRIVATE KEY{dashes}\n  at x"
    result = REDACTOR.redact_stacktrace(trace).text
    assert "MIIE" not in result
    assert result.count("\n") == trace.count("\n")
    assert result.endswith("\n  at x")


def test_threads_share_a_redactor():
    texts = [f"password=s3same{number} tail" for number in range(200)]
    with ThreadPoolExecutor(4) as pool:
        results = [result.text for result in pool.map(REDACTOR.redact, texts)]
    assert results == ["password=[redacted:password] tail"] * 200


def test_a_redactor_goes_to_another_process():
    redactor = pickle.loads(pickle.dumps(Redactor(ip_addresses=True, exceptions=["10.*"])))
    assert redactor.redact("10.0.0.1 11.0.0.1").text == "10.0.0.1 [redacted:ip_address]"


@pytest.mark.parametrize("length", [255, 256, 257, 4000])
def test_a_long_value_goes_as_a_whole(length: int):
    value = ("a1B2c3D4" * 500)[:length]
    assert REDACTOR.redact(f"token={value}&page=2").text == "token=[redacted:token]&page=2"
    assert REDACTOR.redact(f"token%3D{value}%26page").text == "token%3D[redacted:token]%26page"
