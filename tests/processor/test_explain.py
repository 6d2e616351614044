"""What `explain` says is what the pipeline does."""

import pytest

from tests.processor import otlp
from tracemedic_processor.capture import Capturer
from tracemedic_processor.detect import detect_traces
from tracemedic_processor.explain import Question, explain, explain_pair
from tracemedic_processor.redaction import Redactor
from tracemedic_processor.wire import open_envelope

SECRET = "hunter" + "2x9"


@pytest.fixture(scope="module")
def asked():
    redactor = Redactor()
    capturer = Capturer(redactor)
    return lambda **question: explain(Question(**question), capturer, redactor)


def test_the_answer_is_that_of_the_pipeline(asked):
    body = otlp.traces(otlp.span(1, otlp.exception()))
    (occurrence,) = detect_traces(body, open_envelope(body)).occurrences
    event = Capturer(Redactor()).capture(occurrence, received_at_ns=1).event
    told = asked(type="shop.stock.OutOfStock", message="item 7 is gone", stacktrace=otlp.STACK, service="shop")
    assert (told.fingerprint, told.source, told.category, told.severity) == (
        event.fingerprint,
        event.source,
        event.category,
        event.severity,
    )


def test_a_stack_trace_alone_tells_type_and_message(asked):
    told = asked(stacktrace=otlp.STACK)
    assert (told.language, told.error_type, told.message) == ("python", "shop.stock.OutOfStock", "item 7 is gone")
    assert [frame.function for frame in told.frames] == ["check", "add"]
    assert told.root_type == "shop.stock.OutOfStock"


def test_secrets_are_counted_and_shown_nowhere(asked):
    address = f"postgresql://shop:{SECRET}@db/orders"
    told = asked(type="E", message=f"no {address}", stacktrace=otlp.STACK.replace("item 7 is gone", address))
    assert SECRET not in repr(told)
    assert told.redactions[0].count >= 1


@pytest.mark.parametrize("question", [{}, {"type": "E"}, {"stacktrace": "no stack at all"}, {"message": "\x00\ud800"}])
def test_little_and_odd_questions_have_an_answer(asked, question):
    assert len(asked(**question).fingerprint) == 64


def test_a_pair_falls_together_or_apart():
    capturer = Capturer(Redactor())
    one, other = (Question(type="E", message=f"item {number} is gone", stacktrace=otlp.STACK) for number in (7, 8))
    assert explain_pair(one, other, capturer).together
    assert not explain_pair(one, Question(type="E", message="the door is open"), capturer).together
