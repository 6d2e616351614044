"""Inflating within bounds."""

import asyncio
import gzip
import tracemalloc
import zlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from tests.processor.receive.support import MIB
from tracemedic_processor.errors import Malformed, Overloaded
from tracemedic_processor.receive.budget import ByteBudget
from tracemedic_processor.receive.decompress import inflate, sniff
from tracemedic_processor.receive.status import BodyTooLarge

COMPRESS = {"gzip": gzip.compress, "x-gzip": gzip.compress, "deflate": zlib.compress, "zstd": zstandard.compress}


def inflated(encoding: str, body: bytes, *, body_bytes_max: int = MIB, budget: ByteBudget | None = None) -> bytes:
    async def go() -> bytes:
        with (budget or ByteBudget(10 * MIB)).hold() as hold:
            return await inflate(encoding, body, hold, body_bytes_max=body_bytes_max)

    return asyncio.run(go())


@pytest.mark.parametrize("encoding", COMPRESS)
@given(body=st.binary(max_size=300), times=st.integers(1, 1000))
def test_gives_back_what_was_compressed(encoding, body, times):
    assert inflated(encoding, COMPRESS[encoding](body * times)) == body * times


@pytest.mark.parametrize("encoding", COMPRESS)
def test_the_bound_itself_fits(encoding):
    assert len(inflated(encoding, COMPRESS[encoding](bytes(MIB)))) == MIB
    with pytest.raises(BodyTooLarge):
        inflated(encoding, COMPRESS[encoding](bytes(MIB + 1)))


@pytest.mark.parametrize("encoding", COMPRESS)
def test_a_body_that_expands_without_end_takes_no_memory(encoding):
    bomb = COMPRESS[encoding](bytes(64 * MIB))
    tracemalloc.start()
    try:
        with pytest.raises(BodyTooLarge):
            inflated(encoding, bomb)
        assert tracemalloc.get_traced_memory()[1] < 24 * MIB
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("encoding", COMPRESS)
def test_what_is_inflated_is_counted_and_given_back(encoding):
    budget = ByteBudget(2 * MIB)
    with budget.hold() as other:
        other.grow(1)
        with pytest.raises(Overloaded):
            inflated(encoding, COMPRESS[encoding](bytes(3 * MIB)), body_bytes_max=10 * MIB, budget=budget)
        assert budget.bytes_taken == 1
    assert budget.bytes_taken == 0


@pytest.mark.parametrize("encoding", COMPRESS)
@given(body=st.binary(max_size=100))
def test_any_bytes_whatever_are_read_or_malformed(encoding, body):
    try:
        inflated(encoding, body)
    except (Malformed, BodyTooLarge) as error:
        assert str(error)  # noqa: PT017 - either outcome is right


@pytest.mark.parametrize("encoding", COMPRESS)
def test_a_cut_is_noticed_wherever_it_is(encoding):
    whole = COMPRESS[encoding](b"some text, some more text" * 20)
    for end in range(1, len(whole)):
        with pytest.raises(Malformed):
            inflated(encoding, whole[:end])


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"", None),
        (b"\x0a\x00", None),
        (gzip.compress(b"x", mtime=0), "gzip"),
        (zlib.compress(b"x", 1), "deflate"),
        (zlib.compress(b"x", 9), "deflate"),
        (b"\x78\x00", None),
        (b"\x1f", None),
    ],
)
def test_a_grpc_message_shows_its_compression(body, encoding):
    assert sniff(body) == encoding
