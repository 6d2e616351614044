import importlib.util
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracemedic_processor.redaction import Redactor, rules
from tracemedic_processor.redaction.scan import AnchorScan, hyper_scan

DATA = Path(__file__).parents[2] / "data" / "redaction" / "fabricate.py"
SPEC = importlib.util.spec_from_file_location("redaction_fabricate_for_laws", DATA)
FABRICATE = importlib.util.module_from_spec(SPEC)
sys.modules[SPEC.name] = FABRICATE
SPEC.loader.exec_module(FABRICATE)

REDACTOR = Redactor(ip_addresses=True)
EXAMPLES = [*FABRICATE.load("tuning"), *FABRICATE.load("measuring")]
NOISE = [
    *" \n\t=:;,'\"\\/@.-_(){}[]<>&?%#+*|",
    "password",
    "token=",
    "Authorization: ",
    "://",
    "%3D",
    "\u200b",
    "\n    ",
    "[redacted:password]",
    "[redacted:",
    '  File "x", line 1, in f\n    y\n    a = ',
    "AKIA",
    "eyJ",
    "-----BEGIN PRIVATE KEY-----",
    "--password ",
    "\ud800",
    "é",
]
PIECES = st.one_of(
    st.sampled_from(NOISE), st.sampled_from([e.text for e in EXAMPLES if len(e.text) < 300]), st.text(max_size=12)
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_redacting_twice_changes_nothing(text: str):
    once = REDACTOR.redact(text).text
    assert REDACTOR.redact(once).text == once


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_a_stack_trace_keeps_its_lines_and_is_redacted_once(text: str):
    once = REDACTOR.redact_stacktrace(text).text
    assert once.count("\n") == text.count("\n")
    assert REDACTOR.redact_stacktrace(once).text == once


@given(st.sampled_from(["password", "http.request.header.cookie", "db.query.text", "url.full", "x"]), TEXTS)
@settings(max_examples=200, deadline=None)
def test_an_attribute_is_redacted_once(key: str, text: str):
    once = REDACTOR.redact_attribute(key, text).text
    assert REDACTOR.redact_attribute(key, once).text == once


@pytest.fixture(scope="module")
def without_hyperscan() -> Redactor:
    redactor = Redactor(ip_addresses=True)
    redactor._finder._scan = AnchorScan(rules.RULES + rules.IP_RULES)
    return redactor


@pytest.mark.skipif(hyper_scan is None, reason="hyperscan cannot be loaded here")
def test_hyperscan_is_used_where_it_can_be_loaded():
    assert not isinstance(REDACTOR._finder._scan, AnchorScan)


def test_both_scans_give_the_same_results(without_hyperscan: Redactor):
    for example in EXAMPLES:
        assert without_hyperscan.redact(example.text) == REDACTOR.redact(example.text)


@given(TEXTS)
@settings(max_examples=100, deadline=None)
def test_both_scans_give_the_same_results_on_any_text(without_hyperscan: Redactor, text: str):
    assert without_hyperscan.redact_stacktrace(text) == REDACTOR.redact_stacktrace(text)


@pytest.mark.parametrize("half", ["tuning", "measuring"])
def test_markers_never_hold_what_was_redacted(half: str):
    for example in FABRICATE.load(half):
        result = REDACTOR.redact(example.text)
        assert all(count.kind.isascii() and count.count > 0 for count in result.counts)
        assert (result.text is example.text) == (not result.counts)
