"""Large and hostile texts: the same result by less work, and work that grows with the text only."""

import random
import re
from re import _parser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.processor.redaction.test_laws import EXAMPLES
from tracemedic_processor.redaction import Redactor, rules
from tracemedic_processor.redaction.finder import LARGE_CHARACTERS
from tracemedic_processor.redaction.heads import HEAD_CHARACTERS_MAX, head
from tracemedic_processor.redaction.hits import Hits, Scan
from tracemedic_processor.redaction.near import EDGE_CHARACTERS, NEAR_CHARACTERS, found_in, regions
from tracemedic_processor.redaction.places import matches
from tracemedic_processor.redaction.rule import Span
from tracemedic_processor.redaction.scan import AnchorScan

ALL_RULES = rules.RULES + rules.IP_RULES
REDACTOR = Redactor(ip_addresses=True)
SHORT = [example.text for example in EXAMPLES if len(example.text) < 300]
SECRET = "hunter" + "2x9"
# fmt: off
HOSTILE = [
    "sig=", "sig1=", "token:=", "token=>", "token: ", "key[key[key=", "password=", "password = \"a",
    "\"password\": \"", "token='", "passwordpassword", "\\", "\\\"", "'\\", "\\u", "\\x4", "%25", "%2525", "%3D",
    "&quot;", "\u200b", "\uff1d", "Credential=AAAAAAAAAAAAAAAA/20200101/", "PuTTY-User-Key-File-2",
    "-----BEGIN PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----\n" + "A" * 40 + "\n", "-----END PRIVATE KEY-----",
    "eyJ", "eyJaaaaaaaa.", "AKIA", "cookie: a=", "cookie:((", "Authorization: Bearer ", "authorization:[[",
    "bearer  ", "://", "://a:", "://a:b@c:", "a:a:", "a@b.", ":a@b:", "-----", "-b", "--key-", "curl https ",
    "mysql -p'", "docker login ", "exp a/", "htpasswd -bb", "net use ", "machine  ", "identified with a ",
    "set password for ", "<key ", "<key>a", "key=password value=", "f(\"A", "login(a:", "1", "1 ", "12-", "4111 ",
    "+1 ", "DE12 ", "1.", "1:", "a1+\n", "aA1b2\n", "cGFzc3dvcmQ", "[redacted:", "пароль = a", "\n", "    a = b\n",
    " locals: a = ", "└ ", "tin ", "steuer", "phone ", "ssn a",
]
# fmt: on
ALMOST = " Signature=0123456789ab curl -u a:b sk-ant- \" 'password','x1y2z3a4b5c6' Private-MAC: 0 htpasswd -b a b c "
"""Behind a hostile text: what lets the pre-filter, which counts to ten, believe that rules match."""


def mixed(pieces: list[str], size: int, seed: int) -> str:
    chosen, length = random.Random(seed), 0
    parts: list[str] = []
    while length < size:
        parts.append(chosen.choice(pieces) + chosen.choice(["", " ", "\n"]))
        length += len(parts[-1])
    return "".join(parts)


class Counting:
    """A scan that counts the characters it is asked about."""

    def __init__(self, scan: Scan) -> None:
        self._scan = scan
        self.characters = 0

    def hits(self, text: str) -> Hits:
        self.characters += len(text)
        return self._scan.hits(text)

    def places(self, text, rules):
        self.characters += len(text)
        return self._scan.places(text, rules)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"AKIA[A-Z0-9]{16}", r"AKIA[A-Z0-9]{16}"),
        (r"ghp_[A-Za-z0-9]{20,}", r"ghp_[A-Za-z0-9]{20}"),
        (r"bearer\s+(?P<secret>\S+)", r"bearer\s"),
        (r"\bcurl\b[^\n]{0,400}?-u", r"\bcurl\b"),
        (r"(?:ab|cd{2,3})x?", r"(?:ab|cd{2})"),
        (r"(?:a\)|b[)(|]*)c+", r"(?:a\)|b)"),
        (r"x*abc", ""),
        (r"a|b", ""),
        (r"(?P<q>[\"'])a{1,4}(?P=q)", r"(?P<q>[\"'])a"),
    ],
)
def test_a_head_is_how_every_match_begins(pattern: str, expected: str):
    assert head(pattern) == expected


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.kind)
def test_every_rule_has_a_bounded_head(rule):
    least, most = _parser.parse(head(rule.pattern.pattern), rule.pattern.flags & ~re.ASCII & ~re.UNICODE).getwidth()
    assert 1 <= least <= most <= HEAD_CHARACTERS_MAX


@pytest.fixture(scope="module")
def scan() -> Scan:
    found = REDACTOR._finder._scan
    if isinstance(found, AnchorScan):
        pytest.skip("hyperscan cannot be loaded here")
    return found


@pytest.mark.parametrize("pieces", [SHORT, [*SHORT, *HOSTILE]], ids=["secrets", "hostile"])
def test_rules_find_the_same_at_the_places_of_their_heads_as_everywhere(scan: Scan, pieces: list[str]):
    text = mixed(pieces, 40_000, seed=3)
    places = scan.places(text, range(len(ALL_RULES)))
    narrowed = 0
    for index, rule in enumerate(ALL_RULES):
        found = [match.span() for match in matches(rule.pattern, text, places[index])]
        assert found == [match.span() for match in rule.pattern.finditer(text)]
        narrowed += len(places[index]) * 4 < len(text) // HEAD_CHARACTERS_MAX
    assert narrowed > len(ALL_RULES) // 2


@pytest.mark.parametrize("separator", ["\n", "\u200b\n", " é "])
def test_a_large_text_is_redacted_as_its_parts_are(separator: str):
    parts = [f"attempt {number} with password={SECRET}{number} for shop" for number in range(400)]
    large = separator.join(parts)
    assert len(large) > LARGE_CHARACTERS
    assert REDACTOR.redact(large).text == separator.join(REDACTOR.redact(part).text for part in parts)


@pytest.mark.parametrize("seed", range(4))
def test_redacting_a_large_text_twice_changes_nothing(seed: int):
    once = REDACTOR.redact(mixed([*SHORT, *HOSTILE], 20_000, seed)).text
    assert REDACTOR.redact(once).text == once


@pytest.mark.parametrize("unit", HOSTILE)
def test_hostile_text_is_bounded_work(unit: str):
    redactor = Redactor(ip_addresses=True)
    redactor._finder._scan = counting = Counting(redactor._finder._scan)
    text = unit * (17_000 // len(unit)) + ALMOST
    result = redactor.redact(text)
    assert counting.characters <= 16 * len(text)
    assert SECRET not in result.text


def test_only_the_surroundings_of_changes_are_looked_at_again():
    secrets = f"password={SECRET} "
    calm = "all is well and nothing happens here at all\n" * 4000
    redactor = Redactor(ip_addresses=True)
    redactor._finder._scan = counting = Counting(redactor._finder._scan)
    text = secrets + calm + secrets
    assert redactor.redact(text).text.count("[redacted:password]") == 2
    assert counting.characters < 1.2 * len(text)


def test_regions_are_joined_where_they_touch_and_none_where_they_are_most_of_the_text():
    size = 20 * NEAR_CHARACTERS
    assert regions([(10, 20), (500, 520)], size) == [(0, 520 + NEAR_CHARACTERS)]
    near_end = size - 5
    assert regions([(10, 20), (near_end, size)], size) == [
        (0, 20 + NEAR_CHARACTERS),
        (near_end - NEAR_CHARACTERS, size),
    ]
    assert regions([(10, 20)], NEAR_CHARACTERS) is None


@given(st.integers(0, 3000), st.integers(1, 400))
@settings(max_examples=60, deadline=None)
def test_what_reaches_over_the_edge_of_a_region_is_looked_for_in_all_of_the_text(start: int, size: int):
    text = "." * start + "x" * size + "." * (3000 - start)
    whole = [Span(start, start + size, "x", 0)]
    region = (1000, 2400)

    def find(part: str) -> list[Span]:
        return [Span(*match.span(), "x", 0) for match in re.finditer("x+", part)]

    inner = (region[0] + EDGE_CHARACTERS, region[1] - EDGE_CHARACTERS)
    touches = start < inner[1] and start + size > inner[0]
    assert found_in(text, [region], find) == (whole if touches else [])
