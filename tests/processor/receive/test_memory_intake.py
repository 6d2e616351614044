import asyncio

import pytest

from tracemedic_processor.errors import Malformed, Overloaded
from tracemedic_processor.testing.memory_intake import MemoryIntake


def test_keeps_requests_and_answers_the_warning():
    intake = MemoryIntake()
    intake.warning = "careful"
    assert asyncio.run(intake.accept("logs", b"")) == "careful"
    assert intake.accepted == [("logs", b"")]


@pytest.mark.parametrize(
    ("body", "failure", "raised"),
    [(b"\xff", None, Malformed), (b"", Overloaded("full", retry_after_s=1), Overloaded)],
)
def test_keeps_nothing_of_what_it_refuses(body, failure, raised):
    intake = MemoryIntake()
    intake.failure = failure
    with pytest.raises(raised):
        asyncio.run(intake.accept("traces", body))
    assert intake.accepted == []
