"""Any bytes whatever."""

import gzip
import json

import zstandard
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.processor.receive.support import HEAD, JSON, PROTOBUF, raw_exchange, run

GARBAGE = st.one_of(
    st.binary(max_size=200),
    st.binary(max_size=60).map(gzip.compress),
    st.binary(max_size=60).map(zstandard.compress),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["resourceSpans", "x"]), inner),
        max_leaves=10,
    ).map(lambda value: json.dumps(value).encode()),
)


@given(
    body=GARBAGE,
    media=st.sampled_from([PROTOBUF, JSON]),
    encoding=st.sampled_from(["", "gzip", "deflate", "zstd"]),
)
@hypothesis_settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_garbage_is_accepted_or_called_the_senders_fault(send, body, media, encoding):
    answer = send(content=body, headers=media | {"content-encoding": encoding})
    assert answer.status_code in (200, 400), answer


@given(requests=st.lists(st.one_of(st.binary(min_size=1, max_size=300), st.binary(max_size=50).map(HEAD.__add__))))
@hypothesis_settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_bytes_whatever_crash_the_server(shared, send, requests):
    async def test() -> None:
        for request in requests:
            await raw_exchange(shared, request, half_close=True)

    run(test())
    assert send(content=b"", headers=PROTOBUF).status_code == 200
