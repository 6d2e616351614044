"""Posts one JSON message to an address a person has chosen. The caller keeps and repeats; this tells how it went."""

import time
from collections.abc import Callable, Mapping

import httpx

from tracemedic_exporters import http_failures
from tracemedic_exporters.exporter import PermanentError, RetryableError
from tracemedic_exporters.headers import checked
from tracemedic_exporters.public_address import resolved

GONE = 410
"""What an address answers that wants no more messages (RFC 9110 section 15.5.11)."""
ANSWER_BYTES_MAX = 2_000
"""An answer is read no further: it is only looked at to say why something was refused."""


class Webhook:
    """Sends to `url` (http or https), whose path is often the secret and therefore in no message.

    `allow_private` lets it call this machine and private networks. Redirects are not followed. Raises `ValueError` for
    an address that cannot be one.
    """

    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        allow_private: bool = False,
        timeout_s: float = 10.0,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._url = httpx.URL(url)
        if self._url.scheme not in {"http", "https"} or not self._url.host:
            raise ValueError("a webhook's url begins with http:// or https:// and names a host")
        self._headers = checked(headers)
        self._allow_private = allow_private
        self._timeout_s = timeout_s
        self._now = now

    async def post(self, body: bytes, *, key: str) -> None:
        """Post `body`; `key` goes along as `Idempotency-Key`, the same for each repetition.

        Raises `PermanentError` when repeating cannot help, `RetryableError` otherwise.
        """
        port = self._url.port or (443 if self._url.scheme == "https" else 80)
        address = await resolved(self._url.host, port, allow_private=self._allow_private)
        headers = {
            "content-type": "application/json",
            "user-agent": "tracemedic",
            "host": self._url.netloc.decode(),
            "idempotency-key": key,
            **self._headers,
        }
        # A client of its own per message: they are few, and jobs may run in any event loop.
        async with httpx.AsyncClient(timeout=self._timeout_s, follow_redirects=False, trust_env=False) as client:
            request = client.build_request(
                "POST",
                self._url.copy_with(host=address),
                content=body,
                headers=headers,
                extensions={"sni_hostname": self._url.host},
            )
            await self._send(client, request)

    async def _send(self, client: httpx.AsyncClient, request: httpx.Request) -> None:
        try:
            answer = await client.send(request, stream=True)
            said = await _beginning(answer)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            message = f"{self._url.host} cannot be reached: {type(error).__name__}"
            raise RetryableError(message) from None
        if answer.is_success:
            return
        reason = f"{self._url.host} answered {answer.status_code}" + (f": {said}" if said else "")
        if answer.status_code == GONE or answer.is_redirect:
            raise PermanentError(reason)
        wait_s = http_failures.retry_after_s(answer.headers.get("retry-after"), now=self._now)
        raise http_failures.failure(answer.status_code, reason, retry_after_s=wait_s, setting="its url or headers")


async def _beginning(answer: httpx.Response) -> str:
    """The first characters of a refusal on one line; what an address answers is not to be trusted with more."""
    read = b""
    async for piece in answer.aiter_bytes():
        read += piece
        if len(read) >= ANSWER_BYTES_MAX:
            break
    await answer.aclose()
    text = "" if answer.is_success else read[:ANSWER_BYTES_MAX].decode(errors="replace")
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())[:200]
