"""What holds for any input, and for every table."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tracemedic_processor.classify import Subject, classify
from tracemedic_processor.classify.tables import TABLES
from tracemedic_storage.records import CATEGORIES, SEVERITIES, ExceptionRecord, Frame, StackTrace

TEXT = st.text(max_size=60) | st.sampled_from(["", "Error", "*", "a.b::C\\d", "\ud800", "x" * 20_000, "Caused by: E"])
VALUES = TEXT | st.integers() | st.floats() | st.booleans()
KEYS = TEXT | st.sampled_from(["db.system", "http.status_code", "http.route", "rpc.grpc.status_code", "gen_ai.system"])
FRAMES = st.builds(Frame, function=TEXT, module=st.none() | TEXT, file=st.none() | TEXT, in_app=st.booleans())
RECORDS = st.builds(
    ExceptionRecord,
    type=TEXT,
    message=TEXT,
    relation=st.sampled_from(["reported", "cause", "context", "suppressed", "group_member"]),
    frames=st.lists(FRAMES, max_size=3).map(tuple),
)
SUBJECTS = st.builds(
    Subject,
    error_type=TEXT,
    message=TEXT,
    stack=st.builds(StackTrace, language=st.none() | TEXT, chain=st.lists(RECORDS, max_size=9).map(tuple)),
    language=st.none() | TEXT | st.sampled_from(["python", "java", "nodejs", "go"]),
    attributes=st.dictionaries(KEYS, VALUES, max_size=4),
    span_kind=TEXT,
)


@settings(max_examples=80, deadline=None)
@given(SUBJECTS)
def test_any_input_whatever_gets_an_answer_and_always_the_same(subject: Subject) -> None:
    answer = classify(subject)
    assert answer.category in CATEGORIES
    assert answer.severity in SEVERITIES
    assert 0.0 <= answer.confidence <= 1.0
    assert answer.reason
    assert classify(subject) == answer


def test_an_integer_too_long_to_write_out_is_ignored() -> None:
    attributes = {"http.status_code": 10**5000}
    assert classify(Subject(error_type="", message="", attributes=attributes)).category == "unknown"


def test_text_behind_the_bound_does_not_matter() -> None:
    subject = Subject(error_type="Error", message="x" * 10_000 + " connection refused")
    assert classify(subject).category == "unknown"


def test_every_rule_says_what_it_takes_why_and_how_sure() -> None:
    for row in (row for table in TABLES for row in table.rules):
        assert row.types or row.phrases or row.modules or row.attributes, row.reason
        assert 0.0 < row.weight < 1.0, row.reason
        assert row.reason


def test_names_in_tables_are_written_in_a_form_the_index_knows() -> None:
    for row in (row for table in TABLES for row in table.rules):
        for name in row.types:
            assert "*" not in name.removeprefix("*").removesuffix("*"), name
