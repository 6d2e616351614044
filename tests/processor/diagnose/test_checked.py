"""What of a model's answer is accepted, made harmless, complained about."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.processor.diagnose.asking import EVIDENCE, evidence_with, redact
from tracemedic_processor.diagnose.answer import Answer
from tracemedic_processor.diagnose.checked import (
    FIX_CHARACTERS_MAX,
    FIXES_MAX,
    NOTE_CHARACTERS_MAX,
    NOTES_MAX,
    ROOT_CAUSE_CHARACTERS_MAX,
    SUMMARY_CHARACTERS_MAX,
    Unfit,
    checked,
)
from tracemedic_processor.diagnose.grounds import grounds_of, same_frame
from tracemedic_processor.diagnose.plain import impurities, plain
from tracemedic_processor.diagnose.wanted import CitedFrame, Wanted, WantedFix

GROUNDS = grounds_of(
    evidence_with(messages=("GET http://inventory:8080/stock?id=1 failed, see https://evil.example.com/login.",))
)


def wanted(**changes: Any) -> Wanted:
    fields: dict[str, Any] = {
        "category": "database",
        "confidence": 0.8,
        "summary": "The ledger cannot connect to the inventory database",
        "root_cause": "Nothing listens on port 5432 of inventory-db since version 1.4.2",
        "fixes": [WantedFix(what="Start the database", where="inventory-db", check="A connection opens")],
    }
    return Wanted(**fields | changes)


def answer(**changes: Any) -> Answer:
    return checked(wanted(**changes), GROUNDS, redact)


def complaints(**changes: Any) -> list[str]:
    with pytest.raises(Unfit) as raised:
        answer(**changes)
    return [complaint.in_full() for complaint in raised.value.complaints]


def test_a_plain_answer_passes_unchanged() -> None:
    given_ = answer(evidence=["The port is refused"], missing=["The database's own log"])
    assert given_.summary == wanted().summary
    assert given_.fixes[0].where == "inventory-db"
    assert given_.evidence == ("The port is refused",)
    assert given_.missing == ("The database's own log",)


HONEST = (
    "Raise pool_size in the settings of shop and retry with backoff",
    "Ledger.book in shop/ledger.py:42 calls session.execute() without a timeout",
    "Net::ReadTimeout with #<TCPSocket:(closed)> in <class:Shop>",
    "The value of List<String> is null; <module> and <lambda> and Vec<i32> are only names",
    "connection to server at inventory-db, port 5432 failed: Connection refused",
    "Set DATABASE_URL=postgresql in the deployment; Node.js 22 and Next.js read it at start",
    "If a && b is false or x < y > z, array[0] is read",
    "cURL error 28: the operation timed out",
    "Spring's @Transactional is missing on the method; decorate it with @retry",
    "request.app and logger.info and user.me are attributes, System.Net.Http and java.net.SocketException are types",
    "Delete from the queue what cannot be parsed; update the set of hosts; chown the directory to the service's user",
    "The `items` key is missing, see ledger.py",
    "inventory:8080 answered 503 within 30 s (50 % of calls)",
    "Go 1.22 changed math/rand; std::vector<int>& is invalidated by push_back",
)


@pytest.mark.parametrize("text", HONEST)
def test_what_engineers_write_passes(text: str) -> None:
    assert [each.in_full() for each in impurities(plain(text, GROUNDS), GROUNDS)] == []


IMPURE = (
    ("see https://evil.example.org/x", "a link"),
    ("see HTTPS://EVIL.EXAMPLE.ORG", "a link"),
    ("see \uff48ttps://evil.example.org", "a link"),
    ("see ht\u200btps://evil.example.org", "a link"),
    ("ftp://evil.example.org", "a link"),
    ("[click](https://evil.example.org)", "a link"),
    ("[click] (evil)", "a link"),
    ("<https://evil.example.org|click>", "a link"),
    ("javascript:alert(1)", "a link"),
    ("mailto:someone", "a link"),
    ("data:text/html;base64,xx", "a link"),
    ("www.evil-site.org", "a host"),
    ("go to evil-site.com now", "a host"),
    ("go to EVIL-SITE.COM.", "a host"),
    ("go to evil.dev/fix", "a host"),
    ("![x](y)", "an image"),
    ("<img src=x onerror=alert(1)>", "an HTML tag"),
    ("<script>alert(1)</script>", "an HTML tag"),
    ("<b>bold</b>", "an HTML tag"),
    ("\uff1cscript\uff1e", "an HTML tag"),
    ("<!-- hidden -->", "an HTML tag"),
    ("&lt;script&gt;", "an HTML entity"),
    ("<!channel> look", "a mention"),
    ("<#C123>", "a mention"),
    ("~~~ fenced", "a heading, fence or table"),
    ("# Heading", "a heading, fence or table"),
    ("run curl -s evil", "a command"),
    ("wget http://x", "a link"),
    ("sudo reboot", "a command"),
    ("rm -rf /", "a command"),
    ("chmod 777 /etc", "a command"),
    ("`pip install leftpad`", "a command"),
    ("npm i left-pad", "a command"),
    ("kubectl delete pod x", "a command"),
    ("docker exec -it x sh", "a command"),
    ("powershell -enc AAAA", "a command"),
    ("x | sh", "a command"),
    ("$(id)", "a command"),
    ("$ make install", "a command"),
    ("DROP TABLE users", "a command"),
    ("delete from users where true", "a command"),
    ("export TOKEN=1", "a command"),
    ("look into phantom/engine.py", "a source file"),
    ("look into Phantom.java:17", "a source file"),
    ("look into ger.py", "a source file"),
    ("go to le.com", "a host"),
)


@pytest.mark.parametrize(("text", "what"), IMPURE)
def test_what_may_not_stand_in_an_answer_is_complained_about(text: str, what: str) -> None:
    found = [each.what for each in impurities(plain(text, GROUNDS), GROUNDS)]
    assert any(what in each for each in found), (plain(text, GROUNDS), found)


@pytest.mark.parametrize("field", ["summary", "root_cause", "evidence", "missing", "what", "where", "check"])
def test_every_text_of_an_answer_is_looked_at(field: str) -> None:
    bad = "see https://evil.example.org"
    if field in {"what", "where", "check"}:
        changes: dict[str, Any] = {"fixes": [WantedFix(**{"what": "x", field: bad})]}
    else:
        changes = {field: [bad] if field in {"evidence", "missing"} else bad}
    assert any(field in each and "contains a link" in each for each in complaints(**changes))


def test_an_address_of_the_evidence_loses_its_scheme_and_is_no_link_any_more() -> None:
    given_ = answer(
        root_cause="http://inventory:8080/stock?id=1 does not answer, so says https://evil.example.com/login."
    )
    assert given_.root_cause == "inventory:8080/stock?id=1 does not answer, so says evil.example.com/login."


def test_links_and_commands_of_the_operators_documentation_may_be_given() -> None:
    fix = WantedFix(what="Run kubectl rollout restart deploy/inventory-db, see https://wiki.corp.invalid/inventory")
    assert "https://wiki.corp.invalid/inventory" in answer(fixes=[fix]).fixes[0].what
    assert complaints(fixes=[WantedFix(what="kubectl delete deploy/inventory-db")])


def test_tags_of_the_evidence_are_shown_with_other_brackets() -> None:
    grounds = grounds_of(evidence_with(sample_message="Unexpected token <html> at <img src=x>"))
    found = checked(wanted(summary="An <html> page and <img src=x> came instead of JSON"), grounds, redact)
    assert found.summary == "An \u2039html\u203a page and \u2039img src=x\u203a came instead of JSON"


def test_mentions_and_code_marks_become_plain_words() -> None:
    given_ = answer(summary="`@torvalds` and (@shop/web) broke a@b and @Transactional")
    assert given_.summary == "'torvalds' and (shop/web) broke a@b and Transactional"


def test_hidden_and_reversing_characters_are_taken_out() -> None:
    given_ = answer(summary="The\u202e led\u200bger\x00 \x1b[31mfails\u2066\ufeff\nhere\U000e0041")
    assert given_.summary == "The ledger [31mfails here"


def test_every_text_is_redacted() -> None:
    key = "AKIA" + "IOSFODNN7EXAMPLE"
    given_ = answer(
        summary=f"Key {key}",
        root_cause=f"Key {key}",
        fixes=[WantedFix(what=f"Revoke {key}", where=key, check=f"{key} is refused")],
        evidence=[key],
        missing=[key],
    )
    assert key not in repr(given_)
    assert "[redacted:aws_access_key]" in given_.summary


@pytest.mark.parametrize(
    ("field", "characters_max"), [("summary", SUMMARY_CHARACTERS_MAX), ("root_cause", ROOT_CAUSE_CHARACTERS_MAX)]
)
def test_lengths_are_held_at_the_edge(field: str, characters_max: int) -> None:
    assert answer(**{field: "x" * characters_max})
    assert complaints(**{field: "x" * (characters_max + 1)}) == [
        f"{field} has {characters_max + 1} characters, at most {characters_max} are taken"
    ]


def test_the_lengths_of_fixes_and_notes_are_held_at_the_edge() -> None:
    assert answer(fixes=[WantedFix(what="x" * FIX_CHARACTERS_MAX)])
    assert complaints(fixes=[WantedFix(what="x" * (FIX_CHARACTERS_MAX + 1))])
    assert answer(evidence=["x" * NOTE_CHARACTERS_MAX])
    assert complaints(evidence=["x" * (NOTE_CHARACTERS_MAX + 1)])
    assert len(answer(missing=[f"note {number}" for number in range(50)]).missing) == NOTES_MAX


@pytest.mark.parametrize("count", [0, FIXES_MAX + 1])
def test_one_to_five_fixes_are_wanted(count: int) -> None:
    assert f"{count} fixes; one to 5 are wanted" in complaints(fixes=[WantedFix(what="x")] * count)
    assert len(answer(fixes=[WantedFix(what="x")] * FIXES_MAX).fixes) == FIXES_MAX


def test_empty_texts_are_complained_about() -> None:
    found = complaints(summary=" \u200b", root_cause="", fixes=[WantedFix(what="\x00")])
    assert found == ["summary is empty", "root_cause is empty", "fix 1 what is empty"]


@pytest.mark.parametrize(
    ("function", "file"),
    [
        ("Ledger.book", "shop/ledger.py"),
        ("book", "ledger.py"),
        ("book()", "shop/ledger.py:42"),
        ("Ledger::book", "/app/shop/ledger.py"),
        ("shop.ledger.book", ""),
        ("Ledger.book", "module shop.ledger"),
        ("do_connect", "sqlalchemy/engine/default.py"),
    ],
)
def test_frames_of_the_evidence_may_be_cited(function: str, file: str) -> None:
    assert answer(frames=[CitedFrame(function=function, file=file)]).evidence[0].startswith(f"frame {function}")


@pytest.mark.parametrize(
    ("function", "file"),
    [
        ("phantom", "shop/ledger.py"),
        ("Ledger.book", "shop/phantom.py"),
        ("ook", "shop/ledger.py"),
        ("", "shop/ledger.py"),
        ("Ledger.book", "dger.py"),
        ("book checkout", ""),
    ],
)
def test_frames_that_nobody_saw_may_not(function: str, file: str) -> None:
    found = complaints(frames=[CitedFrame(function=function, file=file)])
    assert found[0].startswith("cites a frame that is not in the stack trace")


def test_a_frame_is_the_same_in_every_languages_spelling() -> None:
    assert same_frame(("Ledger.book", "Ledger.java"), ("com.shop.Ledger.book", "Ledger.java"))
    assert same_frame(("shop::book", "src/main.rs"), ("shop::book::{{closure}}", "./src/main.rs"))
    assert same_frame(("(*Ledger).Book", "ledger.go"), ("shop/ledger.(*Ledger).Book", "/app/ledger.go"))
    assert same_frame(("Book", "C:\\app\\Ledger.cs"), ("Shop.Ledger.Book", "C:/app/Ledger.cs"))


def test_services_are_cited_only_where_the_evidence_names_them() -> None:
    assert answer(services=["Billing", "inventory-db"]).evidence == ("service Billing", "service inventory-db")
    assert complaints(services=["inventory-d"])
    assert complaints(services=[""])
    assert complaints(services=["payments"]) == ["names a service that is not in the data: 'payments'"]


@given(st.text(max_size=300))
def test_whatever_a_model_says_is_judged_without_an_error(text: str) -> None:
    shown = plain(text, GROUNDS)
    assert "\n" not in shown
    assert plain(shown, GROUNDS) == shown
    list(impurities(shown, GROUNDS))


@pytest.mark.parametrize("piece", ["a.", "@", "](", "<a ", "http://", "x y ", "a/", "$(", "evil.com", "pip ", "&#"])
def test_a_long_answer_of_the_worst_kind_is_judged_in_linear_work(piece: str) -> None:
    text = piece * (ROOT_CAUSE_CHARACTERS_MAX // len(piece))
    assert len(list(impurities(plain(text, GROUNDS), GROUNDS))) <= len(text)


def test_nothing_of_the_evidence_is_needed_to_judge() -> None:
    bare = grounds_of(evidence_with(chain=(), code=(), services=(), traces=(), passages=(), knowledge=()))
    assert checked(wanted(), bare, redact).category == "database"
    assert EVIDENCE.chain
