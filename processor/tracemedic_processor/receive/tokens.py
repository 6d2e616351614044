"""Bearer tokens of senders."""

import hmac
from collections.abc import Sequence

from pydantic import SecretStr

from tracemedic_processor.receive.status import Unauthenticated


class TokenCheck:
    """Knows the tokens senders may present. Without any, nobody need be asked: see `wanted`."""

    def __init__(self, tokens: Sequence[SecretStr]) -> None:
        self._tokens = [token.get_secret_value().encode() for token in tokens]
        self.wanted = bool(self._tokens)

    def verify(self, authorization: bytes | None) -> None:
        """Raise `Unauthenticated` unless the header's value is `Bearer` (any case, RFC 9110) and a known token.

        Every token is compared, each in constant time, so that the answer's time tells nothing.
        """
        if authorization is None:
            raise Unauthenticated("no bearer token: set the exporter's header authorization=Bearer <token>")
        scheme, _, presented = authorization.partition(b" ")
        presented = presented.strip()
        known = sum(hmac.compare_digest(presented, token) for token in self._tokens)
        if scheme.lower() != b"bearer" or not known:
            raise Unauthenticated("wrong bearer token")
