"""The taxonomy's rows and special cases, one example or more each."""

import pytest

from tracemedic_processor.classify import Subject, classify
from tracemedic_storage.records import CATEGORIES, Classification, ExceptionRecord, Frame, StackTrace


def judged(
    error_type: str, message: str = "", language: str | None = "python", **attributes: str | int
) -> Classification:
    named = {key.replace("__", "."): value for key, value in attributes.items()}
    return classify(Subject(error_type=error_type, message=message, language=language, attributes=named))


def chain(*links: tuple[str, str], relation: str = "cause", module: str | None = None) -> StackTrace:
    frames = (Frame(function="f", module=module),) if module else ()
    records = [
        ExceptionRecord(type=name, message=text, relation="reported" if place == 0 else relation, frames=frames)
        for place, (name, text) in enumerate(links)
    ]
    return StackTrace(chain=tuple(records))


@pytest.mark.parametrize(
    ("error_type", "message", "language", "category"),
    [
        ("pydantic_ai.exceptions.ModelRetry", "Unknown tool name: 'x'", "python", "agent_tool"),
        ("openai.RateLimitError", "Error code: 429", "python", "llm_api"),
        ("psycopg.errors.DeadlockDetected", "deadlock detected", "python", "database"),
        ("psycopg_pool.PoolTimeout", "couldn't get a connection after 30.00 sec", "python", "database"),
        ("ThrottlingException", "Rate exceeded", "javascript", "rate_limit"),
        ("smtplib.SMTPAuthenticationError", "(535, b'5.7.8 refused')", "python", "authentication"),
        ("AccessDenied", "not authorized to perform: s3:ListBucket", "javascript", "authorization"),
        ("java.lang.OutOfMemoryError", "Java heap space", "java", "resource_exhaustion"),
        ("httpx.ReadTimeout", "", "python", "timeout"),
        ("java.net.UnknownHostException", "api.example.com", "java", "network"),
        ("Error", "Back-off pulling image: ImagePullBackOff", None, "infrastructure"),
        ("PermissionError", "[Errno 13] Permission denied: '/etc/x'", "python", "filesystem"),
        ("*json.SyntaxError", "invalid character '<' looking for beginning of value", "go", "serialization"),
        ("ZodError", "Required", "javascript", "validation"),
        ("KeyError", "'SECRET_KEY'", "python", "configuration"),
        ("fatal error", "concurrent map writes", "go", "concurrency"),
        ("java.lang.NoSuchMethodError", "x", "java", "dependency"),
        ("KeyError", "'total'", "python", "programming_error"),
        ("RuntimeError", "", "python", "unknown"),
    ],
)
def test_each_category_is_recognised(error_type: str, message: str, language: str | None, category: str) -> None:
    assert judged(error_type, message, language).category == category


def test_unwrap_on_a_missing_file_is_filesystem_and_on_none_a_programming_error() -> None:
    missing = 'called `Result::unwrap()` on an `Err` value: Os { code: 2, kind: NotFound, message: "No such file" }'
    assert judged("panic", missing, "rust").category == "filesystem"
    assert judged("panic", "called `Option::unwrap()` on a `None` value", "rust").category == "programming_error"


def test_a_tool_that_times_out_stays_agent_tool() -> None:
    answer = judged("TimeoutError", "", gen_ai__operation__name="execute_tool", gen_ai__tool__name="search")
    assert answer.category == "agent_tool"


def test_a_refused_connection_belongs_to_the_database_whose_span_it_is() -> None:
    refused = "[Errno 111] Connection refused"
    assert judged("ConnectionRefusedError", refused).category == "network"
    assert judged("ConnectionRefusedError", refused, db__system__name="postgresql").category == "database"


def test_one_session_used_by_two_threads_is_concurrency_even_in_a_database_driver() -> None:
    message = "This session is provisioning a new connection; concurrent operations are not permitted"
    assert judged("sqlalchemy.exc.InvalidRequestError", message).category == "concurrency"


def test_the_root_cause_decides_over_wrappers() -> None:
    stack = chain(("java.util.concurrent.ExecutionException", ""), ("java.lang.NullPointerException", "x is null"))
    subject = Subject(error_type="java.util.concurrent.ExecutionException", message="", stack=stack, language="java")
    assert classify(subject).category == "programming_error"


def test_a_wrapper_that_only_cites_its_cause_is_judged_by_it() -> None:
    answer = judged("java.lang.RuntimeException", "java.net.SocketTimeoutException: connect", "java")
    assert answer.category == "timeout"


def test_frames_of_a_driver_claim_a_broken_connection() -> None:
    stack = chain(("ConnectionResetError", "[Errno 104] Connection reset by peer"), module="asyncpg.connection")
    assert classify(Subject(error_type="", message="", stack=stack, language="python")).category == "database"


def test_a_suppressed_exception_is_no_root() -> None:
    stack = chain(("java.lang.NullPointerException", ""), ("java.io.IOException", "Broken pipe"), relation="suppressed")
    subject = Subject(error_type="java.lang.NullPointerException", message="", stack=stack, language="java")
    assert classify(subject).category == "programming_error"


@pytest.mark.parametrize(
    ("status", "kind", "category"),
    [
        (429, "CLIENT", "rate_limit"),
        (401, "CLIENT", "authentication"),
        (503, "CLIENT", "dependency"),
        (500, "SERVER", "unknown"),
    ],
)
def test_an_http_status_tells_of_the_called_service_not_of_our_own(status: int, kind: str, category: str) -> None:
    subject = Subject(
        error_type="Error", message="failed", span_kind=kind, attributes={"http.response.status_code": status}
    )
    assert classify(subject).category == category


@pytest.mark.parametrize("code", [("4", "timeout"), (7, "authorization"), (16, "authentication"), (14, "network")])
def test_grpc_status_codes_are_read_as_text_or_number(code: tuple[str | int, str]) -> None:
    assert judged("Error", "x", None, rpc__grpc__status_code=code[0]).category == code[1]


@pytest.mark.parametrize(
    ("error_type", "message", "severity"),
    [
        ("MemoryError", "", "critical"),
        ("KeyError", "'DATABASE_URL'", "critical"),
        ("psycopg.OperationalError", "connection failed: Connection refused", "high"),
        ("httpx.ReadTimeout", "", "medium"),
        ("pydantic_core._pydantic_core.ValidationError", "1 validation error for User", "low"),
    ],
)
def test_severity_follows_the_table(error_type: str, message: str, severity: str) -> None:
    assert judged(error_type, message).severity == severity


def test_nothing_said_is_unknown_with_low_confidence() -> None:
    answer = judged("Exception", "Something went wrong")
    assert (answer.category, answer.confidence < 0.5) == ("unknown", True)


def test_the_reason_names_the_rule_in_words() -> None:
    answer = judged("ConnectionRefusedError", "Connection refused", db__system="redis")
    assert answer.reason == "the connection was refused (the span is a call of a database)"
    assert answer.category in CATEGORIES
