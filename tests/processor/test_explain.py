"""What `explain` says is what the pipeline does."""

import json
from pathlib import Path

import msgspec
import pytest

from tests.processor import otlp
from tracemedic_processor.capture import Capturer
from tracemedic_processor.config import Settings
from tracemedic_processor.detect import detect_traces
from tracemedic_processor.explain import CodeContext, CodedFrame, Explanation, Question, explain, explain_pair
from tracemedic_processor.parts import capturer_of, redactor_of, source_roots_of
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


OWN = """Traceback (most recent call last):
  File "/app/shop/cart.py", line 3, in add
  File "/app/vendored/wire.py", line 9, in send
ValueError: no"""


def told_with(settings: Settings, **question: object) -> Explanation:
    roots = source_roots_of(settings)
    return explain(Question(**question), capturer_of(settings), redactor_of(settings), source_roots=roots)


def test_a_service_has_its_own_rules_of_what_is_application_code():
    settings = Settings(
        in_app={"exclude": ["*/shop/*"]},
        services={"own": {"in_app": {"exclude": ["*/vendored/*"]}}, "other": {"source_roots": ["src"]}},
    )
    own, other, unnamed = (told_with(settings, stacktrace=OWN, service=name) for name in ("own", "other", ""))
    assert [frame.in_app for frame in own.frames] == [False, True]
    assert [frame.in_app for frame in other.frames] == [True, False]
    assert other.frames == unnamed.frames
    assert (own.source, other.source) == ("shop.cart:add", "vendored.wire:send")


def test_the_pipelines_own_capturer_keeps_services_apart_that_send_the_same_stack():
    capturer = capturer_of(Settings(services={"own": {"in_app": {"exclude": ["*/vendored/*"]}}}))
    redactor = Redactor()
    sources = [explain(Question(stacktrace=OWN, service=name), capturer, redactor).source for name in ("x", "own", "x")]
    assert sources == ["vendored.wire:send", "shop.cart:add", "vendored.wire:send"]


def test_frames_get_their_lines_and_links_where_the_code_is_known(tmp_path: Path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "cart.py").write_text(f'def add():\n    password = "{SECRET}"\n    stock.take(item)\n')
    settings = Settings(services={"own": {"source_roots": [tmp_path]}})
    vcs = {"vcs.repository.url.full": "https://github.com/acme/shop", "vcs.ref.head.revision": "abc123"}
    told = told_with(settings, stacktrace=OWN, service="own", attributes=vcs)
    linked, found = told.frames
    assert found == CodedFrame(
        function="add",
        module="shop.cart",
        file="/app/shop/cart.py",
        line=3,
        in_app=True,
        code="stock.take(item)",
        context=CodeContext(
            first_line=1, lines=("def add():", '    password = "[redacted:password]"', "    stock.take(item)")
        ),
        permalink="https://github.com/acme/shop/blob/abc123/shop/cart.py#L3",
    )
    assert linked.permalink == "https://github.com/acme/shop/blob/abc123/vendored/wire.py#L9"
    shown = json.loads(msgspec.json.encode(told))
    assert shown["frames"] == shown["chain"][0]["frames"]
    assert shown["frames"][1]["context"]["first_line"] == 1


def test_frames_of_unknown_code_are_as_the_trace_has_them(asked):
    told = asked(stacktrace=OWN, service="own")
    assert not any(isinstance(frame, CodedFrame) for frame in told.frames)
