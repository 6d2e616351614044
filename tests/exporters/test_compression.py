import asyncio
import gzip

import pytest

from tracemedic_exporters.compression import CHUNK_BYTES, gzipped


@pytest.mark.parametrize("length", [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, CHUNK_BYTES * 3 - 1])
def test_any_length_comes_back_and_is_compressed_alike_each_time(length: int) -> None:
    body = (b"span %d " * (length // 8 + 1))[:length]
    compressed = asyncio.run(gzipped(body))
    assert gzip.decompress(compressed) == body
    assert asyncio.run(gzipped(body)) == compressed


def test_others_go_on_while_a_large_body_is_compressed() -> None:
    async def work() -> int:
        turns = 0
        task = asyncio.create_task(gzipped(bytes(CHUNK_BYTES * 10)))
        while not task.done():
            turns += 1
            await asyncio.sleep(0)
        return turns

    assert asyncio.run(work()) >= 10
