"""What the name beside a value tells about the value.

A name is cut into words (`X-Api-Key`, `dbPassword`, `AWS_SECRET_ACCESS_KEY`) and judged by how it ends, so that
`password_length` and `tokenType` tell nothing.
"""

import re
from functools import lru_cache
from typing import Literal, NamedTuple

Strength = Literal["any", "generated", "random", "code"]
"""What a value must look like: anything that is no placeholder; generated, a UUID too; random, no UUID; a number."""


class Telling(NamedTuple):
    """The kind of secret that a name announces."""

    kind: str
    strength: Strength


STEMS = (
    "pass",
    "pw",
    "kennwort",
    "senha",
    "contrase",
    "mdp",
    "secret",
    "key",
    "token",
    "cred",
    "auth",
    "sess",
    "sid",
    "sig",
    "jwt",
    "bearer",
    "cookie",
    "csrf",
    "xsrf",
    "otp",
    "pin",
    "cvv",
    "cvc",
    "code",
    "salt",
    "licen",
    "assertion",
)
"""Every name that tells something contains one of these."""

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_NEUTRAL = frozenset(
    [
        "value",
        "val",
        "prod",
        "production",
        "dev",
        "development",
        "test",
        "testing",
        "live",
        "staging",
        "stage",
        "main",
        "old",
        "new",
        "current",
        "raw",
        "plain",
        "plaintext",
        "text",
        "base",
        "b64",
        "base64",
        "encoded",
        "str",
        "string",
        "hex",
        "primary",
        "secondary",
        "default",
        "admin",
        "root",
        "env",
        "var",
        "param",
        "header",
        "confirm",
        "confirmation",
        "again",
        "repeat",
        "verify",
        "backup",
        "eu",
        "us",
        "ro",
        "rw",
    ]
)
_PASSWORDS = frozenset(
    [
        "password",
        "passwd",
        "pwd",
        "passphrase",
        "passcode",
        "pass",
        "pw",
        "psw",
        "pswd",
        "passw",
        "passwort",
        "kennwort",
        "senha",
        "contrasena",
        "contrase",
        "mdp",
        "passe",
        "storepass",
        "keypass",
        "requirepass",
        "masterauth",
        "userpass",
    ]
)
_PASSWORD_TAIL = re.compile(r"\w*(?:password|passwd|passphrase|passcode|pwd|(?<!com)(?<!by)(?<!tres)(?<!over)pass)")
_SECRETS = frozenset(["secret", "secrets", "clientsecret", "appsecret"])
_SECRET_TAIL = re.compile(r"\w*secret")
_KEY_OWNERS = frozenset(
    [
        "api",
        "access",
        "secret",
        "private",
        "account",
        "auth",
        "encryption",
        "signing",
        "sign",
        "master",
        "shared",
        "session",
        "service",
        "subscription",
        "license",
        "licence",
        "app",
        "application",
        "storage",
        "write",
        "deploy",
        "ssh",
        "pgp",
        "gpg",
        "jwt",
        "hmac",
        "crypto",
        "cipher",
        "aes",
        "fernet",
        "webhook",
        "admin",
        "account",
        "consumer",
        "developer",
        "functions",
        "host_",
        "server",
        "restricted",
        "webpush",
        "vapid",
        "root",
        "integration",
        "ingest",
        "ingestion",
        "sas",
        "wif",
        "functions",
        "bot",
    ]
)
_GLUED_KEYS = re.compile(
    r"\w*(?:apikey|accesskey|secretkey|privatekey|accountkey|authkey|masterkey|signingkey|encryptionkey|appkey|sharedaccesskey)"
)
_GLUED_TOKENS = re.compile(
    r"\w*(?:accesstoken|authtoken|refreshtoken|idtoken|sessiontoken|bearertoken|apitoken|csrftoken|xsrftoken|bottoken)"
)
_SESSIONS = re.compile(r"(?:php|j|asp|cf|l)?(?:sessid|sessionid)|sessid|sid|session")
_NO_TOKEN = frozenset(
    [
        "page",
        "next",
        "previous",
        "prev",
        "continuation",
        "continue",
        "sync",
        "cancel",
        "cancellation",
        "unexpected",
        "invalid",
        "syntax",
        "max",
        "min",
        "total",
        "prompt",
        "completion",
        "num",
        "input",
        "output",
        "cached",
        "reasoning",
        "cursor",
        "start",
        "end",
        "first",
        "last",
        "bad",
        "illegal",
    ]
)
_NO_KEY = frozenset(
    [
        "public",
        "primary",
        "foreign",
        "partition",
        "sort",
        "cache",
        "object",
        "idempotency",
        "unique",
        "duplicate",
        "routing",
        "row",
        "hash",
        "dict",
        "map",
        "json",
        "index",
        "lookup",
        "group",
        "shard",
        "composite",
        "candidate",
        "natural",
        "surrogate",
        "translation",
        "i18n",
        "config",
        "registry",
    ]
)


_CODE = Telling("security_code", "code")
_CODE_OWNERS = (
    *("verification", "security", "otp", "mfa", "auth", "2fa", "fa", "sms", "pin", "backup", "recovery"),
    *("confirmation", "login"),
)
_PAIRS: tuple[tuple[frozenset[tuple[str, str]], Telling], ...] = (
    (frozenset((owner, "code") for owner in _CODE_OWNERS), _CODE),
    (frozenset({("code", "verifier"), ("client", "assertion")}), Telling("authorization_code", "random")),
    (frozenset({("connect", "sid")}), Telling("session", "any")),
    (frozenset({("session", "cookie"), ("session", "id")}), Telling("session", "random")),
    (frozenset({("amz", "credential")}), Telling("signature", "random")),
    (frozenset({("license", "code")}), Telling("secret", "random")),
)
_LAST: dict[str, Telling] = {
    **dict.fromkeys(("otp", "pin", "cvv", "cvc", "cvv2", "totp", "mfa"), _CODE),
    **dict.fromkeys(("phpsessid", "jsessionid", "sessid", "aspsessionid"), Telling("session", "any")),
    **dict.fromkeys(("sid", "session", "sessionid"), Telling("session", "random")),
    **dict.fromkeys(("signature", "sig"), Telling("signature", "random")),
    **dict.fromkeys(("auth", "authorization", "authentication", "cookie"), Telling("authorization", "random")),
    "salt": Telling("secret", "random"),
}


@lru_cache(maxsize=4096)
def telling(name: str) -> Telling | None:
    """What `name` announces, None when it announces nothing."""
    words = [word.lower() for word in _WORDS.findall(name)]
    while len(words) > 1 and (words[-1] in _NEUTRAL or words[-1].isdigit()):
        words.pop()
    if not words:
        return None
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    return _secret(last, before, words) or _key(last, before) or _token(last, before) or _minor(last, before, words)


def _secret(last: str, before: str, words: list[str]) -> Telling | None:
    if (
        last in _PASSWORDS
        or _PASSWORD_TAIL.fullmatch(last)
        or (last in {"word", "phrase", "code"} and before == "pass")
    ):
        return Telling("password", "any")
    if last in _SECRETS or _SECRET_TAIL.fullmatch(last) or (before == "secret" and last in {"id", "access"}):
        return Telling("secret", "any")
    if last in {"credential", "credentials", "creds", "cred"}:
        return Telling("credential", "any")
    if last in {"key", "keys"} and "secret" in words:
        return Telling("aws_secret_key" if "access" in words or "aws" in words else "secret", "any")
    if last == "hash" and before in {"password", "passwd", "pwd", "pass"}:
        return Telling("password_hash", "any")
    return None


def _key(last: str, before: str) -> Telling | None:
    if _GLUED_KEYS.fullmatch(last):
        return Telling("api_key", "any")
    if last not in {"key", "keys"} or before in _NO_KEY:
        return None
    if before == "private":
        return Telling("private_key", "any")
    return Telling("api_key", "any" if before in _KEY_OWNERS else "random")


def _token(last: str, before: str) -> Telling | None:
    if _GLUED_TOKENS.fullmatch(last) or last in {"csrf", "xsrf", "csrfmiddlewaretoken"}:
        return Telling("token", "any")
    if last not in {"token", "tokens", "jwt", "bearer"} or before in _NO_TOKEN:
        return None
    return Telling("token", "generated")


def _minor(last: str, before: str, words: list[str]) -> Telling | None:
    for telling_pair, told in _PAIRS:
        if (before, last) in telling_pair:
            return told
    return Telling("authorization_code", "random") if words == ["code"] else _LAST.get(last)
