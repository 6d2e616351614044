"""Leave for browser pages of configured origins to send (Fetch standard, "CORS protocol")."""

from collections.abc import Sequence

from tracemedic_processor.receive.asgi import Headers

_PREFLIGHT_SECONDS = b"7200"
"""How long a browser may remember the answer; browsers cap it at two hours."""


class Cors:
    """Knows the origins that may send."""

    def __init__(self, origins: Sequence[str]) -> None:
        self._origins = {origin.rstrip("/").lower().encode() for origin in origins}
        self._all = b"*" in self._origins

    def headers(self, request: dict[bytes, bytes]) -> Headers:
        """What any answer to this request carries; nothing when its origin may not send.

        The origin is named even when all are allowed, and credentials are: `navigator.sendBeacon`, which the web SDK
        uses, always sends in that mode. Nothing here reads a cookie.
        """
        origin = request.get(b"origin")
        if not self._origins or origin is None or not (self._all or origin.lower() in self._origins):
            return []
        return [
            (b"access-control-allow-origin", origin),
            (b"access-control-allow-credentials", b"true"),
            (b"access-control-expose-headers", b"retry-after"),
            (b"vary", b"origin"),
        ]

    def preflight(self, request: dict[bytes, bytes]) -> Headers | None:
        """What the answer to a browser that asks before it sends carries besides `headers`.

        None when this request is no such question, or its origin may not send.
        """
        if b"access-control-request-method" not in request or not self.headers(request):
            return None
        asked = request.get(b"access-control-request-headers", b"content-type")
        return [
            (b"access-control-allow-methods", b"POST"),
            (b"access-control-allow-headers", asked),
            (b"access-control-max-age", _PREFLIGHT_SECONDS),
        ]
