"""An HTTP answer, read no further than needed."""

import zlib

import httpx
import msgspec
from google.rpc.status_pb2 import Status

from tracemedic_exporters import answers

ANSWER_BYTES_MAX = 64 * 1024
"""Of an answer's body, compressed and not. A partial success or a status takes a few hundred bytes."""


class HttpAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Status and the beginning of the body."""

    status: int
    content_type: str = ""
    retry_after: str | None = None
    body: bytes = b""

    @property
    def succeeded(self) -> bool:
        """Whether the far side took the request over."""
        return 200 <= self.status < 300

    @property
    def is_json(self) -> bool:
        """Whether the body says it is JSON, `application/problem+json` included."""
        return self.content_type.partition(";")[0].strip().lower().endswith("json")

    @property
    def google_status(self) -> Status | None:
        """The `google.rpc.Status` of a failure in protobuf."""
        return answers.status(self.body) if "protobuf" in self.content_type.lower() else None

    @property
    def message(self) -> str:
        """What the body of a failure says to people; foreign text, not cleaned."""
        if google_status := self.google_status:
            return google_status.message
        if self.is_json and (message := answers.status_message_json(self.body)):
            return message
        return self.body.decode("utf-8", "replace")


async def read_answer(response: httpx.Response) -> HttpAnswer:
    """Read the body up to `ANSWER_BYTES_MAX` and give the connection back.

    Once a 2xx status has arrived, the parcel is taken over: trouble in reading the rest of the answer changes nothing.
    """
    answer = HttpAnswer(
        status=response.status_code,
        content_type=response.headers.get("Content-Type", ""),
        retry_after=response.headers.get("Retry-After"),
    )
    body = bytearray()
    try:
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > ANSWER_BYTES_MAX:
                break
    except httpx.RequestError:
        if not answer.succeeded:
            raise
    finally:
        await response.aclose()
    plain = _decoded(bytes(body[:ANSWER_BYTES_MAX]), response.headers.get("Content-Encoding", "identity"))
    return msgspec.structs.replace(answer, body=plain)


def _decoded(body: bytes, encoding: str) -> bytes:
    """We ask for no encoding; gzip comes all the same from some proxies, and must not expand without end."""
    match encoding.strip().lower():
        case "identity" | "":
            return body
        case "gzip":
            return _gunzipped(body)
        case _:
            return b""


def _gunzipped(body: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=31).decompress(body, ANSWER_BYTES_MAX)
    except zlib.error:
        return b""
