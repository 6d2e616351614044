import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.quality.grouping import measure, pairs
from tracemedic_processor.fingerprint import compute_fingerprint, normalise
from tracemedic_processor.fingerprint.v1.classes import CLASSES
from tracemedic_processor.fingerprint.v1.normalise import READ_CHARS_MAX

REPLACED = {
    "url": ("see https://a.example.com/x?y=1.", "see <URL>."),
    "jdbc": ("to jdbc:postgresql://db:5432/shop", "to <URL>"),
    "email": ("mail to alice.b+c@mail.example.com bounced", "mail to <EMAIL> bounced"),
    "arn": ("on arn:aws:iam::123456789012:role/deploy", "on <ARN>"),
    "traceparent": ("in 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "in <TRACE>"),
    "aws trace": ("in Root=1-5f84c7a1-aabbccddeeff001122334455", "in <TRACE>"),
    "uuid in braces": ("{123e4567-e89b-12d3-a456-426614174000} gone", "<UUID> gone"),
    "uuid urn": ("urn:uuid:123e4567-e89b-12d3-a456-426614174000 gone", "<UUID> gone"),
    "uuid": ("123e4567-e89b-12d3-a456-426614174000 gone", "<UUID> gone"),
    "token": ("bad eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcDEF", "bad <TOKEN>"),
    "masked token": ("key sk-abc****xyz", "key <TOKEN>"),
    "erlang process": ("in #PID<0.123.0>", "in #PID<ID>"),
    "escaped byte": (r"byte \xe2\x82", r"byte \x<HEX>"),
    "telephone": ("call +49 30 1234567", "call <PHONE>"),
    "dimensions": ("shape 32x784", "shape <DIM>"),
    "python date": ("at datetime.datetime(2024, 1, 2, tzinfo=tz(1))", "at <TIME>"),
    "rfc 3339": ("at 2024-01-15T10:22:33.123456+01:00 sharp", "at <TIME> sharp"),
    "iso date": ("on 2024-01-15", "on <TIME>"),
    "basic": ("on 20240115T102233Z", "on <TIME>"),
    "rfc 822": ("at Mon, 15 Jan 2024 10:00:00 GMT", "at <TIME>"),
    "ctime": ("at Mon Jan  5 10:00:00 2024", "at <TIME>"),
    "javascript": ("at Mon Jan 15 2024 10:00:00 GMT+0100 (Central European Standard Time)", "at <TIME>"),
    "apache": ("[15/Jan/2024:10:00:00 +0000]", "[<TIME>]"),
    "us": ("on 1/15/2024, 3:04 PM", "on <TIME>"),
    "german": ("am 15.01.2024 10:00", "am <TIME>"),
    "month name": ("on January 15, 2024", "on <TIME>"),
    "clock": ("at 10:22:33,123", "at <TIME>"),
    "python timedelta": ("took 1 day, 2:03:04", "took <TIME>"),
    "iso duration": ("after PT1H30M", "after <DURATION>"),
    "go duration": ("after 1h2m3.5s", "after <DURATION>"),
    "duration": ("after 1.5 ms", "after <DURATION>"),
    "size": ("of 20.00 MiB", "of <SIZE>"),
    "mac": ("card 00:1A:2B:3C:4D:5E", "card <MAC>"),
    "ipv4": ("to 10.0.0.5:5432 now", "to <HOST> now"),
    "ipv6": ("to [2001:db8::1]:443 now", "to <HOST> now"),
    "host": ("to api.example.com:443 now", "to <HOST> now"),
    "host and port": ("to mongo-0.mongo:27017 now", "to <HOST> now"),
    "hexadecimal": ("<Foo object at 0x7f3a1c2b9d30>", "<Foo object at <HEX>>"),
    "object address": ("com.acme.Job@1b2c3d4e", "com.acme.Job@<ADDR>"),
    "request id in groups": ("ID ABCD:1A2B:3C4D5E:6F7A8B:65A1B2C3", "ID <ID>"),
    "certificate bytes": ("serial 03:a1:b2:c3:d4:e5:f6:07:18:29:3a:4b", "serial <HASH>"),
    "base64": ("signature 3q2+7wAAAbCdEfGhIjKlMn0PqRsTuVwXyZ01234567==", "signature <ID>"),
    "kubernetes pod": ("pod web-7d9f8b6c5-x2x4z died", "pod web-<ID>-<ID> died"),
    "kubernetes daemon": ("agent fluentd-x7k2p died", "agent fluentd-<ID> died"),
    "prefixed id": ("for cus_NffrFeUfNV2Hib", "for cus_<ID>"),
    "ulid": ("job 01ARZ3NDEKTSV4RRFFQ69G5FAV", "job <ID>"),
    "temporary name": ("dir tmpab12cd34", "dir tmp<ID>"),
    "random token": ("key 8fKzQ2mNpL4x", "key <ID>"),
    "git sha": ("at 3f2a9bc", "at <ID>"),
    "sha-1": ("at 3f4e5d6c7b8a90112233445566778899aabbccdd", "at <HASH>"),
    "number in a name": ("application_1700000000000_0012", "application_<NUM>_<NUM>"),
    "random letters": ("state AbCdEfGhIjKlMnOpQrStUvWx", "state <ID>"),
    "negative": ("got -5", "got <NUM>"),
    "decimal": ("got 3.14", "got <NUM>"),
    "exponent": ("got 1.5e-07", "got <NUM>"),
    "thousands": ("got 1,234,567", "got <NUM>"),
    "temporary path": ("open /tmp/build-a8/x.js", "open <PATH>"),
    "home": ("open /home/alice/app/config.yaml", "open /home/<USER>/app/config.yaml"),
    "path with an id": ("open /data/uploads/8812/photo.png", "open /data/uploads/<NUM>/photo.png"),
    "json": ('bad payload {"id": 1, "tags": ["a", {"b": 2}]} here', "bad payload <JSON> here"),
    "list": ("items [1, 2, 3]", "items [<LIST>]"),
    "quoted value": ("User 'alice' does not exist", "User '<VALUE>' does not exist"),
    "redaction's marker": ("[redacted:aws_access_key] in auth.py", "<VALUE> in auth.py"),
    "redaction's marker in an address": ("to postgres://shop:[redacted:password]@db.example.com:5432/x", "to <URL>"),
    "prefixed id of letters and digits": ("only 2 of ord_52ffc805494358 left", "only <NUM> of ord_<ID> left"),
    "prefixed id of digits": ("only 2 of ord_48414203535851 left", "only <NUM> of ord_<ID> left"),
    "prefixed id of letters": ("only 2 of ord_abcdefabcdefab left", "only <NUM> of ord_<ID> left"),
    "prefixed number": ("step job-48414203535851", "step job-<NUM>"),
    "excerpt of a statement": (
        "ERROR:  relation \"x\" does not exist\nLINE 1: SELECT 'x40213'\n                ^",
        'ERROR:  relation "x" does not exist',
    ),
    "excerpt of a file": (
        "TOML parse error at line 1, column 13\n  |\n1 | port = 40213x\n  |             ^\nexpected newline, `#`\n",
        "TOML parse error at line <NUM>, column <NUM>\nexpected newline, `#`\n",
    ),
    "excerpt of a regular expression": (
        "regex parse error:\n    (x4\n    ^\nerror: unclosed group",
        "regex parse error:\nerror: unclosed group",
    ),
    "sides of an assertion": ('failed\n  left: "a"\n right: 2', "failed\n  left: <VALUE>\n right: <NUM>"),
    "refused address": (
        "'10.0.402.1' does not appear to be an IPv4 or IPv6 address",
        "'<VALUE>' does not appear to be an IPv4 or IPv6 address",
    ),
    "numbered word": ("cannot read 'order40213'", "cannot read '<VALUE>'"),
    "go's address": (
        "dial tcp: address x40213: missing port in address",
        "dial tcp: address <VALUE>: missing port in address",
    ),
    "assigned value": ("user=alice failed", "user=<VALUE> failed"),
    "named": ("Unknown user: alice", "Unknown user: <VALUE>"),
    "script without spaces": ("用户123不存在", "用户<NUM>不存在"),
}

KEPT = [
    "while executing a query: SQLSTATE[42P01]: Undefined table",
    "codec 'iso88591' is not known",
    "unknown constraint 'PGRST00116'",
    "HTTP 404",
    "HTTP/2 and HTTP/1.1",
    "Request failed with status code 500",
    "404 Client Error: Not Found",
    "upstream answered 502",
    "14 UNAVAILABLE: no connection",
    "(406) PRECONDITION_FAILED - no",
    "SQLSTATE[42P01]: undefined table",
    "SQLSTATE[HY000] [2002] refused",
    "ERROR 1045 (28000): Access denied",
    "(1054, 'Unknown column')",
    "[Errno 111] refused",
    "[WinError 10061] refused",
    "(os error 2)",
    "ORA-00942: no table",
    "E1001 failed",
    "PGRST116: none",
    "HRESULT 0x80070005",
    "exit status 137",
    "killed by signal 9",
    "MCP error -32601",
    "utf-8, IPv4, SHA256, SHA-256, Base64, latin-1",
    "requires Python 3.11",
    "class file version 61.0",
    "TLSv1.2 and TLS 1.3",
    "lodash@4.17.21",
    "model gpt-4 and claude-3-5-sonnet-20241022",
    "'user_id'",
    "column \"emial\" does not exist",
    "No module named 'yaml'",
    "'NoneType' object has no attribute 'split'",
    "Cannot read properties of undefined (reading 'map')",
    "java.lang.IllegalStateException in com.acme.Foo",
    "missing setting 'mail.host'",
    "Expecting ',' delimiter",
    "don't and can't",
    "/app/config/settings.yaml missing",
    "connect /tmp/mysql.sock",
    "エラーコード404",
]  # fmt: skip


@pytest.mark.parametrize(("message", "expected"), REPLACED.values(), ids=REPLACED.keys())
def test_a_variable_part_is_replaced_by_its_placeholder(message: str, expected: str):
    assert normalise(message) == expected


def test_every_class_has_a_test_row():
    names = {row.name for row in CLASSES} - {"date and time", "period"}
    assert names <= set(REPLACED)


@pytest.mark.parametrize("message", KEPT)
def test_what_is_the_meaning_stays(message: str):
    assert normalise(message) == message


@pytest.mark.parametrize("pair", [pair for pair in pairs("tuning") if pair.is_right], ids=lambda pair: pair.library)
def test_normalising_a_real_message_twice_changes_nothing(pair):
    assert normalise(normalise(pair.a)) == normalise(pair.a)


FRAGMENTS = st.sampled_from(
    [example for example, _ in REPLACED.values()]
    + KEPT
    + list("'\"`[](){}<>=:;,.|/\\@#-+%&* \n\t«»„“「」éß用")
    + [
        "0x",
        " 1",
        "12",
        " -1",
        "e5",
        "user ",
        "user=",
        " id: ",
        "KeyError",
        "<NUM>",
        "<UUID>",
        "<VALUE>",
        "HTTP ",
        "code ",
    ]
    + [
        " , ",
        "v1.",
        "IN (",
        "tmp",
        "PT1",
        "Jan ",
        "2024-",
        "::",
        ".com",
        "T10",
        "not found",
        " already",
        "Unknown host: ",
    ]
)
NASTY = st.lists(FRAGMENTS | st.text(max_size=3), max_size=12).map("".join)


@given(NASTY | NASTY.map(lambda text: text.replace(" ", "")))
def test_normalising_twice_changes_nothing(message: str):
    once = normalise(message)
    assert normalise(once) == once


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_any_text_whatever_has_a_key(message: str):
    assert re.fullmatch(r"[0-9a-f]{64}", compute_fingerprint(message, message, message))


@given(
    st.sampled_from([" ", "1 ", "ab ", "a", "1", "{", "user x "]), st.integers(READ_CHARS_MAX - 5, READ_CHARS_MAX * 3)
)
def test_long_texts_are_read_in_part_and_stay_idempotent(unit: str, length: int):
    once = normalise(unit * length)
    assert len(once) <= READ_CHARS_MAX
    assert normalise(once) == once


# fmt: off
HOSTILE = [
    *"1a\"'{[(:</=@-\\é«\n",
    "a1", "{\"", ": ", "1:", "a.", "1.", "/a", "a/", "a=", "a@", "1-", "0x", "(1, ", "eyJ", "tmp", "::", "**", "\\x",
    "+1 ", "x1", "1x", "  ", "=(", "://a", "arn:aws:", "user ", "12 ", "Jan 1 ", "Duplicate entry '", "[parameters: ",
    "lookup a", "dup key: {", "input_value=", "C:\\", "user a", "<NUM>", "<NUM>, ", "Failing row contains (", "1,",
    "a-1.", ".csv1",
]
# fmt: on


@pytest.mark.parametrize("unit", HOSTILE)
def test_a_megabyte_of_hostile_text_is_bounded_work(unit: str):
    assert len(normalise(unit * (1_000_000 // max(1, len(unit))))) <= READ_CHARS_MAX


def test_the_tuning_half_reaches_its_targets():
    figures = measure("tuning")
    assert figures["tuning: variable pairs joined"] >= 0.97
    assert figures["tuning: meaning pairs kept apart"] >= 0.97
