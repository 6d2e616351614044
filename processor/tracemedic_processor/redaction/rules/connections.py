"""Passwords in URLs and connection strings."""

import re

from tracemedic_processor.redaction.checks import looks_random
from tracemedic_processor.redaction.placeholders import is_placeholder
from tracemedic_processor.redaction.rule import Rule, rule

_PORT = re.compile(r"\d{1,5}(?:/|\Z)")


def _url_password(match: "re.Match[str]") -> tuple[int, int] | None:
    secret = match["secret"]
    if is_placeholder(secret) or _PORT.match(secret):
        return None
    return match.span("secret")


def _url_user(match: "re.Match[str]") -> tuple[int, int] | None:
    return match.span("secret") if looks_random(match["secret"]) else None


RULES: tuple[Rule, ...] = (
    rule("password", r"://[^\s:/?#@\"'<>`]{0,256}:(?P<secret>[^\s/?\"'<>`]{1,256})@", "://", extent=_url_password),
    rule(
        "password",
        r"://[^\s:/?#@\"'<>`]{0,256}:(?P<secret>[^\s@\"'<>`]{1,256})@(?=[A-Za-z0-9\[])",
        "://",
        extent=_url_password,
    ),
    rule("url_credential", r"://(?P<secret>[^\s:/?#@\"'<>`]{16,256})@", "://", extent=_url_user),
    rule("password", r"(?i:jdbc:oracle:[a-z]{1,8}:)[^/\s@]{1,64}/(?P<secret>[^@\s]{1,128})@", "jdbc:oracle"),
    rule(
        "password",
        r"(?<=\w):(?P<secret>[^\s\"'`]{1,128}?)@(?:tcp|tcp4|tcp6|unix|udp|cloudsql)\(",
        "@tcp",
        "@unix",
        "@udp",
        "@cloudsql",
    ),
    rule(
        "password",
        r"(?<=\w):(?P<secret>[^\s\"'`:@/]{3,128})@[A-Za-z0-9.-]{1,253}:\d{2,5}(?!\d)",
        "@",
        extent=_url_password,
    ),
)
