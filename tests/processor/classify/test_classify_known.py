"""What well-known libraries of every ecosystem say, and how a message that names its cause is read."""

import pytest

from tests.quality import classify as quality
from tracemedic_processor.classify import Subject, classify
from tracemedic_storage.records import CATEGORIES


def told(error_type: str, message: str, language: str | None = None) -> str:
    return classify(Subject(error_type=error_type, message=message, language=language)).category


def test_texts_of_well_known_libraries_are_recognised() -> None:
    figures = quality.figures([(case, classify(quality.subject_of(case))) for case in quality.known()])
    assert figures["strict"] >= 0.93
    assert figures["lenient"] >= 0.97
    assert figures["abstained"] <= 0.02


def test_texts_of_public_threads_that_were_tuned_on_stay_recognised() -> None:
    figures = quality.measure_threads("tuning")
    assert figures["strict"] >= 0.9
    assert figures["abstained"] <= 0.1


def test_labels_of_the_collected_texts_are_of_the_taxonomy() -> None:
    for case in (*quality.known(), *quality.threads("tuning"), *quality.threads("measuring")):
        assert {case["category"], *case["also"]} <= set(CATEGORIES), case["message"]


def test_no_text_is_in_both_halves_of_the_public_threads() -> None:
    tuning, measuring = ({(one["type"], one["message"]) for one in quality.threads(half)} for half in quality.HALVES)
    assert not tuning & measuring


@pytest.mark.parametrize(
    ("language", "error_type", "message", "category"),
    [
        # the cause at the end of a wrapper's sentence decides
        (
            "java",
            "org.springframework.beans.factory.BeanCreationException",
            "Error creating bean with name 'x': nested exception is java.lang.NoClassDefFoundError: javax/xml/Bind",
            "dependency",
        ),
        (
            "java",
            "org.springframework.kafka.listener.ListenerExecutionFailedException",
            "Listener failed; nested exception is java.lang.NullPointerException",
            "programming_error",
        ),
        # the type named before "object has no attribute" is no cause
        ("python", "AttributeError", "'FileNotFoundError' object has no attribute 'missing'", "programming_error"),
        # what Rust shows of an error is a type's name, or a variant's
        ("rust", "panic", "called `Result::unwrap()` on an `Err` value: Elapsed(())", "timeout"),
        ("rust", "panic", "called `Result::unwrap()` on an `Err` value: ConnectionRefused", "network"),
        # the words of a name nobody wrote a rule for
        ("java", "com.acme.LoginFailedProblem", "", "authentication"),
        # a server of a model provider, and a port where databases listen, in a message of anybody
        ("php", "GuzzleHttp\\Exception\\ConnectException", "timeout for https://api.openai.com/v1/models", "llm_api"),
        ("go", "*net.OpError", "dial tcp 10.0.0.5:5432: connect: connection refused", "database"),
        ("go", "*net.OpError", "dial tcp 10.0.0.5:8080: connect: connection refused", "network"),
        # an HTTP client's pool is none of a database's
        (
            "python",
            "requests.exceptions.ReadTimeout",
            "HTTPConnectionPool(host='x', port=80): Read timed out. (read timeout=5)",
            "timeout",
        ),
        # a connect timeout is a timeout before it is the network's
        ("python", "requests.exceptions.ConnectionError", "[Errno 110] Connection timed out", "timeout"),
        # a provider that refuses a request about tools is the provider; one that blames the model's call is not
        (
            "nodejs",
            "Error",
            '400 {"type":"invalid_request_error","message":"tools.5.input_schema: required"}',
            "llm_api",
        ),
        ("python", "groq.BadRequestError", "Failed to call a function. 'code': 'tool_use_failed'", "agent_tool"),
    ],
)
def test_the_root_of_an_error_is_found_in_its_message(
    language: str, error_type: str, message: str, category: str
) -> None:
    assert told(error_type, message, language) == category
